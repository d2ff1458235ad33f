"""Steps: who adds, changes and ticks them, and for whom they wait."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.core.clock import day_start
from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.handover import Handover
from couples.core.news import News
from couples.goals import actions, steps
from couples.goals.models import Goal, GoalStep
from tests.goals.conftest import goal_by, step_of

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
WEEK = dt.timedelta(days=7)


def url(name, *args):
    return reverse(f"goals:{name}", args=args)


def typed(**more):
    return {"text": "Ask the bank", "once": str(uuid.uuid4()), **more}


def kinds(member):
    return sorted(News.objects.visible_to(member).values_list("kind", flat=True))


def waits(step):
    return {due.owner.name: due for due in Due.objects.filter(about=step.pk)}


def test_a_step_for_the_partner_is_news_and_waits_for_them(browse, alex, sam):
    goal = goal_by(alex)
    day = alex.today + WEEK
    sent = typed(who="partner", day=day.isoformat())
    for _ in range(2):
        assert browse("alex").post(url("step_add", goal.pk), sent).status_code == 302
    step = goal.steps.get()
    assert (step.who, step.author, step.day) == (sam.person, alex.person, day)
    assert kinds(sam) == ["goal.step_for_you"]
    due = waits(step)
    assert set(due) == {"Sam"}
    assert (due["Sam"].at, due["Sam"].shows_from) == (
        day_start(day, sam.zone),
        day_start(day - WEEK, sam.zone),
    )
    assert due["Sam"].until == day_start(day + 2 * WEEK, sam.zone)
    assert due["Sam"].couple == sam.couple
    assert "Ask the bank" in browse("sam").get("/").content.decode()


def test_a_step_for_both_waits_for_both_until_it_is_done(browse, alex, sam):
    step = step_of(goal_by(alex), alex)
    browse("alex").post(url("step_edit", step.pk), typed(day=alex.today.isoformat(), version=0))
    assert set(waits(step)) == {"Alex", "Sam"}
    for _ in range(2):
        browse("sam").post(url("step_tick", step.pk), {"done": "1"})
    step.refresh_from_db()
    assert (step.done_by, step.done_on) == (sam.person, sam.today)
    assert waits(step) == {}
    assert kinds(alex) == ["goal.step_done"]
    browse("sam").post(url("step_tick", step.pk), {"done": "0"})
    assert set(waits(step)) == {"Alex", "Sam"}
    assert kinds(alex) == []


def test_a_step_is_ticked_by_the_one_whom_it_is_for(browse, alex, sam):
    step = step_of(goal_by(alex), alex, who=sam.person)
    assert browse("alex").post(url("step_tick", step.pk), {"done": "1"}).status_code == 403
    assert browse("sam").post(url("step_tick", step.pk), {"done": "1"}).status_code == 302
    assert kinds(alex) == []


def test_a_step_is_changed_and_removed_by_who_wrote_it(browse, alex, sam):
    goal = goal_by(alex)
    step = step_of(goal, alex, day=alex.today)
    for answer in (
        browse("sam").get(url("step_edit", step.pk)),
        browse("sam").post(url("step_edit", step.pk), typed(version=0)),
        browse("sam").post(url("step_remove", goal.pk, step.pk)),
    ):
        assert answer.status_code == 403
    assert browse("alex").get(url("step_edit", step.pk)).status_code == 200
    browse("alex").post(url("step_edit", step.pk), typed(text="Ask another bank", version=0))
    assert "Ask the bank" in browse("sam").get(url("history", goal.pk)).content.decode()
    for _ in range(2):
        assert browse("alex").post(url("step_remove", goal.pk, step.pk)).status_code == 302
    assert not GoalStep.objects.exists()
    assert "Ask the bank" not in browse("sam").get(url("history", goal.pk)).content.decode()


def test_a_step_changed_in_two_tabs_shows_both(browse, alex):
    step = step_of(goal_by(alex), alex)
    browse("alex").post(url("step_edit", step.pk), typed(text="First tab", version=0))
    answer = browse("alex").post(url("step_edit", step.pk), typed(text="Second tab", version=0))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "First tab" in page
    assert 'value="Second tab"' in page
    assert 'name="version" value="1"' in page
    browse("alex").post(url("step_edit", step.pk), typed(text="Second tab", version=1))
    step.refresh_from_db()
    assert step.text == "Second tab"


def test_on_the_partners_own_goal_one_adds_steps_for_oneself_once_one_supports_it(browse, alex, sam):
    goal = goal_by(alex, whose="author")
    assert browse("sam").post(url("step_add", goal.pk), typed()).status_code in (302, 403)
    assert not GoalStep.objects.exists()
    browse("sam").post(url("support", goal.pk), {"support": "1"})
    browse("sam").post(url("step_add", goal.pk), typed(who="partner"))
    assert goal.steps.get().who == sam.person
    assert browse("alex").post(url("step_tick", goal.steps.get().pk), {"done": "1"}).status_code == 403


def test_while_proposed_only_its_author_adds_steps_and_nothing_waits(browse, alex, sam):
    goal = goal_by(alex, state="proposed")
    assert browse("sam").post(url("step_add", goal.pk), typed()).status_code == 302
    browse("alex").post(url("step_add", goal.pk), typed(day=alex.today.isoformat()))
    step = goal.steps.get()
    assert waits(step) == {}
    assert kinds(sam) == []
    browse("sam").post(url("answer", goal.pk), {"say": "in", "version": 0})
    assert set(waits(step)) == {"Alex", "Sam"}
    browse("sam").post(url("let_go", goal.pk))
    assert waits(step) == {}
    browse("sam").post(url("take_up", goal.pk))
    assert set(waits(step)) == {"Alex", "Sam"}


def test_a_private_goals_steps_wait_for_their_owner_alone(browse, alex, sam):
    goal = goal_by(alex, shared=False)
    for who in ("", "me", "partner"):
        browse("alex").post(url("step_add", goal.pk), typed(who=who, day=alex.today.isoformat()))
    assert {due.owner.name for due in Due.objects.all()} == {"Alex"}
    assert {due.couple for due in Due.objects.all()} == {None}
    assert Due.objects.count() == 2
    assert kinds(sam) == []
    browse("alex").post(url("share", goal.pk))
    assert not Due.objects.exists()
    browse("alex").post(url("take_back", goal.pk))
    assert Due.objects.filter(couple=None, owner=alex.person).count() == 2
    browse("alex").post(url("remove", goal.pk))
    assert not Due.objects.exists()


def test_a_step_for_somebody_of_former_days_is_for_both(cast, browse, alex):
    step = step_of(goal_by(alex, shared=False), alex, who=cast.ex)
    browse("alex").post(url("share", step.goal.pk))
    step.refresh_from_db()
    assert step.who is None


def test_steps_in_place(browse, alex):
    goal = goal_by(alex)
    Draft.objects.keep(alex, f"goals.step:{goal.pk}", {"text": "Ask the"})
    assert "Ask the" in browse("alex").get(url("detail", goal.pk)).content.decode()
    added = browse("alex").post(url("step_add", goal.pk), typed(text="Ask a friend"), **HTMX).content.decode()
    assert "Ask a friend" in added
    assert 'id="goal-steps"' in added
    assert "<html" not in added
    assert not Draft.objects.exists()
    wrong = browse("alex").post(url("step_add", goal.pk), typed(text=" "), **HTMX)
    assert wrong.status_code == 422
    assert "what the step is" in wrong.content.decode()
    whole = browse("alex").post(url("step_add", goal.pk), typed(text=" "))
    assert whole.status_code == 422
    assert "<h1>" in whole.content.decode()
    ticked = browse("alex").post(url("step_tick", goal.steps.get().pk), {"done": "1"}, **HTMX)
    assert "Not done after all" in ticked.content.decode()


def test_a_hundred_steps_are_enough(browse, alex):
    goal = goal_by(alex)
    GoalStep.objects.bulk_create(
        GoalStep(goal=goal, author=alex.person, text=f"Step {n}") for n in range(100)
    )
    assert "as many steps" in browse("alex").get(url("detail", goal.pk)).content.decode()
    assert browse("alex").post(url("step_add", goal.pk), typed()).status_code == 302
    assert goal.steps.count() == 100


def test_a_step_becomes_a_date_by_one_press(browse, alex):
    step = step_of(goal_by(alex), alex, text="A walk by the lake")
    answer = browse("sam").post(url("step_plan", step.pk))
    handed = Handover.objects.get()
    assert answer.headers["Location"] == reverse("dates:new") + f"?handover={handed.pk}"
    assert "lake" not in answer.headers["Location"]
    assert "lake" in handed.words
    assert handed.owner.name == "Sam"
    browse("sam").post(url("step_tick", step.pk), {"done": "1"})
    assert browse("sam").post(url("step_plan", step.pk)).status_code == 302


@pytest.mark.parametrize("who", ["dana", "ex", "robin", "sam"])
def test_steps_of_what_one_does_not_see_are_not_there(browse, alex, who):
    goal = goal_by(alex, shared=False)
    step = step_of(goal, alex)
    client = browse(who)
    assert client.get(url("step_edit", step.pk)).status_code == 404
    for name in ("step_edit", "step_tick", "step_plan"):
        assert client.post(url(name, step.pk), typed(done="1")).status_code == 404, name
    assert client.post(url("step_remove", goal.pk, step.pk)).status_code == 404
    mine = goal_by(alex.__class__(step.author, None, None, alex.now, alex.today), shared=False)
    assert browse("alex").post(url("step_remove", mine.pk, step.pk)).status_code == 302
    assert GoalStep.objects.filter(pk=step.pk).exists()


def test_a_step_from_a_page_gone_back_to_is_a_second_one(browse, alex, sam):
    goal = goal_by(alex)
    sent = typed()
    for words in ("Ask the bank", "Ask a friend", "Ask the bank"):
        assert browse("alex").post(url("step_add", goal.pk), {**sent, "text": words}).status_code == 302
    assert sorted(step.text for step in goal.steps.all()) == ["Ask a friend", "Ask the bank"]
    assert kinds(sam) == ["goal.step_for_both"]
    assert "Alex added a step for both of you" in browse("sam").get("/").content.decode()


def test_support_of_what_is_taken_back_at_that_moment_is_none(browse, alex, sam):
    goal = goal_by(alex, whose="author")
    seen = Goal.objects.get(pk=goal.pk)
    browse("alex").post(url("take_back", goal.pk))
    assert not actions.support(sam, seen, True)
    goal.refresh_from_db()
    assert not goal.supported
    assert not News.objects.filter(about=goal.pk).exists()


def test_a_step_for_a_goal_that_was_taken_back_meanwhile_is_none(alex, sam):
    goal = goal_by(alex, whose="author", supported=True)
    seen_before = Goal.objects.get(pk=goal.pk)
    assert actions.take_back(alex, goal)
    assert steps.add(sam, seen_before, uuid.uuid4(), "Sam's words", sam.person, None) is None
    assert not GoalStep.objects.exists()
    assert not News.objects.exists()
