"""Forms of notes."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.forms import DayField, OnceField, Pick, WordsField
from couples.notes.models import Reaction

MOST = 2000


class NoteForm(forms.Form):
    """The words of a note."""

    what = WordsField(rows=3, max_length=MOST)
    meaning = WordsField(rows=3, max_length=MOST)
    once = OnceField()

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = member.partner.name if member.partner else _("your partner")
        what, meaning = self.fields["what"], self.fields["meaning"]
        what.label = _("What %(name)s did") % {"name": name}
        what.help_text = _("A small, true thing works better than a big word.")
        what.error_messages["required"] = _("Say in a few words what %(name)s did.") % {"name": name}
        what.widget.attrs["class"] = "said"
        meaning.label = _("What it meant to you")
        meaning.error_messages["required"] = _("Say in a few words what it meant to you.")


class GiveForm(forms.Form):
    """The second, explicit act: when the partner may see it."""

    when = forms.ChoiceField(label=_("When to give it"), initial="now")
    day = DayField(label=_("From which day?"))
    use_required_attribute = False

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        when: Any = self.fields["when"]
        when.widget = Pick(circles={"now": "both", "day": "from_day"})
        when.choices = [("now", _("Both of you, now")), ("day", _("From a day on"))]
        self.fields["day"].widget.attrs["min"] = (member.today + dt.timedelta(days=1)).isoformat()
        self.fields["day"].error_messages["required"] = _("Choose the day from which it may be seen.")
        self.fields["day"].help_text = _(
            "Until then only you see it. The day begins in your couple’s time zone."
        )

    def clean(self) -> dict[str, Any]:
        """A note from a day on needs a day to come, ten years ahead at most."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == "now":
            self.errors.pop("day", None)
            data["day"] = None
        elif "day" in self.cleaned_data:
            self._check_day(self.cleaned_data["day"])
        return data

    def _check_day(self, day: dt.date) -> None:
        if day <= self.member.today:
            self.add_error("day", ValidationError(_("Choose a day to come, or give it now."), code="past"))
        elif day > self.member.today + dt.timedelta(days=3653):
            self.add_error("day", ValidationError(_("Choose a day within the next ten years."), code="far"))


class AnswerForm(forms.Form):
    """A reaction, words, or both."""

    reaction = forms.ChoiceField(
        label=_("In a word"), required=False, widget=Pick, choices=[("", _("No word")), *Reaction.choices]
    )
    words = WordsField(label=_("In your own words"), required=False, rows=2, max_length=MOST)

    def clean(self) -> dict[str, Any]:
        """One of the two is enough; neither is nothing to send."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("reaction") and not data.get("words"):
            self.add_error(
                "words", ValidationError(_("Choose a word, or write a few of your own."), code="required")
            )
        return data


class SearchForm(forms.Form):
    """Words to look for."""

    words = WordsField(label=_("Words in the notes you have given each other"), max_length=100)
