"""Who may see what, said a second time and by other means than the app: the proof holds one against the other.

Nothing here asks the database or the app. A ``Row`` remembers what was typed where, a ``Space`` who shares it, and
``Model.may_see`` is the whole rule.
"""

import datetime as dt
import random
import re
import uuid
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PEOPLE = ("alex", "sam", "dana", "kit", "robin")
HOLDS = dt.timedelta(days=2)
LASTS = dt.timedelta(days=7)
CANARY = re.compile(r"zq[0-9a-f]{6}")


@dataclass(eq=False)
class Space:
    """What two people share, until one leaves. Days are counted in ``zone``."""

    people: frozenset[str]
    zone: str = "Europe/Berlin"
    former: str = ""
    moved: dt.datetime | None = None
    ended: bool = False

    def day(self, now: dt.datetime) -> dt.date:
        """The day it is. Moving the clock east opens nothing early: for two days the earlier day counts."""
        zones = [self.zone]
        if self.moved is not None and now < self.moved + HOLDS:
            zones.append(self.former)
        return min(now.astimezone(zoneinfo.ZoneInfo(zone)).date() for zone in zones)

    def move(self, zone: str, now: dt.datetime) -> None:
        """Another zone; of those that still hold, the westernmost is kept."""
        held = [self.zone]
        if self.moved is not None and now < self.moved + HOLDS:
            held.append(self.former)
        offset = {name: now.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() for name in held}
        self.former, self.moved, self.zone = min(held, key=lambda name: offset[name]), now, zone


@dataclass(eq=False)
class Row:
    """One row of the app: what stands in its private fields, and whose it is.

    ``was``: canaries that stood in a dated field while both of a space saw it. ``facts``: what a room remembers.
    """

    model: type[Any]
    pk: uuid.UUID | None
    author: str
    words: dict[str, str] = field(default_factory=dict)
    parent: "Row | None" = None
    space: Space | None = None
    opens_on: dt.date | None = None
    opened: bool = False
    gone: bool = False
    was: set[tuple[Space, str]] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def top(self) -> "Row":
        """The row by which this one is seen: what it is part of, or itself."""
        return self.parent or self

    @property
    def alive(self) -> bool:
        """Whether it is still there."""
        return not (self.gone or self.top.gone)


@dataclass(eq=False)
class Invite:
    """An invitation by a link."""

    inviter: str
    token: str
    expires: dt.datetime
    stage: str = "open"
    claimed_by: str = ""


class Model:
    """Everybody's rows, spaces and invitations, and the moment it is."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.rows: list[Row] = []
        self.spaces: list[Space] = []
        self.invites: list[Invite] = []
        self.planted: dict[str, tuple[str, str]] = {}
        self.drafts: dict[tuple[str, str], Row] = {}
        self.handed: dict[str, Row] = {}
        self.forms = 0

    # Who sees what.

    def space_of(self, who: str) -> Space | None:
        """The space that somebody shares now."""
        return next((one for one in self.spaces if who in one.people and not one.ended), None)

    def partner_of(self, who: str) -> str:
        """The other one, or nobody."""
        space = self.space_of(who)
        return next(iter(space.people - {who})) if space else ""

    def may_see(self, row: Row, who: str) -> bool:
        """The rule. Only its author, until it is shared; then both of that space from its day on, while it lasts."""
        top = row.top
        if not row.alive:
            return False
        if top.space is None:
            return top.author == who
        return top.space is self.space_of(who) and (top.author == who or top.opened)

    def is_open(self, row: Row) -> bool:
        """Whether both of a space that lasts see it."""
        return row.alive and row.top.space is not None and row.top.opened and not row.top.space.ended

    def allowed(self, who: str) -> set[str]:
        """Every canary that somebody may meet."""
        found: set[str] = set()
        for row in self.everything():
            if self.may_see(row, who):
                found |= set(row.words.values())
                found |= {canary for space, canary in row.was if space is row.top.space}
        return found

    def everything(self) -> Iterator[Row]:
        """Every row, also those that one person has alone."""
        yield from self.rows
        yield from self.drafts.values()
        yield from self.handed.values()

    def hidden(self, who: str) -> set[str]:
        """The ids that somebody may not meet."""
        return {str(row.pk) for row in self.rows if row.pk and row.alive and not self.may_see(row, who)}

    def seen_by(self, who: str, *models: type[Any]) -> list[Row]:
        """The rows of some models that somebody sees now."""
        return [row for row in self.rows if row.model in models and self.may_see(row, who)]

    def parts_of(self, row: Row) -> list[Row]:
        """What is part of a row and is still there."""
        return [one for one in self.rows if one.parent is row and not one.gone]

    # What happens.

    def canary(self, model: type[Any], name: str) -> str:
        """A word that nobody has ever typed, planted in a field."""
        word = f"zq{len(self.planted):06x}"
        self.planted[word] = (model.__name__, name)
        return word

    def make_id(self) -> uuid.UUID:
        """Which form it is that is opened: no two are the same, and they come again with the same steps."""
        self.forms += 1
        return uuid.UUID(int=random.Random(self.forms).getrandbits(128), version=4)

    def add(self, row: Row) -> Row:
        """There is a new row."""
        self.rows.append(row)
        return row

    def rewrite(self, row: Row, words: dict[str, str]) -> None:
        """Other words stand in a row. What both have seen and is dated stays to be read."""
        self.date(row)
        row.words = {**row.words, **words}

    def date(self, row: Row) -> None:
        """The words as they stand become an earlier text, if both see them."""
        if self.is_open(row) and row.top.space is not None:
            kept = {row.words[name] for name in row.model.declared.versions if name in row.words}
            row.was |= {(row.top.space, canary) for canary in kept}

    def share(self, row: Row, who: str, day: dt.date | None = None, *, sealed: bool = False) -> None:
        """Its author shares it: now, from a day on, or sealed until ``reveal``."""
        row.space = self.space_of(who)
        assert row.space is not None
        row.opens_on = None if sealed else day or row.space.day(self.now)
        row.was = {(space, canary) for space, canary in row.was if space is row.space}
        self.open()

    def reveal(self, *rows: Row) -> None:
        """What was sealed is open: both have answered."""
        for row in rows:
            row.opened = True

    def give_back(self, row: Row) -> None:
        """It is its author's alone again."""
        row.space, row.opens_on, row.opened = None, None, False

    def open(self) -> None:
        """What has reached its day is open, and stays so."""
        for row in self.rows:
            if row.space and row.opens_on and not row.space.ended and row.opens_on <= row.space.day(self.now):
                row.opened = True

    def link(self, one: str, other: str) -> None:
        """Two people share a space. Nothing becomes visible by it; all other invitations of both end."""
        self.spaces.append(Space(frozenset({one, other})))
        for invite in self.invites:
            if {invite.inviter, invite.claimed_by} & {one, other} and invite.stage in ("open", "claimed"):
                invite.stage = "ended"

    def leave(self, who: str) -> None:
        """The space ends for both, at once. What was never opened is its author's again."""
        space = self.space_of(who)
        assert space is not None
        for row in self.rows:
            if row.space is space and not row.opened:
                self.give_back(row)
        space.ended = True
        for person in space.people:
            self.handed.pop(person, None)
        for invite in self.invites:
            if {invite.inviter, invite.claimed_by} & space.people and invite.stage in ("open", "claimed"):
                invite.stage = "ended"

    def is_alive(self, invite: Invite) -> bool:
        """Whether it can still lead to a space."""
        return invite.stage in ("open", "claimed") and invite.expires > self.now

    def claim(self, invite: Invite, who: str) -> bool:
        """Somebody says yes. True where that links the two: each has said yes to the other's link."""
        if invite.inviter == who or self.space_of(who) or invite.stage != "open" or not self.is_alive(invite):
            return False
        invite.stage, invite.claimed_by = "claimed", who
        mine = (one for one in self.invites if one.inviter == who and one.claimed_by == invite.inviter)
        return any(one.stage == "claimed" and self.is_alive(one) for one in mine)
