"""The weekly check-in, what both say of a strategy, their focus, and the small step of each day."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Couple, Member
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.live import Room
from couples.core.news import NewsKind
from couples.core.once import new_id
from couples.core.shared import Ours, OursQuerySet, Own, OwnQuerySet, Sees, Shared, SharedQuerySet
from couples.core.words import Broken

CHECKINS = Room("checkins")
REVEALED = NewsKind("checkin.revealed", _("Your check-ins are both in"), "checkins:detail")
ANSWERED = NewsKind(
    "strategy.answered", _("You’ve both said what you think of a strategy"), "checkins:choice"
)

NOON = dt.time(12)
LAPSES = dt.timedelta(days=14)
"""How long what one pressed waits for the other: after that it is only theirs (product.md, *Who sees what*)."""
TWO = 2
"""How many strategies can be the focus at a time."""
ITEMS = (
    "closeness",
    "routine",
    "stress",
    "communication",
    "conflict",
    "priorities",
    "feelings",
    "appreciation",
    "wish",
)
CAUSES = ITEMS[1:6]


class CheckInQuerySet(SharedQuerySet["CheckIn"]):
    """Check-ins."""

    def current(self, member: Member) -> "CheckIn | None":
        """The member's own check-in of the week it is, if they have begun one."""
        return self.visible_to(member).filter(pk=id_of(member, member.week.first)).first()

    def revealed(self, member: Member) -> Self:
        """Those that both see."""
        return self.open_to(member)

    def lapsed(self, member: Member) -> Self:
        """The member's own whose week went by before the other's was in: they are only theirs from then on."""
        rows = self.filter(author=member.person, couple=member.couple, couple__isnull=False)
        return rows.filter(opens_on__isnull=True, until__lt=member.today)


class CheckIn(Shared):
    """How one person found a week: ``words`` holds, as JSON, what they give for both to see once both are in.

    ``week`` is its first day. While it is sealed, ``until`` is the last day on which it can open, as its author was
    told: a longer week changes nothing of that. What is kept to oneself is an ``Aside``, and never in here.
    """

    declared = Declaration(
        owner="author",
        sees="when_both",
        export="seen",
        deletion="with_owner",
        fixed=("words",),
        news=(REVEALED.slug,),
    )

    week = models.DateField()
    until = models.DateField(null=True, blank=True)
    words = PrivateTextField(blank=True)

    withdrawn: ClassVar[dict[str, Any]] = {"until": None}

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["couple", "author", "week"],
                condition=Q(couple__isnull=False),
                name="checkin_one_a_person_and_week",
            )
        ]
        indexes = [
            models.Index(fields=["couple", "-week"], name="checkin_couple_week"),
            models.Index(fields=["author", "-week"], name="checkin_author_week"),
        ]

    def __str__(self) -> str:
        return str(self.week)

    def sees(self, member: Member) -> Sees:
        """The word for who sees it today: what both didn't answer within the week is its author's alone."""
        word = super().sees(member)
        return Sees.ONLY_YOU if word is Sees.WHEN_BOTH and self.is_late(member) else word

    @classmethod
    def lapsed(cls, couple: Couple, day: dt.date) -> Q:  # noqa: ARG003 (whoever they are)
        """What wasn't opened by its last day."""
        return Q(until__lt=day)

    def is_late(self, member: Member) -> bool:
        """Whether it can't be opened any more: its week is over or, sealed, its last day."""
        return member.today > self.until if self.until else self.week < member.week.first

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What it gives, by item; items that aren't there were left out or kept. Raises Broken."""
        found: dict[str, Any] = json.loads(self.words or "{}")
        return found

    @property
    def given(self) -> dict[str, Any]:
        """The same; nothing where it can't be read any more."""
        try:
            return self.answers
        except Broken:
            return {}


def id_of(member: Member, week: dt.date) -> uuid.UUID:
    """The id of this member's check-in of a week: one a person, couple and week, and of those made alone another one."""
    return new_id(CheckIn, member, uuid.uuid5(uuid.NAMESPACE_OID, week.isoformat()))


class Aside(Own):
    """What a person keeps of a check-in (``about``), which never leaves them: items kept to oneself, and the note.

    ``words`` is JSON: ``kept`` by item, and ``note``.
    """

    declared = Declaration(owner="person", export="self", deletion="with_owner")

    about = models.UUIDField()
    week = models.DateField()
    words = PrivateTextField()

    objects: Any = OwnQuerySet["Aside"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "about"], name="aside_once")]

    def __str__(self) -> str:
        return str(self.week)

    @cached_property
    def parts(self) -> dict[str, Any]:
        """What is kept, by item, and the note. Raises Broken."""
        found: dict[str, Any] = json.loads(self.words)
        return {"kept": found.get("kept", {}), "note": found.get("note", "")}


class Says(models.TextChoices):
    """What one says of a strategy."""

    FOCUS = "focus", _("Our focus")
    FINE = "fine", _("Already fine")
    NO = "no", _("Not for us")


class ChoiceQuerySet(SharedQuerySet["Choice"]):
    """What was said of strategies."""

    def waiting(self, member: Member) -> Self:
        """What still waits for the other's answer; with the wall lifted, of both."""
        rows = self.filter(couple=member.couple, couple__isnull=False, opens_on__isnull=True)
        return rows.filter(pressed_on__gt=member.today - LAPSES)


class Choice(Shared):
    """What one person says of a strategy: sealed until the other has said something of it too."""

    declared = Declaration(
        owner="author",
        sees="when_both",
        export="seen",
        deletion="with_owner",
        versions=("says",),
        news=(ANSWERED.slug,),
    )

    strategy = models.CharField(max_length=40)
    says = models.CharField(max_length=5, choices=Says.choices)
    pressed_on = models.DateField()

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["couple", "author", "strategy"],
                condition=Q(couple__isnull=False),
                name="choice_one_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strategy} {self.says}"

    @classmethod
    def lapsed(cls, couple: Couple, day: dt.date) -> Q:  # noqa: ARG003 (whoever they are)
        """What has waited for 14 days."""
        return Q(pressed_on__lte=day - LAPSES)

    def is_waiting(self, member: Member) -> bool:
        """Whether it still counts once the other answers."""
        return (
            self.couple_id is not None and self.opens_on is None and self.pressed_on > member.today - LAPSES
        )

    def sees(self, member: Member) -> Sees:
        """The word for who sees it today: what has waited for too long is its author's alone."""
        word = super().sees(member)
        return Sees.ONLY_YOU if word is Sees.WHEN_BOTH and not self.is_waiting(member) else word


class Focus(Ours):
    """A strategy that both want for now. Two at most at a time: the database holds it by ``seat``."""

    declared = Declaration(owner="couple", export="seen", deletion="with_couple")

    strategy = models.CharField(max_length=40)
    seat = models.PositiveSmallIntegerField()
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects: Any = OursQuerySet[Any].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["couple", "seat"], condition=Q(ended_on__isnull=True), name="focus_two_seats"
            ),
            models.UniqueConstraint(
                fields=["couple", "strategy"], condition=Q(ended_on__isnull=True), name="focus_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(seat__in=(1, 2)), name="focus_one_or_two"),
        ]

    def __str__(self) -> str:
        return self.strategy


class StepPlan(Ours):
    """Which small step is whose day's: on ``day`` it is ``step``, from the next day on ``order``, one a day, over and over.

    Made anew whenever what it follows from changes (a reveal, a focus, a swap), and never by looking, so that nobody
    can tell who looked. ``shown`` tells by step the last day it was there; ``focus`` what the two had chosen.
    """

    declared = Declaration(owner="couple", export="never", deletion="with_couple")

    couple = models.OneToOneField(Couple, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    step = models.CharField(max_length=40, blank=True)
    order = models.JSONField(default=list)
    shown = models.JSONField(default=dict)
    focus = models.JSONField(default=list)
    swapped_on = models.DateField(null=True, blank=True)

    objects: Any = OursQuerySet[Any].as_manager()

    def __str__(self) -> str:
        return f"{self.day} {self.step}"

    @property
    def shown_on(self) -> Mapping[str, dt.date]:
        """The last day of each step."""
        return {slug: dt.date.fromisoformat(day) for slug, day in self.shown.items()}
