"""Forms of the meeting."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.forms import DayField, Pick, VersionField, WordsField
from couples.core.people import Person
from couples.meeting.models import Agreement, How
from couples.meeting.parts import Part

MOST = 4_500
"""Room for a note of one’s own, whole."""
LATEST = dt.timedelta(days=370)
LONG = _("That’s more than fits here: %(limit_value)d characters at most.")


class LineForm(forms.Form):
    """What one says in a part."""

    words = WordsField(rows=3, max_length=MOST, error_messages={"max_length": LONG})
    version = VersionField()

    def __init__(self, *args: Any, member: Member, part: Part, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{part.slug}_%s")
        super().__init__(*args, **kwargs)
        words = self.fields["words"]
        words.label = part.label % {"name": member.partner.name if member.partner else ""}
        words.error_messages["required"] = _("Write a few words, or leave this part out.")


class AgreeForm(forms.Form):
    """What the two agree on, who does it, and by when."""

    words = WordsField(
        label=_("What you agree on"),
        rows=2,
        max_length=500,
        error_messages={"max_length": LONG, "required": _("Say in a few words what you agree on.")},
    )
    who = forms.ChoiceField(
        label=_("Who does it?"),
        error_messages={"required": _("Choose who does it."), "invalid_choice": _("Choose who does it.")},
    )
    by = DayField(label=_("By when?"))
    version = VersionField()

    def __init__(self, *args: Any, member: Member, standing: Agreement | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.standing = member, standing
        name = member.partner.name if member.partner else ""
        who: Any = self.fields["who"]
        who.widget = Pick()
        who.choices = [("both", _("Both of you")), ("me", _("You")), ("partner", name)]
        self.fields["by"].error_messages["required"] = _("Choose a day.")
        # The day that stands may have gone by, and browsers hold back what is before the first.
        first = member.today if standing is None else min(member.today, standing.by)
        self.fields["by"].widget.attrs["min"] = first.isoformat()

    def clean_who(self) -> Person | None:
        """Return the one who does it, None for both."""
        return {"me": self.member.person, "partner": self.member.partner}.get(self.cleaned_data["who"])

    def clean_by(self) -> dt.date:
        """A day from today on and within a year, unless it is the one that stands."""
        day: dt.date = self.cleaned_data["by"]
        if self.standing is not None and day == self.standing.by:
            return day
        if day < self.member.today:
            raise ValidationError(_("That day has gone by. Choose one from today on."), code="past")
        if day > self.member.today + LATEST:
            raise ValidationError(_("Choose a day within the next year."), code="far")
        return day


class HowForm(forms.Form):
    """How it went with what was agreed. Once something is said, it can be taken back."""

    how = forms.ChoiceField(label=_("How did it go?"), choices=How.choices, widget=Pick())

    def __init__(self, *args: Any, said: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        how: Any = self.fields["how"]
        sentence = _("Choose one of these, or go on to the next part.")
        how.error_messages |= {"required": sentence, "invalid_choice": sentence}
        if said:
            how.required, how.choices = False, [*How.choices, ("", _("Say nothing about it"))]


def who_of(agreement: Agreement, member: Member) -> str:
    """Who does it, as the form of this member says it."""
    if agreement.who_id is None:
        return "both"
    return "me" if agreement.who_id == member.person.pk else "partner"
