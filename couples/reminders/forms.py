"""Forms of reminders."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from couples.core.forms import Pick, TimeField
from couples.core.reminding import Channel, ReminderKind
from couples.reminders.actions import Quiet
from couples.reminders.hosts import LONGEST
from couples.reminders.ready import kinds
from couples.reminders.subscriptions import Subscription


def field_of(kind: ReminderKind) -> str:
    """The name of a kind's field."""
    return kind.slug.replace(".", "-")


class RemindersForm(forms.Form):
    """How one is reminded of each kind, and when not."""

    begins = TimeField(label=_("Quiet from"), required=False)
    ends = TimeField(label=_("Quiet until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [way for way in Channel if way != Channel.MAIL or settings.HAS_MAIL]
        for kind in kinds():
            self.fields[field_of(kind)] = forms.ChoiceField(
                label=str(kind.title),
                help_text=str(kind.why),
                choices=[(way.value, way.label) for way in ways],
                widget=Pick(),
                error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of these.")},
            )

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends, or none."""
        found = super().clean() or {}
        wrong = {"begins", "ends"} & set(self.errors)
        for name, other in (("begins", "ends"), ("ends", "begins")):
            if not wrong and found.get(name) is None and found.get(other) is not None:
                said = _("Write both times, or leave both empty to be reminded at any hour.")
                self.add_error(name, ValidationError(said, code="half"))
        return found

    @property
    def channels(self) -> dict[str, Channel]:
        """What was chosen for each kind."""
        return {kind.slug: Channel(self.cleaned_data[field_of(kind)]) for kind in kinds()}

    @property
    def quiet(self) -> Quiet:
        """The quiet hours, to the minute."""
        begins, ends = (self.cleaned_data[name] for name in ("begins", "ends"))
        return Quiet(_to_the_minute(begins), _to_the_minute(ends))


def _to_the_minute(time: dt.time | None) -> dt.time | None:
    return time.replace(second=0, microsecond=0) if time is not None else None


class DeviceForm(forms.Form):
    """What a browser says of itself. Nobody types it."""

    endpoint = forms.CharField(max_length=LONGEST)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)

    def clean(self) -> dict[str, Any]:
        """Keep what it says as a subscription. Raises ValidationError for what can't be one."""
        found = super().clean() or {}
        if not self.errors:
            try:
                found["subscription"] = Subscription(found["endpoint"], found["p256dh"], found["auth"])
            except ValueError as error:
                said = _("Reconnect doesn’t speak to the push service of this browser. Try another browser.")
                raise ValidationError(said, code="unknown") from error
        return found
