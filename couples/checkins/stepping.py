"""The small step of a day: the same for both, whoever looks and how often."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, Value
from django.utils.translation import gettext

from couples.checkins.models import CAUSES, CHECKINS, CheckIn, Choice, Focus, Says, StepPlan, id_of
from couples.core import live
from couples.core.couple import Couple, Member
from couples.core.owners import hold
from couples.core.practice import STEP, Done, DoneAlone, done
from couples.core.shared import open_to
from strategies import rules
from strategies.reading import Step, Strategy, steps, strategy

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Ground:
    """What the small steps come from: the focus, what the last reveal named, and what either ruled out openly."""

    focus: tuple[str, ...]
    one: rules.Answers | None
    other: rules.Answers | None
    ruled_out: frozenset[str]


@dataclass(frozen=True)
class TodaysStep:
    """Today's small step with why it is there, and what was done about it; ``only_mine``: which the other can't tell."""

    step: Step
    reason: rules.Reason
    strategy: Strategy
    is_done: bool
    pressed: bool
    only_mine: bool
    can_swap: bool

    @property
    def tool(self) -> str:
        """What the link to the step's room says, as its practice says it."""
        places = (one for one in self.strategy.practices if one.url == f"/{self.step.tool}/")
        return next((one.label for one in places), "") or gettext("Open it")


def answers_of(row: CheckIn) -> rules.Answers:
    """What the rules want to know of a check-in; nothing where it can't be read any more."""
    causes = {slug: row.given[slug] for slug in CAUSES if slug in row.given}
    return rules.Answers(closeness=row.given.get("closeness"), causes=causes)


Pair = tuple[rules.Answers | None, rules.Answers | None]


def last_pair(member: Member) -> Pair:
    """What both gave in the last check-in that both have seen."""
    return _pair(list(CheckIn.objects.revealed(member).order_by("-week", "author")[:2]))


def _pair(rows: list[CheckIn]) -> Pair:
    """Of one of them alone, whose other is gone with its author, nothing."""
    if len(rows) < 2 or rows[0].week != rows[1].week:
        return None, None
    return answers_of(rows[0]), answers_of(rows[1])


def current_and_pair(member: Member) -> tuple[CheckIn | None, Pair]:
    """The member's own check-in of this week, and what both gave in the last one that both have seen. One query."""
    own = id_of(member, member.week.first)
    rows = CheckIn.objects.visible_to(member).filter(Q(pk=own) | open_to(member))
    found = list(rows.order_by("-week", "author")[:3])
    current = next((row for row in found if row.pk == own), None)
    return current, _pair([row for row in found if row.is_open(member)][:2])


def ground(member: Member) -> Ground:
    """Gather it. Three queries."""
    focus = Focus.objects.visible_to(member).filter(ended_on__isnull=True).order_by("seat")
    out = Choice.objects.open_to(member).filter(says=Says.NO)
    return Ground(
        tuple(focus.values_list("strategy", flat=True)),
        *last_pair(member),
        frozenset(out.values_list("strategy", flat=True)),
    )


def _default(couple: Couple) -> StepPlan:
    """The plan of two who have chosen and answered nothing yet. Not saved."""
    order = rules.in_order(rules.pool(None, None), {}, str(couple.pk))
    return StepPlan(couple=couple, day=couple.since - DAY, order=order)


def plan_of(member: Member) -> StepPlan:
    """The plan of a couple, saved or not. Raises ValueError for somebody alone."""
    if member.couple is None:
        raise ValueError("A small step is for two.")
    found: StepPlan | None = StepPlan.objects.visible_to(member).first()
    return found or _default(member.couple)


def step_of(plan: StepPlan, day: dt.date) -> str | None:
    """The slug of a day's step; None where nothing fits. One that an update took out of the library is passed over."""
    if day <= plan.day and plan.step in steps():
        return str(plan.step)
    return rules.step_on(_known(plan), plan.day + DAY, day)


def _known(plan: StepPlan) -> list[str]:
    """Its order, without what is in the library no more."""
    return [slug for slug in plan.order if slug in steps()]


@transaction.atomic
def anew(member: Member, *, swap: bool = False, at_once: bool = False) -> None:
    """Make the plan anew out of what holds now. Today's step stays, but where it is swapped, ruled out, or gentle and no focus.

    ``at_once``: what holds now is worth another step today already, if today's isn't done.
    """
    if member.couple is None:
        return
    hold(member.couple)
    plan, today, known = plan_of(member), member.today, ground(member)
    present = step_of(plan, today)
    shown = rules.after(_known(plan), plan.day + DAY, today, plan.shown_on)
    if present is not None:
        shown = {**shown, present: today}
    fitting = rules.pool(known.one, known.other, focus=known.focus, ruled_out=known.ruled_out)
    first = [slug for slug, reason in fitting.items() if reason.kind == "focus"]
    order = rules.in_order(fitting, shown, str(member.couple.pk), first)
    # Where all of the focus came lately, another's turn is first, and there is no reason to change anything today.
    rather = first if at_once and order and order[0] in first else []
    if swap or not _stays(member, present, known, rather):
        # What was there today comes last, so the first of the others takes its place, if there is any.
        present, order = (order[0], [*order[1:], order[0]]) if order else (None, [])
        shown |= {present: today} if present else {}
    kept = {
        "day": today,
        "step": present or "",
        "order": order,
        "shown": {slug: day.isoformat() for slug, day in shown.items()},
        "focus": list(known.focus),
        **({"swapped_on": today} if swap else {}),
    }
    StepPlan.objects.update_or_create(couple=member.couple, defaults=kept)
    live.changed(member, CHECKINS)


def _stays(member: Member, present: str | None, known: Ground, rather: list[str]) -> bool:
    """Whether today's step stays, once something has changed; ``rather``: steps that would be better today."""
    if present is None:
        return False
    of = steps()[present].strategy
    if of in known.ruled_out or (of in rules.GENTLE and of not in known.focus):
        return False
    return not rather or present in rather or _both_did(member, present)


def _what(member: Member) -> tuple[set[str], set[str]]:
    """What was done today: for both to see, and by this member alone. One query."""
    ours = Done.objects.visible_to(member).filter(day=member.today).values_list("what", Value("ours"))
    alone = DoneAlone.objects.visible_to(member).filter(day=member.today).values_list("what", Value("alone"))
    rows = set(ours.union(alone))
    return {what for what, whose in rows if whose == "ours"}, {
        what for what, whose in rows if whose == "alone"
    }


def _both_did(member: Member, slug: str) -> bool:
    """Whether a step was done today for both to see: what one did alone keeps and changes nothing that the other sees."""
    whats = [STEP + slug, steps()[slug].tool]
    return bool(Done.objects.visible_to(member).filter(day=member.today, what__in=whats).exists())


def today_of(member: Member, pair: Pair | None = None) -> TodaysStep | None:
    """Today's step for a member; None alone, and where nothing fits. Three queries, or two where ``pair`` is known."""
    if member.couple is None:
        return None
    plan = plan_of(member)
    slug = step_of(plan, member.today)
    if slug is None:
        return None
    step, (did, alone) = steps()[slug], _what(member)
    why = rules.pool(*(pair or last_pair(member)), focus=plan.focus).get(slug, rules.Reason("stays"))
    pressed = STEP + slug in did
    by_tool = bool(step.tool and step.tool in did)
    only_mine = bool(step.tool and step.tool in alone) and not (pressed or by_tool)
    is_done = pressed or by_tool or only_mine
    can_swap = plan.swapped_on != member.today and not is_done
    return TodaysStep(step, why, strategy(step.strategy), is_done, pressed, only_mine, can_swap)


@transaction.atomic
def swap(member: Member, seen: str) -> bool:
    """Another step for today, once a day for both. False where it was swapped or done already, or isn't today's."""
    if member.couple is None:
        return False
    hold(member.couple)
    now = today_of(member)
    if now is None or not now.can_swap or now.step.slug != seen:
        return False
    anew(member, swap=True)
    return True


@transaction.atomic
def did_it(member: Member, seen: str) -> bool:
    """They did today's step. False where ``seen`` isn't today's."""
    if member.couple is None:
        return False
    hold(member.couple)
    now = today_of(member)
    if now is None or now.step.slug != seen:
        return False
    done(member, STEP + seen)
    live.changed(member, CHECKINS)
    return True


@transaction.atomic
def undo(member: Member, seen: str) -> None:
    """They hadn't, after all."""
    if Done.objects.visible_to(member).filter(day=member.today, what=STEP + seen).delete()[0]:
        live.changed(member, CHECKINS)
