"""``manage.py content``: what it counts, and that it ends with 1 on each fault that there can be."""

import re

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from strategies import library, reading
from strategies.kinds import PLACES
from strategies.library import Kind

pytestmark = pytest.mark.django_db
COUNTED = re.compile(r"^([a-z ]+): (\d+)$", re.MULTILINE)


@pytest.fixture
def kinds(monkeypatch):
    """No kinds but those of the test."""
    found = {}
    monkeypatch.setattr(library, "KINDS", found)
    monkeypatch.setattr("strategies.checks.KINDS", found)
    monkeypatch.setattr("couples.management.commands.content.KINDS", found)
    return found


def failed(capsys):
    """What the command complains of."""
    with pytest.raises(SystemExit) as ended:
        call_command("content")
    assert ended.value.code == 1
    return capsys.readouterr().err


def test_it_counts_every_kind_and_finds_nothing_wrong(capsys):
    call_command("content")
    said = capsys.readouterr()
    counts = {name: int(count) for name, count in COUNTED.findall(said.out)}
    assert said.err == ""
    assert counts["strategies"] == 10
    assert counts["causes"] == 5
    assert counts["steps"] >= 120
    assert counts["practices"] == sum(len(one.practices) for one in reading.all_strategies())
    assert counts["unbuilt practices"] == counts["practices"] - sum(
        len(one.built) for one in reading.all_strategies()
    )
    assert {"date ideas", "note starters", "goal examples"} <= set(counts)
    assert re.search(r"^    \d+%  [a-z-]+ / [a-z-]+$", said.out, re.MULTILINE)


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"one": "Paint it your favorite color."}, "“favorite” is American"),
        ({"one": "Ask your wife."}, "“wife” tells somebody’s gender"),
        ({"one": "Go for it!"}, "“!” isn’t how we write"),
        ({"one": "It's time."}, "“'” isn’t how we write"),
        ({"one": "Rest – a little."}, "“–” isn’t how we write"),
        ({"one": " "}, "is empty"),
        ({"One_1": "Sit down together."}, "a slug is words of a to z"),
        ({"a" * 41: "Sit down together."}, "a slug is words of a to z"),
    ],
)
def test_what_is_wrong_with_one_text_is_said_and_stops_the_start(kinds, capsys, texts, fault):
    Kind("things", lambda: texts)
    assert f"things, {next(iter(texts))}: {fault}" in failed(capsys)
    assert [one.msg for one in run_checks() if one.id == "strategies.E001"]


def test_too_few_and_faults_of_a_kind_are_said(kinds, capsys):
    Kind("things", lambda: {"one": "Sit down together."}, lambda: ["one: isn’t good"], least=2)
    said = failed(capsys)
    assert "things: 1 are fewer than 2" in said
    assert "things, one: isn’t good" in said


def test_two_that_say_nearly_the_same_are_found(kinds, capsys):
    texts = {
        "tea": "Make a pot of tea and drink it slowly by the window.",
        "coffee": "Make a pot of coffee and drink it slowly by the window.",
    }
    Kind("things", lambda: texts, compared=False)
    call_command("content")
    Kind("things", lambda: texts)
    assert re.search(r"things: (tea and coffee|coffee and tea) say nearly the same", failed(capsys))


def test_a_practice_without_its_room_is_not_shown(client):
    unbuilt = [(one, each) for one in reading.all_strategies() for each in one.practices if not each.is_built]
    for one, each in unbuilt:
        assert each.name not in client.get(f"/strategies/{one.slug}/").content.decode()
    for one in reading.all_strategies():
        page = client.get(f"/strategies/{one.slug}/").content.decode()
        for each in one.built:
            assert each.name in page
            assert each.often in page


@pytest.mark.parametrize("one", reading.all_strategies(), ids=lambda one: one.slug)
def test_small_steps_are_for_many_days_and_lives(one):
    assert len(one.steps) >= 12
    assert sum(not step.money for step in one.steps) * 2 >= len(one.steps)
    for place in PLACES:
        assert sum(step.place == place for step in one.steps) >= 2
    assert sum(step.child for step in one.steps) >= 6
    assert any(not step.child for step in one.steps)
    assert any(step.apart for step in one.steps)
    assert min(step.minutes for step in one.steps) <= 5
    assert max(step.minutes for step in one.steps) >= 15
    for step in one.steps:
        assert 2 <= step.minutes <= 20
        assert step.tool in {"", "notes", "dates", "goals", "help"}


@pytest.mark.parametrize("one", reading.all_strategies(), ids=lambda one: one.slug)
def test_a_page_tells_why_how_and_when_not(client, one):
    page = client.get(f"/strategies/{one.slug}/").content.decode()
    for words in (one.evidence, str(one.strength_in_words), one.not_when, *one.examples, *one.avoid):
        assert words in page
    for source in one.sources:
        assert source.title in page
        assert str(source.year) in page
    for step in one.steps:
        assert step.text in page
        assert step.why in page


def test_the_first_page_tells_the_premise_the_causes_and_the_ten(client):
    page = client.get("/").content.decode()
    assert reading.premise().summary in page
    for cause in reading.premise().causes:
        assert cause.name in page
    for one in reading.all_strategies():
        assert f'href="/strategies/{one.slug}/"' in page
