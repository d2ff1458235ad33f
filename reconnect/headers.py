"""Headers of every answer, and the few things no view should have to think of."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_header_parameters

_exit = urlsplit(settings.EXIT_URL)
# form-action names the neutral page too: browsers apply it to the redirect that follows the exit form.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        f"form-action 'self' {_exit.scheme}://{_exit.netloc}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HOSTS = {urlsplit(settings.PUBLIC_URL).netloc, *settings.MORE_HOSTS} if settings.HTTPS else set()
LOGOUT = "/accounts/logout/"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def bare_headers() -> list[tuple[bytes, bytes]]:
    """The headers of an answer that Django has no part in."""
    told = {
        "Cache-Control": "no-store, private",
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Permissions-Policy": PERMISSIONS_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    }
    if settings.HTTPS:
        told["Strict-Transport-Security"] = (
            f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        )
    return [(name.lower().encode(), value.encode()) for name, value in told.items()]


def readable(content_type: str) -> bool:
    """Whether Django can read this header's value: its parameters may claim an encoding that there is none of (RFC 8187)."""
    try:
        parse_header_parameters(content_type)
    except (ValueError, LookupError):
        return False
    return True


class HeadersMiddleware:
    """Sets the security headers, keeps pages out of every cache, and turns away what no browser of ours sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        headers = response.headers
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        headers["Permissions-Policy"] = PERMISSIONS_POLICY
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        if response.status_code not in (200, 206, 304) or not request.path_info.startswith(
            settings.STATIC_URL
        ):
            headers["Cache-Control"] = "no-store, private"
            patch_vary_headers(response, ["HX-Request"])
            if request.path_info == LOGOUT and request.method == "POST":
                headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if settings.MAINTENANCE and not request.path_info.startswith(
            (settings.STATIC_URL, "/healthz", "/help/", "/exit/")
        ):
            return HttpResponse(
                render_to_string("maintenance.html"), status=503, headers={"Retry-After": "600"}
            )
        # Links in mails and invitations are built from the host: behind HTTPS only the public one is answered.
        if HOSTS and request.META.get("HTTP_HOST") not in HOSTS and request.path_info != "/healthz":
            return HttpResponse(render_to_string("400.html"), status=400)
        # PostgreSQL can't hold NUL: nothing we have has one in its address.
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse(render_to_string("404.html"), status=404)
        # A codec that isn't one of text breaks whatever reads the form.
        if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
            return HttpResponse(render_to_string("400.html"), status=400)
        # Nor in a cookie, whose quoted form can spell it.
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)
