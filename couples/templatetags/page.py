"""Tags of what every page has: its files, its furniture, its language. Built in, as the design's are."""

from functools import cache

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import to_locale as _to_locale

from couples.core.live import RESYNC, ROOMS, SPACE

register = template.Library()

STYLES = ("tokens", "base", "layout", "components", "exit")
FONTS = ("figtree-latin-wght-normal", "fraunces-latin-600-normal")
SCRIPTS = ("vendor/htmx.min.js",)
LIVE = ("vendor/hx-sse.min.js",)
PAPER = ("#fbf7f1", "#1b161f")
"""The ground of every page, light and dark, for what no style sheet reaches; a test compares it with ``tokens.css``."""


def _file(name: str) -> str:
    """Address of a static file; one that was never collected must not break the error page as well."""
    try:
        return staticfiles_storage.url(name)
    except ValueError:
        return f"{settings.STATIC_URL}{name}"


@cache
def _head(scripts: bool, live: bool, debug: bool) -> SafeString:
    parts = [
        f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" content="{colour}">'
        for scheme, colour in zip(("light", "dark"), PAPER, strict=True)
    ]
    parts += [
        f'<link rel="preload" href="{_file(f"vendor/{name}.woff2")}" as="font" type="font/woff2" crossorigin>'
        for name in FONTS
    ]
    parts += [f'<link rel="stylesheet" href="{_file(f"css/{name}.css")}">' for name in STYLES]
    parts += [
        f'<link rel="icon" href="{_file("icons/icon.svg")}" type="image/svg+xml">',
        f'<link rel="apple-touch-icon" href="{_file("icons/icon-180.png")}">',
        '<link rel="manifest" href="/manifest.webmanifest">',
        '<meta name="mobile-web-app-capable" content="yes">',
    ]
    if scripts:
        # Blocking on purpose: a deferred htmx may start before its extensions have registered.
        parts += [f'<script src="{_file(name)}"></script>' for name in (*SCRIPTS, *(LIVE if live else ()))]
    own = ("reconnect", "live") if live else ("reconnect",)
    parts += [f'<script defer src="{_file(f"js/{name}.js")}"></script>' for name in own]
    return mark_safe("\n".join(parts))


@register.simple_tag
def assets(scripts: bool = True, live: bool = False) -> SafeString:
    """Fonts, styles, icons, manifest and scripts of every page. ``scripts=False`` leaves htmx out (error pages).

    ``live`` adds what lets a page follow what the partner does.
    """
    return _head(scripts, bool(live), settings.DEBUG)


@register.simple_tag(takes_context=True)
def follows(context: Context, *names: str) -> SafeString:
    """Let a page look again when something changes in these rooms: ``{% block follows %}{% follows "notes" %}{% endblock %}``.

    It is fetched whole from its own address, by the same view, and its part is morphed: what is typed, focused, open or
    scrolled stays. Pages that answer a form don't follow. Raises ValueError for a room that there isn't.
    """
    if unknown := set(names) - set(ROOMS):
        raise ValueError(f"There is no room to follow called {', '.join(sorted(unknown))}.")
    request = context["request"]
    if request.method != "GET" or not getattr(request.user, "agreed", False):
        return SafeString("")
    heard = ", ".join(f"{name} from:body" for name in (*names, SPACE.name, RESYNC))
    return format_html(
        ' hx-get="{}" hx-trigger="{}" hx-select="#page" hx-swap="outerMorph" hx-target="this"',
        request.get_full_path(),
        heard,
    )


@cache
def _live(language: str | None) -> SafeString:
    return render_to_string("components/live.html")


@register.simple_tag
def live() -> SafeString:
    """What a page needs to follow: the stream, and the lines that say how it stands with it."""
    return _live(get_language())


@cache
def _furniture(language: str | None) -> SafeString:
    return render_to_string("components/furniture.html")


@register.simple_tag
def furniture() -> SafeString:
    """What scripts need on every page: the confirm and the signed-out dialogs, and their sentences."""
    return _furniture(get_language())


@cache
def _lang(language: str | None) -> str:
    return _to_locale(language or settings.LANGUAGE_CODE).replace("_", "-")


@register.simple_tag
def lang() -> str:
    """The page's language as a BCP 47 tag, such as en-GB."""
    return _lang(get_language())


@register.simple_tag
def exit_url() -> SafeString:
    """The neutral page that *Exit this page* opens."""
    return conditional_escape(settings.EXIT_URL)
