"""300 steps of the proof on every run of the tests, and that it would notice. ``make proof`` takes 10,000."""

import datetime as dt
import os
import random
from collections import Counter

import pytest
from django.db.models import Q

from couples.core.declared import Declaration
from couples.core.shared import Shared
from couples.notes import actions
from couples.notes.models import GIVEN
from tests.proof.acts import ACTS, PAGES
from tests.proof.machine import FIGURES, perform, run
from tests.proof.stage import Hole, Stage, private_fields
from tests.routes import ROUTES
from tests.world import declared_models

pytestmark = pytest.mark.django_db

WITHOUT_AN_ACT = {
    "exit": "it signs out",
    "space:welcome": "everybody has been welcomed",
    "space:invite_mail": "there is no mail server",
}
"""Routes that change something and are in no act, and why."""


def test_steps():
    steps, seed = int(os.environ.get("STEPS") or 300), int(os.environ.get("SEED") or random.randrange(2**32))
    print(f"SEED={seed} takes these steps again")  # noqa: T201
    figures = run(steps, seed)
    assert figures["steps"] >= steps
    assert figures["pages"] > 5 * steps


ENDS = 14


def ends(name):
    """Whether an act makes an end of something: first there has to be something."""
    return any(word in name for word in ("link", "leave", "remove", "take_back", "reach", "let_go"))


def walk(steps):
    """Of all that can be done the rarest next, with days in between. Figures, and how often each act led to something."""
    figures, tried, done = Counter(), Counter(), Counter()
    stage, dice = Stage(figures), random.Random(2)
    try:
        while stage.steps < steps:
            if stage.steps % 7 == 0:
                stage.pass_time(dt.timedelta(days=2))
            able = [act for act in ACTS.values() if act.choices(stage)]
            act = min(able, key=lambda one: 3 * done[one.name] + tried[one.name] + ENDS * ends(one.name))
            before = stage.sent
            perform(stage, act, dice.choice(act.choices(stage)), dice.getrandbits(32))
            tried[act.name] += 1
            done[act.name] += stage.sent > before
            stage.steps += 1
            if stage.steps % 5 == 0:
                stage.look_back()
    finally:
        stage.close()
    return figures, done


def test_everything_can_be_done_and_every_private_field_gets_its_canary():
    figures, done = walk(700)
    idle = set(ACTS) - set(+done)
    assert not idle, "acts that never led to anything"
    fields = {f"field {model.__name__}.{name}" for model, names in private_fields().items() for name in names}
    empty = fields - set(+figures)
    assert not empty, "private fields in which nothing was planted"


def test_nothing_is_left_out():
    """A new room has its acts, its pages and its fields here, or this fails."""
    changing = {name for name, route in ROUTES.items() if "POST" in route.methods}
    assert {route for act in ACTS.values() for route in act.routes} == changing - set(WITHOUT_AN_ACT)
    assert set(PAGES) == {model for model in declared_models() if issubclass(model, Shared)}
    assert all(isinstance(model.declared, Declaration) for model in private_fields())


# That it would notice: each of these breaks one rule of the app on purpose.


def caught(steps=400):
    with pytest.raises(Hole) as found:
        run(steps, 11)
    return str(found.value), FIGURES["steps"]


def test_it_would_notice_a_filter_that_lets_all_of_a_couple_through(monkeypatch):
    def leaky(member, prefix=""):
        return Q(**{f"{prefix}author": member.person}) | Q(
            **{f"{prefix}couple": member.couple, f"{prefix}couple__isnull": False}
        )

    monkeypatch.setattr("couples.core.shared.visible", leaky)
    said, _steps = caught()
    assert "gets 200" in said or "reads" in said or "finds" in said


def test_it_would_notice_drafts_that_others_see(monkeypatch):
    monkeypatch.setattr("couples.core.shared.visible", lambda member, prefix="": Q())  # noqa: ARG005
    assert caught()[1] < 50


def test_it_would_notice_that_leaving_gives_nothing_back(monkeypatch):
    monkeypatch.setattr("couples.space.actions.withdraw_unopened", lambda couple, today: None)  # noqa: ARG005
    assert "gets 404" in caught(2000)[0]


def test_it_would_notice_early_news(monkeypatch):
    def give(member, note, opens_on):
        given = real(member, note, opens_on)
        actions.News.objects.tell(member, GIVEN, note)
        return given

    real = actions.give
    monkeypatch.setattr(actions, "give", give)
    assert "finds the id" in caught(2000)[0]


def test_it_would_notice_words_that_change_in_silence(monkeypatch):
    monkeypatch.setattr("couples.core.edits.keep_version", lambda *of: None)  # noqa: ARG005
    assert "forgotten" in caught(2000)[0]
