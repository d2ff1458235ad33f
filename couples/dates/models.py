"""A date plan, its time options, its checklist and what each says looking back."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from couples.core.clock import comes_twice
from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.people import zone_of
from couples.core.shared import Part, PartQuerySet, Shared, SharedQuerySet
from couples.dates import kinds
from couples.dates.kinds import CLOSED, LENGTHS, STANDS, WAITS, PlanKind, PlanState


class DatePlanQuerySet(SharedQuerySet["DatePlan"]):
    """Date plans."""

    def with_offers(self) -> Self:
        """With the options of each plan's present round, ready as ``offered``: one more query."""
        offers = PlanOption.objects.filter(round=F("plan__round")).order_by("position")
        return self.prefetch_related(Prefetch("options", queryset=offers, to_attr="offered"))

    def with_time(self) -> Self:
        """With the agreed option. Enough for plans that have one."""
        return self.select_related("agreed_option")

    def for_cards(self) -> Self:
        """All that ``dates/card.html`` shows: two queries for any number of plans."""
        return self.with_time().with_offers()

    def for_page(self) -> Self:
        """All that a plan's own page shows, in four queries."""
        return self.for_cards().prefetch_related(
            Prefetch("tasks", queryset=PlanTask.objects.order_by("created_at", "id")),
            Prefetch("look_backs", queryset=LookBack.objects.order_by("created_at", "id")),
        )

    def upcoming(self, now: dt.datetime) -> Self:
        """Agreed and not over yet."""
        return self.filter(state__in=STANDS, ends_at__gt=now)

    def waiting(self, now: dt.datetime) -> Self:
        """With offered times that can be answered: those for a date that has taken place can't."""
        return self.filter(Q(state=PlanState.PROPOSED) | Q(state=PlanState.MOVING, ends_at__gt=now))

    def lived(self, now: dt.datetime) -> Self:
        """Agreed and over."""
        return self.filter(state__in=STANDS, ends_at__lte=now)

    def drafts_of(self, member: Member) -> Self:
        """What the member has planned for themselves so far."""
        return self.filter(author=member.person, couple__isnull=True)


class DatePlan(Shared):
    """A date: planned alone, then proposed, agreed on, lived and looked back at.

    ``starts_at`` and ``ends_at`` (UTC) are those of the agreed option, else of the earliest option of the
    present round. ``round`` counts the offers: each set of options is one. Without a couple it is a draft,
    whatever ``state`` says: leaving may have given it back.
    """

    declared = Declaration(
        owner="author",
        sees="once_shared",
        export="seen",
        deletion="with_owner",
        versions=("title", "place", "notes"),
        fixed=("closing",),
        news=(
            *(
                kinds.PROPOSED.slug,
                kinds.AGREED.slug,
                kinds.ANOTHER.slug,
                kinds.DECLINED.slug,
                kinds.MOVED.slug,
            ),
            *(
                kinds.KEPT.slug,
                kinds.CANCELLED.slug,
                kinds.CHANGED.slug,
                kinds.LOOKED_BACK.slug,
                kinds.TASK.slug,
            ),
        ),
        due=(kinds.DATE_DUE.slug, kinds.LOOK_BACK_DUE.slug),
    )

    title = PrivateTextField(_("what you’ll do"))
    kind = models.CharField(_("kind"), max_length=12, choices=PlanKind.choices)
    place = PrivateTextField(_("where"), blank=True, default="")
    notes = PrivateTextField(_("notes"), blank=True, default="")
    state = models.CharField(max_length=9, choices=PlanState.choices, default=PlanState.DRAFT)
    round = models.PositiveIntegerField(default=1)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreed_option = models.ForeignKey(
        "couples.PlanOption", null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closing = PrivateTextField(_("kind words"), blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = DatePlanQuerySet.as_manager()

    if TYPE_CHECKING:
        offered: list["PlanOption"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="plan_ends_after_start"),
            models.CheckConstraint(
                condition=Q(couple__isnull=True) | ~Q(state=PlanState.DRAFT), name="plan_shared_is_no_draft"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=STANDS) | Q(agreed_option__isnull=False), name="plan_agreed_has_option"
            ),
        ]
        indexes = [
            models.Index(fields=["couple", "state", "ends_at", "id"], name="plan_couple_ends"),
            models.Index(fields=["couple", "state", "starts_at", "id"], name="plan_couple_starts"),
            models.Index(
                fields=["author", "starts_at"], condition=Q(couple__isnull=True), name="plan_drafts"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_draft(self) -> bool:
        """Whether it is its author's alone."""
        return self.couple_id is None

    @property
    def is_closed(self) -> bool:
        """Whether it will not happen."""
        return not self.is_draft and self.state in CLOSED

    @property
    def stands(self) -> bool:
        """Whether a time is agreed."""
        return not self.is_draft and self.state in STANDS

    @property
    def waits(self) -> bool:
        """Whether offered times can be answered."""
        return not self.is_draft and self.state in WAITS

    @property
    def standing(self) -> str:
        """What a form was shown for. It travels with every act: nobody acts on what has changed meanwhile."""
        return f"draft-{self.version}" if self.is_draft else f"{self.state}-{self.round}"

    @property
    def offers(self) -> list["PlanOption"]:
        """The options of the present round. Free after ``with_offers``."""
        if "offered" in self.__dict__:
            return self.offered
        return list(self.options.filter(round=self.round).order_by("position"))

    @property
    def choices(self) -> int:
        """How many times there are to choose from, until one is agreed."""
        return 0 if self.stands or self.is_closed else len(self.offers)

    @property
    def option(self) -> "PlanOption":
        """The agreed option, else the earliest that is offered."""
        if self.agreed_option is not None and (self.stands or self.is_closed):
            return self.agreed_option
        return min(self.offers, key=lambda offer: offer.starts_at)

    def by(self, member: Member) -> bool:
        """Whether the times offered now are the member's."""
        return self.proposed_by_id == member.person.pk

    def is_over(self, now: dt.datetime) -> bool:
        """Whether its end has passed."""
        return self.ends_at <= now


class PlanOption(Part):
    """A time that was offered: a wall clock as its author typed it, or the days of a getaway.

    ``day``, ``time`` and ``zone`` say what was typed; ``starts_at`` and ``ends_at`` are the same in UTC.
    """

    declared = Declaration(owner="part", export="seen", deletion="with_whole")
    part_of = "plan"

    plan = models.ForeignKey(DatePlan, on_delete=models.CASCADE, related_name="options")
    round = models.PositiveIntegerField(default=1)
    position = models.PositiveSmallIntegerField()
    day = models.DateField(null=True, blank=True)
    time = models.TimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    zone = models.CharField(max_length=64)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = PartQuerySet["PlanOption"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "round", "position"], name="option_once"),
            models.CheckConstraint(condition=Q(position__in=(1, 2, 3)), name="option_three_at_most"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="option_ends_after_start"),
            models.CheckConstraint(
                condition=Q(
                    day__isnull=False, time__isnull=False, minutes__isnull=False, first_day__isnull=True
                )
                | Q(day__isnull=True, last_day__gte=F("first_day")),
                name="option_hour_or_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.round}.{self.position}"

    @property
    def twice(self) -> bool:
        """Whether the clocks go back over its start, so that the first of two moments is meant."""
        return (
            self.day is not None
            and self.time is not None
            and comes_twice(self.day, self.time, zone_of(self.zone))
        )

    @property
    def length(self) -> str:
        """About how long it is, in words; nothing for a getaway."""
        return str(LENGTHS.get(self.minutes or 0, ""))


class PlanTask(Part):
    """Something to arrange for a date. ``who`` is empty where it is for both."""

    declared = Declaration(
        owner="part", export="seen", deletion="with_whole", fixed=("text",), news=(kinds.TASK.slug,)
    )
    part_of = "plan"

    plan = models.ForeignKey(DatePlan, on_delete=models.CASCADE, related_name="tasks")
    text = PrivateTextField(_("what"))
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    done = models.BooleanField(default=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = PartQuerySet["PlanTask"].as_manager()

    def __str__(self) -> str:
        return str(self.pk)

    def says_the_same(self, other: "PlanTask") -> bool:
        """Whether another task has the same words, for the same and by the same."""
        return (self.text, self.who_id, self.author_id) == (other.text, other.who_id, other.author_id)


class LookBack(Part):
    """What one of the two says of a date that was: one line, one best moment. One a person and date."""

    declared = Declaration(
        owner="part",
        sees="with_shared_parent",
        export="seen",
        deletion="with_whole",
        versions=("line", "best"),
    )
    part_of = "plan"

    plan = models.ForeignKey(DatePlan, on_delete=models.CASCADE, related_name="look_backs")
    line = PrivateTextField(_("in one line"))
    best = PrivateTextField(_("best moment"), blank=True, default="")
    version = models.PositiveIntegerField(default=0)

    objects = PartQuerySet["LookBack"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "author"], name="look_back_once")]

    def __str__(self) -> str:
        return str(self.pk)
