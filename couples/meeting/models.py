"""The weekly meeting: one a week of theirs, what each says in its parts, and the one agreement that comes of it.

All of it is the couple's as a whole and seen by both at once: nothing here is anybody's alone.
"""

import datetime as dt
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.live import Room
from couples.core.news import NewsKind
from couples.core.shared import Ours, OursQuerySet
from couples.meeting.words import days_text

MEETING = Room("meeting")
BEGUN = NewsKind("meeting.begun", _("%(name)s has opened your weekly meeting"), "meeting:detail")


class How(models.TextChoices):
    """How what was agreed went. None of them is a failure."""

    KEPT = "kept", _("We did it")
    PARTLY = "partly", _("Some of it")
    NOT_YET = "not_yet", _("Not yet")
    LET_GO = "let_go", _("We let it go")


class MeetingQuerySet(OursQuerySet[Any]):
    """Meetings."""

    def whole(self, member: Member, pk: uuid.UUID) -> "Meeting | None":
        """A meeting with all that was said in it, its agreement and the one it looks back at: one query."""
        rows: Any = self.visible_to(member).filter(pk=pk).annotate(said=FilteredRelation("lines"))
        found = list(rows.select_related("said", "agreement", "looks_at"))
        if not found:
            return None
        meeting: Meeting = found[0]
        meeting.said_in_it = [row.said for row in found if getattr(row, "said", None) is not None]
        return meeting

    def begun(self, member: Member) -> Self:
        """Those that can be gone on with, and that of the present week, the latest first."""
        rows = self.visible_to(member).filter(Q(ended_on__isnull=True) | Q(week=member.week.first))
        return rows.order_by("-week")


class Meeting(Ours):
    """The meeting of a week, ``week`` to ``until``; ``part`` is where both of them are.

    ``looks_at`` is the agreement that it opens with, ``goals`` whether it looks back at the goals: both are settled when
    it begins.
    """

    declared = Declaration(owner="couple", export="seen", deletion="with_couple", news=(BEGUN.slug,))

    week = models.DateField()
    until = models.DateField()
    part = models.CharField(max_length=12)
    begun_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    goals = models.BooleanField(default=False)
    looks_at = models.ForeignKey(
        "couples.Agreement", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = MeetingQuerySet.as_manager()
    said_in_it: list["Line"]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["couple", "week"], name="meeting_one_a_week")]

    def __str__(self) -> str:
        return str(self.week)

    @property
    def is_open(self) -> bool:
        """Whether it can be gone on with."""
        return self.ended_on is None

    @property
    def days(self) -> str:
        """Its week, in words."""
        return days_text(self.week, self.until)

    @property
    def agreed(self) -> "Agreement | None":
        """What was agreed in it. Free once it is ``whole``."""
        found: Agreement | None = getattr(self, "agreement", None)
        return found


class Line(Ours):
    """What one of the two said in a part of a meeting. Only its author writes it; both see it at once."""

    declared = Declaration(owner="couple", export="seen", deletion="with_couple", versions=("words",))

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="lines")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    part = models.CharField(max_length=12)
    words = PrivateTextField(_("what you said"))
    version = models.PositiveIntegerField(default=0)

    objects = OursQuerySet[Any].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "author", "part"], name="line_one_a_part")]

    def __str__(self) -> str:
        return str(self.pk)


class AgreementQuerySet(OursQuerySet[Any]):
    """What was agreed."""

    def latest_of(self, member: Member, before: dt.date | None = None) -> "Agreement | None":
        """What was agreed last; ``before``: in a meeting of a week before that day."""
        rows = self.visible_to(member).select_related("meeting").order_by("-meeting__week")
        found: Agreement | None = (rows if before is None else rows.filter(meeting__week__lt=before)).first()
        return found


class Agreement(Ours):
    """The one thing that a meeting agrees on: who does it (both, where it is nobody's alone), and by when.

    Either writes and changes it until the meeting ends. ``how`` says later how it went.
    """

    declared = Declaration(
        owner="couple", export="seen", deletion="with_couple", versions=("words", "who", "by")
    )

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="agreement")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    words = PrivateTextField(_("what you agree on"))
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who does it"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by = models.DateField(_("by when"))
    how = models.CharField(max_length=8, choices=How.choices, blank=True)
    how_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(how="", how_on__isnull=True) | Q(how__in=How.values, how_on__isnull=False),
                name="agreement_how_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
