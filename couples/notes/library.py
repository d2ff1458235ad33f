"""Our openings for notes, as ``manage.py content`` counts and checks them."""

from collections.abc import Iterator

from couples.core import content
from strategies.library import Kind


def _faults() -> Iterator[str]:
    for row in content.rows("notes/starters.toml", "starter"):
        if not (row["what"].endswith("…") and row["meaning"].endswith("…") and row["theme"]):
            yield f"{row['slug']}: both sentences are to be finished, and it has a theme"


def _texts() -> dict[str, str]:
    rows = content.rows("notes/starters.toml", "starter")
    return {row["slug"]: f"{row['what']} {row['meaning']}" for row in rows}


Kind("note starters", _texts, _faults, least=24)
