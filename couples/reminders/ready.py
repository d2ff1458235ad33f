"""What there is to remind a person of at this moment, and whether they may be reminded now at all."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.conf import settings

from couples.core.couple import Member
from couples.core.due import Due
from couples.core.news import News
from couples.core.people import Person
from couples.core.reminding import KINDS, Channel, ReminderKind, silent_until
from couples.reminders.hours import DAY, quiet_until
from couples.reminders.models import Device, Hours, Reminder
from couples.reminders.reminding import NEW

Things = dict[str, set[str]]
"""Of each kind, the keys of what a person may be reminded of."""


@dataclass(frozen=True)
class Standing:
    """How it stands for one person: nothing may be sent before ``wait``; ``things`` are of kinds that are on.

    ``channels`` says how of every kind: off as well where nothing would arrive. ``is_on``: whether any is wanted, so that
    this person is looked at again: while there is no mail server, too.
    """

    is_on: bool
    wait: dt.datetime | None
    channels: dict[str, Channel] = field(default_factory=dict)
    things: Things = field(default_factory=dict)


def kinds() -> list[ReminderKind]:
    """Every kind there is; what belongs to no room first."""
    return [NEW, *(kind for kind in KINDS.values() if kind is not NEW)]


def wanted(person: Person) -> dict[str, Channel]:
    """How this person wants to be reminded of each kind, whether or not there is a mail server now."""
    rows = dict(Reminder.objects.filter(owner=person).values_list("kind", "channel"))
    return {kind.slug: Channel(rows.get(kind.slug, kind.default)) for kind in kinds()}


def chosen(person: Person) -> dict[str, Channel]:
    """How this person is reminded of each kind. E-mail is off where there is no mail server."""
    return _here(wanted(person))


def _here(found: dict[str, Channel]) -> dict[str, Channel]:
    if settings.HAS_MAIL:
        return found
    return {slug: Channel.OFF if way == Channel.MAIL else way for slug, way in found.items()}


def is_any(found: dict[str, Channel]) -> bool:
    """Whether anything is on."""
    return any(way != Channel.OFF for way in found.values())


def arriving(person: Person) -> set[Channel]:
    """The ways by which something would arrive: an address that is confirmed, a device."""
    found = set()
    if EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists():
        found.add(Channel.MAIL)
    if Device.objects.filter(owner=person).exists():
        found.add(Channel.PUSH)
    return found


def standing(member: Member, hours: Hours) -> Standing:
    """Return how it stands for a member, who is let in."""
    person = member.person
    wants = wanted(person)
    is_on, goes = is_any(wants), _here(wants)
    if not is_any(goes) or not person.agreed or not person.is_active:
        return Standing(is_on, member.now + DAY)
    wait = quiet_until(member.now, person.zone, hours.begins, hours.ends) or silent_until(member)
    if wait is not None:
        return Standing(is_on, wait)
    ways = arriving(person)
    channels = {slug: way if way in ways else Channel.OFF for slug, way in goes.items()}
    on = {slug for slug, way in channels.items() if way != Channel.OFF}
    return Standing(is_on, None, channels, things(member, on))


def things(member: Member, on: set[str]) -> Things:
    """What a member may be reminded of, of the kinds that are on. Two queries, and one a kind that comes round."""
    found: Things = defaultdict(set)
    for slug, key in (*_due(member, on), *_news(member, on), *_coming(member, on)):
        found[slug].add(key)
    return dict(found)


def _due(member: Member, on: set[str]) -> Iterator[tuple[str, str]]:
    wanted = [(kind, kind.due) for kind in kinds() if kind.due is not None and kind.slug in on]
    if not wanted:
        return
    rows = Due.objects.visible_to(member).filter(kind__in={due.slug for _kind, due in wanted})
    for slug, about, at in rows.values_list("kind", "about", "at"):
        for kind, due in wanted:
            if due.slug == slug and _is_its_day(kind, at, member):
                yield kind.slug, f"{about}@{at.astimezone(dt.UTC):%Y%m%dT%H%M}"


def _is_its_day(kind: ReminderKind, at: dt.datetime, member: Member) -> bool:
    """Whether what is meant for ``at`` is worth a reminder today."""
    zone = member.zone if kind.whole_day else member.person.zone
    apart = (member.now.astimezone(zone).date() - at.astimezone(zone).date()).days
    return kind.days[0] <= apart <= kind.days[1]


def _news(member: Member, on: set[str]) -> Iterator[tuple[str, str]]:
    """News counts once: what waited for today as that, where that kind is on, and else as something new."""
    opening = {kind.opens.slug: kind.slug for kind in kinds() if kind.opens is not None and kind.slug in on}
    if not opening and NEW.slug not in on:
        return
    rows = News.objects.visible_to(member).values_list("pk", "kind", "opens_on", "waited")
    for pk, kind, opens_on, waited in rows:
        if waited and opens_on == member.today and kind in opening:
            yield opening[kind], str(pk)
        elif NEW.slug in on:
            yield NEW.slug, str(pk)


def _coming(member: Member, on: set[str]) -> Iterator[tuple[str, str]]:
    """What comes round by itself, and has come."""
    for kind in kinds():
        if kind.slug in on and kind.comes is not None and (key := kind.comes(member)):
            yield kind.slug, key


def of_news() -> set[str]:
    """The kinds of reminder whose keys are ids of news."""
    return {kind.slug for kind in kinds() if kind.due is None and kind.comes is None}
