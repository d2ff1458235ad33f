"""Acts on the steps of goals. Each is one transaction and safe to do twice."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from couples.core import practice
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.edits import Version, save_edit
from couples.core.news import News
from couples.core.once import new_id
from couples.core.owners import lock
from couples.core.people import Person
from couples.goals import due
from couples.goals.actions import show, tell
from couples.goals.models import STEP_DONE, STEP_FOR_BOTH, STEP_FOR_YOU, Goal, GoalStep, State


@transaction.atomic
def add(
    member: Member, goal: Goal, once: uuid.UUID, text: str, who: Person | None, day: dt.date | None
) -> GoalStep | None:
    """Add a step. The same form sent again makes no second one; with other words, from a page gone back to, it does.

    None where its author took the goal back meanwhile.
    """
    # The same form sent twice at once waits here, and then finds the other one's row.
    present: Goal | None = lock(Goal.objects.visible_to(member), goal.pk)
    if present is None:
        return None
    pk = new_id(GoalStep, member, once)
    step = GoalStep(pk=pk, goal=present, author=member.person, text=text, who=who, day=day)
    Draft.objects.drop(member, f"goals.step:{goal.pk}")
    News.objects.settle(member, goal.pk)
    there = GoalStep.objects.filter(pk=pk).first()
    if there is not None:
        if (there.goal_id, there.text, there.who_id, there.day) == (goal.pk, text, step.who_id, day):
            return there
        step.pk = uuid.uuid4()
    step.save(force_insert=True)
    due.refresh(present, member, step)
    show(member, present)
    _worked(member, present)
    _tell_of_new(member, present, who)
    return step


def _worked(member: Member, goal: Goal) -> None:
    """They worked on a goal that both see, or one on a goal that is only theirs."""
    if goal.is_open(member):
        practice.done(member, "goals")
    else:
        practice.done_alone(member, "goals")


def _tell_of_new(member: Member, goal: Goal, who: Person | None) -> None:
    """The partner learns of a step that is theirs, alone or with both, once the goal is in."""
    if goal.state == State.IN and (who is None or who == member.partner):
        tell(member, STEP_FOR_BOTH if who is None else STEP_FOR_YOU, goal)


@transaction.atomic
def change(member: Member, step: GoalStep, seen: int, changes: dict[str, Any]) -> bool:
    """Change a step. False where its author changed it elsewhere since ``seen``."""
    goal, before = step.goal, step.who_id
    if not save_edit(step, member, seen, changes, None if goal.is_private else member.couple):
        return False
    due.refresh(goal, member, step)
    show(member, goal)
    if step.who_id != before:
        _tell_of_new(member, goal, step.who)
    Draft.objects.drop(member, f"goals.step_edit:{step.pk}")
    return True


@transaction.atomic
def tick(member: Member, step: GoalStep, done: bool) -> bool:
    """A step is done, or isn't after all. False where it stood so already."""
    changes: dict[str, Any] = {"done_on": None, "done_by": None}
    if done:
        changes = {"done_on": member.today, "done_by": member.person}
    # Taken back meanwhile, it is nothing that both see any more.
    if lock(Goal.objects.visible_to(member), step.goal_id) is None:
        return False
    if not GoalStep.objects.filter(pk=step.pk, done_on__isnull=done).update(**changes):
        return False
    for name, value in changes.items():
        setattr(step, name, value)
    due.refresh(step.goal, member, step)
    show(member, step.goal)
    if done:
        _worked(member, step.goal)
    if step.who_id is None:
        if done:
            tell(member, STEP_DONE, step.goal)
        else:
            News.objects.forget(member, step.goal_id, [STEP_DONE], member.partner)
    return True


@transaction.atomic
def remove(member: Member, step: GoalStep) -> None:
    """Remove one's own step, with its earlier texts."""
    due.settle([step])
    Version.objects.visible_to(member).filter(about=step.pk).delete()
    GoalStep.objects.filter(pk=step.pk, author=member.person).delete()
    show(member, step.goal)
