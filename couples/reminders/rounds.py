"""One round of reminding: look at whoever's moment has come, claim, and then send, outside of any transaction."""

import datetime as dt
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connections
from django.db.models import Exists, OuterRef
from django.utils import timezone

from couples.core import wall
from couples.core.people import Person
from couples.core.reminding import KINDS, Channel
from couples.core.words import Broken
from couples.reminders import words
from couples.reminders.claims import Batch, is_worth, look, put_off, read
from couples.reminders.hours import until_quiet
from couples.reminders.mailing import Mails
from couples.reminders.models import Device, Hours
from couples.reminders.outcomes import Outcome
from couples.reminders.pushing import Pushes
from couples.reminders.ready import standing
from couples.reminders.subscriptions import Subscription

log = logging.getLogger(__name__)
MOST = 500
"""How many people one round looks at: the next one goes on."""


@dataclass
class Parcel:
    """A message, ready to leave: a mail, or what is pushed to each of the devices, and how long it is kept."""

    person: Person
    mail: EmailMessage | None = None
    payload: bytes = b""
    devices: dict[uuid.UUID, Subscription] | None = None
    kept: dt.timedelta = dt.timedelta()


def remind(stop: threading.Event | None = None) -> int:
    """Do one round, and return how many messages left. What goes wrong for one person stops nobody else's.

    Once ``stop`` is set, whoever is left is looked at by the next round.
    """
    if settings.MAINTENANCE:
        return 0
    welcome()
    mails, pushes, sent = Mails(), Pushes(), 0
    with wall.accounts():
        waiting = Hours.objects.to_look_at(timezone.now()).order_by("look_at")
        people = list(waiting.values_list("owner_id", "look_at")[:MOST])
    try:
        for pk, seen in people:
            if seen is None or (stop is not None and stop.is_set()):
                break
            try:
                sent += sum(deliver(batch, mails, pushes) for batch in look(pk, seen))
            except Exception as error:
                log.exception("Reminding somebody failed: %s", type(error).__name__)
    finally:
        mails.close()
    return sent


def welcome() -> None:
    """Give hours to whoever has none, where a kind is on for everybody who has chosen nothing, and something would go."""
    ways = {kind.default for kind in KINDS.values()} - {Channel.OFF}
    if not ways or (ways == {Channel.MAIL} and not settings.HAS_MAIL):
        return
    with wall.accounts():
        without = Person.objects.filter(~Exists(Hours.objects.filter(owner=OuterRef("pk"))))
        people = list(without.filter(consented_on__isnull=False)[:MOST])
    for person in people:
        with wall.person(person):
            Hours.objects.get_or_create(owner=person, defaults={"look_at": timezone.now()})


def deliver(batch: Batch, mails: Mails, pushes: Pushes) -> bool:
    """Send what was claimed, if it is still worth it. Whether it left."""
    parcel = pack(batch)
    if parcel is None:
        return False
    outcome = mails.send(parcel.mail) if parcel.mail is not None else push(parcel, pushes)
    if outcome is Outcome.REFUSED:
        put_off(batch, parcel.person)
    return outcome is Outcome.SENT


def pack(batch: Batch) -> Parcel | None:
    """Look once more, after the claim: what was called off, done or seen meanwhile is not sent. None for nothing."""
    person = read(batch.person)
    if person is None:
        return None
    with wall.person(person) as member:
        hours = Hours.objects.get(owner=person)
        stands = standing(member, hours)
        kinds = {row.kind for row in batch.rows if is_worth(row, stands)}
        if stands.wait is not None or not kinds:
            return None
        if batch.channel == Channel.MAIL:
            return Parcel(person, mail=words.mail(person, *kinds))
        kept = until_quiet(member.now, person.zone, hours.begins, hours.ends)
        return Parcel(person, payload=words.payload(person), devices=devices(person), kept=kept)


def devices(person: Person) -> dict[uuid.UUID, Subscription]:
    """The devices of a person, who is let in, that may be pushed to."""
    found = {}
    for device in Device.objects.filter(owner=person):
        try:
            found[device.pk] = Subscription.of(device.subscription)
        except (ValueError, Broken) as error:
            log.warning("A device can't be reminded: %s", type(error).__name__)
    return found


def push(parcel: Parcel, pushes: Pushes) -> Outcome:
    """Push to each device. Reminded once is enough: only where nobody can have been is it tried again."""
    there = parcel.devices or {}
    outcomes = {pk: pushes.send(one, parcel.payload, parcel.kept) for pk, one in there.items()}
    gone = [pk for pk, outcome in outcomes.items() if outcome is Outcome.GONE]
    if gone:
        with wall.person(parcel.person):
            Device.objects.filter(pk__in=gone).delete()
    found = set(outcomes.values())
    order = (Outcome.SENT, Outcome.UNCERTAIN, Outcome.REFUSED)
    return next((outcome for outcome in order if outcome in found), Outcome.FAILED)


def keep_on(every: float, stop: threading.Event, after: Callable[[], None] = lambda: None) -> None:
    """Do a round every so many seconds until ``stop`` is set. A database that is away is waited for."""
    while not stop.is_set():
        try:
            remind(stop)
            after()
        except Exception as error:
            log.exception("A round of reminders failed: %s", type(error).__name__)
        finally:
            connections.close_all()
        stop.wait(every)
