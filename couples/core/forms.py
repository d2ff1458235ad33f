"""Form fields and bases that every room uses."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from couples.core import clock
from couples.core.text import clean, says_something


class Renderer(TemplatesSetting):
    """Forms and fields in our own design, with errors at the field."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class WordsField(forms.CharField):
    """Plain text as people write it. Controls are dropped, and what can't be seen counts as nothing."""

    def __init__(self, *, rows: int = 1, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        # What is typed on one line browsers keep for good, and offer to whoever types there next: these don't.
        line = forms.TextInput(attrs={"autocomplete": "off"})
        widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else line
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Return the cleaned text; the empty string where it says nothing."""
        text = clean(str(value)) if value is not None else ""
        return text if says_something(text) else ""


class DayField(forms.DateField):
    """A day between 1900 and 2200, typed by the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault(
            "error_messages", {"invalid": _("Write the day as year-month-day, like 2026-05-31.")}
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        """Return the day. Raises ValidationError for one that is none or far off."""
        try:
            day = super().to_python(value)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if day is not None:
            clock.sensible_day(day)
        return day


class TimeField(forms.TimeField):
    """A wall-clock time, typed by the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        kwargs.setdefault("error_messages", {"invalid": _("Write the time like 19:30.")})
        super().__init__(**kwargs)


class OnceField(forms.UUIDField):
    """Which form this is, said when it is shown: sent twice, it is still one row (see ``couples.core.once``)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, initial=uuid.uuid4, **kwargs)

    def clean(self, value: Any) -> uuid.UUID:
        """Return the id; a fresh one where it was tampered with."""
        try:
            found = super().clean(value)
        except ValidationError:
            found = None
        return found if isinstance(found, uuid.UUID) else uuid.uuid4()


class Pick(forms.RadioSelect):
    """Radio buttons shown as cards, with circles where a choice is one of the four words."""

    template_name = "components/pick.html"

    def __init__(self, circles: dict[str, str] | None = None, **kwargs: Any) -> None:
        self.circles = circles or {}
        super().__init__(**kwargs)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the circles to an option."""
        option = super().create_option(name, value, *args, **kwargs)
        option["circles"] = self.circles.get(str(value), "")
        return option


class VersionField(forms.IntegerField):
    """The version of a row that was shown with the form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput, **kwargs)

    def clean(self, value: Any) -> int:
        """Return the version; -1, which is always stale, where it was tampered with."""
        try:
            found = super().clean(value)
        except ValidationError:
            found = None
        return found if found is not None else -1
