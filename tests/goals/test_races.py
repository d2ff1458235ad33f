"""Two at once: the database decides, nothing is lost in silence, and nobody meets an error page."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from couples.core.edits import Version
from couples.core.news import News
from couples.goals import actions
from couples.goals.models import Goal, GoalStep
from tests.goals.conftest import goal_by, step_of, words

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def at_once(*calls):
    """Call all at the same moment, each in a thread of its own; return what they answered."""
    gate = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(number, call):
        gate.wait()
        try:
            answers[number] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def post(client, name, pk, **data):
    path = reverse(f"goals:{name}", args=[pk] if pk else [])
    return lambda: client.post(path, data).status_code


def test_yes_and_no_at_once_is_one_answer(browse, alex, sam):
    for _ in range(ROUNDS):
        goal = goal_by(alex, state="proposed")
        one, two = browse("sam"), browse("sam")
        answers = at_once(
            post(one, "answer", goal.pk, say="in", version=0),
            post(two, "answer", goal.pk, say="no", version=0),
        )
        goal.refresh_from_db()
        assert goal.state in ("in", "declined")
        assert goal.version == 1
        assert set(answers) <= {302, 409}
        assert News.objects.filter(about=goal.pk).count() == 1


def test_answered_and_taken_back_at_once(browse, alex, sam):
    for _ in range(ROUNDS):
        goal = goal_by(alex, state="proposed")
        answers = at_once(
            post(browse("sam"), "answer", goal.pk, say="in", version=0),
            post(browse("alex"), "take_back", goal.pk),
        )
        goal.refresh_from_db()
        assert (goal.couple is None, goal.state) in ((True, "in"), (False, "in"))
        assert set(answers) <= {302, 404, 409}


def test_taken_back_while_the_other_adds_a_step(browse, alex, sam, monkeypatch):
    """The step comes after the look for one, and before the goal is its author's alone. It never gets there."""
    goal, move, found = goal_by(alex, whose="author", supported=True), actions._move, []
    add = post(browse("sam"), "step_add", goal.pk, text="Sam's words", once=words()["once"])

    def meanwhile(*args, **kwargs):
        adding = threading.Thread(target=lambda: found.append(*at_once(add)))
        adding.start()
        while adding.is_alive() and not _somebody_waits():
            adding.join(0.02)
        found.insert(0, adding)
        return move(*args, **kwargs)

    monkeypatch.setattr(actions, "_move", meanwhile)
    assert at_once(post(browse("alex"), "take_back", goal.pk)) == [302]
    found[0].join()
    goal.refresh_from_db()
    assert goal.couple is None
    assert not goal.steps.exists()
    assert found[1] in (302, 404)
    assert not News.objects.exists()


def _somebody_waits():
    """Whether somebody waits for what is held here. On SQLite, always: there is one who writes at a time."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def test_two_amounts_at_once_are_both_seen(browse, alex, sam):
    for _ in range(ROUNDS):
        goal = goal_by(alex, amount_target=1000, amount_now=1)
        answers = at_once(
            post(browse("alex"), "amount", goal.pk, amount_now="100", version=0),
            post(browse("sam"), "amount", goal.pk, amount_now="200", version=0),
        )
        goal.refresh_from_db()
        assert sorted(answers) == [302, 409]
        assert goal.amount_now in (100, 200)
        assert Version.objects.filter(about=goal.pk).count() == 1


def test_two_edits_at_once_lose_neither(browse, alex, sam):
    for _ in range(ROUNDS):
        goal = goal_by(alex)
        answers = at_once(
            post(browse("alex"), "edit", goal.pk, title="Alex", version=0),
            post(browse("sam"), "edit", goal.pk, title="Sam", version=0),
        )
        assert sorted(answers) == [302, 409]


def test_one_form_sent_twice_at_once_is_one_goal(browse, alex):
    for number in range(ROUNDS):
        typed = words(title=f"Goal {number}", step="Begin")
        answers = at_once(
            post(browse("alex"), "new", None, **typed), post(browse("alex"), "new", None, **typed)
        )
        assert answers == [302, 302]
        assert Goal.objects.count() == number + 1
        assert GoalStep.objects.count() == number + 1


def test_one_step_sent_and_ticked_twice_at_once(browse, alex, sam):
    goal = goal_by(alex)
    for number in range(ROUNDS):
        typed = {"text": "Begin", "once": words()["once"]}
        assert at_once(*[post(browse("alex"), "step_add", goal.pk, **typed)] * 2) == [302, 302]
        assert goal.steps.count() == number + 1
    step = step_of(goal, alex, day=alex.today)
    ticks = [post(browse(name), "step_tick", step.pk, done="1") for name in ("alex", "sam")]
    assert at_once(*ticks) == [302, 302]
    assert News.objects.filter(kind="goal.step_done").count() == 1
