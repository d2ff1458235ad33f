"""What somebody alone finds in their space."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from couples.access import Request
from couples.core.couple import Member
from couples.space.forms import MailForm
from couples.space.models import Invitation, Stage
from couples.space.tokens import recall


def alone(request: Request, mail_form: MailForm | None) -> dict[str, Any]:
    """Return the invitations that this member made or said yes to, and what there is to do about them."""
    member = request.member
    alive = _alive(member)
    mine = [one for one in alive if one.inviter_id == member.person.pk]
    link = next((one for one in mine if one.stage == Stage.OPEN and not one.email), None)
    token = recall(request, link) if link else ""
    return {
        **dict(zip(("claims", "waiting"), claims(member, alive), strict=True)),
        "link": link,
        "address": request.build_absolute_uri(reverse("space:join", args=[token])) if token else "",
        "mailed": next((one for one in mine if one.email), None),
        "mail_form": (mail_form or MailForm(person=member.person)) if settings.HAS_MAIL else None,
        "closed": member.closed,
    }


def _alive(member: Member) -> list[Invitation]:
    rows = Invitation.objects.visible_to(member).alive(member.now)
    return list(rows.select_related("inviter", "claimed_by"))


def claims(
    member: Member, alive: list[Invitation] | None = None
) -> tuple[list[Invitation], list[Invitation]]:
    """Return the invitations of this member that somebody said yes to, and those that this member said yes to."""
    rows = _alive(member) if alive is None else alive
    mine = [one for one in rows if one.inviter_id == member.person.pk and one.stage == Stage.CLAIMED]
    return mine, [one for one in rows if one.claimed_by_id == member.person.pk]
