"""Goals as they are shown: what every card says is worked out once, in Python, not in its template."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.template.context import Context
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from couples.core.clock import day_text
from couples.core.couple import Member
from couples.core.words import legible
from couples.goals.amounts import amount_text

MOST_HELD = 5


@dataclass(slots=True)
class Beneath:
    """One short-term goal beneath a long-term one. ``alone``: only the member sees that it is here."""

    href: str
    title: str
    line: str
    alone: bool


@dataclass(slots=True)
class Card:
    """One goal in brief. ``side`` is the colour of whose it is, ``kind`` says so in words; in lists
    a goal that the member alone sees has the ``tint`` of what is theirs.

    ``line`` is how far it has come and what comes next; ``note`` is how it stands where that isn't plain.
    ``more``: a long-term goal holds more than ``held`` shows.
    """

    href: str
    title: str
    kind: str
    side: str
    line: str
    now: Decimal | None
    target: Decimal | None
    amount: str
    private: bool
    tint: str
    why: str = ""
    note: str = ""
    held: list[Beneath] = field(default_factory=list)
    more: bool = False


class Brief:
    """What ``{% include goal.brief %}`` shows: the goal's card for the ``member`` of the page."""

    def __init__(self, goal: Any) -> None:
        self.goal = goal

    def render(self, context: Context) -> SafeString:
        """Render the inner part of a card; the page's ``step``, if it has one, is what comes next."""
        template: Any = context.template
        step = context.get("step") or self.goal.next_step
        with context.push(card=Eyes(context["member"]).card(self.goal, step)):
            html: SafeString = template.engine.get_template("goals/cards.html#card").render(context)
            return html


def side_of(goal: Any, me: Any) -> str:
    """Whose goal it is, as the person with the id ``me`` sees it: *ours*, *mine* or *yours*."""
    if goal.whose == "ours":
        return "ours"
    return "mine" if (goal.whose == "author") == (goal.author_id == me) else "yours"


class Eyes:
    """How one member sees goals: everything that depends on who looks. Made once for a page."""

    __slots__ = ("language", "me", "name", "partner", "words", "year")

    def __init__(self, member: Member) -> None:
        self.me = member.person.pk
        self.partner = member.partner.pk if member.partner else None
        self.year = member.today.year
        self.name = member.partner.name if member.partner else ""
        self.language = get_language()
        self.words = _words(self.language)

    def side(self, goal: Any) -> str:
        """Whose goal it is, as this member sees it: *ours*, *mine* or *yours*."""
        return side_of(goal, self.me)

    def whose(self, goal: Any) -> str:
        """Whose goal it is, in words: *ours*, *yours, with Sam’s support*, *Sam’s* …"""
        side = self.side(goal)
        if side == "ours" or (side == "mine" and not goal.supported):
            return self.words[side]
        if side == "mine":
            return self.words["supported"] % {"name": self.name}
        if not self.name:
            return self.words["gone"]
        stands_behind = goal.supported or (goal.whose == "partner" and goal.state != "in")
        return self.words["support" if stands_behind else "theirs"] % {"name": self.name}

    def line(self, goal: Any, step: Any) -> str:
        """How far a goal has come and its next step, or else its day; nothing where it has neither."""
        parts = [_amount(goal)] if goal.amount_target is not None else []
        if step:
            parts.append(self._next(step))
        elif goal.by:
            parts.append(self.words["by"] % {"day": day_text(goal.by)})
        return " · ".join(parts)

    def _next(self, step: Any) -> str:
        words = {"who": self.who(step) or self.words["both"], "text": legible(step, "text")}
        if step.day is None:
            return self.words["next"] % words
        return self.words["next_by"] % {**words, "day": self._day(step.day)}

    def who(self, step: Any) -> str:
        """Who does a step: *you*, *both of you*, the partner by name; nothing for somebody of former days."""
        if step.who_id is None:
            return self.words["both"]
        if step.who_id == self.me:
            return self.words["you"]
        return self.name if step.who_id == self.partner else ""

    def _day(self, day: dt.date) -> str:
        """A day in words, with its year where that isn't this year."""
        return _short_day(day, self.language) if day.year == self.year else day_text(day)

    def card(self, goal: Any, step: Any = None, *, standing: bool = False) -> Card:
        """The card of a goal, or of a row ``in_brief``; ``standing``: with a note of how it stands."""
        side = self.side(goal)
        return Card(
            f"/goals/{goal.pk}/",
            legible(goal, "title"),
            f"{self.words[goal.horizon]} · {self.whose(goal)}",
            side,
            self.line(goal, step),
            goal.amount_now,
            goal.amount_target,
            _amount(goal) if goal.amount_target is not None else "",
            goal.couple_id is None,
            side if goal.couple_id else "mine",
            note=self.words.get(goal.state, "") if standing else "",
        )

    def beneath(self, goals: Iterable[Any], steps: dict[Any, Any], shared: bool) -> list[Beneath]:
        """The lines beneath a long-term goal, ``shared`` or the member's alone."""
        return [
            Beneath(
                f"/goals/{goal.pk}/",
                legible(goal, "title"),
                self.line(goal, steps.get(goal.pk)),
                shared and goal.couple_id is None,
            )
            for goal in goals
        ]


def _amount(goal: Any) -> str:
    return amount_text(goal.amount_now, goal.amount_target, legible(goal, "unit"))


def state_text(state: str) -> str:
    """How a goal stands, in a word; nothing for one that is going on."""
    return _words(get_language()).get(state, "")


@cache
def _words(language: str | None) -> dict[str, str]:
    """All that cards say, in the language that is active: lists say it many times over."""
    return {
        "long": _("Long-term goal"),
        "short": _("Short-term goal"),
        "ours": _("ours"),
        "mine": _("yours"),
        "supported": _("yours, with %(name)s’s support"),
        "support": _("%(name)s’s, with your support"),
        "gone": _("your partner’s, with your support"),
        "theirs": _("%(name)s’s"),
        "next": _("Next (%(who)s): %(text)s"),
        "next_by": _("Next, by %(day)s (%(who)s): %(text)s"),
        "both": _("both of you"),
        "you": _("you"),
        "by": _("by %(day)s"),
        "reached": _("Reached"),
        "let_go": _("Let go"),
        "declined": _("Not this one"),
        "proposed": _("Proposed"),
    }


@lru_cache(maxsize=1024)
def _short_day(day: dt.date, language: str | None) -> str:
    return date_format(day, "j F")
