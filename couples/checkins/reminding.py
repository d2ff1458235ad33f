"""What a person is reminded of by the check-ins: one mail a week, the only one that is on for everybody."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from couples.checkins.models import CheckIn
from couples.core.couple import Member
from couples.core.reminding import Channel, ReminderKind

EVENING = dt.time(18)
"""When it comes, by the person's own clock."""
STILL = dt.timedelta(days=1)
"""How long after the check-in day it is still worth a word."""


def comes(member: Member) -> str | None:
    """The week, on its check-in day from the evening on and the day after, until one's own is in. Nothing for one alone."""
    if member.couple is None or member.today > member.week.first + STILL:
        return None
    # Where this person is, it may still be the day before.
    if member.now < dt.datetime.combine(member.week.first, EVENING, member.person.zone):
        return None
    own = CheckIn.objects.current(member)
    return None if own is not None and own.couple_id else f"{member.week.first:%Y%m%d}"


WEEKLY = ReminderKind(
    "checkin.week",
    _("Your weekly check-in"),
    _(
        "On the evening of your check-in day, or the day after, unless yours is in. It knows nothing of your partner’s."
    ),
    comes=comes,
    default=Channel.MAIL,
)
