"""The lists of goals: what is going on with what lies beneath, what stands beside, and what is over.

A list takes four queries at most, each of a few columns, and each bounded. What is the same for everybody
is built once, below: to build a query costs more than to run it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from couples.core.clock import LAST_DAY, day_text
from couples.core.couple import Member
from couples.core.paging import Page, page
from couples.goals.models import OVER, Goal, GoalStep, Horizon, State
from couples.goals.showing import MOST_HELD, Card, beneath, card, side, state_text, whose_text

PAGE = 12
MOST_PROPOSED = 40
MOST_ALONE = 6
MOST_OWN = 120
MOST_BESIDE = 160

# Typed loosely: rows of chosen columns, which have the names of a goal's fields.
_BRIEF: Any = Goal.objects.in_brief()
_GOING: Any = _BRIEF.filter(state=State.IN)
_APART: Any = _GOING.apart()
_PROPOSED: Any = _BRIEF.filter(state=State.PROPOSED)
_OWN: Any = _GOING.filter(couple__isnull=True).order_by("-created_at", "id")
_BESIDE: Any = _BRIEF.filter(state__in=(State.PROPOSED, State.IN)).order_by("-state", "-created_at", "id")
_STEPS: Any = GoalStep.objects.filter(done_on__isnull=True).order_by("day", "created_at", "id")
_STEPS = _STEPS.values_list("goal_id", "text", "who_id", "day", named=True)
_PAST: Any = Goal.objects.filter(state__in=OVER).values_list(
    "pk", "author_id", "couple_id", "title", "whose", "supported", "state", "closing", "ended_on", named=True
)


@dataclass(slots=True)
class Listed:
    """A page of goals as cards, and what stands beside it: ``asked`` of the member, ``offered`` by them, ``alone``."""

    page: Page[Any]
    cards: list[Card] = field(default_factory=list)
    asked: list[Card] = field(default_factory=list)
    offered: list[Card] = field(default_factory=list)
    alone: list[Card] = field(default_factory=list)
    more_alone: bool = False


def going_on(member: Member, show: str, order: str, after: str, *, whole: bool) -> Listed:
    """The goals that are going on; ``whole``: with what stands beside them."""
    found = _page(member, show, order, after)
    main, whole = list(found.rows), whole and show == "all"
    longs = [goal for goal in main if goal.horizon == Horizon.LONG]
    own = list(_OWN.own_of(member)[:MOST_OWN]) if whole or longs else []
    if whole:
        longs += [goal for goal in own if goal.horizon == Horizon.LONG]
    holders = {goal.pk for goal in longs}
    beside = _beside(member, holders, {goal.parent_id for goal in own} - holders - {None}, whole=whole)
    asked = [goal for goal in beside if goal.state == State.PROPOSED][:MOST_PROPOSED]
    holders |= {goal.pk for goal in beside if goal.horizon == Horizon.LONG and goal.state == State.IN}
    alone = [goal for goal in own if goal.parent_id not in holders] if whole else []
    cut = len(own) == MOST_OWN or len(beside) == MOST_BESIDE
    cards = _Cards(member, [*own, *beside], [*main, *asked, *alone[:MOST_ALONE]], cut=cut)
    return Listed(
        found,
        cards.of(main),
        [cards.proposal(goal) for goal in asked if goal.author_id != member.person.pk],
        cards.of([goal for goal in asked if goal.author_id == member.person.pk]),
        cards.of(alone[:MOST_ALONE]),
        len(alone) > MOST_ALONE,
    )


def _page(member: Member, show: str, order: str, after: str) -> Page[Any]:
    rows = _APART if show == "all" else _PROPOSED if show == "proposed" else _GOING
    alone = show == "only_you"
    rows = rows.own_of(member) if alone else rows.open_to(member)
    if show in Horizon.values:
        rows = rows.filter(horizon=show)
    elif show in ("ours", "mine", "yours"):
        rows = rows.carried_by(member, show)
    if order == "day":
        rows = rows.annotate(until=Coalesce(F("by"), Value(LAST_DAY)))
        return page(rows, ["horizon", "until", "id"], after, PAGE)
    newest = ["-created_at", "id"] if alone else ["-opens_on", "-created_at", "id"]
    return page(rows, ["horizon", *newest], after, PAGE)


def _beside(member: Member, holders: set[Any], perhaps: set[Any], *, whole: bool) -> list[Any]:
    """Shared goals beneath the ``holders``; with the ``whole`` list also proposals, and those of ``perhaps``
    that may hold a goal which the member alone sees. One query."""
    wanted = Q(parent__in=holders, state=State.IN)
    if whole:
        wanted |= Q(state=State.PROPOSED)
        if perhaps:
            wanted |= Q(pk__in=perhaps)
    elif not holders:
        return []
    return list(_BESIDE.open_to(member).filter(wanted)[:MOST_BESIDE])


class _Cards:
    """Turns rows into cards, with their next steps: one query for all of them."""

    def __init__(self, member: Member, near: list[Any], shown: list[Any], *, cut: bool) -> None:
        self.member, self.cut = member, cut
        longs = {goal.pk for goal in shown if goal.horizon == Horizon.LONG}
        self.held: dict[Any, list[Any]] = {}
        for goal in near:
            if goal.parent_id in longs and goal.state == State.IN:
                self.held.setdefault(goal.parent_id, []).append(goal)
        for goals in self.held.values():
            goals.sort(key=lambda goal: (goal.by or LAST_DAY, -goal.created_at.timestamp()))
        nearest = [goal.pk for goals in self.held.values() for goal in goals[:MOST_HELD]]
        self.steps = next_steps([*(goal.pk for goal in shown), *nearest])

    def of(self, goals: list[Any]) -> list[Card]:
        """Cards of these goals, with what lies beneath each."""
        return [self._card(goal) for goal in goals]

    def proposal(self, goal: Any) -> Card:
        """The card of a proposal to the member: with why, to be read and answered."""
        made = self._card(goal)
        made.side, made.why = "yours", goal.why
        return made

    def _card(self, goal: Any) -> Card:
        made = card(goal, self.member, self.steps.get(goal.pk))
        if goal.horizon == Horizon.LONG:
            held = self.held.get(goal.pk, [])
            made.held = beneath(held[:MOST_HELD], self.member, self.steps, not made.private)
            made.more = len(held) > MOST_HELD or self.cut
        return made


def next_steps(goals: list[Any]) -> dict[Any, Any]:
    """The open step with the nearest day of each goal; a goal has few (``MOST_STEPS``)."""
    found: dict[Any, Any] = {}
    # Databases differ in where they put steps without a day.
    for step in _STEPS.filter(goal__in=goals) if goals else ():
        kept = found.get(step.goal_id)
        if kept is None or (kept.day is None and step.day is not None):
            found[step.goal_id] = step
    return found


@dataclass(slots=True)
class Past:
    """One goal that is over."""

    href: str
    title: str
    head: str
    side: str
    closing: str
    private: bool


def over(member: Member, show: str, after: str) -> tuple[Page[Any], list[Past]]:
    """What was reached, let go or declined."""
    rows = _PAST.own_of(member) if show == "only_you" else _PAST.open_to(member)
    if show in OVER:
        rows = rows.filter(state=show)
    found = page(rows, ["-ended_on", "id"], after)
    return found, [_past(goal, member) for goal in found.rows]


def _past(goal: Any, member: Member) -> Past:
    shared = goal.couple_id is not None
    return Past(
        f"/goals/{goal.pk}/",
        goal.title,
        f"{state_text(goal.state)} · {day_text(goal.ended_on)} · {whose_text(goal, member)}",
        side(goal, member) if shared and goal.state == State.REACHED else "",
        goal.closing,
        not shared,
    )
