"""The form of a check-in."""

import datetime as dt
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from couples.checkins.library import feelings
from couples.checkins.models import CAUSES, ITEMS, Says
from couples.core.couple import Member
from couples.core.forms import DayField, VersionField, WordsField
from strategies.reading import premise

MOST = 2000
CLOSENESS = [(str(number), "") for number in range(1, 8)]
LEVELS = [
    ("0", _("Not at all")),
    ("1", _("A little")),
    ("2", _("Somewhat")),
    ("3", _("A lot")),
    ("4", _("Very much")),
]
CLOSE_TO = [
    _("far apart"),
    _("quite far apart"),
    _("a little apart"),
    _("in between"),
    _("near"),
    _("very near"),
    _("almost one"),
]


class Scale(forms.RadioSelect):
    """Closeness as seven pairs of circles that come ever closer (after the one-item scale of Aron, Aron and Smollan, 1992)."""

    template_name = "checkins/scale.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the words of each pair."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["words"] = CLOSE_TO
        return context


class Levels(forms.RadioSelect):
    """How much of a cause was felt, in five words side by side."""

    template_name = "checkins/levels.html"


class Words(forms.CheckboxSelectMultiple):
    """Several words out of a list."""

    template_name = "checkins/feelings.html"


class CheckInForm(forms.Form):
    """A check-in. Everything may be left out, and everything may be kept to oneself (``keep`` names those items)."""

    closeness = forms.ChoiceField(
        label=_("How close did it feel between the two of you?"),
        choices=CLOSENESS,
        required=False,
        widget=Scale,
    )
    feelings = forms.MultipleChoiceField(label=_("How did the week feel?"), required=False, widget=Words)
    appreciation = WordsField(rows=2, required=False, max_length=MOST)
    wish = WordsField(label=_("One wish for the week ahead"), rows=2, required=False, max_length=MOST)
    note = WordsField(label=_("A note to yourself"), rows=2, required=False, max_length=MOST)
    week = DayField(required=False, widget=forms.HiddenInput)
    version = VersionField()
    keep = forms.MultipleChoiceField(required=False, choices=[(item, item) for item in ITEMS])
    use_required_attribute = False

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        fields: Any = self.fields
        fields["week"].initial = member.week.first
        fields["feelings"].choices = list(feelings().items())
        name = member.partner.name if member.partner else _("your partner")
        fields["appreciation"].label = _("One thing you appreciated about %(name)s") % {"name": name}
        fields["wish"].help_text = _("Something small that can really happen.")
        fields["note"].help_text = _("It never leaves you, whatever happens with the rest.")
        for cause in premise().causes:
            fields[cause.slug] = forms.ChoiceField(
                label=cause.name, help_text=cause.looks_like, choices=LEVELS, required=False, widget=Levels
            )

    def clean(self) -> dict[str, Any]:
        """Something has to be said; what, is one's own choice."""
        data: dict[str, Any] = super().clean() or {}
        if "keep" in self.errors:
            # It has no field of its own on the page that could say so.
            raise ValidationError(_("Choose again what you keep to yourself."), code="keep")
        if not self.errors and not any(data.get(item) for item in (*ITEMS, "note")):
            raise ValidationError(_("Answer one thing at least: whichever you like."), code="empty")
        return data

    def is_of(self, week: dt.date) -> bool:
        """Whether it was opened in this week. Where another has begun meanwhile, it says so, and may be sent again."""
        shown = self.cleaned_data["week"]
        if shown is None or shown == week:
            return True
        self.add_error(
            None,
            _(
                "A new week has begun since you opened this. Send it again, and it’s the check-in of the new one."
            ),
        )
        self._set("week", week.isoformat())
        return False

    def over(self, version: int) -> None:
        """Sent again, it takes the place of what stands in this version."""
        self._set("version", str(version))

    def _set(self, name: str, value: str) -> None:
        data: Any = copy(self.data)
        data[name] = value
        self.data = data

    @property
    def parts(self) -> tuple[dict[str, Any], dict[str, Any], str]:
        """What both will see, what is kept, each by item, and the note."""
        said = {item: self._said(item) for item in ITEMS if self.cleaned_data.get(item)}
        keep = set(self.cleaned_data["keep"])
        given = {item: value for item, value in said.items() if item not in keep}
        return given, {item: value for item, value in said.items() if item in keep}, self.cleaned_data["note"]

    def _said(self, item: str) -> Any:
        value = self.cleaned_data[item]
        return int(value) if item == "closeness" or item in CAUSES else value

    def rows(self) -> list[dict[str, Any]]:
        """The items as they are shown: each field with whether it is kept."""
        kept = self["keep"].value() or []
        kept = [kept] if isinstance(kept, str) else kept
        return [{"item": item, "field": self[item], "is_kept": item in kept} for item in ITEMS]


def initial_of(given: dict[str, Any], kept: dict[str, Any], note: str) -> dict[str, Any]:
    """What the form begins with for a check-in that is there."""
    both = {**given, **kept}
    shown = {item: str(value) if isinstance(value, int) else value for item, value in both.items()}
    return {**shown, "note": note, "keep": list(kept)}


class RhythmForm(forms.Form):
    """On which day their week begins, and how often they check in."""

    weekday = forms.TypedChoiceField(label=_("Check-in day"), choices=list(WEEKDAYS.items()), coerce=int)
    every = forms.TypedChoiceField(
        label=_("How often"), choices=[(7, _("Every week")), (14, _("Every other week"))], coerce=int
    )
    version = VersionField()


class ChoiceForm(forms.Form):
    """What one says of a strategy."""

    says = forms.ChoiceField(choices=Says.choices)
