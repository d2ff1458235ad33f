"""Who is asking: signed in or not, and as which member."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone, translation

from couples.core.couple import Member
from couples.core.people import Person
from couples.core.text import clean
from couples.core.wall import let_in_request

KEPT_NEVER = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"}
UNSEEN = {"once", "version", "seen", "source", "handover", "next", "option"}
# Where somebody may go who has not yet agreed that anything is kept.
BEFORE_WELCOME = ("/welcome/", "/join/", "/accounts/", "/help/", "/exit/")


class MemberMiddleware(LoginRequiredMiddleware):
    """Every page is for signed-in people unless its view says otherwise; ``request.member`` is resolved afresh.

    So leaving a couple takes effect with the next request. Times are shown in the person's own zone.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return super().__call__(request)  # type: ignore[return-value]
        finally:
            timezone.deactivate()

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let public views through; send the rest to sign-in or give them their member."""
        if not getattr(view_func, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return self.handle_no_permission(request, view_func)
        if request.user.welcomed_on is None and not request.path_info.startswith(BEFORE_WELCOME):
            return redirect("space:welcome")
        enter(request, request.user)
        return None

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Nobody is signed in. What was typed is never lost: a fragment gets 401, a form gets its words back."""
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        if request.method == "POST":
            return signed_out(request)
        return super().handle_no_permission(request, view_func)


def enter(request: HttpRequest, person: Person) -> Member:
    """Let a person in: their member on the request, their own time zone and language for the answer."""
    member = let_in_request(request, person)
    request.member = member  # type: ignore[attr-defined]
    timezone.activate(person.zone)
    if person.language != settings.LANGUAGE_CODE:
        translation.activate(person.language)
    return member


def signed_out(request: HttpRequest, status: int = 401) -> HttpResponse:
    """Answer a form that arrived without a session with its own words, to be sent again after signing in."""
    fields = [
        (name, clean(value))
        for name, values in request.POST.lists()
        if name not in KEPT_NEVER
        for value in values
        if value
    ]
    words = [value for name, value in fields if name not in UNSEEN]
    context = {
        "fields": fields,
        "words": words,
        "action": request.path,
        "login": resolve_url(settings.LOGIN_URL),
    }
    return render(request, "signed_out.html", context, status=status)
