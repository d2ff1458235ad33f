"""``/space/doors/``: everything that opens a door, each with its end; and this room's own three doors."""

from collections import Counter

from allauth.account.internal.flows.logout import logout
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from couples.access import Request
from couples.core.clock import day_text
from couples.core.doors import Door, Opening, open_doors
from couples.core.wall import let_out
from couples.space import sessions
from couples.space.again import signed_in_again
from couples.space.models import Invitation, Stage
from couples.templatetags.reconnect import browser


@require_GET
def page(request: Request) -> HttpResponse:
    """Every door, with what is open of it."""
    return render(request, "space/doors.html", {"doors": open_doors(request)})


@require_POST
def end_session(request: Request, key: str) -> HttpResponse:
    """End one session; somebody else's is none. Ending this one is signing out."""
    if not sessions.has(request.member.person, key):
        raise Http404
    return _end_session(request, key)


@signed_in_again
def _end_session(request: Request, key: str) -> HttpResponse:
    if key == sessions.public_key(request.session.session_key or ""):
        logout(request)
        let_out()
        return redirect("home")
    if sessions.end_one(request.member.person, key):
        messages.success(request, _("That browser is signed out."))
    return redirect("space:doors")


@require_POST
@signed_in_again
def end_others(request: Request) -> HttpResponse:
    """End every session but this one."""
    sessions.end_others(request, request.member.person)
    messages.success(request, _("Every other browser is signed out."))
    return redirect("space:doors")


def _sessions(request: Request) -> list[Opening]:
    found = []
    for one in sessions.sittings(request, request.member.person):
        text = _("Signed in since %(day)s") % {"day": day_text(one.day)} if one.day else ""
        end = reverse("account_logout") if one.here else reverse("space:end_session", args=[one.key])
        word = _("Sign out here") if one.here else _("Sign it out")
        found.append(Opening(browser(one.agent), text, end, word=word, here=one.here))
    return found


def _ways(request: Request) -> list[Opening]:
    person = request.member.person
    ways = []
    if person.has_usable_password():
        href = reverse("account_change_password")
        ways.append(Opening(_("Your password"), href=href, word=_("Change your password")))
    text = _("A code can be sent there, to sign in without a password.") if settings.HAS_MAIL else ""
    href = reverse("account_email")
    ways.append(Opening(person.email, text, href=href, word=_("Change your e-mail address")))
    return ways + (_second_steps(request) if apps.is_installed("allauth.mfa") else [])


def _second_steps(request: Request) -> list[Opening]:
    from allauth.mfa.models import Authenticator  # only where second steps are switched on

    rows = Authenticator.objects.filter(user=request.member.person)
    there = Counter(rows.values_list("type", flat=True))
    keys = (
        ("mfa_list_webauthn", _("Passkeys: see and remove"))
        if there["webauthn"]
        else ("mfa_add_webauthn", _("Add a passkey"))
    )
    kinds = [
        ("webauthn", _("Passkeys"), *keys),
        ("totp", _("An app that shows codes"), "mfa_index", _("The app: see and remove")),
        ("recovery_codes", _("Recovery codes"), "mfa_index", _("Recovery codes: see and renew")),
    ]
    found = []
    for kind, title, route, word in kinds:
        if there[kind] or kind == "webauthn":
            text = _("Set up")
            if kind == "webauthn":
                text = _("%(number)s set up") % {"number": there[kind]} if there[kind] else _("None yet")
            found.append(Opening(title, text, href=reverse(route), word=word))
    return found


def _invitations(request: Request) -> list[Opening]:
    member = request.member
    alive = Invitation.objects.visible_to(member).alive(member.now).select_related("inviter")
    found = []
    for one in alive.order_by("expires_at", "pk"):
        text = _("Until %(day)s") % {"day": day_text(one.expires_at.astimezone(member.person.zone).date())}
        if one.inviter_id != member.person.pk:
            title = _("Your yes to %(name)s’s invitation") % {"name": one.inviter.name}
            end, word = reverse("space:take_back", args=[one.pk]), _("Take your yes back")
        else:
            title = one.email or (
                _("A link") if one.stage == Stage.OPEN else _("A link that somebody opened")
            )
            end, word = reverse("space:revoke", args=[one.pk]), _("Take it back")
        found.append(Opening(title, text, end, word=word))
    return found


Door(
    "sessions",
    lazy("Browsers that are signed in"),
    lazy("If you don’t know one of these, sign it out and change your password."),
    _sessions,
    end_all="space:end_others",
    all_word=lazy("Sign out all the others"),
)
Door("ways", lazy("Ways to sign in"), lazy("Whoever has one of these gets in as you."), _ways)
Door(
    "invitations",
    lazy("Invitations"),
    lazy("Whoever says yes to one may come to share a space with you."),
    _invitations,
    none=lazy("None is open."),
)
