"""The lists of goals: what is going on with what lies beneath, what stands beside, and what is over.

A list takes three queries (four where a goal's parent isn't on the page), each bounded and of a few columns.
What is the same for everybody is built once, below: to build a query costs more than to run it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from couples.core.clock import LAST_DAY, day_text
from couples.core.couple import Member
from couples.core.paging import Page, page
from couples.core.words import legible
from couples.goals.models import OVER, Goal, GoalStep, Horizon, State
from couples.goals.showing import MOST_HELD, Card, Eyes

PAGE = 12
MOST_PROPOSED = 40
MOST_ALONE = 6
MOST_NEAR = 200

# Typed loosely: rows of chosen columns, which have the names of a goal's fields.
_BRIEF: Any = Goal.objects.in_brief()
_GOING: Any = _BRIEF.filter(state=State.IN)
_APART: Any = _GOING.apart()
_PROPOSED: Any = _BRIEF.filter(state=State.PROPOSED)
_NEAR: Any = Goal.objects.in_brief("parent_id", "opens_on", "why").order_by("-created_at")
_HELD: Any = _NEAR.filter(state=State.IN)
# The states stand apart from the alternatives, so that each walk of an index is bound by them.
_BESIDE: Any = _NEAR.filter(
    Q(couple__isnull=True) | Q(state=State.PROPOSED) | Q(parent__isnull=False),
    state__in=(State.PROPOSED, State.IN),
)
_HOLDERS: Any = Goal.objects.filter(state=State.IN, horizon=Horizon.LONG).values_list("pk", flat=True)
_STEPS: Any = GoalStep.objects.filter(done_on__isnull=True).values_list(
    "pk", "goal_id", "text", "who_id", "day", "created_at", named=True
)
_PAST: Any = Goal.objects.filter(state__in=OVER).values_list(
    "pk", "author_id", "couple_id", "title", "whose", "supported", "state", "closing", "ended_on", named=True
)


@dataclass(slots=True)
class Listed:
    """Goals as cards, and beside them: ``asked`` of the member, ``offered`` by them, theirs ``alone``."""

    page: Page[Any]
    cards: list[Card] = field(default_factory=list)
    asked: list[Card] = field(default_factory=list)
    offered: list[Card] = field(default_factory=list)
    alone: list[Card] = field(default_factory=list)
    more_alone: bool = False


def going_on(member: Member, show: str, order: str, after: str, size: int, *, whole: bool) -> Listed:
    """The goals that are going on; ``whole``: with what stands beside them."""
    found = _page(member, show, order, after, size)
    main = list(found.rows)
    if not whole or show != "all":
        cards = _Cards(member, _beneath(member, main), main)
        return Listed(found, cards.of(main))
    beside = list(_BESIDE.visible_to(member)[:MOST_NEAR])
    asked = [goal for goal in beside if goal.state == State.PROPOSED and goal.opens_on <= member.today]
    own = [goal for goal in beside if goal.couple_id is None]
    alone = _without_holder(member, own, main)
    cards = _Cards(member, beside, [*main, *asked[:MOST_PROPOSED], *alone[:MOST_ALONE]])
    theirs, mine = _by_author(asked[:MOST_PROPOSED], member)
    return Listed(
        found,
        cards.of(main),
        [cards.proposal(goal) for goal in theirs],
        cards.of(mine),
        cards.of(alone[:MOST_ALONE]),
        len(alone) > MOST_ALONE,
    )


def _beneath(member: Member, goals: list[Any]) -> list[Any]:
    """What goes on beneath these goals, as far as the member sees it."""
    longs = [goal.pk for goal in goals if goal.horizon == Horizon.LONG]
    return list(_HELD.visible_to(member).filter(parent__in=longs)[:MOST_NEAR]) if longs else []


def _without_holder(member: Member, own: list[Any], main: list[Any]) -> list[Any]:
    """Those of ``own`` that no long-term goal, which the member sees and which is going on, holds."""
    holders = {goal.pk for goal in (*main, *own) if goal.horizon == Horizon.LONG}
    if elsewhere := {goal.parent_id for goal in own} - holders - {None}:
        holders |= set(_HOLDERS.visible_to(member).filter(pk__in=elsewhere))
    return [goal for goal in own if goal.parent_id not in holders]


def _by_author(goals: list[Any], member: Member) -> tuple[list[Any], list[Any]]:
    """Divide into the partner's and the member's own."""
    me = member.person.pk
    return [goal for goal in goals if goal.author_id != me], [goal for goal in goals if goal.author_id == me]


def _page(member: Member, show: str, order: str, after: str, size: int) -> Page[Any]:
    rows = _APART if show == "all" else _PROPOSED if show == "proposed" else _GOING
    alone = show == "only_you"
    rows = rows.own_of(member) if alone else rows.open_to(member)
    if show in Horizon.values:
        rows = rows.filter(horizon=show)
    elif show in ("ours", "mine", "yours"):
        rows = rows.carried_by(member, show)
    if order == "day":
        rows = rows.annotate(until=Coalesce(F("by"), Value(LAST_DAY)))
        return page(rows, ["horizon", "until", "id"], after, size)
    newest = ["-created_at", "id"] if alone else ["-opens_on", "-created_at", "id"]
    return page(rows, ["horizon", *newest], after, size)


class _Cards:
    """Turns rows into cards, with their next steps: one query for all of them."""

    def __init__(self, member: Member, near: list[Any], shown: list[Any]) -> None:
        self.eyes, self.cut = Eyes(member), len(near) == MOST_NEAR
        longs = {goal.pk for goal in shown if goal.horizon == Horizon.LONG}
        self.held: dict[Any, list[Any]] = {}
        for goal in near:
            if goal.parent_id in longs and goal.state == State.IN:
                self.held.setdefault(goal.parent_id, []).append(goal)
        for goals in self.held.values():
            goals.sort(key=lambda goal: goal.by or LAST_DAY)
        nearest = [goal.pk for goals in self.held.values() for goal in goals[:MOST_HELD]]
        self.steps = next_steps([*(goal.pk for goal in shown), *nearest])

    def of(self, goals: list[Any]) -> list[Card]:
        """Cards of these goals, with what lies beneath each."""
        return [self._card(goal) for goal in goals]

    def proposal(self, goal: Any) -> Card:
        """The card of a proposal to the member: with why, to be read and answered."""
        made = self._card(goal)
        made.why = legible(goal, "why")
        return made

    def _card(self, goal: Any) -> Card:
        made = self.eyes.card(goal, self.steps.get(goal.pk))
        if goal.horizon == Horizon.LONG:
            held = self.held.get(goal.pk, [])
            made.held = self.eyes.beneath(held[:MOST_HELD], self.steps, not made.private)
            made.more = len(held) > MOST_HELD or self.cut
        return made


def next_steps(goals: list[Any]) -> dict[Any, Any]:
    """The open step with the nearest day of each goal; a goal has few (``MOST_STEPS``)."""
    found: dict[Any, Any] = {}
    for step in _STEPS.filter(goal__in=goals) if goals else ():
        kept = found.get(step.goal_id)
        if kept is None or _order(step) < _order(kept):
            found[step.goal_id] = step
    return found


def _order(step: Any) -> tuple[Any, ...]:
    return step.day or LAST_DAY, step.created_at


@dataclass(slots=True)
class Past:
    """One goal that is over."""

    href: str
    title: str
    head: str
    side: str
    closing: str
    private: bool


def over(
    member: Member, show: str, after: str, size: int, *, oldest: bool = False
) -> tuple[Page[Any], list[Past]]:
    """What was reached, let go or declined: the latest first, or the ``oldest``."""
    rows = _PAST.own_of(member) if show == "only_you" else _PAST.open_to(member)
    if show in OVER:
        rows = rows.filter(state=show)
    found = page(rows, ["ended_on" if oldest else "-ended_on", "id"], after, size)
    eyes = Eyes(member)
    return found, [_past(goal, eyes) for goal in found.rows]


def _past(goal: Any, eyes: Eyes) -> Past:
    shared = goal.couple_id is not None
    return Past(
        f"/goals/{goal.pk}/",
        legible(goal, "title"),
        f"{eyes.words[goal.state]} · {day_text(goal.ended_on)} · {eyes.whose(goal)}",
        eyes.side(goal) if shared and goal.state == State.REACHED else "",
        legible(goal, "closing"),
        not shared,
    )
