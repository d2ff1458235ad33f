"""On the phone: the manifest that makes the app installable, its service worker, and the page for when there's no connection.

None of it knows who asks: the three answers are the same for everybody, and need no session and no database.
"""

import hashlib
import json
import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from couples.help.helplines import helplines
from couples.templatetags.page import PAPER, lang

OFFLINE = "/offline/"
WORKER = settings.BASE_DIR / "static" / "js" / "sw.js"
KEPT = re.compile(r"css/[\w-]+\.css|js/(?!sw\.)[\w-]+\.js|vendor/[\w.-]+\.(js|woff2)|icons/icon(-192)?\.\w+")
"""Static files that the worker keeps: what pages are made of. Of each, the file with the hashed name."""
ICONS = [("icon", 192, "any"), ("icon", 512, "any"), ("mask", 192, "maskable"), ("mask", 512, "maskable")]


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What the phone shows for the app: its name, its icons and its colours."""
    icons = [
        {
            "src": static(f"icons/{drawing}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for drawing, size, purpose in ICONS
    ]
    about = {
        "id": "/",
        "name": "Reconnect",
        "short_name": "Reconnect",
        "lang": lang(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER[0],
        "theme_color": PAPER[0],
        "icons": icons,
    }
    return JsonResponse(about, content_type="application/manifest+json")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """There's no connection. The worker keeps this page and shows it instead of any that can't be fetched."""
    return HttpResponse(offline_page())


def offline_page() -> str:
    """Without the request: it is kept in browsers, so it must hold nothing of anybody."""
    return render_to_string("offline.html", {"countries": helplines()})


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, and before it what it is to keep; whatever of that changes makes a new worker."""
    page, script = offline_page(), WORKER.read_text(encoding="utf-8")
    files = kept_files()
    version = hashlib.sha256("\n".join([page, script, *files]).encode()).hexdigest()[:12]
    kept = {
        "name": f"reconnect-{version}",
        "files": files,
        "offline": OFFLINE,
        "icon": static("icons/icon-192.png"),
        "title": "Reconnect",
        "body": gettext("There is something for you in Reconnect."),
        "url": "/",
    }
    return HttpResponse(f"const kept = {json.dumps(kept)};\n{script}", content_type="text/javascript")


def kept_files() -> list[str]:
    """Addresses of the files with hashed names; none while developing, when names have no hashes."""
    hashed: dict[str, str] = getattr(staticfiles_storage, "hashed_files", {})
    return sorted(static(name) for name, found in hashed.items() if KEPT.fullmatch(name) and name != found)
