"""Acts on goals. Each is one transaction, safe to do twice; where two act at once the database decides.

Each returns False where it no longer applies: somebody else, or another tab, was quicker.
"""

import uuid
from copy import copy
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from couples.core import live
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.edits import Version, keep_version, save_edit
from couples.core.fields import seal_private
from couples.core.news import News, NewsKind
from couples.core.once import new_id
from couples.core.owners import hand_over, lock
from couples.core.practice import done, done_alone
from couples.core.wall import lifted
from couples.goals import due
from couples.goals.models import (
    AGAIN,
    AGREED,
    DECLINED,
    GOALS,
    LET_GO,
    PROPOSED,
    REACHED,
    SHARED,
    STATE_NEWS,
    SUPPORT,
    Goal,
    GoalStep,
    State,
    Whose,
)


def write(
    member: Member, once: uuid.UUID, fields: dict[str, Any], step: str = "", draft: str = "goals.new"
) -> Goal:
    """Keep a new goal, for its author alone, perhaps with a first step. Sent again it is still one goal.

    ``draft`` is the key of the form that was sent: what was begun in another one stays.
    """
    pk = new_id(Goal, member, once)
    try:
        return _write(member, pk, fields, step, draft)
    except IntegrityError:
        # The same form arrived twice at once: by now the other one's row is there.
        return _write(member, pk, fields, step, draft)


@transaction.atomic
def _write(member: Member, pk: uuid.UUID, fields: dict[str, Any], step: str, draft: str) -> Goal:
    Draft.objects.drop(member, draft)
    goal = Goal.objects.filter(pk=pk).first()
    if goal is not None:
        same = all(getattr(goal, name) == value for name, value in fields.items())
        if same or (goal.is_private and goal.state == State.IN):
            save_edit(goal, member, goal.version, fields, None)
            return goal
    goal = Goal.objects.create(pk=uuid.uuid4() if goal else pk, author=member.person, **fields)
    done_alone(member, "goals")
    if step:
        who = None if goal.whose == Whose.OURS else member.person
        GoalStep.objects.create(goal=goal, author=member.person, text=step, who=who)
    return goal


@transaction.atomic
def rewrite(member: Member, goal: Goal, seen: int, changes: dict[str, Any]) -> bool:
    """Change a goal's words or plan; dated, once it is shared. False where it was changed since ``seen``."""
    if "parent" in changes:
        changes = _place(goal, member, dict(changes))
    if not save_edit(goal, member, seen, changes, None if goal.is_private else member.couple):
        return False
    Draft.objects.drop(member, f"goals.edit:{goal.pk}")
    News.objects.settle(member, goal.pk)
    show(member, goal)
    return True


def _place(goal: Goal, member: Member, changes: dict[str, Any]) -> dict[str, Any]:
    """Leave out of ``changes`` a move that the partner can't see, and make it, if the member can.

    A shared goal may stand under its author's private one. Leaving that is nothing shared and makes no
    version. To the partner the goal stands by itself, so their saying so again changes nothing.
    """
    old, new = goal.parent, changes["parent"]
    if goal.parent_id is not None and old is None and new is None:
        # Behind the wall the partner's private goal isn't even loaded.
        del changes["parent"]
        return changes
    if goal.is_private or old == new or any(one is not None and one.is_open(member) for one in (old, new)):
        return changes
    del changes["parent"]
    if old is None or old.is_mine(member):
        Goal.objects.filter(pk=goal.pk).update(parent=new)
    return changes


def set_amount(member: Member, goal: Goal, seen: int, amount: Decimal) -> bool:
    """Say how far it has come by now: the whole amount, not what was added. False where it was changed."""
    return rewrite(member, goal, seen, {"amount_now": amount})


@transaction.atomic
def _move(member: Member, goal: Goal, start: State, changes: dict[str, Any], keep: bool = False) -> bool:
    """Change a goal's state if it stands as it was loaded; ``keep``: with a dated version of what goes."""
    standing = Goal.objects.filter(pk=goal.pk, state=start, version=goal.version, couple=goal.couple_id)
    changes = {"version": goal.version + 1, **changes}
    if "couple" in changes:
        moved = hand_over(standing, copy(goal), changes)
    else:
        moved = bool(standing.update(**seal_private(goal, changes)))
    if not moved:
        return False
    goal.version = changes["version"]
    if keep and member.couple is not None and not goal.is_private:
        keep_version(goal, member, member.couple, member.today)
    for name, value in changes.items():
        setattr(goal, name, value)
    News.objects.settle(member, goal.pk)
    due.refresh(goal, member)
    return True


def show(member: Member, goal: Goal) -> None:
    """Let the partner's open pages look again, where the partner sees the goal."""
    if goal.is_open(member):
        live.changed(member, GOALS)


def tell(member: Member, kind: NewsKind, goal: Goal) -> None:
    """Tell the partner of a shared goal. Of where it stands, only the latest is news."""
    if goal.is_private or member.partner is None:
        return
    if kind in STATE_NEWS:
        overtaken = [one for one in STATE_NEWS if one != kind]
        News.objects.forget(member, goal.pk, overtaken, member.partner)
    News.objects.tell(member, kind, goal)


@transaction.atomic
def share(member: Member, goal: Goal) -> bool:
    """Propose a goal to the partner; one's own is shared and in at once."""
    own = goal.whose == Whose.AUTHOR
    goal.steps.exclude(who=None).exclude(who__in=[member.person, member.partner]).update(who=None)
    shared: dict[str, Any] = {
        "couple": member.couple,
        "opens_on": member.today,
        "supported": False,
        "answer": "",
    }
    # Neither the order of lists nor the count of changes may tell of what was written alone.
    shared |= {"created_at": member.now, "version": _last_dated(member, goal)}
    if not _move(member, goal, State.IN, {**shared, "state": State.IN if own else State.PROPOSED}):
        return False
    tell(member, SHARED if own else PROPOSED, goal)
    done(member, "goals")
    return True


def _last_dated(member: Member, goal: Goal) -> int:
    """The number of the last dated text that this couple saw, 0 if none: from there its changes count on."""
    dated = Version.objects.filter(about=goal.pk, couple=member.couple)
    return int(dated.aggregate(last=Max("number"))["last"] or 0)


@transaction.atomic
def take_back(member: Member, goal: Goal) -> bool:
    """Make a proposal, or an own shared goal, its author's alone again. Not where a step is the partner's."""
    # A step that is being added waits for this, or this for the step.
    lock(Goal.objects.visible_to(member), goal.pk)
    if goal.steps.exclude(author=member.person).exists():
        return False
    alone = {"couple": None, "opens_on": None, "supported": False, "answer": "", "state": State.IN}
    # Dated, so that an answer to these words never counts for others that are shared later.
    if not _move(member, goal, State(goal.state), alone, keep=True):
        return False
    with lifted("whole"):
        Goal.objects.filter(parent=goal).exclude(author=member.person).update(parent=None)
    News.objects.forget(member, goal.pk)
    live.changed(member, GOALS)
    return True


@transaction.atomic
def propose_again(member: Member, goal: Goal) -> bool:
    """Propose a declined goal once more, perhaps after changing it."""
    again = {"state": State.PROPOSED, "created_at": member.now}
    changes = {**again, "ended_on": None, "ended_by": None, "answer": ""}
    if not _move(member, goal, State.DECLINED, changes, keep=bool(goal.answer)):
        return False
    tell(member, PROPOSED, goal)
    return True


@transaction.atomic
def answer(member: Member, goal: Goal, yes: bool, words: str) -> bool:
    """Say "I'm in" or "not this one" to a proposal. One proposed *for* a partner has its author's support."""
    changes: dict[str, Any] = {"state": State.IN, "answer": words, "supported": goal.whose == Whose.PARTNER}
    if not yes:
        changes = {
            "state": State.DECLINED,
            "answer": words,
            "ended_on": member.today,
            "ended_by": member.person,
        }
    if not _move(member, goal, State.PROPOSED, changes):
        return False
    Draft.objects.drop(member, f"goals.answer:{goal.pk}")
    tell(member, AGREED if yes else DECLINED, goal)
    if yes:
        done(member, "goals")
    return True


@transaction.atomic
def finish(member: Member, goal: Goal, state: State, words: str) -> bool:
    """A goal is reached, or let go kindly, with closing words if there are any."""
    changes = {"state": state, "closing": words, "ended_on": member.today, "ended_by": member.person}
    if not _move(member, goal, State.IN, changes):
        return False
    Draft.objects.drop(member, f"goals.finish:{goal.pk}")
    tell(member, REACHED if state == State.REACHED else LET_GO, goal)
    return True


@transaction.atomic
def take_up(member: Member, goal: Goal) -> bool:
    """Take up again what was reached or let go. What was said at its end stays in its history."""
    changes = {"state": State.IN, "closing": "", "ended_on": None, "ended_by": None}
    if not _move(member, goal, State(goal.state), changes, keep=bool(goal.closing)):
        return False
    tell(member, AGAIN, goal)
    return True


@transaction.atomic
def support(member: Member, goal: Goal, wanted: bool) -> bool:
    """Stand behind the partner's goal, or no longer."""
    standing = Goal.objects.filter(
        pk=goal.pk, couple=member.couple, state=State.IN, whose=goal.whose, supported=not wanted
    )
    if not standing.update(supported=wanted):
        return False
    goal.supported = wanted
    News.objects.settle(member, goal.pk)
    if wanted:
        tell(member, SUPPORT, goal)
    else:
        News.objects.forget(member, goal.pk, [SUPPORT])
        show(member, goal)
    return True


@transaction.atomic
def remove(member: Member, goal: Goal) -> bool:
    """Throw a private goal away, for good. Goals that it held stand by themselves."""
    steps = list(goal.steps.all())
    due.settle(steps)
    Draft.objects.visible_to(member).filter(key__endswith=str(goal.pk)).delete()
    dated = Version.objects.visible_to(member)
    dated.filter(about__in=[goal.pk, *(step.pk for step in steps)]).delete()
    with lifted("whole"):
        return bool(Goal.objects.filter(pk=goal.pk, author=member.person, couple__isnull=True).delete()[0])
