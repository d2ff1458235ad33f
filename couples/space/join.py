"""The invitee's page. Each way in which an invitation can't be used has a page that says what to do next."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from couples.access import Request
from couples.core.couple import Member
from couples.core.middleware import enter
from couples.space.actions import Outcome, accept, decline, has_verified
from couples.space.limits import spend
from couples.space.models import ALIVE, Invitation, Stage
from couples.space.views import welcome_before

P = ParamSpec("P")
STATUS = {
    "unknown": 404,
    "expired": 410,
    "used": 410,
    "ended": 410,
    "unconfirmed": 410,
    "foreign": 403,
    "own": 409,
    "taken": 409,
}


def discreet(
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """For pages with a token in their address: no search engine, and no other site, learns of it.

    Signed in, their forms need an Origin, which browsers withhold under ``no-referrer``; ``same-origin``
    tells no other site either.
    """

    @wraps(view)
    def wrapped(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin" if request.user.is_authenticated else "no-referrer"
        return response

    return wrapped


@login_not_required
@discreet
@require_GET
def page(request: Request, token: str) -> HttpResponse:
    """Who invites, what linking means, and yes or no. Open to everybody who has the link."""
    invitation = Invitation.objects.of_token(token)
    member = enter(request, request.user) if request.user.is_authenticated else None
    if member is not None and not member.person.agreed:
        return redirect(welcome_before(request.path))
    if invitation is None:
        return unknown(request)
    if _is_ours(invitation, member):
        return redirect("space:home")
    reason = _why_not(invitation, member)
    if reason:
        return closed(request, reason)
    waiting = member is not None and invitation.claimed_by_id == member.person.pk
    return render(
        request, "join/waiting.html" if waiting else "join/page.html", _context(request, invitation, token)
    )


def _context(request: HttpRequest, invitation: Invitation, token: str) -> dict[str, object]:
    return {
        "invitation": invitation,
        "inviter": invitation.inviter,
        "token": token,
        "here": request.path,
        "signup_open": settings.SIGNUP != "closed",
    }


def _is_ours(invitation: Invitation, member: Member | None) -> bool:
    """Whether the two whom this invitation is about share a space already, and the member is one of them."""
    if member is None or member.partner is None:
        return False
    two = {member.person.pk, member.partner.pk}
    return (
        invitation.inviter_id == member.partner.pk or {invitation.inviter_id, invitation.claimed_by_id} == two
    )


def _why_not(invitation: Invitation, member: Member | None) -> str:
    """Return why an invitation can't be used by this member (None: a visitor), or the empty string."""
    who = member.person.pk if member else None
    stage, mine = invitation.stage, who is not None and invitation.claimed_by_id == who
    if stage == Stage.LINKED or (stage == Stage.CLAIMED and not mine and invitation.inviter_id != who):
        return "used"
    if stage not in ALIVE:
        return "unconfirmed" if mine and stage == Stage.REVOKED else "ended"
    if not invitation.is_alive(timezone.now()):
        return "expired"
    return _why_not_them(invitation, member) if member else ""


def _why_not_them(invitation: Invitation, member: Member) -> str:
    if invitation.inviter_id == member.person.pk:
        return "own"
    if member.couple is not None:
        return "taken"
    if invitation.email and not has_verified(member.person, invitation.email):
        return "foreign"
    return ""


def closed(request: HttpRequest, reason: str) -> HttpResponse:
    """The page for an invitation that can't be used, and why."""
    return render(request, "join/closed.html", {"reason": reason}, status=STATUS[reason])


def unknown(request: HttpRequest) -> HttpResponse:
    """The page for a token that is none. Asked for too often from one network, it is 429."""
    spend(request, "unknown_invitation")
    return closed(request, "unknown")


@discreet
@require_POST
def accept_it(request: Request, token: str) -> HttpResponse:
    """Say yes. Linked at once, or waiting for the inviter's word."""
    invitation = Invitation.objects.of_token(token)
    if invitation is None:
        return unknown(request)
    person = request.member.person
    here = reverse("space:join", args=[token])
    if not person.agreed:
        return redirect(welcome_before(here))
    name = invitation.inviter.name
    outcome = accept(person, invitation)
    if outcome is Outcome.LINKED:
        messages.success(request, _("You and %(name)s share this space now.") % {"name": name})
        return redirect("space:home")
    if outcome is Outcome.WAITING:
        return redirect(here)
    return _refused(request, token, outcome)


def _refused(request: Request, token: str, outcome: Outcome) -> HttpResponse:
    invitation = Invitation.objects.of_token(token)
    if invitation is None:
        return unknown(request)
    if outcome is Outcome.ENDED:
        return closed(request, _why_not(invitation, request.member) or "ended")
    reasons = {Outcome.OWN: "own", Outcome.FOREIGN: "foreign", Outcome.TAKEN: "taken"}
    return closed(request, reasons[outcome])


@discreet
@require_POST
def decline_it(request: Request, token: str) -> HttpResponse:
    """Say no. The invitation ends; nobody is told who said it."""
    invitation = Invitation.objects.of_token(token)
    if invitation is None:
        return unknown(request)
    outcome = decline(request.member.person, invitation)
    if outcome is not Outcome.DECLINED:
        return _refused(request, token, outcome)
    messages.success(request, _("You’ve said no, and the invitation has ended. Nothing of yours was shown."))
    return redirect("home")
