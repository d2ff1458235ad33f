"""Who is asking: signed in or not, and as which member."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone, translation

from couples.core import keys, live
from couples.core.couple import Member
from couples.core.masters import Unopened
from couples.core.people import Person
from couples.core.text import clean
from couples.core.wall import let_in_request
from couples.core.words import Broken

log = logging.getLogger("reconnect.words")
KEPT_NEVER = {
    "csrfmiddlewaretoken",
    "password",
    "password1",
    "password2",
    "oldpassword",
    "credential",
    "code",
}
UNSEEN = {"once", "version", "week", "seen", "source", "handover", "next", "option"}
# Where somebody may go who has not agreed, or no longer agrees, that anything is kept.
BEFORE_WELCOME = (
    "/welcome/",
    "/join/",
    "/accounts/",
    "/help/",
    "/exit/",
    "/space/consent/",
    "/space/doors/",
    "/space/leave/",
    "/space/invitation/",
    "/reminders/devices/",
)


class MemberMiddleware(LoginRequiredMiddleware):
    """Every page is for signed-in people unless its view says otherwise; ``request.member`` is resolved afresh.

    So leaving a couple takes effect with the next request. Times are shown in the person's own zone.
    """

    # Django's own would be handed a coroutine under ASGI, and what is done here after a page would be done before it.
    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Until somebody is let in, no words can be opened.
        token = keys.take()
        try:
            response: HttpResponseBase = super().__call__(request)  # type: ignore[assignment]
        finally:
            keys.give_back(token)
            timezone.deactivate()
        if gone := getattr(request, "signed_out", None):
            live.look_again(gone)
        return response

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
        if not request.user.agreed and not request.path_info.startswith(BEFORE_WELCOME):
            return not_agreed(request, request.user)
        enter(request, request.user)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Words that can't be read any more get a kind page, and so does a key; what was typed stands on it."""
        if not isinstance(exception, Broken | Unopened):
            return None
        if isinstance(exception, Unopened):
            log.error("A key can't be used: %s", exception)
        return render(request, "broken.html", {"words": typed(request)}, status=500)

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
    keys.take(*member.owners, found=member.keys)
    request.member = member  # type: ignore[attr-defined]
    timezone.activate(person.zone)
    if person.language != settings.LANGUAGE_CODE:
        translation.activate(person.language)
    return member


def typed(request: HttpRequest) -> list[str]:
    """Return the words of the form that was sent, for a page that can't keep them in it."""
    values = [(name, value) for name, values in request.POST.lists() for value in values]
    return [clean(value) for name, value in values if value and name not in KEPT_NEVER and name not in UNSEEN]


def not_agreed(request: HttpRequest, person: Person) -> HttpResponse:
    """Lead to the welcome. A form of somebody who had agreed before gets its words back; nothing of it is kept.

    A page that looks again stays: it may hold words.
    """
    if request.headers.get("HX-Request-Type") == "full":
        return HttpResponse(status=403)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("space:welcome")})
    if request.method == "POST" and person.welcomed_on is not None:
        return words_back(request, status=403, agree=True)
    return redirect("space:welcome")


def signed_out(request: HttpRequest, status: int = 401) -> HttpResponse:
    """Answer a form that arrived without a session with its own words, to be sent again after signing in."""
    return words_back(request, status=status)


def words_back(
    request: HttpRequest, *, status: int, template: str = "signed_out.html", **more: object
) -> HttpResponse:
    """Answer a form that can't be taken now with its own words, but for passwords, to be sent again."""
    fields = [
        (name, clean(value))
        for name, values in request.POST.lists()
        if name not in KEPT_NEVER
        for value in values
        if value or name.startswith("action")
    ]
    context = {
        "fields": fields,
        "words": typed(request),
        "action": request.path,
        "login": resolve_url(settings.LOGIN_URL),
        **more,
    }
    return render(request, template, context, status=status)
