"""What a person sets: how they are reminded of what, and when not."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from couples.core import wall
from couples.core.couple import Member
from couples.core.people import Person
from couples.core.reminding import Channel
from couples.reminders.models import EVENING, MORNING, Hours, Reminder
from couples.reminders.ready import chosen, is_any, wanted


@dataclass(frozen=True)
class Quiet:
    """Quiet hours: from when until when, both empty for none."""

    begins: dt.time | None = EVENING
    ends: dt.time | None = MORNING


@transaction.atomic
def save(member: Member, channels: Mapping[str, Channel], quiet: Quiet) -> None:
    """Keep what a member has chosen. What hasn't changed from what holds anyway makes no row."""
    before = chosen(member.person)
    for kind, channel in channels.items():
        if channel != before.get(kind):
            _set(member.person, kind, channel)
    hours = {"begins": quiet.begins, "ends": quiet.ends}
    Hours.objects.update_or_create(owner=member.person, defaults=hours)
    wake(member.person)


def wake(person: Person) -> None:
    """Look at this person, who is let in, with the next round; never again while everything is off."""
    look_at = timezone.now() if is_any(wanted(person)) else None
    Hours.objects.update_or_create(owner=person, defaults={"look_at": look_at})


def _set(person: Person, kind: str, channel: Channel) -> None:
    Reminder.objects.update_or_create(owner=person, kind=kind, defaults={"channel": channel})


def turn_off(pk: uuid.UUID, kinds: Iterable[str]) -> bool:
    """Turn these kinds of somebody's off, for whoever has its link. Twice is safe. False where there is no such person."""
    with wall.accounts():
        person = Person.objects.filter(pk=pk).first()
    if person is None:
        return False
    with wall.person(person), transaction.atomic():
        for kind in kinds:
            _set(person, kind, Channel.OFF)
    return True
