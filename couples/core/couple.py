"""Couple and Membership: who shares a space, and the member that a request acts as."""

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from couples.core.declared import Declaration
from couples.core.keys import Held, folded_sql, unfold
from couples.core.people import Person, zone_of
from couples.core.policies import of_couples, of_seats
from couples.core.weeks import ANCHOR, USUAL, Rhythm, Week, week_of

M = TypeVar("M", bound=models.Model)
ZONE_HOLDS = dt.timedelta(days=2)
SAID_FOR = dt.timedelta(days=30)
"""How long somebody alone is told that the space they shared has closed."""


class Couple(models.Model):
    """The space of two people. It has no owner and no admin."""

    declared = Declaration(
        owner="couple",
        export="seen",
        deletion="with_couple",
        versions=("together_since", "time_zone", "week_from", "week_days"),
    )
    policies = staticmethod(of_couples)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    time_zone = models.CharField(_("the couple’s time zone"), max_length=64, default="UTC")
    together_since = models.DateField(_("together since"), null=True, blank=True)
    since = models.DateField(default=dt.date.today)
    ended_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    former_zone = models.CharField(max_length=64, blank=True, default="")
    zone_changed_at = models.DateTimeField(null=True, blank=True)
    week_from = models.DateField(_("check-ins counted from"), default=ANCHOR)
    week_days = models.PositiveSmallIntegerField(_("days between check-ins"), default=USUAL)
    former_week_from = models.DateField(default=ANCHOR)
    former_week_days = models.PositiveSmallIntegerField(default=USUAL)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def rhythm(self) -> Rhythm:
        """How their weeks are counted, perhaps only from a day to come on."""
        return Rhythm(self.week_from, self.week_days)

    @property
    def former_rhythm(self) -> Rhythm:
        """How their weeks were counted before that."""
        return Rhythm(self.former_week_from, self.former_week_days)

    def week_of(self, day: dt.date) -> Week:
        """The week of theirs that a day lies in."""
        return week_of(day, self.rhythm, self.former_rhythm)

    @cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The couple's time zone, in which *from a day on* is counted."""
        return zone_of(self.time_zone)

    def day(self, now: dt.datetime) -> dt.date:
        """The day it is for the couple at ``now`` (UTC).

        For two days after a change of zone it is the earlier of both zones' days: nobody opens what is sealed until
        a day by moving the couple east.
        """
        today = now.astimezone(self.zone).date()
        if self.zone_changed_at is not None and now < self.zone_changed_at + ZONE_HOLDS:
            return min(today, now.astimezone(zone_of(self.former_zone)).date())
        return today

    def move(self, zone: str, now: dt.datetime) -> None:
        """Change the time zone at ``now`` (UTC). Does not save. Within the hold the westernmost zone is kept."""
        held = [self.time_zone]
        if self.zone_changed_at is not None and now < self.zone_changed_at + ZONE_HOLDS:
            held.append(self.former_zone)
        self.former_zone = min(held, key=lambda name: now.astimezone(zone_of(name)).replace(tzinfo=None))
        self.zone_changed_at = now
        self.time_zone = zone
        self.__dict__.pop("zone", None)


class Membership(models.Model):
    """A person's seat in a couple. Two seats a couple, one open seat a person: the database holds both."""

    declared = Declaration(owner="couple", export="seen", deletion="with_owner")
    policies = staticmethod(of_seats)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    seat = models.PositiveSmallIntegerField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["couple", "seat"], name="membership_one_person_a_seat"),
            models.CheckConstraint(condition=Q(seat__in=(1, 2)), name="membership_two_seats"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on__isnull=True), name="membership_one_open_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.couple_id}/{self.seat}"


@dataclass(frozen=True)
class Member:
    """The person a request acts for, with the couple and the partner if there are any.

    ``now`` is UTC; ``today`` is the day it is in the couple's time zone (alone: in the person's).
    """

    person: Person
    couple: Couple | None
    partner: Person | None
    now: dt.datetime
    today: dt.date
    keys: tuple[Held, ...] = field(default=(), repr=False, compare=False)

    @cached_property
    def closed(self) -> Membership | None:
        """Of somebody alone, the seat that ended in the last 30 days. Only its day is to be shown, never by whom."""
        if self.couple is not None:
            return None
        ended = Membership.objects.filter(person=self.person, ended_on__gte=self.today - SAID_FOR)
        return ended.order_by("-ended_on").first()

    @cached_property
    def week(self) -> Week:
        """The week it is, of the couple or, alone, of the person."""
        return self.couple.week_of(self.today) if self.couple else Rhythm().week(self.today)

    @property
    def owners(self) -> list[uuid.UUID]:
        """Whose words this member may read: the person's own, and the couple's."""
        return [self.person.pk, self.couple.pk] if self.couple else [self.person.pk]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone in which days are counted for this member."""
        return self.couple.zone if self.couple else self.person.zone


# In the order of the fields: ``from_db`` wants it so.
_COUPLE = (
    "id",
    "time_zone",
    "together_since",
    "since",
    "ended_on",
    "version",
    "former_zone",
    "zone_changed_at",
    "week_from",
    "week_days",
    "former_week_from",
    "former_week_days",
)
_PARTNER = ("id", "email", "name", "time_zone", "language")
# The day of Couple.day, or, of somebody alone, the person's.
_DAY = """(CASE
    WHEN c.id IS NULL THEN wall_day(me.time_zone, %s)
    WHEN %s < c.zone_changed_at + interval '2 days' THEN least(wall_day(c.time_zone, %s), wall_day(c.former_zone, %s))
    ELSE wall_day(c.time_zone, %s)
END)::text"""


@cache
def _seats_sql() -> str:
    """The couple of a person, the one on the other seat, and the keys of person and couple.

    Every page asks it, and the ORM takes ten times as long. Of somebody alone the columns of couple and partner are null.
    """
    return _seats("NULL", "couples_couple c ON c.id = mine.couple_id")


@cache
def _let_in_sql() -> str:
    """The same on PostgreSQL, and in the same breath the person is let in behind the wall.

    The couple is read after its id is set, since it is looked up by what set_config returned (OFFSET keeps
    that order); the columns, and so the day and the keys, come last.
    """
    opened = """LATERAL (
        SELECT set_config('app.couple', coalesce(mine.couple_id::text, ''), true) AS couple,
            set_config('app.person', me.id::text, true),
            set_config('app.session', %s, true), set_config('app.act', %s, true) OFFSET 0
    ) opened ON true"""
    ours = "LATERAL (SELECT * FROM couples_couple x WHERE x.id = nullif(opened.couple, '')::uuid OFFSET 0) c ON true"
    day = f"set_config('app.today', {_DAY}, true)"
    return _seats(day, f"{opened} LEFT JOIN {ours}")


def _seats(day: str, couple: str) -> str:
    columns = [*(f"c.{name}" for name in _COUPLE), *(f"p.{name}" for name in _PARTNER)]
    return _SEATS.format(columns=", ".join([*columns, day, folded_sql(connection.vendor)]), couple=couple)


_SEATS = """
    SELECT {columns} FROM couples_person me
    LEFT JOIN couples_membership mine ON mine.person_id = me.id AND mine.ended_on IS NULL
    LEFT JOIN {couple}
    LEFT JOIN couples_membership other
        ON other.couple_id = c.id AND other.person_id <> me.id AND other.ended_on IS NULL
    LEFT JOIN couples_person p ON p.id = other.person_id
    WHERE me.id = %s
"""


def _aware(value: Any) -> Any:
    """SQLite stores moments without their zone, which is UTC."""
    naive = isinstance(value, dt.datetime) and value.tzinfo is None
    return value.replace(tzinfo=dt.UTC) if naive else value


def _from_row(model: type[M], names: tuple[str, ...], values: Sequence[Any]) -> M:
    fields = [uuid.UUID(str(values[0])), *(_aware(value) for value in values[1:])]
    return model.from_db(DEFAULT_DB_ALIAS, names, fields)


def member_for(person: Person, let_in: tuple[str, str] | None = None) -> Member:
    """Return the member that this person is right now: one query, nothing remembered between requests.

    ``let_in`` (a session's key and an act, either may be empty) lets the person in behind the wall with the same
    query, on PostgreSQL alone: see ``couples.core.wall``.
    """
    now = timezone.now()
    pk = Person._meta.pk.get_db_prep_value(person.pk, connection)
    with connection.cursor() as cursor:
        if let_in is None:
            cursor.execute(_seats_sql(), [pk])
        else:
            cursor.execute(_let_in_sql(), [*[now] * 5, *let_in, pk])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        alone = tuple(unfold(row[-1], person.pk, None)) if row else ()
        return Member(person, None, None, now, now.astimezone(person.zone).date(), alone)
    couple = _from_row(Couple, _COUPLE, row[: len(_COUPLE)])
    other = row[len(_COUPLE) : len(_COUPLE) + len(_PARTNER)]
    keys = tuple(unfold(row[-1], person.pk, couple.pk))
    partner = _from_row(Person, _PARTNER, other) if other[0] is not None else None
    return Member(person, couple, partner, now, couple.day(now), keys)
