"""Doors: whatever opens somebody's account or what is theirs. Each room says what it has open, and how it ends.

A room makes a ``Door`` in a module that its addresses import, and ``/space/doors/`` shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class Opening:
    """One thing that is open now: what it is, and a sentence on it.

    ``end`` is the address that a POST to ends it, by a button that says ``word``; ``href`` is the page on which it
    is changed or ended, where more than a button is needed. ``here`` marks the browser that asks.
    """

    title: str
    text: str = ""
    end: str = ""
    href: str = ""
    word: str | Promise = ""
    here: bool = False


@dataclass(frozen=True)
class Door:
    """A kind of thing that opens something.

    ``openings`` takes the request of a signed-in person and returns what of it is open for them, in a fixed number
    of queries; ``none`` is said where nothing is. ``end_all``, with its ``all_word``, is the name of the route
    that ends more than one.
    """

    slug: str
    title: str | Promise
    why: str | Promise
    openings: Callable[[Any], list[Opening]]
    none: str | Promise = ""
    end_all: str = ""
    all_word: str | Promise = ""

    def __post_init__(self) -> None:
        DOORS[self.slug] = self


DOORS: dict[str, Door] = {}

signed_out = Signal()
"""Sent when sessions of ``person`` were ended other than by signing out in them: those with these ``keys``, or (None) all.

``request`` is the one whose own session goes on, if there is one. What goes with a session ends with it.
"""


def open_doors(request: HttpRequest) -> list[tuple[Door, list[Opening]]]:
    """Return every door with what is open of it for whoever asks; one of which nothing is or can be said is left out."""
    found = [(door, door.openings(request)) for door in DOORS.values()]
    return [(door, openings) for door, openings in found if openings or door.none]
