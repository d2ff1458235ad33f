"""How a process hears what rippled in any process: on PostgreSQL by NOTIFY, on SQLite by reading a small table."""

import asyncio
import contextlib
import logging
import random
import sqlite3
import uuid
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from couples.core.live import AGAIN, CHANNEL, RESYNC, ROOMS, TABLE, WAKE
from couples.live.hub import Hub, Ripple

log = logging.getLogger(__name__)
LOOKS_EVERY = 0.25
"""Seconds between two looks at whether another process wrote to the SQLite file; one's own process says so at once."""
ALIVE_EVERY = 30.0
DJANGOS = {"pool", "server_side_binding", "assume_role", "isolation_level"}
"""Options of a database that are Django's, not the connection's."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0


async def listen(hub: Hub) -> None:
    """Hear for as long as this runs. Where the database can't be reached, try again, later each time, with jitter."""
    on_postgres = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    wait = FIRST_WAIT
    while True:
        try:
            await (_postgres(hub) if on_postgres else _sqlite(hub))
        except (
            Exception
        ) as error:  # whatever it is: without this task every page would believe that it follows
            log.warning("Live hears nothing: %s", type(error).__name__)
        wait = FIRST_WAIT if hub.since is not None else min(wait * 2, LONGEST_WAIT)
        hub.deaf()
        await asyncio.sleep(wait * random.uniform(0.7, 1.3))  # noqa: S311


def _address() -> str:
    """Where to listen: the database itself, as a pooler in transaction mode never delivers."""
    if settings.LIVE_DATABASE_URL:
        return str(settings.LIVE_DATABASE_URL)
    known = settings.DATABASES[DEFAULT_DB_ALIAS]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {name: str(known[key]) for name, key in names.items() if known.get(key)}
    options = known.get("OPTIONS", {}).items()
    given |= {
        name: str(value) for name, value in options if name not in DJANGOS and isinstance(value, str | int)
    }
    return psycopg.conninfo.make_conninfo(**given)


async def _postgres(hub: Hub) -> None:
    connection = await psycopg.AsyncConnection.connect(_address(), autocommit=True, connect_timeout=5)
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}".encode())
        hub.hears()
        while True:
            async for note in connection.notifies(timeout=ALIVE_EVERY):
                _heard(hub, note.payload)
            # A connection that died without a word is noticed here.
            async with asyncio.timeout(10):
                await connection.execute(b"SELECT 1")


def _heard(hub: Hub, payload: str) -> None:
    """Pass on what was notified; anybody who may connect can say anything there, which is then nothing."""
    try:
        person, couple, name = payload.split(" ")
        if name not in ROOMS and name not in (RESYNC, AGAIN):
            raise ValueError
        _pass_on(hub, person, couple, name)
    except ValueError:
        log.warning("Live heard what is none of ours")


async def _sqlite(hub: Hub) -> None:
    poked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens here any more
            loop.call_soon_threadsafe(poked.set)

    database = sqlite3.connect(str(settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]), timeout=5)
    WAKE.append(wake)
    try:
        last = _value(database, f"SELECT coalesce(max(number), 0) FROM {TABLE}")  # noqa: S608
        hub.hears()
        version = None
        while True:
            # Only says that somebody wrote something, which may be private: what rippled stands in the table.
            seen = _value(database, "PRAGMA data_version")
            if poked.is_set() or seen != version:
                poked.clear()
                version, last = seen, _read(database, hub, last)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):
                    await poked.wait()
    finally:
        WAKE.remove(wake)
        database.close()


def _value(database: sqlite3.Connection, sql: str) -> Any:
    return database.execute(sql).fetchone()[0]


def _read(database: sqlite3.Connection, hub: Hub, last: int) -> int:
    rows = database.execute(
        f"SELECT number, person, couple, name FROM {TABLE} WHERE number > ? ORDER BY number",  # noqa: S608
        [last],
    ).fetchall()
    # Only so many are kept: whoever looked too late has missed some, and doesn't know which.
    if rows and rows[0][0] > last + 1:
        hub.hears()
    for number, person, couple, name in rows:
        _pass_on(hub, person, couple or "-", name)
        last = number
    return last


def _pass_on(hub: Hub, person: str, couple: str, name: str) -> None:
    hub.hear(Ripple(uuid.UUID(person), None if couple == "-" else uuid.UUID(couple), name))
