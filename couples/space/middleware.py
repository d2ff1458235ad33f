"""Signing out takes the invitation's token out of the browser too; an invalid account form answers 422."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

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


class InvalidMiddleware:
    """Makes allauth's forms answer as ours do: 422 where something needs another look."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Look at the forms that the page is about to show."""
        context = response.context_data or {}
        shown = [context.get(name) for name in ("form", "webauthn_form", "verify_form", "change_form")]
        if (
            request.method == "POST"
            and response.status_code == 200
            and any(one and one.errors for one in shown)
        ):
            response.status_code = 422
        return response
