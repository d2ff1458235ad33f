"""Our own date ideas, starters and goal examples, and the voice of everything that we wrote."""

import re
import tomllib
from pathlib import Path

import pytest

from strategies.library import AMERICAN, GENDERED

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARIES = {
    "idea": ("couples/dates/ideas.toml", ("title", "text"), 40),
    "starter": ("couples/notes/starters.toml", ("what", "meaning"), 24),
    "goal": ("couples/goals/starters.toml", ("title", "why"), 16),
}
IDEA = {
    "kind": {"date_night", "hobby", "unplugged", "getaway"},
    "place": {"home", "out"},
    "cost": {"free", "low", "some"},
    "energy": {"calm", "lively"},
    "child": {True, False},
}
WRITTEN = [
    *(ROOT / "strategies" / "content").glob("*.md"),
    *(ROOT / "strategies" / "steps").glob("*.toml"),
    *(ROOT / path for path, _, _ in LIBRARIES.values()),
    *(ROOT / "templates" / "help").glob("*.html"),
    *(ROOT / "templates" / "strategies").glob("*.html"),
    ROOT / "couples" / "help" / "helplines.toml",
]


def rows(table: str) -> list[dict]:
    with (ROOT / LIBRARIES[table][0]).open("rb") as source:
        content = tomllib.load(source)
    assert list(content) == [table]
    return content[table]


@pytest.mark.parametrize("table", LIBRARIES)
def test_enough_rows_of_one_shape_with_slugs_of_their_own(table):
    found = rows(table)
    assert len(found) >= LIBRARIES[table][2]
    assert {frozenset(row) for row in found} == {frozenset(found[0])}
    assert len({row["slug"] for row in found}) == len(found)
    for row in found:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row["slug"])
        assert all(value.strip() for value in row.values() if isinstance(value, str)), row["slug"]


def test_ideas_are_described_in_known_words():
    for idea in rows("idea"):
        assert set(idea) == {"slug", "title", "text", "minutes", *IDEA}
        for field, known in IDEA.items():
            assert idea[field] in known, idea["slug"]
        assert type(idea["minutes"]) is int
        shortest, longest = (480, 2880) if idea["kind"] == "getaway" else (10, 240)
        assert shortest <= idea["minutes"] <= longest, idea["slug"]
        assert len(idea["title"]) <= 50
        assert len(idea["text"]) <= 200
        assert 1 <= len(re.findall(r"[.?](?= |$)", idea["text"])) <= 3, idea["slug"]


def test_ideas_are_spread_over_kinds_purses_and_homes():
    ideas = rows("idea")
    for field, known in IDEA.items():
        for value in known:
            assert sum(idea[field] == value for idea in ideas) >= len(ideas) / 8, (field, value)
    for kind in IDEA["kind"]:
        assert any(idea["kind"] == kind and idea["child"] and idea["cost"] != "some" for idea in ideas), kind
        assert {idea["energy"] for idea in ideas if idea["kind"] == kind} == IDEA["energy"]


def test_starters_are_two_sentences_to_finish():
    starters = rows("starter")
    for starter in starters:
        assert starter["what"].endswith("…")
        assert starter["meaning"].endswith("…")
        assert (starter["what"] + starter["meaning"]).count("…") == 2
    assert len({starter["theme"] for starter in starters}) >= 6


def test_goals_are_near_and_far():
    horizons = [goal["horizon"] for goal in rows("goal")]
    assert set(horizons) == {"short", "long"}
    assert min(horizons.count("short"), horizons.count("long")) >= 7


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_the_voice_is_calm_british_and_typeset(path):
    text = path.read_text(encoding="utf-8")
    said = re.sub(
        r"\{[{%#].*?[}%#]\}",
        lambda tag: " ".join(re.findall(r'translate "([^"]*)"', tag[0])),
        text,
        flags=re.S,
    )
    # A paper keeps its own title.
    said = re.sub(r"^(who|title|where) = .*$", "", said, flags=re.MULTILINE)
    assert "!" not in said
    assert not AMERICAN.search(said), AMERICAN.search(said)
    if path.suffix == ".md":
        body = text.split("+++\n", 2)[2]
        assert not re.search(r"['\"]|coming soon|\bcure\b|guaranteed", body)
    assert not GENDERED.search(said)
