"""When a step of a goal waits for somebody: from seven days before its day until it is done, or two weeks past."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable

from couples.core.clock import day_start
from couples.core.couple import Couple, Member
from couples.core.due import Due
from couples.core.people import Person
from couples.goals.models import STEP_DUE, Goal, GoalStep, State

SHOWN_BEFORE = dt.timedelta(days=7)
SHOWN_AFTER = dt.timedelta(days=14)


def due_rows(
    goal: Goal,
    steps: Iterable[GoalStep],
    people: list[Person],
    couple: Couple | None,
    zone: zoneinfo.ZoneInfo,
) -> list[Due]:
    """Return what should wait for ``people`` (``zone``: theirs): open steps with a day, of a goal that is in.

    A step is for its ``who``, or for all of ``people``. A private goal's steps (``couple`` None) wait for its
    author alone, and only those that are for its author or for both.
    """
    if goal.state != State.IN:
        return []
    return [
        Due(
            owner=person,
            couple=couple,
            kind=STEP_DUE.slug,
            about=step.pk,
            at=day_start(step.day, zone),
            shows_from=day_start(step.day - SHOWN_BEFORE, zone),
            until=day_start(step.day + SHOWN_AFTER, zone),
        )
        for step in steps
        if step.day is not None and step.done_on is None
        for person in people
        if step.who_id in (None, person.pk)
    ]


def refresh(goal: Goal, member: Member, step: GoalStep | None = None) -> None:
    """Let wait what should wait now, of one step or of all steps of a goal, and nothing else.

    Called in the transaction of the change. While only its author sees it, nobody else's row is touched.
    """
    steps = [step] if step is not None else list(goal.steps.all())
    people = [member.person]
    if not goal.is_private and member.partner is not None:
        people.append(member.partner)
    couple = None if goal.is_private else member.couple
    rows = due_rows(goal, steps, people, couple, member.zone)
    Due.objects.replace(STEP_DUE.slug, [one.pk for one in steps], rows)


def settle(steps: Iterable[GoalStep]) -> None:
    """These steps are gone, or somebody else's to see: nothing of them waits."""
    Due.objects.replace(STEP_DUE.slug, [step.pk for step in steps])
