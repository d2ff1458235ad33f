"""What a person may be reminded of by the goals."""

from django.utils.translation import gettext_lazy as _

from couples.core.reminding import ReminderKind
from couples.goals.models import STEP_DUE

STEP = ReminderKind(
    "goal.step",
    _("A goal’s step due"),
    _("In the morning of its day, for a step that is yours or for both of you."),
    due=STEP_DUE,
    whole_day=True,
)
