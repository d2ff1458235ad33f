"""What we wrote for check-ins: words for feelings, and how to talk about what two people see differently."""

from collections.abc import Iterator
from functools import cache

from couples.checkins.models import CAUSES
from couples.core import content
from strategies.library import Kind
from strategies.reading import premise


@cache
def feelings() -> dict[str, str]:
    """Words for feelings by slug, in the order in which they are offered."""
    return {row["slug"]: row["text"] for row in content.rows("checkins/feelings.toml", "feeling")}


@cache
def talks() -> dict[str, str]:
    """How to talk about an item that the two see differently, by item."""
    return {row["slug"]: row["text"] for row in content.rows("checkins/talking.toml", "talk")}


def _faults() -> Iterator[str]:
    if set(talks()) != {"closeness", *CAUSES} or set(CAUSES) != {one.slug for one in premise().causes}:
        yield "there is one for closeness and for each of the five causes"


Kind("feelings", feelings, least=24, compared=False)
Kind("ways to talk about a difference", talks, _faults)
