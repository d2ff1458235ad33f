"""Who a transaction on PostgreSQL runs for: the other half of ``couples.core.policies``. There is no wall on SQLite.

A request is one transaction (``WallMiddleware``) and is let in by ``let_in``. What runs outside a request says for
whom: ``person``, ``couple``, ``accounts``, ``house`` or ``export``. Settings are those of the transaction, never of the
connection, so nothing crosses to the next one, whatever pools lie between.

``person``, ``couple`` and ``export`` bring, on either database, the keys of those whose words are read, and no others.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from psycopg.pq import TransactionStatus

from couples.core import enforce, keys
from couples.core.couple import Couple, Member, Membership, member_for
from couples.core.people import Person

SETTINGS = ("person", "couple", "today", "act", "session", "leaver", "former")
EXPORT_LASTS = dt.timedelta(days=30)
ACCOUNT_PAGES = ("/accounts/", "/join/")
"""Pages of signing in and linking: rows of people not linked yet are touched."""
ASKS_NOTHING = ("/healthz", "/manifest.webmanifest", "/sw.js", "/offline/")


def stands() -> bool:
    """Whether there is a wall: on PostgreSQL alone."""
    return connection.vendor == "postgresql"


class WallMiddleware:
    """One transaction a request: session, view, template and all; an answer of 500 or more undoes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not stands() or needs_nothing(request):
            return self.get_response(request)
        with behind():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


def needs_nothing(request: HttpRequest) -> bool:
    """Whether this must be answered without the database, too: what asks nobody's session, and Help to a visitor."""
    visitor = settings.SESSION_COOKIE_NAME not in request.COOKIES
    return request.path_info in ASKS_NOTHING or (visitor and request.path_info.startswith("/help/"))


@contextmanager
def behind(**said: str) -> Iterator[None]:
    """A transaction that says this of itself (names as in ``SETTINGS``); within another one, what held before holds again."""
    if not stands():
        yield
        return
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _read() if nested else None
        if said or nested or settings.DATABASE_ACTS_AS:
            role = settings.DATABASE_ACTS_AS or (before or {}).get("role", "none")
            _say({**dict.fromkeys(SETTINGS, ""), **said, "role": role})
        try:
            yield
        finally:
            if before is not None and _can_say():
                _say(before)


def _read() -> dict[str, str]:
    columns = ", ".join(f"current_setting('{_name(name)}', true)" for name in (*SETTINGS, "role"))
    return dict(zip((*SETTINGS, "role"), _row(f"SELECT {columns}"), strict=True))


def _say(said: dict[str, str]) -> None:
    columns = ", ".join(f"set_config('{_name(name)}', %s, true)" for name in said)
    _row(f"SELECT {columns}", [value or "" for value in said.values()])


def _name(name: str) -> str:
    return name if name == "role" else f"app.{name}"


def _row(query: str, values: Sequence[Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()


def _can_say() -> bool:
    """Whether the transaction goes on. One that failed is rolled back, and its settings with it."""
    raw = connection.connection
    failed = raw is None or raw.info.transaction_status != TransactionStatus.INTRANS
    return not (failed or connection.needs_rollback)


def let_in(who: Person, session: str = "", act: str = "") -> Member:
    """Let a person in for the rest of this transaction, who signed in by this session, and return their member."""
    return member_for(who, (session, act) if stands() else None)


def let_in_request(request: HttpRequest, who: Person) -> Member:
    """Let the person in whose request this is. One query."""
    act = "accounts" if request.path_info.startswith(ACCOUNT_PAGES) else ""
    return let_in(who, request.session.session_key or "", act)


def renewed(session: str) -> None:
    """The session that is let in goes on under this key."""
    if stands() and connection.in_atomic_block:
        _say({"session": session})


def let_out() -> None:
    """Whoever was let in has signed out: for the rest of this transaction it is a visitor's."""
    if stands() and connection.in_atomic_block:
        _say(dict.fromkeys(SETTINGS, ""))


_LIFT = """
    SELECT current_setting('app.act', true), set_config('app.act', CASE
        WHEN current_setting('app.act', true) IN ('whole', 'export') THEN current_setting('app.act', true) ELSE %s
    END, true)
"""


@contextmanager
def lifted(act: str) -> Iterator[None]:
    """Lift a part of the wall for what a person does to rows of both: ``tell``, ``accounts`` or ``whole``.

    For the few lines that need it. Within ``whole`` it changes nothing, nor in an export.
    """
    if not stands():
        yield
        return
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        before = _row(_LIFT, [act])[0]
        try:
            yield
        finally:
            if _can_say():
                _say({"act": before})


@contextmanager
def person(who: Person) -> Iterator[Member]:
    """Run as this person, outside a request: a streaming answer, a job about one account."""
    with behind():
        member = let_in(who)
        with keys.only(*member.owners, found=member.keys):
            yield member


@contextmanager
def couple(whose: Couple) -> Iterator[None]:
    """Run for a couple as a whole, outside a request: all that its two own; of one that has ended, what it owns alone.

    For jobs and commands, couple by couple; which there are is read in ``accounts``.
    """
    today = whose.day(timezone.now()).isoformat()
    with behind(couple=str(whose.pk), today=today, act="whole"):
        people = Membership.objects.filter(couple=whose, ended_on__isnull=True).values_list(
            "person_id", flat=True
        )
        with keys.only(whose.pk, *people):
            yield


@contextmanager
def accounts() -> Iterator[None]:
    """Run for nobody, outside a request, with accounts, seats and couples open, and nothing that anybody wrote."""
    with behind(act="accounts"):
        yield


@contextmanager
def house() -> Iterator[None]:
    """Run for the instance itself, outside a request: its own key alone is open, to be wrapped anew."""
    with behind(act="house"):
        yield


@contextmanager
def export(who: Person, former: Couple) -> Iterator[None]:
    """Read what a person could see of an ended couple on the day it ended, for 30 days; nothing else, and write nothing.

    On SQLite, where there is no wall, queries have to say so themselves.
    Raises PermissionDenied for a couple that goes on, that ended longer ago, or in which they had no seat.
    """
    today = timezone.now().astimezone(former.zone).date()
    with behind(act="accounts"):
        seats = Membership.objects.filter(
            person=who, couple=former, couple__ended_on__gte=today - EXPORT_LASTS
        )
        ended = seats.values_list("couple__ended_on", flat=True).first()
    if ended is None:
        raise PermissionDenied
    with (
        behind(act="export", leaver=str(who.pk), former=str(former.pk), today=ended.isoformat()),
        keys.only(former.pk),
    ):
        yield


@checks.register(checks.Tags.database)
def check_wall(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Say plainly where the second wall is none: the role of the connection can pass it by."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        if connections[alias].vendor != "postgresql":
            continue
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT rolname FROM pg_roles WHERE rolname = coalesce(nullif(%s, ''), current_user)"
                " AND (rolsuper OR rolbypassrls)",
                [settings.DATABASE_ACTS_AS],
            )
            row = cursor.fetchone()
        if row:
            said = (
                f"The role {row[0]} passes by row-level security: the database keeps no couple from another."
            )
            hint = "Connect as a role that is no superuser and has no BYPASSRLS, or name one in DATABASE_ACTS_AS."
            found.append(checks.Warning(said, hint=hint, id="couples.W001"))
    return found


def before_migrations(plan: Sequence[Any], using: str, **kwargs: Any) -> None:
    """Let migrations see the rows that they change."""
    if plan:
        enforce.relax(connections[using])


def after_migrations(using: str, **kwargs: Any) -> None:
    """Put the wall up again."""
    enforce.apply(connections[using])
