"""The parts of a meeting, in their order: what each asks, how it goes, and how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from couples.meeting.models import Meeting

Does = Literal["line", "how", "agree", "date", "close"]


@dataclass(frozen=True)
class Part:
    """One part. ``does``: what one can do in it; ``label`` is asked where one types a line.

    ``keep`` is its heading on the kept page; ``turns`` says how to take turns.
    """

    slug: str
    name: str | Promise
    title: str | Promise
    says: str | Promise
    minutes: int
    does: Does = "line"
    label: str | Promise = ""
    keep: str | Promise = ""
    turns: tuple[str | Promise, ...] = ()


PARTS = (
    Part(
        "well",
        _("Went well"),
        _("What went well this week?"),
        _("Begin with what was good, however small. One of you says it, then the other."),
        2,
        label=_("What went well for you"),
        keep=_("What went well"),
    ),
    Part(
        "thanks",
        _("Thank you"),
        _("One thing you’re thankful for"),
        _("Say one thing that the other did, and what it meant to you. The other only has to listen."),
        2,
        label=_("What you’d like to thank %(name)s for"),
        keep=_("Thank you"),
    ),
    Part(
        "agreed",
        _("Last time"),
        _("What you agreed last time"),
        _("See together how it went. Nobody has to explain, and no answer is a wrong one."),
        1,
        does="how",
        keep=_("What you had agreed before"),
    ),
    Part(
        "talk",
        _("Talk"),
        _("One thing to talk through"),
        _("Each of you may name something. Then choose one of them for today; the other waits."),
        10,
        turns=(
            _("One of you speaks for five minutes. The other only listens: no interrupting, no fixing."),
            _("The one who listened says back what came across, and asks whether that was it."),
            _("Then swap: five minutes for the other."),
            _("Either of you can stop at any time, without a reason."),
        ),
        label=_("What you’d like to talk about"),
        keep=_("What you talked through"),
    ),
    Part(
        "agreement",
        _("Agree"),
        _("One thing you agree on"),
        _("Small enough for one week, and clear enough that both of you will know when it’s done."),
        2,
        does="agree",
        keep=_("What you agreed on"),
    ),
    Part(
        "date",
        _("Date"),
        _("One date for the two of you"),
        _("An hour that is really in the calendar. It needs nothing special."),
        1,
        does="date",
    ),
    Part(
        "wish",
        _("Wish"),
        _("One wish for the week to come"),
        _("A wish is no claim: it can be heard and left at that."),
        1,
        label=_("What you’d wish for"),
        keep=_("One wish each"),
    ),
    Part(
        "loved",
        _("Loved"),
        _("What would make you feel loved next week?"),
        _("Something that can really be done, like a good-night call, or ten minutes without a screen."),
        1,
        label=_("What would make you feel loved"),
        keep=_("What would make you feel loved"),
    ),
    Part(
        "goals",
        _("Goals"),
        _("How do your goals stand?"),
        _("Once a month, look at them together. A goal may rest, change or go; that’s an answer too."),
        5,
        label=_("How you see it"),
        keep=_("How your goals stand"),
    ),
    Part(
        "close",
        _("Close"),
        _("What you take with you"),
        _(
            "That was it. Close the meeting when both of you are done; then it’s kept as a page that both can read again."
        ),
        0,
        does="close",
    ),
)
FIRST, LAST = PARTS[0].slug, PARTS[-1].slug


@cache
def by_slug() -> dict[str, Part]:
    """Every part there is."""
    return {part.slug: part for part in PARTS}


def parts_of(meeting: Meeting) -> Sequence[Part]:
    """The parts that this meeting has: what was agreed only where there is something, the goals once a month."""
    without = set() if meeting.looks_at_id else {"agreed"}
    if not meeting.goals:
        without.add("goals")
    return [part for part in PARTS if part.slug not in without]


def present(meeting: Meeting) -> Part:
    """The part that both are at; the first where it is none of this meeting."""
    parts = parts_of(meeting)
    return next((part for part in parts if part.slug == meeting.part), parts[0])


def beside(meeting: Meeting) -> tuple[Part | None, Part | None]:
    """The parts before and after the present one."""
    parts = list(parts_of(meeting))
    at = parts.index(present(meeting))
    return (parts[at - 1] if at else None), (parts[at + 1] if at + 1 < len(parts) else None)
