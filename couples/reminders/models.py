"""How a person is reminded, when not, where, and of what they have been. All of it is only theirs."""

import datetime as dt
import hashlib
from typing import Any

from django.db import models
from django.db.models import Q

from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.policies import of_looks
from couples.core.reminding import Channel
from couples.core.shared import Own, OwnQuerySet

EVENING, MORNING = dt.time(21), dt.time(8)
FAR = dt.timedelta(days=2)
"""Nobody is looked at that late: a time beyond was set by a clock that was wrong."""


class Reminder(Own):
    """How its owner is reminded of one kind. Without a row it is the kind's default."""

    declared = Declaration(owner="person", export="self", deletion="with_owner")

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=4, choices=Channel.choices)

    objects: Any = OwnQuerySet["Reminder"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "kind"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"


class HoursQuerySet(OwnQuerySet["Hours"]):
    """Whose hours it is time to look at."""

    def to_look_at(self, now: dt.datetime) -> "HoursQuerySet":
        """Those whose moment has come, and those that a wrong clock has put off for too long."""
        return self.filter(Q(look_at__lte=now) | Q(look_at__gt=now + FAR))


class Hours(Own):
    """When its owner wants to hear nothing (by their own clock; none where both are empty), and when to look next.

    ``look_at`` is empty while everything is off; ``told_at`` is when they were last told that there is something new.
    """

    declared = Declaration(owner="person", export="self", deletion="with_owner")
    policies = staticmethod(of_looks)

    begins = models.TimeField(null=True, blank=True, default=EVENING)
    ends = models.TimeField(null=True, blank=True, default=MORNING)
    look_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    objects: Any = HoursQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner"], name="hours_once"),
            models.CheckConstraint(
                condition=Q(begins__isnull=True, ends__isnull=True)
                | Q(begins__isnull=False, ends__isnull=False),
                name="hours_both_or_none",
            ),
        ]
        indexes = [models.Index(fields=["look_at"], name="hours_look_at")]

    def __str__(self) -> str:
        return str(self.pk)


class Device(Own):
    """A browser that shows its owner’s reminders.

    ``subscription`` is what that browser said (JSON: endpoint, p256dh, auth), encrypted, since whoever has it can make
    the browser ring; ``mark`` tells one browser from another, and belongs to one account at a time. ``session`` is
    the mark of the sign-in that it goes with.
    """

    declared = Declaration(owner="person", export="never", deletion="with_owner")

    mark = models.CharField(max_length=64, unique=True)
    subscription = PrivateTextField()
    agent = models.CharField(max_length=300, blank=True, default="")
    session = models.CharField(max_length=64, blank=True, default="")
    since = models.DateField()

    objects: Any = OwnQuerySet["Device"].as_manager()

    def __str__(self) -> str:
        return str(self.pk)


def mark_of(endpoint: str) -> str:
    """Return what tells a browser from others, and opens nothing."""
    return hashlib.sha256(endpoint.encode("utf-8", "surrogatepass")).hexdigest()


class Sending(Own):
    """That its owner was, or is about to be, reminded of one thing. There is one a thing, so nobody is told twice.

    It is made, and committed, before anything is sent. ``key`` is the id of news, or of what waits with its moment.
    ``next_at`` is set while a certain refusal waits for another try; else nothing more will be done.
    """

    declared = Declaration(owner="person", export="never", deletion="with_owner")

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    claimed_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField(null=True)

    objects: Any = OwnQuerySet["Sending"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "key"], name="sending_once")]
        indexes = [
            models.Index(fields=["owner"], condition=Q(next_at__isnull=False), name="sending_put_off"),
            models.Index(fields=["owner", "key"], name="sending_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"
