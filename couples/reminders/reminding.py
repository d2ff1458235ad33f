"""The one kind of reminder that belongs to no room: anything new. The others are declared where they are made."""

from django.utils.translation import gettext_lazy as _

from couples.core.reminding import ReminderKind

NEW = ReminderKind(
    "new",
    _("Something new for you"),
    _("All of it at once, and at most once a day. What you’ve looked at already isn’t new."),
)
