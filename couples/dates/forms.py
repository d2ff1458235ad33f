"""Forms of date plans."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.forms import DayField, OnceField, Pick, TimeField, VersionField, WordsField
from couples.core.people import Person
from couples.dates.kinds import LENGTHS, PlanKind
from couples.dates.models import DatePlan, PlanOption
from couples.dates.times import Slot, days, timed

MOST_DAYS = 60
NO_TITLE = _("Say in a few words what you’ll do.")
NUMBERS = {1: _("A time"), 2: _("A second choice"), 3: _("A third choice")}


class Hidden(forms.UUIDField):
    """An id that travels with a form; nothing where it was tampered with."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def clean(self, value: Any) -> Any:
        """Return the id or None."""
        try:
            return super().clean(value)
        except ValidationError:
            return None


class TimesForm(forms.Form):
    """One to three times, or the days of a getaway. Hours are those of the member's own clock.

    ``kind`` fixes whether hours or days are asked; without it both are, and the field *kind* decides. A valid
    form has ``cleaned_data["slots"]``.
    """

    use_required_attribute = False
    """What is asked depends on the kind; the browser doesn't know that."""

    def __init__(self, *args: Any, member: Member, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.fixed = member, kind
        if kind != PlanKind.GETAWAY:
            self._add("day", DayField, _("Day"), _("Choose a day."))
            self._add("time", TimeField, _("Start"), _("Choose when it starts."))
            choices = [(minutes, capfirst(label)) for minutes, label in LENGTHS.items()]
            self.fields["minutes"] = forms.TypedChoiceField(
                label=_("How long"), choices=choices, coerce=int, initial=180
            )
        if kind in ("", PlanKind.GETAWAY):
            self._add("first", DayField, _("First day"), _("Choose the first day."))
            self._add("last", DayField, _("Last day"), _("Choose the last day."))

    def _add(self, name: str, field: type[forms.Field], label: Any, missing: Any) -> None:
        """Add a field to each of the three rows; the first row is needed."""
        for n in NUMBERS:
            self.fields[f"{name}_{n}"] = made = field(label=label, required=n == 1)
            made.error_messages["required"] = missing

    def full_clean(self) -> None:
        """Ask for hours or for days, as the kind wants; what isn't asked may be empty."""
        getaway = (self.fixed or self.data.get(self.add_prefix("kind"))) == PlanKind.GETAWAY
        other = ("day", "time", "minutes") if getaway else ("first", "last")
        idle = {name: field for name, field in self.fields.items() if name.startswith(other)}
        asked = {name: field.required for name, field in idle.items()}
        for field in idle.values():
            field.required = False
        super().full_clean()
        for name, field in idle.items():
            field.required = asked[name]
            self.errors.pop(name, None)

    def clean(self) -> dict[str, Any]:
        """Work out the offered times. Every error stands at the field that it is about."""
        data = super().clean() or self.cleaned_data
        kind = self.fixed or data.get("kind")
        if kind:
            start = "first" if kind == PlanKind.GETAWAY else "day"
            data["slots"] = list(self._slots(self._days if kind == PlanKind.GETAWAY else self._hour, start))
        return data

    def _slots(self, read: Any, start: str) -> Iterator[Slot]:
        seen: set[tuple[dt.datetime, dt.datetime]] = set()
        for n in NUMBERS:
            slot: Slot | None = read(n)
            if slot is None:
                continue
            if (slot.starts_at, slot.ends_at) in seen:
                self.add_error(f"{start}_{n}", _("That’s offered twice. Choose another or leave it empty."))
            seen.add((slot.starts_at, slot.ends_at))
            yield slot

    def _pair(self, n: int, first: str, second: str, missing: tuple[Any, Any]) -> tuple[Any, Any] | None:
        """Return both values of a row; None where it is empty or wrong. Half a row gets an error."""
        names = (f"{first}_{n}", f"{second}_{n}")
        values = [self.cleaned_data.get(name) for name in names]
        if any(name in self.errors for name in names) or values == [None, None]:
            return None
        for name, value, sentence in zip(names, values, missing, strict=True):
            if value is None:
                self.add_error(name, sentence)
                return None
        return values[0], values[1]

    def _hour(self, n: int) -> Slot | None:
        pair = self._pair(n, "day", "time", (_("Choose the day too."), _("Choose when it starts.")))
        minutes = self.cleaned_data.get("minutes")
        if pair is None or not minutes:
            return None
        try:
            slot = timed(pair[0], pair[1], minutes, self.member.person.zone)
        except ValidationError as error:
            self.add_error(f"time_{n}", error)
            return None
        if slot.starts_at <= self.member.now:
            today = slot.starts_at.astimezone(self.member.person.zone).date() == self.here
            self.add_error(f"time_{n}" if today else f"day_{n}", _("That has gone by. Choose a later time."))
        return slot

    def _days(self, n: int) -> Slot | None:
        pair = self._pair(n, "first", "last", (_("Choose the first day too."), _("Choose the last day too.")))
        if pair is None:
            return None
        first, last = pair
        wrong = ""
        if last < first:
            wrong = str(_("The last day is before the first one."))
        elif (last - first).days >= MOST_DAYS:
            wrong = str(_("Choose 60 days at most."))
        if wrong:
            self.add_error(f"last_{n}", wrong)
            return None
        if first < self.member.today:
            self.add_error(f"first_{n}", _("That day has gone by. Choose one from today on."))
        return days(first, last, self.member.zone)

    @property
    def here(self) -> dt.date:
        """The day it is for the member."""
        return self.member.now.astimezone(self.member.person.zone).date()

    @property
    def zone_name(self) -> str:
        """The member's time zone, as people read it."""
        return zone_name(self.member.person.zone)

    @property
    def zone_of_partner(self) -> str:
        """The partner's time zone where it is another one."""
        partner = self.member.partner
        return (
            zone_name(partner.zone) if partner and partner.time_zone != self.member.person.time_zone else ""
        )

    def _rows(self, first: str, second: str) -> list[dict[str, Any]]:
        if f"{first}_1" not in self.fields:
            return []
        return [
            {"label": label, "fields": [self[f"{first}_{n}"], self[f"{second}_{n}"]]}
            for n, label in NUMBERS.items()
        ]

    @property
    def hours(self) -> list[dict[str, Any]]:
        """The rows for day and start."""
        return self._rows("day", "time")

    @property
    def stays(self) -> list[dict[str, Any]]:
        """The rows for first and last day."""
        return self._rows("first", "last")

    @property
    def more_open(self) -> bool:
        """Whether the second or third choice holds something, or something wrong."""
        names = [f"{field}_{n}" for field in ("day", "time", "first", "last") for n in (2, 3)]
        return any(name in self.fields and (self[name].value() or name in self.errors) for name in names)


class PlanForm(TimesForm):
    """A whole plan: a new one, or a draft again."""

    once = OnceField()
    source = Hidden()
    version = VersionField()
    kind = forms.ChoiceField(
        label=_("What kind of time together?"),
        choices=PlanKind.choices,
        initial=PlanKind.DATE_NIGHT,
        widget=Pick(),
    )
    title = WordsField(
        label=_("What you’ll do"),
        help_text=_("Like “The ramen place, then the late film”."),
        max_length=120,
        error_messages={"required": NO_TITLE},
    )
    place = WordsField(label=_("Where"), max_length=200, required=False)
    notes = WordsField(label=_("Notes"), max_length=2000, rows=4, required=False)


class WordsForm(forms.Form):
    """Title, place and notes of a plan that both read."""

    version = VersionField()
    title = WordsField(label=_("What you’ll do"), max_length=120, error_messages={"required": NO_TITLE})
    place = WordsField(label=_("Where"), max_length=200, required=False)
    notes = WordsField(label=_("Notes"), max_length=2000, rows=4, required=False)


class AgreeForm(forms.Form):
    """One of the offered times."""

    def __init__(self, *args: Any, offers: list[PlanOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["option"] = forms.TypedChoiceField(
            choices=[(str(offer.pk), "") for offer in offers],
            coerce=lambda pk: next(offer for offer in offers if str(offer.pk) == pk),
            error_messages={
                "required": _("Choose one of the times."),
                "invalid_choice": _("Choose one of the times."),
            },
        )


class ClosingForm(forms.Form):
    """Kind words to go with a no."""

    words = WordsField(
        label=_("A kind word, if you like"),
        help_text=_("Like “I’m worn out that week. The week after, gladly.”"),
        max_length=500,
        rows=3,
        required=False,
    )


class LookBackForm(forms.Form):
    """One line, one best moment."""

    version = VersionField()
    line = WordsField(
        label=_("In one line, how was it?"),
        max_length=200,
        error_messages={"required": _("Say it in one line, or leave it for another day.")},
    )
    best = WordsField(label=_("Your best moment"), max_length=500, rows=2, required=False)


class TaskForm(forms.Form):
    """Something to arrange, and by whom."""

    once = OnceField()
    text = WordsField(
        label=_("What is to arrange?"),
        max_length=120,
        error_messages={"required": _("Say in a few words what is to arrange.")},
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: dict[str, Person] = {"me": member.person}
        choices: list[tuple[str, Any]] = [("me", _("You"))]
        if member.partner is not None:
            people["partner"] = member.partner
            choices = [("both", _("Both of you")), *choices, ("partner", member.partner.name)]
        self.fields["who"] = forms.TypedChoiceField(
            label=_("Who"), choices=choices, coerce=people.get, empty_value=None
        )


def zone_name(zone: zoneinfo.ZoneInfo) -> str:
    """Return a zone's name as people read it."""
    return zone.key.replace("_", " ")


def initial_of(plan: DatePlan, member: Member) -> dict[str, Any]:
    """Return a plan as ``PlanForm`` shows it: hours by the member's own clock."""
    values: dict[str, Any] = {
        name: getattr(plan, name) for name in ("kind", "title", "place", "notes", "version")
    }
    for n, offer in enumerate(plan.offers, start=1):
        here = offer.starts_at.astimezone(member.person.zone)
        if offer.first_day:
            values |= {f"first_{n}": offer.first_day, f"last_{n}": offer.last_day}
        else:
            values |= {f"day_{n}": here.date(), f"time_{n}": here.time(), "minutes": offer.minutes}
    return values
