"""Live: whose open pages should look again, and at what. Only the name of a room goes out, never a word or an id of anything.

A room makes a ``Room`` and calls ``changed`` in the transaction of each act that changes something both see; news does so by
itself. ``couples.live`` carries it to the pages, and ``{% follows "notes" %}`` on a page says what it looks again for.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from couples.core.couple import Member

CHANNEL = "reconnect_live"
TABLE = "live_ripple"
KEPT = 1_000
"""How many ripples stay on SQLite, for processes that read late."""
RESYNC = "resync"
"""For all pages of a stream that may have missed something: they look again, whatever they follow."""
AGAIN = "again"
"""Not for a page: its stream looks whether it may go on."""


@dataclass(frozen=True)
class Room:
    """Something that pages follow, by its name: that of the room's addresses."""

    name: str

    def __post_init__(self) -> None:
        ROOMS[self.name] = self


ROOMS: dict[str, Room] = {}
SPACE = Room("space")
"""Who the two are, and whether they are linked: every page shows that, and follows it."""

WAKE: list[Callable[[], None]] = []
"""What is called in this process after a commit that rippled, on SQLite."""


def changed(member: Member, room: Room) -> None:
    """Something that both see was changed by this member: the partner's open pages look again."""
    if member.partner is not None and member.couple is not None:
        ripple(member.partner.pk, room.name, member.couple.pk)


def linked(*people: uuid.UUID | None) -> None:
    """Something between people changed who may share no couple: an invitation, linking, leaving."""
    for person in filter(None, people):
        ripple(person, SPACE.name)


def look_again(person: uuid.UUID) -> None:
    """This person's streams end where they may not go on: a session or a consent has ended."""
    ripple(person, AGAIN)


def ripple(person: uuid.UUID, name: str, couple: uuid.UUID | None = None) -> None:
    """Let it go out with the commit of the caller's transaction; rolled back, it never was.

    With a ``couple`` it counts only while the person is of that couple.
    """
    if connection.vendor == "postgresql":
        told = f"{person} {couple or '-'} {name}"
        _do("SELECT pg_notify(%s, %s)", [CHANNEL, told])
        return
    with transaction.atomic():
        _do(
            f"INSERT INTO {TABLE} (person, couple, name) VALUES (%s, %s, %s)",  # noqa: S608
            [person.hex, couple.hex if couple else "", name],
        )
        _do(f"DELETE FROM {TABLE} WHERE number <= (SELECT max(number) FROM {TABLE}) - {KEPT}")  # noqa: S608
        transaction.on_commit(_wake)


def _do(sql: str, values: list[str] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _wake() -> None:
    for wake in WAKE:
        wake()
