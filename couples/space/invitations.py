"""What the inviter does: make an invitation, show it, take it back, say who it was that came."""

import io
import uuid
from collections.abc import Callable

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from couples.access import Request, load
from couples.space.actions import Outcome, confirm, decline, invite, revoke
from couples.space.forms import MailForm
from couples.space.mail import invite_by_mail
from couples.space.models import Invitation, Stage
from couples.space.tokens import forget, recall, remember
from couples.space.views import show_space, welcomed

ENDED = gettext_lazy("That invitation isn’t open any more. You can make a new one.")
SAID: dict[Outcome, str | Promise] = {
    Outcome.TAKEN: gettext_lazy("You already share a space."),
    Outcome.TOO_MANY: gettext_lazy("That’s 20 invitations in one day. You can make the next one tomorrow."),
    Outcome.UNDELIVERED: gettext_lazy(
        "The mail couldn’t be sent, so nobody is invited yet. Try again later, or invite by a link."
    ),
    Outcome.SENT: gettext_lazy("The invitation is on its way. It’s good for seven days."),
}


@require_POST
@welcomed
def invite_by_link(request: Request) -> HttpResponse:
    """Make a link. It ends the one made before. The browser keeps it for an hour."""
    outcome, invitation, token = invite(request.member.person)
    response = redirect("space:home")
    if invitation is None:
        messages.info(request, str(SAID[outcome]))
    else:
        remember(response, invitation, token)
    return response


@require_POST
@welcomed
def invite_address(request: Request) -> HttpResponse:
    """Invite by e-mail, where there is a mail server. No answer tells whether the address has an account."""
    if not settings.HAS_MAIL:
        raise Http404
    if request.member.couple is not None:
        messages.info(request, str(SAID[Outcome.TAKEN]))
        return redirect("space:home")
    form = MailForm(request.POST, person=request.member.person)
    if not form.is_valid():
        return show_space(request, form)

    def address_of(token: str) -> str:
        return request.build_absolute_uri(reverse("space:join", args=[token]))

    outcome = invite_by_mail(request.member.person, form.cleaned_data["email"], address_of)
    if outcome is Outcome.UNDELIVERED:
        form.add_error("email", str(SAID[outcome]))
        return show_space(request, form)
    say = messages.success if outcome is Outcome.SENT else messages.info
    say(request, str(SAID[outcome]))
    return redirect("space:home")


@require_GET
@welcomed
def qr(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The link as a QR code, for the browser that made it, while the link is open."""
    invitation = _mine(request, pk)
    token = recall(request, invitation) if invitation.is_open(request.member.now) else ""
    if not token:
        raise Http404
    address = request.build_absolute_uri(reverse("space:join", args=[token]))
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=6, light="#fff", svgclass=None, lineclass=None)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@require_POST
def revoke_own(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take an invitation back."""
    return _end(request, _mine(request, pk), revoke, _("It’s taken back. Nobody can use it any more."))


@require_POST
def refuse_claim(request: Request, pk: uuid.UUID) -> HttpResponse:
    """It isn't the person one meant."""
    return _end(
        request, _mine(request, pk), revoke, _("That invitation has ended. Nothing was opened to anybody.")
    )


@require_POST
@welcomed
def confirm_claim(request: Request, pk: uuid.UUID) -> HttpResponse:
    """It's them: from now on the two share a space."""
    invitation = _mine(request, pk)
    if confirm(invitation) is Outcome.LINKED:
        name = invitation.claimed_by.name if invitation.claimed_by else ""
        messages.success(request, _("You and %(name)s share this space now.") % {"name": name})
        response = redirect("space:home")
        forget(response)
        return response
    said = str(SAID[Outcome.TAKEN]) if request.member.couple else str(ENDED)
    messages.info(request, said)
    return redirect("space:home")


@require_POST
def take_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The invitee takes their yes back while the inviter hasn't confirmed it."""
    invitation = load(Invitation, request.member, pk)
    if invitation.claimed_by_id != request.member.person.pk or invitation.stage == Stage.LINKED:
        messages.info(request, str(_("That can’t be taken back any more.")))
        return _onward(request)
    decline(request.member.person, invitation)
    messages.success(request, _("You’ve taken your yes back."))
    return _onward(request)


def _mine(request: Request, pk: uuid.UUID) -> Invitation:
    rows = Invitation.objects.filter(inviter=request.member.person).select_related("inviter", "claimed_by")
    return load(rows, request.member, pk)


def _end(
    request: Request, invitation: Invitation, act: Callable[[Invitation], bool], said: str
) -> HttpResponse:
    if act(invitation):
        messages.success(request, said)
    else:
        messages.info(request, _("That invitation had ended already."))
    response = _onward(request)
    if recall(request, invitation):
        forget(response)
    return response


def _onward(request: Request) -> HttpResponse:
    """To the space; whoever hasn't agreed to the present words came from the page of doors, and sees nothing else."""
    return redirect("space:home" if request.member.person.agreed else "space:doors")
