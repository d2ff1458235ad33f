"""A row for each route: what it answers to whom. A route without a row fails ``test_access.py``."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.world import World

Kwargs = Callable[[World], dict[str, Any]]
GET = ("GET",)
POST = ("POST",)
BOTH = ("GET", "POST")


@dataclass(frozen=True)
class Route:
    """``shared``: the address of a thing that alex and sam both see. ``private``: of things only alex sees.

    ``others``: the address of what is nobody's. ``answers``: what the two may get, whatever the state of the thing.
    """

    methods: tuple[str, ...]
    public: bool = False
    shared: Kwargs | None = None
    private: tuple[Kwargs, ...] = ()
    others: dict[str, Any] = field(default_factory=dict)
    post: dict[str, Any] = field(default_factory=dict)
    answers: tuple[int, ...] = (200, 204, 302, 303, 403, 409, 422)

    def kwargs(self, world: World) -> dict[str, Any]:
        """An address that is there for alex."""
        if self.shared:
            return self.shared(world)
        return self.private[0](world) if self.private else self.others


def things(methods: tuple[str, ...], name: str, *private: str, **more: Any) -> Route:
    """A route about one thing: ``name`` is the shared one in the world, ``private`` are those only alex sees."""
    return Route(
        methods,
        shared=(lambda world: {"pk": getattr(world, name).pk}) if name else None,
        private=tuple((lambda world, one=one: {"pk": getattr(world, one).pk}) for one in private),
        **more,
    )


NOTE = ("note", "own_note", "later_note")
ROUTES: dict[str, Route] = {
    "healthz": Route(GET, public=True),
    "exit": Route(POST, public=True),
    "home": Route(GET, public=True),
    "more": Route(GET),
    "core:draft": Route(POST, others={"key": "notes.new"}, post={"what": "x"}),
    "core:news_seen": Route(POST),
    "core:news_open": Route(POST, private=(lambda world: {"pk": world.news.pk},)),
    "help:index": Route(GET, public=True),
    "strategies:index": Route(GET, public=True),
    "strategies:detail": Route(GET, public=True, others={"slug": "goals"}),
    "notes:home": Route(GET),
    "notes:new": Route(BOTH, post={"what": "x", "meaning": "y", "once": str(uuid.uuid4())}),
    "notes:jar": Route(GET),
    "notes:search": Route(BOTH, post={"words": "x"}),
    "notes:detail": things(GET, *NOTE),
    "notes:edit": things(BOTH, *NOTE, post={"what": "x", "meaning": "y"}),
    "notes:give": things(POST, *NOTE, post={"when": "now"}),
    "notes:take_back": things(POST, *NOTE),
    "notes:answer": things(POST, *NOTE, post={"words": "x"}),
    "notes:keep": things(POST, *NOTE, post={"keep": "1"}),
    "notes:remove": things(BOTH, *NOTE),
}
ALLAUTH: dict[str, dict[str, Any]] = {}
