"""Our examples of goals, as ``manage.py content`` counts and checks them."""

from collections.abc import Iterator

from couples.core import content
from strategies.library import Kind


def _faults() -> Iterator[str]:
    horizons = [row["horizon"] for row in content.rows("goals/starters.toml", "goal")]
    if set(horizons) != {"short", "long"} or min(horizons.count("short"), horizons.count("long")) < 7:
        yield "seven near ones at least, and seven far ones"


def _texts() -> dict[str, str]:
    return {
        row["slug"]: f"{row['title']} {row['why']}" for row in content.rows("goals/starters.toml", "goal")
    }


Kind("goal examples", _texts, _faults, least=16)
