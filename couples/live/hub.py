"""The hub of one process: whose streams are open here, and what each has still to be told."""

import asyncio
import time
import uuid
from collections import defaultdict, deque
from dataclasses import dataclass, field

from couples.core.live import RESYNC

REMEMBERED = 60.0
"""Seconds for which a hub knows what it heard: a page that was fetched since and only now opens its stream is told that."""
MOST_REMEMBERED = 20_000


@dataclass(frozen=True)
class Seat:
    """Whom a stream is for, and of which couple they are."""

    person: uuid.UUID
    couple: uuid.UUID | None


@dataclass(frozen=True)
class Ripple:
    """Something that a person's pages look again for; with a couple, only while they are of it."""

    person: uuid.UUID
    couple: uuid.UUID | None
    name: str

    def is_for(self, seat: Seat) -> bool:
        """Whether it is for whoever holds this seat."""
        return self.person == seat.person and self.couple in (None, seat.couple)


@dataclass(eq=False, slots=True)
class Stream:
    """One open page. ``pending`` holds each name once, so that a page that doesn't read makes nothing grow."""

    seat: Seat
    session: str
    pending: set[str] = field(default_factory=set)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def tell(self, name: str) -> None:
        """Let it be told."""
        self.pending.add(name)
        self.wake.set()

    def close(self) -> None:
        """Let it end."""
        self.closed = True
        self.wake.set()

    def take(self) -> set[str]:
        """Return what it is to be told now."""
        told, self.pending = self.pending, set()
        self.wake.clear()
        return told


class Hub:
    """The open streams of this process by person, and what was heard in the last minute."""

    def __init__(self) -> None:
        self.streams: defaultdict[uuid.UUID, list[Stream]] = defaultdict(list)
        self.count = 0
        self.since: float | None = None
        self.recent: deque[tuple[float, Ripple]] = deque(maxlen=MOST_REMEMBERED)

    def join(self, stream: Stream) -> None:
        """Take a stream in."""
        self.streams[stream.seat.person].append(stream)
        self.count += 1

    def leave(self, stream: Stream) -> None:
        """Let a stream go."""
        others = self.streams[stream.seat.person]
        others.remove(stream)
        self.count -= 1
        if not others:
            del self.streams[stream.seat.person]

    def hears(self) -> None:
        """From now on nothing is missed. What was before, nobody here knows: every open page looks again."""
        self.since = time.monotonic()
        self.recent.clear()
        for streams in self.streams.values():
            for stream in streams:
                stream.tell(RESYNC)

    def deaf(self) -> None:
        """Nothing is heard until ``hears``."""
        self.since = None

    def hear(self, ripple: Ripple) -> None:
        """Tell it on to the open streams that it is for."""
        now = time.monotonic()
        self.recent.append((now, ripple))
        while self.recent[0][0] < now - REMEMBERED:
            self.recent.popleft()
        for stream in self.streams.get(ripple.person, ()):
            if ripple.is_for(stream.seat):
                stream.tell(ripple.name)

    def missed(self, seat: Seat, made: float | None) -> set[str]:
        """Return what a page has to be told at once that was made at that moment (of ``monotonic``; None: nobody knows).

        A session that ended since is among it: the stream then looks whether it may go on.
        """
        if self.since is None:  # ``hears`` will tell it
            return set()
        if made is None or made < max(self.since, time.monotonic() - REMEMBERED):
            return {RESYNC}
        if len(self.recent) == MOST_REMEMBERED and self.recent[0][0] > made:
            return {RESYNC}
        return {ripple.name for at, ripple in self.recent if at >= made and ripple.is_for(seat)}

    def close_all(self) -> None:
        """Let all streams end: the process is about to."""
        for streams in self.streams.values():
            for stream in streams:
                stream.close()
