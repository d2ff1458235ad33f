"""What a person may be reminded of by the dates; and unplugged time, which silences the app for both until its end."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.reminding import ReminderKind, silences
from couples.dates.kinds import DATE_DUE, LOOK_BACK_DUE, PlanKind
from couples.dates.models import DatePlan

TOMORROW = ReminderKind(
    "date.tomorrow",
    _("A date tomorrow"),
    _("On the day before, for a date that you’ve both said yes to."),
    due=DATE_DUE,
    days=(-1, -1),
)
TO_LOOK_BACK = ReminderKind(
    "date.look_back",
    _("A date to look back on"),
    _("On the day after, or a little later, while you haven’t said how it was."),
    due=LOOK_BACK_DUE,
    days=(1, 3),
)


@silences
def unplugged(member: Member) -> dt.datetime | None:
    """Until when the two are unplugged, if they are now."""
    if member.couple is None:
        return None
    now = DatePlan.objects.open_to(member).upcoming(member.now)
    under_way = now.filter(kind=PlanKind.UNPLUGGED, starts_at__lte=member.now)
    return under_way.order_by("-ends_at").values_list("ends_at", flat=True).first()
