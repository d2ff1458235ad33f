"""300 steps of the proof on every run of the tests, and that it would notice. ``make proof`` takes 10,000."""

import json
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from django.db.models import Q

from couples.core.declared import Declaration
from couples.core.fields import sealed
from couples.core.shared import Shared
from couples.dates.models import DatePlan
from couples.notes import actions
from couples.notes.models import GIVEN, Note
from tests.proof.acts import ACTS, PAGES, STORIES
from tests.proof.machine import FIGURES, look, perform, run
from tests.proof.stage import Hole, Stage, private_fields
from tests.routes import ROUTES
from tests.world import declared_models

pytestmark = pytest.mark.django_db

WITHOUT_AN_ACT = {
    "exit": "it signs out",
    "space:welcome": "everybody has been welcomed",
    "space:invite_mail": "there is no mail server",
    "space:consent": "it leads away from every page (tests/space/test_consent.py; a private act of test_silence.py)",
    "space:end_session": "it signs out",
    "space:end_others": "it signs out",
}
"""Routes that change something and are in no act, and why."""


@pytest.mark.slow
def test_steps():
    steps, seed = int(os.environ.get("STEPS") or 300), int(os.environ.get("SEED") or random.randrange(2**32))
    print(f"SEED={seed} takes these steps again")  # noqa: T201
    figures = run(steps, seed)
    assert figures["steps"] >= steps
    assert figures["pages"] > 5 * steps
    if file := os.environ.get("FIGURES"):
        # What never happened stands there too: make proof fails on what happened on neither database.
        wanted = {f"step {name}" for name in ACTS} | fields()
        Path(file).write_text(json.dumps({**dict.fromkeys(wanted, 0), **figures}))


def fields():
    """Every private field, as the figures name it."""
    return {f"field {model.__name__}.{name}" for model, names in private_fields().items() for name in names}


def test_every_private_field_gets_its_canary():
    """By the stories of the rooms, one after another; whoever may read them does, and nobody else."""
    figures = Counter()
    stage, dice = Stage(figures), random.Random(3)
    try:
        for tell in STORIES.values():
            one = "alex"
            if not stage.model.partner_of(one):
                ACTS["space_link"].perform(stage, one, None, dice)
            tell(stage, one, stage.model.partner_of(one), dice)
            stage.look_back()
        stage.look_everywhere()
    finally:
        stage.close()
    empty = fields() - set(+figures)
    assert not empty, "private fields in which nothing was planted"


def test_nothing_is_left_out():
    """A new room has its acts, its pages and its fields here, or this fails."""
    changing = {name for name, route in ROUTES.items() if "POST" in route.methods}
    assert {route for act in ACTS.values() for route in act.routes} == changing - set(WITHOUT_AN_ACT)
    shared = {model for model in declared_models() if issubclass(model, Shared)}
    assert shared <= set(PAGES)
    assert all(model.declared.owner == "couple" for model in set(PAGES) - shared)
    assert all(isinstance(model.declared, Declaration) for model in private_fields())


# That it would notice: each of these breaks one rule of the app on purpose. On PostgreSQL the second wall would hold
# nevertheless, so it is taken down for them.


@pytest.fixture
def one_wall(monkeypatch):
    monkeypatch.setattr("couples.core.wall.stands", lambda: False)


def test_it_would_notice_a_filter_that_lets_everything_through(one_wall, monkeypatch):
    monkeypatch.setattr("couples.core.shared.visible", lambda member, prefix="": Q())  # noqa: ARG005
    with pytest.raises(Hole, match="gets 200|got 500|reads zq|finds the id"):
        run(300, 11)
    assert FIGURES["steps"] < 300


def play(*names, then=None):
    """Two link, then do these acts; after each everybody looks."""
    stage = Stage()
    try:
        for name in ("space_link", *names):
            perform(stage, ACTS[name], ACTS[name].choices(stage)[0], dice=1)
            look(stage, random.Random(1))
        for change in then or ():
            change(stage.touched)
        stage.look_back()
        stage.look_everywhere()
    finally:
        stage.close()


WAITING = ("notes_write", "notes_give_from_a_day_on")


def test_it_would_notice_what_waits_being_seen_at_once(one_wall, monkeypatch):
    play(*WAITING)

    def early(member, prefix=""):
        return Q(**{f"{prefix}couple": member.couple})

    monkeypatch.setattr("couples.core.shared.open_to", early)
    with pytest.raises(Hole, match="gets 200|reads zq|finds the id"):
        play(*WAITING)


def test_it_would_notice_that_leaving_gives_nothing_back(one_wall, monkeypatch):
    play(*WAITING, "space_leave")
    monkeypatch.setattr("couples.space.actions.withdraw_unopened", lambda couple, today: None)  # noqa: ARG005
    with pytest.raises(Hole, match="gets 404"):
        play(*WAITING, "space_leave")


def test_it_would_notice_early_news(one_wall, monkeypatch):
    def give(member, note, opens_on):
        given = real(member, note, opens_on)
        actions.News.objects.tell(member, GIVEN, note)
        return given

    real = actions.give
    monkeypatch.setattr(actions, "give", give)
    with pytest.raises(Hole, match="is told news"):
        play(*WAITING)


def change(model, pk, **words):
    """Change words behind the app's back."""
    row = model.objects.get(pk=pk)
    model.objects.filter(pk=pk).update(**sealed(row, **words))


GIVEN_NOW = ("notes_write", "notes_give")


def test_it_would_notice_fixed_words_that_change(one_wall):
    with pytest.raises(Hole, match="which nobody may"):
        play(*GIVEN_NOW, then=[lambda row: change(Note, row.pk, meaning="something else")])


def test_it_would_notice_words_that_change_in_silence(one_wall):
    with pytest.raises(Hole, match="forgotten"):
        play(
            "dates_plan",
            "dates_propose",
            then=[lambda row: change(DatePlan, row.pk, place="elsewhere")],
        )
