"""Goal and GoalStep: what a couple, or one of them, wants to reach, and the steps there."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.due import DueKind
from couples.core.fields import PrivateTextField
from couples.core.live import Room
from couples.core.news import NewsKind
from couples.core.shared import Part, PartQuerySet, Shared, SharedQuerySet
from couples.goals.amounts import MOST, amount_text
from couples.goals.showing import Brief, side_of

MOST_STEPS = 100
GOALS = Room("goals")
STEP_DUE = DueKind("step")

PROPOSED = NewsKind("goal.proposed", _("%(name)s proposed a goal"), "goals:detail")
SHARED = NewsKind("goal.shared", _("%(name)s shared a goal with you"), "goals:detail")
AGREED = NewsKind("goal.in", _("%(name)s is in on a goal"), "goals:detail")
DECLINED = NewsKind("goal.declined", _("%(name)s answered a goal you proposed"), "goals:detail")
REACHED = NewsKind("goal.reached", _("%(name)s says a goal is reached"), "goals:detail")
LET_GO = NewsKind("goal.let_go", _("%(name)s let a goal go"), "goals:detail")
AGAIN = NewsKind("goal.again", _("%(name)s took up a goal again"), "goals:detail")
STEP_DONE = NewsKind("goal.step_done", _("%(name)s did a step for both of you"), "goals:detail")
STEP_FOR_YOU = NewsKind("goal.step_for_you", _("%(name)s added a step for you"), "goals:detail")
STEP_FOR_BOTH = NewsKind("goal.step_for_both", _("%(name)s added a step for both of you"), "goals:detail")
SUPPORT = NewsKind("goal.support", _("%(name)s supports a goal of yours"), "goals:detail")
STATE_NEWS = (PROPOSED, SHARED, AGREED, DECLINED, REACHED, LET_GO, AGAIN)
ALL_NEWS = (*STATE_NEWS, STEP_DONE, STEP_FOR_YOU, STEP_FOR_BOTH, SUPPORT)


class Horizon(models.TextChoices):
    """How far off a goal is. The stored words sort long-term ones first."""

    LONG = "long", _("Long-term")
    SHORT = "short", _("Short-term")


class Whose(models.TextChoices):
    """Whose goal it is, seen from its author."""

    OURS = "ours", _("Ours")
    AUTHOR = "author", _("The author’s")
    PARTNER = "partner", _("The partner’s, which the author supports")


class State(models.TextChoices):
    """Where a goal stands. A private goal is *in*, *reached* or *let go*: nobody is asked."""

    PROPOSED = "proposed", _("Proposed")
    IN = "in", _("In")
    REACHED = "reached", _("Reached")
    LET_GO = "let_go", _("Let go")
    DECLINED = "declined", _("Not this one")


OVER = (State.REACHED, State.LET_GO, State.DECLINED)
BRIEF = (
    *("pk", "author_id", "couple_id", "title", "horizon", "whose", "by", "state"),
    *("amount_target", "amount_now", "unit", "supported"),
)


class GoalQuerySet(SharedQuerySet["Goal"]):
    """Goals."""

    def for_cards(self) -> Self:
        """With the next open step, so that a card needs no query of its own."""
        return self.prefetch_related(next_steps())

    def in_brief(self, *more: str) -> "QuerySet[Goal, Any]":
        """Rows of just what a card shows, and ``more``, named like a goal's fields: cheaper than goals."""
        return self.values_list(*BRIEF, *more, named=True)

    def apart(self) -> Self:
        """Shared goals that no long-term goal of the couple, which is going on, holds."""
        return self.exclude(parent__couple=F("couple"), parent__state=State.IN, parent__horizon=Horizon.LONG)

    def carried_by(self, member: Member, whose: str) -> Self:
        """Those that are *ours*, *mine* or *yours* as the member sees them."""
        mine = Q(author=member.person)
        if whose == "ours":
            return self.filter(whose=Whose.OURS)
        if whose == "mine":
            return self.filter(mine & Q(whose=Whose.AUTHOR) | ~mine & Q(whose=Whose.PARTNER))
        return self.filter(mine & Q(whose=Whose.PARTNER) | ~mine & Q(whose=Whose.AUTHOR))


class Goal(Shared):
    """A goal: short- or long-term; its author's, ours, or the partner's with the author's support.

    ``whose`` is stored as its author sees it. ``parent`` is the long-term goal that holds this short-term
    one; it may be visible to the author alone, so a page shows it only after asking ``visible_to``. Amounts
    are counted in ``unit``. ``supported``: the one whose goal it isn't stands behind it. ``answer`` is what
    the partner said to the proposal, ``closing`` what ``ended_by`` said at its end, on the day
    ``ended_on``. Pages set ``next_steps`` and ``within`` (the parent, where the member may see it).
    """

    declared = Declaration(
        owner="author",
        sees="once_shared",
        export="seen",
        deletion="with_owner",
        versions=("title", "why", "by", "amount_target", "amount_now", "unit", "answer", "closing"),
        news=tuple(kind.slug for kind in ALL_NEWS),
        due=(STEP_DUE.slug,),
    )
    withdrawn: ClassVar[dict[str, Any]] = {
        "state": State.IN,
        "supported": False,
        "ended_on": None,
        "ended_by": None,
    }

    title = PrivateTextField(_("what you’d like to reach"))
    why = PrivateTextField(_("why it matters"), blank=True)
    horizon = models.CharField(max_length=8, choices=Horizon.choices)
    whose = models.CharField(max_length=8, choices=Whose.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    by = models.DateField(_("by when"), null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.IN)
    amount_target = models.DecimalField(
        _("amount to reach"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    amount_now = models.DecimalField(
        _("amount so far"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    unit = PrivateTextField(_("counted in"), blank=True)
    supported = models.BooleanField(default=False)
    answer = PrivateTextField(_("the answer"), blank=True)
    closing = PrivateTextField(_("closing words"), blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = GoalQuerySet.as_manager()
    next_steps: list["GoalStep"]
    within: "Goal | None"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(horizon__in=Horizon.values, whose__in=Whose.values, state__in=State.values),
                name="goal_known_words",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(horizon=Horizon.SHORT), name="goal_only_short_has_parent"
            ),
            models.CheckConstraint(
                condition=Q(amount_target__isnull=True, amount_now__isnull=True)
                | Q(amount_target__isnull=False, amount_target__gt=0, amount_target__lte=MOST)
                & Q(amount_now__isnull=False, amount_now__gte=0, amount_now__lte=MOST),
                name="goal_amounts_both_or_none",
            ),
            models.CheckConstraint(
                condition=Q(couple__isnull=True, opens_on__isnull=True)
                & ~Q(state__in=(State.PROPOSED, State.DECLINED))
                | Q(couple__isnull=False, opens_on__isnull=False),
                name="goal_proposed_only_when_shared",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, ended_on__isnull=False)
                | Q(state__in=(State.PROPOSED, State.IN), ended_on__isnull=True),
                name="goal_over_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(supported=False) | Q(couple__isnull=False) & ~Q(whose=Whose.OURS),
                name="goal_support_only_when_shared",
            ),
        ]
        indexes = [
            models.Index(fields=["couple", "state", "horizon", "-opens_on"], name="goal_couple_state"),
            models.Index(fields=["couple", "-ended_on"], name="goal_couple_ended"),
            models.Index(
                fields=["author", "state"], condition=Q(couple__isnull=True), name="goal_author_alone"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_long(self) -> bool:
        """Whether it may hold short-term goals."""
        return self.horizon == Horizon.LONG

    @property
    def is_private(self) -> bool:
        """Whether its author alone sees it: it was never shared, or taken back."""
        return self.couple_id is None

    @property
    def is_over(self) -> bool:
        """Whether it was reached, let go or declined."""
        return self.state in OVER

    @property
    def next_step(self) -> "GoalStep | None":
        """The open step with the nearest day; only for rows loaded ``for_cards``."""
        steps = getattr(self, "next_steps", None)
        return steps[0] if steps else None

    @property
    def amount_text(self) -> str:
        """How far it has come, as people write it: *€11,400 of €30,000 saved*, *40 of 100 km*."""
        return amount_text(self.amount_now, self.amount_target, self.unit)

    @property
    def brief(self) -> Brief:
        """The inner part of its card, for ``{% include goal.brief %}``."""
        return Brief(self)

    @property
    def is_ours(self) -> bool:
        """Whether both see it and it is both's to reach."""
        return self.whose == Whose.OURS and not self.is_private

    @property
    def is_counted_out(self) -> bool:
        """Whether nothing is left to count: there is no amount to reach, or it is reached."""
        return self.amount_target is None or (self.amount_now or 0) >= self.amount_target

    def belongs_to(self, member: Member) -> bool:
        """Whether it is this member's own goal, or ours."""
        return side_of(self, member.person.pk) != "yours"


def next_steps() -> "Prefetch[str]":
    """The first open step of each goal, nearest day first, into ``next_steps``: one query for all."""
    steps = GoalStep.objects.filter(done_on__isnull=True).order_by(
        F("day").asc(nulls_last=True), "created_at", "pk"
    )
    return Prefetch("steps", steps[:1], to_attr="next_steps")


class GoalStepQuerySet(PartQuerySet["GoalStep"]):
    """Steps of goals."""

    def for_cards(self) -> Self:
        """With the goal, so that a card needs no query of its own."""
        return self.select_related("goal")


class GoalStep(Part):
    """A step of a goal. ``who`` does it (None: both), by ``day``; ``done_by`` ticked it on ``done_on``."""

    part_of: ClassVar[str] = "goal"
    declared = Declaration(
        owner="part",
        export="seen",
        deletion="with_whole",
        versions=("text", "day"),
        due=(STEP_DUE.slug,),
    )

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="steps")
    text = PrivateTextField(_("step"))
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    day = models.DateField(_("day"), null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)

    objects = GoalStepQuerySet.as_manager()
    can_tick: bool
    who_does: str
    can_change: bool

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_by__isnull=True) | Q(done_on__isnull=False),
                name="goalstep_done_by_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["goal", "day"], name="goalstep_goal_day")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it stands in the list: open ones by day, then those without a day, then what is done."""
        return (self.done_on is not None, self.day or dt.date.max, self.created_at)
