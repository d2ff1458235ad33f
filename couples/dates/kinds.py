"""The kinds of dates, where a plan can stand, how long it can take, and what it makes news of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from couples.core.due import DueKind
from couples.core.live import Room
from couples.core.news import NewsKind

DATES = Room("dates")
PROPOSED = NewsKind("plan.proposed", _("%(name)s proposed a date"), "dates:detail")
AGREED = NewsKind("plan.agreed", _("%(name)s said yes to a date"), "dates:detail")
ANOTHER = NewsKind("plan.another", _("%(name)s offered another time for a date"), "dates:detail")
DECLINED = NewsKind("plan.declined", _("%(name)s said: not this one"), "dates:detail")
MOVED = NewsKind("plan.moved", _("%(name)s would like to move a date"), "dates:detail")
KEPT = NewsKind("plan.kept", _("%(name)s keeps the time you agreed on"), "dates:detail")
CANCELLED = NewsKind("plan.cancelled", _("%(name)s called a date off"), "dates:detail")
CHANGED = NewsKind("plan.changed", _("%(name)s changed a date"), "dates:detail")
LOOKED_BACK = NewsKind("plan.looked_back", _("%(name)s looked back at a date"), "dates:detail")
TASK = NewsKind("plan.task", _("%(name)s put something on your list for a date"), "dates:detail")

DATE_DUE, LOOK_BACK_DUE = DueKind("date"), DueKind("look_back")


class PlanKind(models.TextChoices):
    """What kind of time together it is. A getaway has days, the others have an hour."""

    DATE_NIGHT = "date_night", _("Date night")
    HOBBY = "hobby", _("Shared hobby")
    UNPLUGGED = "unplugged", _("Unplugged time")
    GETAWAY = "getaway", _("Getaway")


class PlanState(models.TextChoices):
    """Where a plan stands. *Moving*: agreed, with new times offered; the agreed one stands till then."""

    DRAFT = "draft", _("Only you")
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    MOVING = "moving", _("Agreed, new times offered")
    DECLINED = "declined", _("Not this one")
    CANCELLED = "cancelled", _("Called off")


STANDS = (PlanState.AGREED, PlanState.MOVING)
WAITS = (PlanState.PROPOSED, PlanState.MOVING)
CLOSED = (PlanState.DECLINED, PlanState.CANCELLED)

LENGTHS = {
    60: _("about an hour"),
    90: _("about an hour and a half"),
    120: _("about two hours"),
    180: _("about three hours"),
    240: _("about four hours"),
    300: _("the whole evening"),
    600: _("the whole day"),
}
