"""1,000 random weeks of two people: the private note never shows to the partner, no sealed answer shows early or by
inference, and the small step is the same for both and follows the rules.

``SEED=…`` takes the same weeks again. The rules stand in ``life_model.py``, a second time and in plain Python.
"""

import os
import random
from contextlib import nullcontext
from dataclasses import replace

import pytest

from couples.checkins import actions, focusing, showing, stepping
from couples.checkins.models import Aside, CheckIn, Choice, StepPlan
from couples.core.couple import member_for
from couples.core.keys import held_for
from couples.core.practice import DoneAlone
from couples.today import gather
from strategies import rules
from strategies.reading import steps
from tests.checkins.life import Life
from tests.checkins.life_model import Hole
from tests.checkins.life_weeks import echo, live

pytestmark = pytest.mark.django_db
RUNS = 1 if os.environ.get("ENGINE") == "postgres" else 10
WEEKS = 100
OFTEN = {
    "looks": 20,
    "reveals": 5,
    "reveals read": 10,
    "lapsed": 2,
    "knocks": 5,
    "sealed too late": 2,
    "items kept": 30,
    "notes to oneself": 20,
    "choices sealed": 10,
    "choices opened": 2,
    "focus begun": 1,
    "ruled out": 1,
    "swaps": 4,
    "swapped again": 2,
    "steps done": 3,
    "watched": 8,
    "compared": 4,
    "echoes": 1,
}
"""What has to happen in a run at least: a fraction of what does."""


@pytest.mark.slow
@pytest.mark.parametrize("run", range(RUNS))
def test_a_thousand_weeks(run):
    seed = os.environ.get("SEED") or str(random.randrange(2**32))
    print(f"SEED={seed} takes these weeks again")  # noqa: T201
    with Life(f"{seed} {run}") as life:
        for _again in range(5):
            live(life, WEEKS)
            if not rare(life):
                break
            # Now and then the dice fall so that one thing hardly happens: then there are more weeks of it.
    print(dict(life.figures))  # noqa: T201
    assert life.figures["days"] >= 7 * WEEKS
    assert not rare(life), "too little happened"


def rare(life):
    """What has hardly happened, with how often it did."""
    return {name: life.figures[name] for name, least in OFTEN.items() if life.figures[name] < least}


# That it would notice: each of these breaks one rule of the app on purpose. On PostgreSQL the second wall would hold
# nevertheless, so it is taken down for them.


@pytest.fixture
def broken(monkeypatch):
    """Put something wrong in the place of a part of the app, and return what was there."""
    monkeypatch.setattr("couples.core.wall.stands", lambda: False)

    def put(where, name, wrong):
        right = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *args, **more: wrong(right, *args, **more))

    return put


def notices(match, watched=0.05, seed=7):
    """Whether it is found within three years."""
    with pytest.raises(Hole, match=match), Life(seed) as life:
        live(life, 156, watched)


@pytest.mark.once
def test_it_would_notice_a_note_to_oneself_in_the_reveal(broken):
    def wrong(right, row):
        found = Aside.objects.filter(about=row.pk).first() if row else None
        with held_for(*[found.owner_id] if found else ()):
            note = found.parts["note"] if found else ""
        return {**right(row), "wish": note} if note else right(row)

    broken(showing, "given_by", wrong)
    notices("reads zq|sees")


@pytest.mark.once
def test_it_would_notice_that_what_is_kept_is_given(broken):
    broken(
        actions,
        "write",
        lambda right, member, given, kept, *more: right(member, {**given, **kept}, {}, *more),
    )
    notices("reads zq|sees")


@pytest.mark.once
def test_it_would_notice_a_reveal_of_one_answer(broken):
    def wrong(right, member, row, *more):
        CheckIn.objects.filter(pk=row.pk).update(opens_on=member.today)
        right(member, row, *more)

    broken(actions, "_reveal", wrong)
    notices("gets 200|reads zq|can tell|doesn't read")


@pytest.mark.once
def test_it_would_notice_a_word_that_somebody_has_answered(broken):
    def wrong(right, member, row, *more):
        actions.News.objects.tell(member, actions.REVEALED, row)
        return right(member, row, *more)

    broken(actions, "seal", wrong)
    notices("can tell", watched=0.5)


@pytest.mark.once
def test_it_would_notice_a_private_rule_out_in_what_is_suggested(broken):
    def wrong(right, one, two, *, ruled_out, **more):
        slugs = Choice.objects.filter(says="no").values_list("strategy", flat=True)
        return right(one, two, ruled_out={*ruled_out, *slugs}, **more)

    broken(rules, "suggestions", wrong)
    notices("can tell", watched=1, seed=3)


@pytest.mark.once
def test_it_would_notice_an_opinion_of_one_that_counts(broken):
    def wrong(right, member):
        found = right(member)
        slugs = Choice.objects.filter(couple=member.couple, says="no").values_list("strategy", flat=True)
        return replace(found, ruled_out=found.ruled_out | {*slugs})

    broken(stepping, "ground", wrong)
    broken(focusing, "_reveal", lambda right, member, row: [right(member, row), stepping.anew(member)][0])
    with Life(7) as life:
        life.next_day()
        life.link()
        slug = steps()[life.model.step].strategy
        life.post("alex", f"/checkins/strategy/{slug}/say/", says="no")
        assert not life.model.says("alex", slug, "no")
        with pytest.raises(Hole, match="nobody changed it"):
            life.acted()


@pytest.mark.once
def test_it_would_notice_another_step_for_one_of_the_two(broken):
    def wrong(right, member, *more):
        found = right(member, *more)
        return replace(found, step=steps()["late-thanks"]) if found and member.person.name == "Sam" else found

    broken(gather, "today_of", wrong)
    notices("sam sees")


@pytest.mark.once
def test_it_would_notice_a_step_that_changes_when_one_looks(broken):
    def wrong(right, member, *more):
        stepping.anew(member, swap=True)
        return right(member, *more)

    broken(gather, "today_of", wrong)
    notices("sees|may swap|changed")


@pytest.mark.once
def test_it_would_notice_a_second_swap(broken):
    def wrong(right, member, **more):
        right(member, **more)
        StepPlan.objects.filter(couple=member.couple).update(swapped_on=None)

    broken(stepping, "anew", wrong)
    notices("may swap|nobody changed it")


@pytest.mark.once
def test_it_would_notice_steps_of_what_was_ruled_out(broken):
    broken(stepping, "ground", lambda right, member: replace(right(member), ruled_out=frozenset()))
    notices("didn't choose|doesn't fit")


@pytest.mark.once
def test_it_would_notice_gentle_steps_that_nobody_chose(monkeypatch):
    monkeypatch.setattr(rules, "GENTLE", frozenset())
    notices("didn't choose|doesn't fit")


@pytest.mark.once
def test_it_would_notice_steps_that_come_again(broken):
    broken(rules, "in_order", lambda right, pool, _shown, *more: right(pool, {}, *more))
    notices("comes again")


@pytest.mark.once
@pytest.mark.parametrize("wrong", [False, True])
def test_it_notices_what_one_did_alone_in_what_comes_of_an_act(broken, wrong):
    """A note that waits for its day ticks a step for its author alone: it doesn't keep the other's."""
    if wrong:
        broken(stepping, "_both_did", lambda *_: DoneAlone.objects.filter(what="notes").exists())
    with Life(1) as life:
        life.next_day()
        life.link()
        couple = member_for(life.people["alex"]).couple
        StepPlan.objects.create(
            couple=couple, day=life.model.day, step="late-thanks", order=["ten-minute-slice"]
        )
        life.post("sam", "/checkins/strategy/goals/say/", says="focus")
        note = life.post("alex", "/notes/new/", what="a cup of tea", meaning="warm hands")["Location"]
        secret = ("alex", f"{note}give/", {"when": "day", "day": "2027-03-20"})
        shown = ("alex", "/checkins/strategy/goals/say/", {"says": "focus"})
        with pytest.raises(Hole, match="sam can tell") if wrong else nullcontext():
            echo(life, "alex", secret, shown)
        assert life.figures["echoes"] == 1
