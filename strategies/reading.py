"""What the ten strategies and the five causes say, read once from ``content/``; their small steps from ``steps/``.

Each file of ``content/`` is TOML between two ``+++`` lines, then Markdown. The words are ours, never a person's, so their
HTML may be marked safe; raw HTML in them is shown as text all the same.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

CONTENT = Path(__file__).resolve().parent / "content"
STEPS = CONTENT.with_name("steps")
PREMISE = "premise"
STRENGTHS = {
    "one study": _("One study"),
    "a few studies": _("A few studies"),
    "many studies": _("Many studies together"),
    "a cross-section": _("A look at one moment: what goes with what, not what comes of it"),
    "mixed": _("Mixed findings"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """One of the five ways in which two people drift; ``looks_like`` tells how it shows."""

    slug: str
    name: str
    looks_like: str


@dataclass(frozen=True, slots=True)
class Practice:
    """Something the two of them do: in about so many ``minutes``, as ``often`` as it says in words.

    ``url`` is a path in the app and ``label`` what the link to it says. Both are empty where they do it
    without the app.
    """

    tool: str
    name: str
    text: str
    minutes: int
    often: str
    url: str
    label: str = ""

    @property
    def is_built(self) -> bool:
        """Whether it can be done: without the app, or in a room that there is."""
        return not self.url or is_an_address(self.url)


@dataclass(frozen=True, slots=True)
class Source:
    """A paper that a strategy leans on, and what it found, in words of our own."""

    who: str
    year: int
    title: str
    where: str
    says: str


@dataclass(frozen=True, slots=True)
class Step:
    """A small step of ``minutes`` (2 to 20), and ``why``.

    ``place`` is home, away or anywhere. ``child``: it works with a child around; ``money``: it costs something; ``apart``:
    it works for two who aren't in the same place. ``tool`` is the room of the app in which it is done, where it is in one.
    """

    slug: str
    text: str
    why: str
    minutes: int
    place: str
    child: bool
    money: bool
    apart: bool
    tool: str
    strategy: str


@dataclass(frozen=True, slots=True)
class Strategy:
    """One of the ten. ``weights`` tells by cause slug how strongly it answers that cause, from 1 to 3."""

    slug: str
    title: str
    summary: str
    order: int
    weights: Mapping[str, int]
    practices: tuple[Practice, ...]
    examples: tuple[str, ...]
    avoid: tuple[str, ...]
    not_when: str
    evidence: str
    strength: str
    sources: tuple[Source, ...]
    steps: tuple[Step, ...]
    html: SafeString

    @property
    def strength_in_words(self) -> str:
        """How much research there is, in words."""
        return str(STRENGTHS[self.strength])

    @property
    def built(self) -> tuple[Practice, ...]:
        """The practices that can be done today."""
        return tuple(practice for practice in self.practices if practice.is_built)

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


@cache
def steps() -> Mapping[str, Step]:
    """Return all small steps by slug, in the order of the strategies."""
    return MappingProxyType({step.slug: step for strategy in all_strategies() for step in strategy.steps})


@cache
def is_an_address(url: str) -> bool:
    """Whether a path leads to a page of the app."""
    try:
        resolve(url)
    except Resolver404:
        return False
    return True


def _strategy(slug: str) -> Strategy:
    front, html = _read(slug)
    small = tomllib.loads((STEPS / f"{slug}.toml").read_text(encoding="utf-8"))["step"]
    return Strategy(
        slug=slug,
        html=html,
        weights=MappingProxyType(front.pop("causes")),
        practices=tuple(Practice(**practice) for practice in front.pop("practice")),
        sources=tuple(Source(**source) for source in front.pop("source")),
        examples=tuple(front.pop("examples")),
        avoid=tuple(front.pop("avoid")),
        steps=tuple(Step(strategy=slug, **step) for step in small),
        **front,
    )


def _read(name: str) -> tuple[dict[str, Any], SafeString]:
    """Return front matter and rendered body of one content file."""
    _nothing, front, body = (CONTENT / f"{name}.md").read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(front), mark_safe(_markdown().render(body))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
