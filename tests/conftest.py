"""The cast, and what every test stands on."""

import copy
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import connection, transaction
from django.test import Client

from couples.core.couple import Couple, Member, Membership, member_for
from couples.core.keys import held_for
from couples.core.people import CONSENT, Person

PASSWORD = "a quiet evening in"


@dataclass
class Cast:
    """alex + sam and dana + kit are couples, robin is alone, ex has left alex."""

    alex: Person
    sam: Person
    dana: Person
    kit: Person
    robin: Person
    ex: Person
    ours: Couple
    theirs: Couple

    def member(self, name: str) -> Member:
        """The member that a person of the cast is now."""
        return member_for(getattr(self, name))


def person(name: str, **fields: object) -> Person:
    """Make a person who has been welcomed and has agreed."""
    day = dt.date(2020, 1, 1)
    agreed = {"welcomed_on": day, "consented_on": day, "consent_version": CONSENT}
    fields = {"time_zone": "Europe/Berlin", **agreed, **fields}
    return Person.objects.create_user(f"{name}@example.org", PASSWORD, name=name.capitalize(), **fields)


def link(first: Person, second: Person, **fields: object) -> Couple:
    """Make two people a couple."""
    couple = Couple.objects.create(**{"time_zone": "Europe/Berlin", **fields})
    for seat, one in enumerate((first, second), start=1):
        Membership.objects.create(couple=couple, person=one, seat=seat)
    return couple


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """At the end of all tests, end what threads of the servers that they ran still hold: the database is to be dropped."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            connection.close()


@pytest.fixture(autouse=True)
def _keys_at_hand():
    """Outside of requests, a test looks a key up once."""
    with held_for():
        yield


@pytest.fixture(autouse=True)
def _commits():
    """Let what waits for a commit happen at the end of a request, within a test's own transaction too."""

    def run(**_):
        if connection.connection is None or not connection.in_atomic_block:
            return
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for _sids, act, _robust in waiting:
            act()

    request_finished.connect(run)
    yield
    request_finished.disconnect(run)


@pytest.fixture
def mailing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let there be a mail server; what it would send is in ``django.core.mail.outbox``."""
    from tests.mailing import mail_server

    with mail_server(settings, monkeypatch):
        yield


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A world that stands for all tests of a module, built once: each test has a savepoint in its transaction.

    For tests that only look or undo what they do: ``usefixtures("standing")``, and ``cast`` and ``world`` are of it. Not
    for those that need another moment than now, or real commits.
    """
    from tests.world import build

    with django_db_blocker.unblock(), transaction.atomic():
        with held_for():
            made = build(everybody())
        connection.run_on_commit.clear()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def cast(request: pytest.FixtureRequest, db: None) -> Cast:
    """Everybody whom the tests are about."""
    return request.getfixturevalue("world").cast if "standing" in request.fixturenames else everybody()


def everybody() -> Cast:
    """Make all of the cast."""
    people = {name: person(name) for name in ("alex", "sam", "dana", "kit", "robin", "ex")}
    past = link(people["alex"], people["ex"], ended_on=dt.date(2021, 1, 1))
    Membership.objects.filter(couple=past).update(ended_on=dt.date(2021, 1, 1))
    ours = link(people["alex"], people["sam"], together_since=dt.date(2019, 2, 28))
    theirs = link(people["dana"], people["kit"])
    return Cast(**people, ours=ours, theirs=theirs)


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    """Return a client signed in as one of the cast (``""``: anonymous), without allauth's sign-in."""

    def as_(name: str = "") -> Client:
        client = Client()
        if name:
            client.force_login(
                getattr(cast, name), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        return client

    return as_


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> Any:
    """One of everything that alex and sam share, and one of everything that alex has alone."""
    from tests.world import build  # it imports the rooms, which want this cast

    if "standing" in request.fixturenames:
        # A copy, so that no test finds what another one did to the rows in memory.
        return copy.deepcopy(request.getfixturevalue("standing"))
    return build(request.getfixturevalue("cast"))
