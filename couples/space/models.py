"""Invitations: how two people come to share a space. Consent: that what one writes may be kept."""

import datetime as dt
import hashlib
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from couples.core import live
from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.people import AddressField, Person
from couples.core.policies import of_invitations
from couples.core.shared import Base, Own, OwnQuerySet

LASTS = dt.timedelta(days=7)
KEPT = dt.timedelta(days=30)


class Stage(models.TextChoices):
    """Where an invitation stands. It is alive while open or claimed, and not expired."""

    UNSENT = "unsent"
    OPEN = "open"
    CLAIMED = "claimed"
    LINKED = "linked"
    DECLINED = "declined"
    REVOKED = "revoked"


ALIVE = (Stage.OPEN, Stage.CLAIMED)


def fingerprint(token: str) -> str:
    """Return what is stored of a token: its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def visible_to(self, member: Member) -> Self:
        """Those that the member made, and those that the member has said yes to."""
        return self.filter(Q(inviter=member.person) | Q(claimed_by=member.person))

    def alive(self, now: dt.datetime) -> Self:
        """Those that can still lead to a space; ``now`` is UTC."""
        return self.filter(stage__in=ALIVE, expires_at__gt=now)

    def of_token(self, token: str) -> "Invitation | None":
        """Return the invitation of a token with its inviter, or None for one that was never sent."""
        rows = self.filter(token_hash=fingerprint(token)).exclude(stage=Stage.UNSENT)
        return rows.select_related("inviter").first()

    def end(self, stage: Stage) -> int:
        """End the open and claimed ones among these and forget where they went. Returns how many."""
        return self.filter(stage__in=ALIVE).update(stage=stage, email="")

    def end_all_of(self, *people: Person) -> None:
        """Nobody can link any more by what these people sent or said yes to."""
        ending = self.filter(Q(inviter__in=people) | Q(claimed_by__in=people), stage__in=ALIVE)
        others = {one for pair in ending.values_list("inviter_id", "claimed_by_id") for one in pair}
        ending.end(Stage.REVOKED)
        live.linked(*others - {person.pk for person in people})


class Invitation(Base):
    """One person's wish to share a space with another, good for seven days and one use.

    ``email`` binds it to an account that has verified this address; blank, it is a link, which the inviter
    confirms once somebody has claimed it. Only the fingerprint of its token is kept, and no address once it
    has ended.
    """

    declared = Declaration(owner="person", sees="named", export="never", deletion="with_either")
    policies = staticmethod(of_invitations)

    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    email = AddressField(blank=True, default="")
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.OPEN)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inviter"],
                condition=Q(stage__in=ALIVE, email=""),
                name="invitation_one_link_a_person",
            ),
            models.UniqueConstraint(
                fields=["inviter"],
                condition=Q(stage__in=ALIVE) & ~Q(email=""),
                name="invitation_one_mail_a_person",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | ~Q(claimed_by=F("inviter")),
                name="invitation_takes_two",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.CLAIMED) | Q(claimed_by__isnull=False),
                name="invitation_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.OPEN) | Q(claimed_by__isnull=True), name="invitation_open_to_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.stage}"

    def is_alive(self, now: dt.datetime) -> bool:
        """Whether it can still lead to a space; ``now`` is UTC."""
        return self.stage in ALIVE and self.expires_at > now

    def is_open(self, now: dt.datetime) -> bool:
        """Whether nobody has said yes or no to it yet, and it isn't too late; ``now`` is UTC."""
        return self.stage == Stage.OPEN and self.expires_at > now


class Consent(Own):
    """That its owner agreed to a version of what the welcome says, and until when: both by day.

    What counts today stands on the person; this is the record of it (GDPR art. 7(1)).
    """

    declared = Declaration(owner="person", export="self", deletion="with_owner")

    version = models.PositiveSmallIntegerField()
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "version"], condition=Q(withdrawn_on__isnull=True), name="consent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.given_on}"
