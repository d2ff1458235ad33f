"""Signing out takes the invitation's token out of the browser too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from couples.space.tokens import COOKIE, forget


class TokenMiddleware:
    """Deletes the token's cookie with the first answer to a browser in which nobody is signed in any more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if COOKIE in request.COOKIES and not request.user.is_authenticated:
            forget(response)
        return response
