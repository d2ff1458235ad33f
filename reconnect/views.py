"""Pages that belong to no room."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from couples.core.middleware import signed_out, words_back


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503. Says nothing more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@csrf_exempt
@login_not_required
@require_POST
def exit_page(request: HttpRequest) -> HttpResponse:
    """End the session and go to the operator's neutral page.

    Without a CSRF token, since it must work from a page of any age; another site can't use it, as the browser
    says where a request comes from (Sec-Fetch-Site).
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none"):
        logout(request)
    response = HttpResponseRedirect(settings.EXIT_URL)
    response.status_code = 303
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is too old. From our own page its words come back, to be sent again; else a plain 403."""
    origin = request.headers.get("Origin", "")
    ours = origin == f"{request.scheme}://{request.get_host()}"
    if ours and request.method == "POST" and request.user.is_authenticated:
        return signed_out(request, status=403)
    return render(request, "csrf.html", status=403)


@login_not_required
def too_many(request: HttpRequest) -> HttpResponse:
    """It was tried too often: what was typed, but no password, comes back to be sent again in a while."""
    response = words_back(request, status=429, template="429.html")
    response["Retry-After"] = "300"
    return response
