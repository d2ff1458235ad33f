"""Content files: what we wrote for people to choose from, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOMS = Path(__file__).resolve().parent.parent


@cache
def rows(file: str, table: str) -> tuple[dict[str, Any], ...]:
    """Return the rows of an array of tables in a TOML file below ``couples/`` (``notes/starters.toml``)."""
    with (ROOMS / file).open("rb") as source:
        return tuple(tomllib.load(source)[table])
