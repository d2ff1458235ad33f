"""Ideas for dates: a content file, read once."""

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from couples.core import content
from couples.dates.kinds import LENGTHS, PlanKind

PLACES = {"home": _("At home"), "out": _("Out")}
COSTS = {"free": _("Free"), "low": _("Costs little"), "some": _("Costs something")}
ORDERS = {"": _("Our order"), "short": _("Shortest first")}
ENERGIES = {"calm": _("Calm"), "lively": _("Lively")}
_SPACE = uuid.UUID("4e9d0b62-57f5-4cf0-9a36-0b8b2f3b6c11")


@dataclass(frozen=True)
class Idea:
    """An idea. ``minutes`` is about how long it takes; ``child``: whether it works with a child at home."""

    slug: str
    title: str
    text: str
    kind: str
    place: str
    cost: str
    minutes: int
    energy: str
    child: bool

    @property
    def id(self) -> uuid.UUID:
        """An id made of the slug, for the draft of a form that was begun with this idea."""
        return uuid.uuid5(_SPACE, self.slug)

    @property
    def kind_label(self) -> str:
        """Its kind, in words."""
        return str(PlanKind(self.kind).label)

    @property
    def facts(self) -> list[str]:
        """Where, what it costs and how it feels, in words."""
        return [str(PLACES[self.place]), str(COSTS[self.cost]), str(ENERGIES[self.energy])]


@cache
def ideas() -> dict[str, Idea]:
    """Return all ideas by slug, in the order of the file."""
    return {row["slug"]: Idea(**row) for row in content.rows("dates/ideas.toml", "idea")}


def some(kind: str = "", place: str = "", cost: str = "", child: str = "", order: str = "") -> list[Idea]:
    """Return the ideas that fit; an empty filter fits all."""
    found = [
        idea
        for idea in ideas().values()
        if kind in ("", idea.kind)
        and place in ("", idea.place)
        and cost in ("", idea.cost)
        and (not child or idea.child)
    ]
    return sorted(found, key=lambda idea: idea.minutes) if order else found


def prefill(idea: Idea) -> dict[str, Any]:
    """Return what the form of a new plan begins with; the length is the next one that can be chosen."""
    place = str(PLACES["home"]) if idea.place == "home" else ""
    minutes = next((length for length in LENGTHS if length >= idea.minutes), max(LENGTHS))
    return {"title": idea.title, "notes": idea.text, "kind": idea.kind, "place": place, "minutes": minutes}


def link(chosen: dict[str, str]) -> str:
    """Return the address of the ideas that fit."""
    return "?" + urlencode({name: value for name, value in chosen.items() if value})


def filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Return the filters as groups of links; the chosen one of each is on."""
    groups: list[tuple[str, Any, dict[str, Any]]] = [
        ("kind", _("Kind"), {"": _("All"), **dict(PlanKind.choices)}),
        ("place", _("Where"), {"": _("Anywhere"), **PLACES}),
        ("cost", _("Cost"), {"": _("Any cost"), **COSTS}),
        ("child", _("Children"), {"": _("With or without a child"), "1": _("With a child at home")}),
    ]
    return [{"label": label, "chips": _chips(chosen, name, options)} for name, label, options in groups]


def orders(chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Return a link for each order; the chosen one is on."""
    return _chips(chosen, "order", ORDERS)


def _chips(chosen: dict[str, str], name: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"label": text, "href": link({**chosen, name: value}), "on": chosen[name] == value}
        for value, text in options.items()
    ]
