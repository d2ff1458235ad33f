"""Practice done: what the two did together, by days. Weeks that had something in them are drawn from it.

A room says ``done(member, "notes")`` in the transaction of an act that both see. It holds no words and no hours.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models

from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.shared import Ours, OursQuerySet, Own, OwnQuerySet
from couples.core.weeks import filled, first_shown

STEP = "step:"
"""Before the slug of a small step that they said they did; a room's name stands as it is."""


class DoneQuerySet(OursQuerySet["Done"]):
    """What a couple did."""

    def weeks(self, member: Member, what: Iterable[str] | None = None) -> list[int]:
        """The last 26 calendar weeks, oldest first: 0 for nothing, 1 for a day with something, 2 for more days.

        ``what``: only these; else everything.
        """
        since = first_shown(member.today)
        rows = self.visible_to(member).filter(day__gte=since, day__lte=member.today)
        if what is not None:
            rows = rows.filter(what__in=list(what))
        return filled(rows.order_by().values_list("day", flat=True).distinct(), member.today)


class Done(Ours):
    """That the two did something on a day (theirs): by which room, or which small step. Once a day is enough."""

    declared = Declaration(owner="couple", export="seen", deletion="with_couple")

    day = models.DateField()
    what = models.CharField(max_length=60)

    objects: Any = DoneQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["couple", "day", "what"], name="done_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.what}"


class DoneAlone(Own):
    """That a person did something that the other can't see, or can't see yet: it ticks the step for them alone."""

    declared = Declaration(owner="person", export="self", deletion="with_owner")

    day = models.DateField()
    what = models.CharField(max_length=60)

    objects: Any = OwnQuerySet["DoneAlone"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "day", "what"], name="done_alone_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.what}"


def done(member: Member, what: str) -> None:
    """They did something that both see, today. In the caller's transaction; twice is once. Alone it is nothing.

    The act itself tells the partner's pages: those that show what was done follow its room.
    """
    if member.couple is not None:
        Done.objects.get_or_create(couple=member.couple, day=member.today, what=what)


def done_alone(member: Member, what: str) -> None:
    """One did something today that the other can't tell. In the caller's transaction; twice is once."""
    if member.couple is not None:
        DoneAlone.objects.get_or_create(owner=member.person, day=member.today, what=what)
