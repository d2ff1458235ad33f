"""Claimed, then sent: a thing that somebody is reminded of gets a row of its own, committed before anything leaves.

Whatever happens after that, a crash, a second scheduler, a clock that jumps, nobody is reminded of it again.
"""

import datetime as dt
import logging
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from couples.core import wall
from couples.core.couple import Member
from couples.core.news import News
from couples.core.people import Person
from couples.core.reminding import Channel
from couples.reminders.models import Hours, Sending
from couples.reminders.ready import Standing, of_news, standing
from couples.reminders.reminding import NEW

log = logging.getLogger(__name__)
LOOK = dt.timedelta(minutes=10)
"""How often somebody with a reminder on is looked at."""
REST = dt.timedelta(hours=2)
"""How long somebody is left alone at most: meanwhile they may have gone to another time zone."""
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (10, 30, 60, 180, 360))
GIVEN_UP = dt.timedelta(days=1)
BETWEEN = dt.timedelta(hours=12)
"""Between two that say there is something new: at most one a day, whatever zone a day is counted in."""


@dataclass(frozen=True)
class Batch:
    """What is sent as one message, by one way: all that was found for a person at one look."""

    person: uuid.UUID
    channel: Channel
    rows: tuple[Sending, ...]


def read(pk: uuid.UUID) -> Person | None:
    """The person as they are now."""
    with wall.accounts():
        return Person.objects.filter(pk=pk).first()


def look(pk: uuid.UUID, seen: dt.datetime) -> list[Batch]:
    """Look at a person whose moment was ``seen`` and claim what they are to be reminded of. Of two who look, one does."""
    person = read(pk)
    if person is None:
        return []
    with wall.person(person) as member, transaction.atomic():
        mine = Hours.objects.filter(owner=person)
        if not mine.filter(look_at=seen).update(look_at=member.now + LOOK):
            return []
        hours = mine.get()
        stands = standing(member, hours)
        if stands.wait is not None:
            mine.update(look_at=min(stands.wait, member.now + REST) if stands.is_on else None)
            return []
        rows = [*_again(member, stands), *_claim(member, hours, stands)]
    return [
        Batch(pk, way, some)
        for way in (Channel.MAIL, Channel.PUSH)
        if (some := tuple(row for row in rows if row.channel == way))
    ]


def _claim(member: Member, hours: Hours, stands: Standing) -> list[Sending]:
    """Make the rows of what nobody has claimed yet."""
    claimed = _claimed(member, set().union(*stands.things.values()))
    rows = []
    for slug, keys in sorted(stands.things.items()):
        fresh = {key for key in keys if (slug, key) not in claimed and key not in claimed}
        if fresh and slug == NEW.slug:
            if not _may_tell(member, hours):
                continue
            Hours.objects.filter(pk=hours.pk).update(told_at=member.now)
        made = (_made(member, slug, key, stands.channels[slug]) for key in sorted(fresh))
        rows += [row for row in made if row is not None]
    return rows


def _claimed(member: Member, keys: set[str]) -> set[str | tuple[str, str]]:
    """What of this was claimed for a member: kind and key, and of news the key alone. Of news that is gone it is forgotten."""
    kinds = of_news()
    mine = Sending.objects.filter(Q(key__in=keys) | Q(kind__in=kinds), owner=member.person)
    rows = list(mine.values_list("kind", "key", "next_at"))
    told = {key for kind, key, next_at in rows if kind in kinds and next_at is None}
    if told:
        there = {str(pk) for pk in News.objects.filter(owner=member.person).values_list("pk", flat=True)}
        gone = Sending.objects.filter(owner=member.person, kind__in=kinds, key__in=told - there)
        gone.filter(next_at=None).delete()
    news = {key for kind, key, _next_at in rows if kind in kinds}
    return {*((kind, key) for kind, key, _next_at in rows), *news}


def _may_tell(member: Member, hours: Hours) -> bool:
    """Whether they weren't told today yet that there is something new."""
    told, zone = hours.told_at, member.person.zone
    if told is None:
        return True
    same_day = told.astimezone(zone).date() == member.now.astimezone(zone).date()
    return not same_day and not member.now - BETWEEN < told <= member.now


def _made(member: Member, kind: str, key: str, channel: Channel) -> Sending | None:
    """The row of one thing, or None where somebody else has made it: the database decides."""
    row = Sending(owner=member.person, kind=kind, key=key, channel=channel, claimed_at=member.now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    return row


def _again(member: Member, stands: Standing) -> list[Sending]:
    """Take up what a certain refusal has put off, if it is still worth it and less than a day old."""
    now, again = member.now, []
    late = Q(next_at__lte=now) | Q(next_at__gt=now + GIVEN_UP)
    for row in Sending.objects.filter(late, owner=member.person):
        # Whatever comes of it, it is no longer put off: who breaks off here loses it.
        if not Sending.objects.filter(pk=row.pk, next_at=row.next_at).update(
            next_at=None, tries=F("tries") + 1
        ):
            continue
        row.tries += 1
        if not row.claimed_at <= now < row.claimed_at + GIVEN_UP:
            log.warning("A reminder was given up after a day.")
        elif is_worth(row, stands):
            again.append(row)
    return again


def is_worth(row: Sending, stands: Standing) -> bool:
    """Whether what was claimed is still there to be reminded of, by the same way."""
    return row.key in stands.things.get(row.kind, ()) and stands.channels.get(row.kind) == row.channel


def put_off(batch: Batch, person: Person) -> None:
    """It was certainly refused: try again later. Given up where a day would be over."""
    with wall.person(person):
        for row in batch.rows:
            at = timezone.now() + BACK_OFF[min(row.tries, len(BACK_OFF)) - 1]
            if at < row.claimed_at + GIVEN_UP:
                Sending.objects.filter(pk=row.pk).update(next_at=at)
            else:
                log.warning("A reminder was given up after a day.")
