"""Forms of goals."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.forms import DayField, OnceField, Pick, VersionField, WordsField
from couples.core.people import Person
from couples.core.words import legible
from couples.goals.amounts import AmountField
from couples.goals.models import Goal, GoalStep, Horizon, State, Whose
from couples.goals.rights import whom_for

LONG = _("That’s more than fits here: %(limit_value)d characters at most.")
WORDS = ("title", "why")
PLAN = ("by", "parent", "amount_target", "unit")


def _words(**kwargs: Any) -> WordsField:
    errors = {"max_length": LONG, **kwargs.pop("error_messages", {})}
    return WordsField(error_messages=errors, **kwargs)


def partner_name(member: Member) -> str:
    """The partner's name, or what to say while there is none."""
    return member.partner.name if member.partner else str(_("your partner"))


class GoalForm(forms.Form):
    """A goal's words and plan. Of an existing goal it offers what the member may change (see ``rights``)."""

    title = _words(
        label=_("What would you like to reach?"),
        max_length=120,
        error_messages={"required": _("Say in a few words what you’d like to reach.")},
    )
    why = _words(label=_("Why does it matter to you?"), required=False, rows=3, max_length=1000)
    horizon = forms.ChoiceField(
        label=_("How far off is it?"),
        widget=Pick,
        choices=Horizon.choices,
        initial=Horizon.SHORT,
        error_messages={"required": _("Choose one of the two.")},
    )
    whose = forms.ChoiceField(
        label=_("Whose is it?"),
        initial=Whose.OURS,
        error_messages={"required": _("Choose one of the three.")},
    )
    parent = forms.ChoiceField(label=_("Part of a long-term goal"), required=False)
    by = DayField(label=_("By when?"), required=False)
    amount_target = AmountField(label=_("An amount to reach"), required=False, above_zero=True)
    unit = _words(
        label=_("Counted in"),
        required=False,
        max_length=12,
        help_text=_("A currency sign, like €, or a word, like km."),
    )
    amount_now = AmountField(label=_("There already"), required=False)
    step = _words(
        label=_("A first step"), required=False, max_length=200, help_text=_("Small enough for this week.")
    )
    once = OnceField()
    version = VersionField()

    def __init__(
        self, *args: Any, member: Member, offered: list[Goal], goal: Goal | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.goal = goal
        self.offered = {str(one.pk): one for one in offered}
        self._name_choices(member)
        for name in ("step", "once", "amount_now") if goal else ("version",):
            del self.fields[name]
        if not offered:
            del self.fields["parent"]

    def _name_choices(self, member: Member) -> None:
        name = partner_name(member)
        whose: Any = self.fields["whose"]
        whose.widget = Pick()
        whose.choices = [
            (Whose.OURS, _("Ours: we both want it")),
            (Whose.AUTHOR, _("Mine: I’d like to reach it")),
            (Whose.PARTNER, _("For %(name)s: I’d support it") % {"name": name}),
        ]
        parent: Any = self.fields["parent"]
        parent.choices = [
            ("", _("No, it stands on its own")),
            *((pk, legible(goal, "title")) for pk, goal in self.offered.items()),
        ]
        parent.error_messages["invalid_choice"] = _("Choose one of the long-term goals in the list.")

    def only(self, names: set[str]) -> None:
        """Offer only these fields, and the version."""
        for name in set(self.fields) - names - {"version"}:
            del self.fields[name]

    def clean_parent(self) -> Goal | None:
        """Return the long-term goal that holds this one."""
        return self.offered.get(self.cleaned_data["parent"])

    def clean(self) -> dict[str, Any]:
        """Only a short-term goal is part of another; an amount so far needs one to reach."""
        data: dict[str, Any] = super().clean() or {}
        horizon = data.get("horizon") or (self.goal.horizon if self.goal else "")
        if data.get("parent") and horizon == Horizon.LONG:
            self.add_error(
                "parent",
                ValidationError(_("Only a short-term goal can be part of a long-term one."), code="long"),
            )
        if horizon == Horizon.SHORT and self.goal and self.goal.is_long and self.goal.children.exists():
            message = _("It holds short-term goals. Move them first, or keep it long-term.")
            self.add_error("horizon", ValidationError(message, code="holds"))
        if data.get("amount_now") is not None and "amount_target" in data and data["amount_target"] is None:
            self.add_error(
                "amount_target", ValidationError(_("Say how much you’d like to reach."), code="required")
            )
        return data

    def changes(self) -> dict[str, Any]:
        """What to save, by model field: amounts are both there or neither is."""
        data = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("step", "once", "version")
        }
        if "amount_target" in data:
            before = self.goal.amount_now if self.goal else data.get("amount_now")
            data["amount_now"] = None if data["amount_target"] is None else before or 0
        return data


class WhoField(forms.ChoiceField):
    """Who does a step; both where nothing is said."""

    def clean(self, value: Any) -> Any:
        """Return the choice."""
        return super().clean(value or "both")


class StepForm(forms.Form):
    """A step: what, who, and by when."""

    text = _words(
        label=_("A next step"),
        max_length=200,
        error_messages={"required": _("Say in a few words what the step is.")},
    )
    who = WhoField(label=_("Who does it?"), initial="both")
    day = DayField(label=_("By when?"), required=False)
    once = OnceField()
    version = VersionField()

    def __init__(
        self, *args: Any, member: Member, goal: Goal, step: GoalStep | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        del self.fields["once" if step else "version"]
        if not whom_for(goal):
            del self.fields["who"]
            return
        who: Any = self.fields["who"]
        who.choices = [("both", _("Both of you")), ("me", _("You"))]
        if member.partner is not None:
            who.choices = [*who.choices, ("partner", member.partner.name)]

    def clean_who(self) -> Person | None:
        """Return the one who does it, None for both."""
        people = {"me": self.member.person, "partner": self.member.partner}
        return people.get(self.cleaned_data["who"])

    def for_whom(self) -> Person | None:
        """Whom the step is for: as chosen, or the one who writes it."""
        found: Person | None = self.cleaned_data["who"] if "who" in self.fields else self.member.person
        return found


class AmountForm(forms.Form):
    """How far it has come by now."""

    amount_now = AmountField(
        label=_("So far"), error_messages={"required": _("Write how much there is by now.")}
    )
    version = VersionField()


class AnswerForm(forms.Form):
    """The answer to a proposal, of which this version was read."""

    words = _words(label=_("A few words with it"), required=False, rows=3, max_length=500)
    version = VersionField()


class FinishForm(forms.Form):
    """Words at the end of a goal."""

    words = _words(label=_("A few words"), required=False, rows=3, max_length=1000)


def offered_parents(member: Member, goal: Goal | None = None) -> list[Goal]:
    """The long-term goals under which the member may put this one: those that both see, or also one's own.

    A goal that both see goes only under one that both see, so that where it stands is the same for both.
    Where it stands under the member's own private one since before it was shared, that stays on offer.
    """
    rows = Goal.objects.filter(horizon=Horizon.LONG)
    if goal is None or goal.is_private:
        found = (
            rows.visible_to(member)
            .filter(state__in=(State.IN, State.PROPOSED))
            .exclude(state=State.PROPOSED, author=member.partner)
        )
    else:
        found = rows.open_to(member).filter(state=State.IN)
    kept = [one for one in found.order_by("-created_at", "pk")[:200] if goal is None or one.pk != goal.pk]
    if goal is not None and goal.parent_id and goal.parent_id not in {one.pk for one in kept}:
        kept += rows.visible_to(member).filter(pk=goal.parent_id)
    return kept
