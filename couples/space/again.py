"""Signing in again before what mustn't be done in somebody's name.

allauth would keep the whole request in the session meanwhile, cookies, new passwords and all. Here only the fields of the
form wait, and where one of them is secret, nothing: the page is shown again, to be filled in.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.urls import resolve
from django.utils.http import urlencode

from couples.core.middleware import KEPT_NEVER

V = TypeVar("V", bound=Callable[..., Any])
signed_in_again: Callable[[V], V] = reauthentication_required(allow_get=True)
"""A POST asks for the password, or another way of signing in, unless that was done in the last five minutes."""
signed_in_again_first: Callable[[V], V] = reauthentication_required()
"""The page itself asks, before anything is typed: for forms that can't wait, as they hold something secret."""

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the name of a field)


class AgainMiddleware:
    """Leads a form that asks to sign in again to where that is done. It stands within allauth's own middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Let the form wait, if it may. What only shows a page is allauth's to lead there."""
        if not isinstance(exception, ReauthenticationRequired) or request.method != "POST":
            return None
        _wait(request)
        ways = get_adapter().get_reauthentication_methods(request.user)
        where = ways[0]["url"] if ways else resolve_url(settings.LOGIN_URL)
        return redirect(f"{where}?{urlencode({'next': request.get_full_path()})}")


def _wait(request: HttpRequest) -> None:
    sent = request.POST.copy()
    sent.pop(TOKEN, None)
    request.session.pop(STATE_SESSION_KEY, None)
    if KEPT_NEVER.isdisjoint(sent):
        state = {"path": request.get_full_path(), "sent": sent.urlencode()}
        request.session[STATE_SESSION_KEY] = {"state": state, "callback": "couples.space.again.go_on"}


def go_on(request: HttpRequest, state: dict[str, str]) -> HttpResponse | None:
    """Signed in again: do what waited, unless it was for something else. allauth calls this, and then forgets it."""
    onward = get_next_redirect_url(request)
    if onward != state["path"]:
        return redirect(onward) if onward else None
    address = urlsplit(onward)
    request.path = request.path_info = address.path
    request.GET, request.POST = QueryDict(address.query), QueryDict(state["sent"])
    view = resolve(address.path)
    answer: HttpResponse = view.func(request, *view.args, **view.kwargs)
    return answer
