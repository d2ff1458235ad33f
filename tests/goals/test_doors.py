"""Who gets to a goal, and what those meet who come too late."""

import pytest

from tests.goals.conftest import goal_by, text, url

pytestmark = pytest.mark.django_db


PAGES = ("detail", "edit", "history", "remove", "preview", "answer", "reached", "let_go")
POSTS = (*PAGES[3:4], *PAGES[5:], "edit", "share", "take_back", "support", "amount", "take_up", "step_add")


@pytest.mark.parametrize("who", ["dana", "ex", "robin"])
@pytest.mark.parametrize("shared", [True, False])
def test_outsiders_meet_nothing(browse, alex, who, shared):
    goal = goal_by(alex, shared=shared)
    client = browse(who)
    for method, names in ((client.get, PAGES), (client.post, POSTS)):
        for name in names:
            allowed = (
                (302,) if who != "dana" and name in ("preview", "answer", "share", "support") else (404,)
            )
            assert method(url(name, goal.pk)).status_code in allowed, name
    for name in ("home", "past"):
        assert "A home with a garden" not in text(client.get(url(name)))


def test_anonymous_people_are_asked_to_sign_in(browse, alex):
    goal = goal_by(alex)
    for name, args in (("home", ()), ("past", ()), ("new", ()), *((name, (goal.pk,)) for name in PAGES)):
        answer = browse().get(url(name, *args))
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.headers["Location"]


def test_acts_that_came_too_late_lead_back_kindly(browse, alex):
    goal = goal_by(alex, state="reached", ended_on=alex.today)
    for name in ("edit", "let_go", "amount", "step_add"):
        assert browse("sam").post(url(name, goal.pk)).status_code == 302, name
    assert browse("alex").post(url("preview", goal.pk)).status_code == 405
    assert browse("alex").get(url("preview", goal.pk)).status_code == 302
