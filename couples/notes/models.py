"""Appreciation notes: what you did, and what it meant to me (specific thanks work best: Algoe, 2012)."""

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.live import Room
from couples.core.news import NewsKind
from couples.core.shared import Own, OwnQuerySet, Part, PartQuerySet, Shared, SharedQuerySet
from couples.core.weeks import filled, first_shown

NOTES = Room("notes")
GIVEN = NewsKind("note.given", _("%(name)s left you a note"), "notes:detail")
ANSWERED = NewsKind("note.answered", _("%(name)s answered your note"), "notes:detail")

OLD_AFTER = dt.timedelta(days=30)


class Reaction(models.TextChoices):
    """What a note did, in a word. Nothing here measures one note against another."""

    TOUCHED = "touched", _("It touched me")
    SMILED = "smiled", _("It made me smile")
    NEEDED = "needed", _("I needed that")
    SEEN = "seen", _("I feel seen")
    THANKS = "thanks", _("Thank you")


class NoteQuerySet(SharedQuerySet["Note"]):
    """Notes, filtered and ordered."""

    def listed(self, member: Member, show: str) -> "NoteQuerySet":
        """The list behind a filter: ``all``, ``to_me``, ``from_me``, ``kept`` or ``mine`` (only you so far)."""
        rows = self.own_of(member) if show == "mine" else self.open_to(member)
        rows = rows.select_related("answer")
        if show == "to_me":
            return rows.filter(author=member.partner)
        if show == "from_me":
            return rows.filter(author=member.person)
        if show == "kept":
            return rows.filter(Exists(Kept.objects.filter(owner=member.person, note=OuterRef("pk"))))
        return rows

    def draw(self, member: Member) -> "Note | None":
        """Draw an old note at random from the jar. One index look-up, however full the jar is."""
        before = member.today - OLD_AFTER
        old = self.open_to(member).filter(opens_on__lte=before, removed_on__isnull=True)
        start = uuid.uuid4()
        return old.filter(pk__gte=start).order_by("pk").first() or old.order_by("pk").first()

    def weeks(self, member: Member) -> list[int]:
        """The last 26 weeks, oldest first: 0 for none, 1 for a day with notes, 2 for more days."""
        since = first_shown(member.today)
        days = self.open_to(member).filter(opens_on__gte=since, removed_on__isnull=True).order_by()
        given = days.values_list("opens_on", flat=True).distinct()
        return filled((day for day in given if day is not None), member.today)


class Note(Shared):
    """A note from its author to the partner. Once given it isn't edited; its author may remove its words."""

    declared = Declaration(
        owner="author",
        sees="from_day",
        export="seen",
        deletion="with_owner",
        fixed=("what", "meaning"),
        news=(GIVEN.slug,),
    )

    what = PrivateTextField(_("what you did"), blank=True)
    meaning = PrivateTextField(_("what it meant to me"), blank=True)
    removed_on = models.DateField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["couple", "-opens_on", "-created_at", "-id"], name="note_couple_day"),
            models.Index(fields=["author"], condition=Q(couple__isnull=True), name="note_author_alone"),
            models.Index(fields=["couple", "id"], name="note_jar"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(couple__isnull=True, opens_on__isnull=True)
                | Q(couple__isnull=False, opens_on__isnull=False),
                name="note_only_you_or_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Answer(Part):
    """What the receiver said back: a reaction, words, or both. One a note."""

    declared = Declaration(
        owner="part",
        sees="with_shared_parent",
        export="seen",
        deletion="with_whole",
        fixed=("words",),
        news=(ANSWERED.slug,),
    )
    part_of = "note"

    note = models.OneToOneField(Note, on_delete=models.CASCADE, related_name="answer")
    reaction = models.CharField(max_length=10, choices=Reaction.choices, blank=True)
    words = PrivateTextField(blank=True)
    answered_on = models.DateField()

    objects = PartQuerySet["Answer"].as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class Kept(Own):
    """A favourite: a person's own bookmark, which the other can't see."""

    declared = Declaration(owner="person", export="self", deletion="with_owner")

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="+")

    objects: Any = OwnQuerySet["Kept"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "note"], name="kept_once")]

    def __str__(self) -> str:
        return str(self.pk)
