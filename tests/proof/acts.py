"""What people can do: each act goes through the real pages, and says in the model what follows from it.

A room adds a file in ``rooms/`` with its acts; nothing else has to know of them. An act is a function of the stage, who
does it, dice, and the row that it is done to (if ``on`` names a model): one that this person sees and for which
``when`` holds. It names the routes that it posts to: one that changes something and is in no act fails the proof.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.proof.model import PEOPLE, Row

Do = Callable[..., None]
When = Callable[..., bool]


@dataclass(frozen=True)
class Act:
    """One thing that somebody can do."""

    name: str
    routes: tuple[str, ...]
    do: Do
    on: type[Any] | None
    when: When

    def choices(self, stage: Any) -> list[tuple[str, Row | None]]:
        """Everybody who can do it now, each with what it can be done to."""
        if self.on is None:
            return [(who, None) for who in PEOPLE if self.when(stage, who)]
        seen = [(who, row) for who in PEOPLE for row in stage.model.seen_by(who, self.on)]
        return [(who, row) for who, row in seen if self.when(stage, who, row)]

    def perform(self, stage: Any, who: str, row: Row | None, dice: random.Random) -> None:
        """Do it."""
        self.do(stage, who, dice, *([] if row is None else [row]))


ACTS: dict[str, Act] = {}


def _always(*_: Any) -> bool:
    return True


def act(*routes: str, on: type[Any] | None = None, when: When = _always) -> Callable[[Do], Do]:
    """Register an act."""

    def register(do: Do) -> Do:
        name = f"{do.__module__.rpartition('.')[2]}_{do.__name__}"
        ACTS[name] = Act(name, routes, do, on, when)
        return do

    return register


PAGES: dict[type[Any], tuple[str, ...]] = {}
"""Of a model: the route of its own page, then the other pages about it. All of its words stand on the first."""

LISTS: list[str] = ["/", "/more/", "/space/"]
"""Pages that gather."""


STORIES: dict[str, Do] = {}
"""Of each room, a few acts that follow each other and plant something in each of its private fields."""


def story(tell: Do) -> Do:
    """Register the story of a room, told of a stage, two people who share a space, and dice."""
    STORIES[tell.__module__.rpartition(".")[2]] = tell
    return tell


def mine(stage: Any, who: str, row: Row) -> bool:
    """It is this person's."""
    return row.author == who


def mine_alone(stage: Any, who: str, row: Row) -> bool:
    """It is this person's, and shared with nobody."""
    return row.author == who and row.top.space is None


def mine_to_share(stage: Any, who: str, row: Row) -> bool:
    """It is this person's alone, and there is somebody to share it with."""
    return mine_alone(stage, who, row) and stage.model.space_of(who) is not None


def shared(stage: Any, who: str, row: Row) -> bool:
    """Both see it."""
    return stage.model.is_open(row)
