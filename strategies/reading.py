"""What the ten strategies and the five causes say, read once from ``content/``.

Each file is TOML between two ``+++`` lines, then Markdown. The words are ours, never a person's, so their
HTML may be marked safe; raw HTML in them is shown as text all the same.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

CONTENT = Path(__file__).resolve().parent / "content"
PREMISE = "premise"


@dataclass(frozen=True, slots=True)
class Cause:
    """One of the five ways in which two people drift; ``looks_like`` tells how it shows."""

    slug: str
    name: str
    looks_like: str


@dataclass(frozen=True, slots=True)
class Practice:
    """Something the two of them do.

    ``url`` is a path in the app and ``label`` what the link to it says. Both are empty where they do it
    without the app.
    """

    tool: str
    name: str
    text: str
    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Strategy:
    """One of the ten. ``weights`` tells by cause slug how strongly it answers that cause, from 1 to 3."""

    slug: str
    title: str
    summary: str
    order: int
    weights: Mapping[str, int]
    practices: tuple[Practice, ...]
    html: SafeString

    @property
    def answers(self) -> tuple[Cause, ...]:
        """The causes that it answers, strongest first."""
        known = {cause.slug: cause for cause in premise().causes}
        return tuple(known[slug] for slug in sorted(self.weights, key=lambda slug: -self.weights[slug]))


@dataclass(frozen=True, slots=True)
class Premise:
    """Why two people drift and can come back, the five causes, and the closing thought."""

    title: str
    summary: str
    causes: tuple[Cause, ...]
    closing_title: str
    closing: str
    html: SafeString


@cache
def premise() -> Premise:
    """Return the premise with its causes, in the order in which a check-in asks about them."""
    front, html = _read(PREMISE)
    causes = tuple(Cause(**cause) for cause in front.pop("cause"))
    return Premise(causes=causes, html=html, **front)


@cache
def all_strategies() -> tuple[Strategy, ...]:
    """Return the ten strategies in their order."""
    slugs = (path.stem for path in CONTENT.glob("*.md") if path.stem != PREMISE)
    return tuple(sorted((_strategy(slug) for slug in slugs), key=lambda strategy: strategy.order))


def strategy(slug: str) -> Strategy:
    """Return the strategy of this slug. Raises KeyError where there is none."""
    return _by_slug()[slug]


@cache
def _by_slug() -> dict[str, Strategy]:
    return {strategy.slug: strategy for strategy in all_strategies()}


def _strategy(slug: str) -> Strategy:
    front, html = _read(slug)
    practices = tuple(Practice(**practice) for practice in front.pop("practice"))
    weights = MappingProxyType(front.pop("causes"))
    return Strategy(slug=slug, weights=weights, practices=practices, html=html, **front)


def _read(name: str) -> tuple[dict[str, Any], SafeString]:
    """Return front matter and rendered body of one content file."""
    _, front, body = (CONTENT / f"{name}.md").read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(front), mark_safe(_markdown().render(body))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
