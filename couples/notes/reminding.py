"""What a person may be reminded of by the notes."""

from django.utils.translation import gettext_lazy as _

from couples.core.reminding import ReminderKind
from couples.notes.models import GIVEN

OPENS = ReminderKind(
    "note.opens",
    _("A note that opens today"),
    _("On the day that was chosen for it, never before."),
    opens=GIVEN,
)
