"""Everything that we wrote for people to read and choose from, of every kind, and what holds for all of it.

Whatever keeps content declares a ``Kind`` (strategies here, each room in its ``library.py``). ``manage.py content`` looks at
all of them; a system check looks at every start at what takes no time.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

AMERICAN = re.compile(
    r"\b(colou?rize|color|favorite|favor|behavior|neighbor|honor|flavor|humor|center|theater|gray|cozy|mom|"
    r"\w+(?<!pr)(?<!s)(?<!cap)iz(e|es|ed|ing)|cancel(ed|ing)|travel(ed|ing|er)|practic(ed|ing)|to practice|"
    r"vacation|apartment|sidewalk|movies?|cookies?|fulfill|enroll|counselor|program(?! that))\b",
    re.IGNORECASE,
)
GENDERED = re.compile(r"\b(he|she|his|her|him|hers|husband|wife|boyfriend|girlfriend)\b", re.IGNORECASE)
SLUG = re.compile(r"[a-z]+(-[a-z]+)*")
LONGEST_SLUG = 40
ALIKE = 0.34
"""Of two texts that share a third of their longer words, one is a near-duplicate of the other."""


@dataclass(frozen=True)
class Kind:
    """A kind of content by the ``name`` that it is counted under.

    ``texts`` tells by slug what people read. ``faults`` says in sentences what is wrong with it beyond what holds for every
    kind. ``least`` is how many there have to be; ``compared`` whether no two may say nearly the same.
    """

    name: str
    texts: Callable[[], Mapping[str, str]]
    faults: Callable[[], Iterable[str]] = tuple
    least: int = 0
    compared: bool = True

    def __post_init__(self) -> None:
        KINDS[self.name] = self


KINDS: dict[str, Kind] = {}


def shape(kind: Kind) -> Iterator[str]:
    """What is wrong with the rows of a kind, each by itself."""
    texts = kind.texts()
    if len(texts) < kind.least:
        yield f"{kind.name}: {len(texts)} are fewer than {kind.least}"
    for slug, text in texts.items():
        if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
            yield f"{kind.name}, {slug}: a slug is words of a to z with hyphens, {LONGEST_SLUG} letters at most"
        yield from (f"{kind.name}, {slug}: {fault}" for fault in voice(text))
    yield from (f"{kind.name}, {fault}" for fault in kind.faults())


def voice(text: str) -> Iterator[str]:
    """What in a text isn't how we speak: calm, British, of any gender, well set."""
    if not text.strip():
        yield "is empty"
    if found := AMERICAN.search(text):
        yield f"“{found[0]}” is American"
    if found := GENDERED.search(text):
        yield f"“{found[0]}” tells somebody’s gender"
    if found := re.search(r"[!'\"]| [-–—] |coming soon|\bcure\b|guaranteed", text):
        yield f"“{found[0].strip()}” isn’t how we write"


def gist(text: str) -> frozenset[str]:
    """The longer words of a text."""
    return frozenset(word for word in re.findall(r"[a-zà-ÿ’]+", text.lower()) if len(word) > 3)


def pairs(kind: Kind) -> list[tuple[float, str, str]]:
    """Every two of a kind with the share of longer words that they have in common, from 0 to 1; the nearest first."""
    gists = {slug: gist(text) for slug, text in kind.texts().items()}
    return sorted(
        (
            (len(a & b) / max(1, len(a | b)), one, other)
            for (one, a), (other, b) in combinations(gists.items(), 2)
        ),
        reverse=True,
    )


def alike(kind: Kind) -> Iterator[str]:
    """Which two of a kind say nearly the same, where none may."""
    if kind.compared:
        for share, one, other in pairs(kind):
            if share < ALIKE:
                return
            yield f"{kind.name}: {one} and {other} say nearly the same ({share:.0%} of their words)"
