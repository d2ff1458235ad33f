"""The sessions of a person: which are open, and how they end. They are known by browser and by day, never by address."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from couples.core import live
from couples.core.doors import signed_out
from couples.core.people import Person
from couples.core.wall import lifted, renewed


@dataclass(frozen=True)
class Sitting:
    """An open session: an id for addresses, the browser's long name of itself, the day it was begun (None: unknown)."""

    key: str
    agent: str
    day: dt.date | None
    here: bool


def public_key(session_key: str) -> str:
    """Return what an address may carry of a session's key: it opens nothing, and tells of no other session."""
    return salted_hmac("couples.space.sessions", session_key).hexdigest()[:32]


def sittings(request: HttpRequest, person: Person) -> list[Sitting]:
    """Return the open sessions of a person, this one first, then the newest. Two queries, however many there are."""
    rows = list(UserSession.objects.filter(user=person).order_by("-created_at", "-pk"))
    alive = _alive([row.session_key for row in rows], person)
    here = request.session.session_key or ""
    found = [
        Sitting(
            public_key(row.session_key),
            row.user_agent,
            timezone.localtime(row.created_at).date(),
            row.session_key == here,
        )
        for row in rows
        if row.session_key in alive
    ]
    if not any(one.here for one in found):
        found.append(Sitting(public_key(here), request.META.get("HTTP_USER_AGENT", ""), None, here=True))
    return sorted(found, key=lambda one: not one.here)


def _alive(keys: list[str], person: Person) -> set[str]:
    """Those of the keys whose session would still let this person in: not ended, not too old, of the present round."""
    wanted, now = person.get_session_auth_hash(), timezone.now()
    alive = set()
    for session in Session.objects.filter(pk__in=keys, expire_date__gt=now):
        data: dict[str, Any] = session.get_decoded()
        same = data.get(SESSION_KEY) == str(person.pk)
        if same and constant_time_compare(data.get(HASH_SESSION_KEY, ""), wanted):
            alive.add(session.pk)
    return alive


@transaction.atomic
def end_one(person: Person, key: str) -> bool:
    """End the session of this person with this public key. False where there is none."""
    found = [one for one in _keys(person) if constant_time_compare(public_key(one), key)]
    _drop(found)
    live.look_again(person.pk)
    signed_out.send(Session, person=person, keys=found, request=None)
    return bool(found)


def has(person: Person, key: str) -> bool:
    """Whether a session of this person has this public key."""
    return any(constant_time_compare(public_key(one), key) for one in _keys(person))


@transaction.atomic
def end_all(person: Person) -> None:
    """End every session of a person, whoever has it: each is signed out at its next request."""
    _next_round(person)
    _drop(_keys(person))
    signed_out.send(Session, person=person, keys=None, request=None)


@transaction.atomic
def end_others(request: HttpRequest, person: Person) -> None:
    """End every session of a person but the one that asks, which goes on under a new key."""
    former = request.session.session_key
    _next_round(person)
    with lifted("accounts"):  # the new key is nobody's yet
        update_session_auth_hash(request, person)
        mine = request.session.session_key or ""
        UserSession.objects.filter(user=person, session_key=former).update(session_key=mine)
    renewed(mine)
    _drop([key for key in _keys(person) if key != mine])
    signed_out.send(Session, person=person, keys=None, request=request)


def _next_round(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    live.look_again(person.pk)
    person.refresh_from_db(fields=["session_round", "password"])


def _keys(person: Person) -> list[str]:
    return list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))


def _drop(keys: list[str]) -> None:
    Session.objects.filter(pk__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
