"""Due: what waits for a person, and from when. Today and reminders read this one table. It holds no words."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db import models

from couples.core.couple import Couple, Member
from couples.core.declared import Declaration
from couples.core.people import Person
from couples.core.policies import of_due
from couples.core.shared import Own
from couples.core.wall import lifted

NEVER = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class DueKind:
    """A kind of thing that waits. A model that makes it declares it."""

    slug: str

    def __post_init__(self) -> None:
        KINDS[self.slug] = self


KINDS: dict[str, DueKind] = {}


class DueQuerySet(models.QuerySet["Due"]):
    """What waits."""

    def visible_to(self, member: Member) -> Self:
        """What waits for this member now: begun, and not over. What was a couple's is gone with the couple."""
        return self.filter(owner=member.person, shows_from__lte=member.now, until__gt=member.now).order_by(
            "at", "id"
        )

    def put(
        self,
        person: Person,
        couple: Couple | None,
        kind: str,
        about: uuid.UUID,
        *,
        at: dt.datetime,
        shows_from: dt.datetime,
        until: dt.datetime = NEVER,
    ) -> None:
        """Let something wait for a person; all times UTC. A second call for the same thing replaces the first."""
        with lifted("tell"):
            self.update_or_create(
                owner=person,
                kind=kind,
                about=about,
                defaults={"couple": couple, "at": at, "shows_from": shows_from, "until": until},
            )

    def replace(self, kind: str, about: Iterable[uuid.UUID], rows: Iterable["Due"] = ()) -> None:
        """Let these wait, for whomever, in place of all that waits of this kind about the same things."""
        with lifted("tell"):
            self.filter(kind=kind, about__in=list(about)).delete()
            self.bulk_create(rows)

    def settle(
        self, member: Member, about: uuid.UUID, kinds: Iterable[str], person: Person | None = None
    ) -> None:
        """What waits in the member's couple does so no longer: for one person or both, of these kinds."""
        rows = self.filter(couple=member.couple, about=about, kind__in=kinds)
        if person is not None:
            rows = rows.filter(owner=person)
        with lifted("tell"):
            rows.delete()


class Due(Own):
    """One thing that waits for its owner: shown from ``shows_from``, meant for ``at``, gone after ``until`` (UTC)."""

    declared = Declaration(owner="person", export="never", deletion="with_owner")
    policies = staticmethod(of_due)

    couple = models.ForeignKey(Couple, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    about = models.UUIDField()
    at = models.DateTimeField()
    shows_from = models.DateTimeField()
    until = models.DateTimeField(default=NEVER)

    objects = DueQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "about"], name="due_once")]
        indexes = [
            models.Index(fields=["owner", "at"], name="due_owner_at"),
            models.Index(fields=["about"], name="due_about"),
        ]

    def __str__(self) -> str:
        return self.kind
