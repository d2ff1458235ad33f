"""Who may do what with a goal.

| the goal is | words (title, why) | plan (day, amount, place) | steps | answer, end |
| --- | --- | --- | --- | --- |
| only you | its author | its author | its author | its author ends it |
| proposed, or declined | its author | its author | its author, until answered | the other answers |
| in, ours | both | both | both, for whom they like | either ends it |
| in, one's own | its owner | its owner | each for themself: owner and supporter | its owner ends it |
| in, the partner's with my support | its author | its owner | each for themself | its owner ends it |
| reached or let go | nobody | nobody | nobody | who could end it takes it up again |

So nobody edits the other's words: agreeing to a goal that is *ours* makes them both's, agreeing to one that
a partner proposed *for me* makes it mine to plan, while its words stay theirs. A step is changed by who
wrote it, and ticked by the one whom it is for (either, where it is for both).
"""

from dataclasses import dataclass

from couples.core.couple import Member
from couples.goals.models import Goal, GoalStep, State, Whose


@dataclass(frozen=True)
class Rights:
    """What a member may do with a goal that they see."""

    words: bool
    plan: bool
    add_step: bool
    tick: bool
    share: bool
    take_back: bool
    answer: bool
    support: bool
    finish: bool
    take_up: bool
    remove: bool

    @property
    def edit(self) -> bool:
        """Whether there is anything to edit."""
        return self.words or self.plan


def rights(goal: Goal, member: Member) -> Rights:
    """Return what the member may do with a goal that they see."""
    mine, alone = goal.is_mine(member), goal.is_private
    going, carries = goal.state == State.IN, alone or goal.belongs_to(member)
    drafting = goal.state in (State.PROPOSED, State.DECLINED) and mine
    wording = mine or goal.whose == Whose.OURS
    over = goal.state in (State.REACHED, State.LET_GO)
    supports = not carries and goal.supported
    return Rights(
        words=drafting or (going and wording),
        plan=drafting or (going and carries),
        add_step=(going and (carries or supports)) or (goal.state == State.PROPOSED and mine),
        tick=going,
        share=alone and going,
        take_back=not alone
        and mine
        and (goal.state == State.PROPOSED or (going and goal.whose == Whose.AUTHOR)),
        answer=goal.state == State.PROPOSED and not mine,
        support=going and not carries,
        finish=going and carries,
        take_up=(over and carries) or (goal.state == State.DECLINED and mine),
        remove=alone,
    )


def may_tick(step: GoalStep, goal: Goal, member: Member) -> bool:
    """Whether the member ticks this step: it is for them or for both, or the goal is theirs alone."""
    if goal.state != State.IN:
        return False
    return goal.is_private or step.who_id in (None, member.person.pk)


def may_change(step: GoalStep, goal: Goal, member: Member) -> bool:
    """Whether the member may change or remove a step: they wrote it, and the goal isn't over."""
    return step.author_id == member.person.pk and goal.state in (State.IN, State.PROPOSED)


def whom_for(goal: Goal) -> bool:
    """Whether a step of this goal can be for either or both; otherwise it is for the one who adds it."""
    return goal.whose == Whose.OURS
