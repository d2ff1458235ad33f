"""What a person can do without the partner being able to tell. A new room adds its own."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from couples.dates.models import DatePlan
from couples.goals.models import Goal
from couples.notes.models import Note
from tests.conftest import PASSWORD
from tests.world import World

WORDS = {"what": "secret thing", "meaning": "secret meaning"}


def post(client: Client, route: str, *args: object, **data: str) -> None:
    """Send a form, which must be accepted."""
    answer = client.post(reverse(route, args=args), data)
    assert answer.status_code in (200, 204, 302), (route, answer.status_code, answer.content[-2000:])


def write_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:new", **WORDS, once=str(uuid.uuid4()))


def draft_a_note(world: World, alex: Client) -> None:
    post(alex, "core:draft", "notes.new", **WORDS)


def change_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:edit", world.own_note.pk, **WORDS)


def throw_a_note_away(world: World, alex: Client) -> None:
    post(alex, "notes:remove", world.own_note.pk)


def give_a_note_from_a_day_on(world: World, alex: Client) -> None:
    day = (world.cast.member("alex").today + dt.timedelta(days=5)).isoformat()
    post(alex, "notes:give", world.own_note.pk, when="day", day=day)


def take_a_note_back(world: World, alex: Client) -> None:
    post(alex, "notes:take_back", world.later_note.pk)
    assert Note.objects.get(pk=world.later_note.pk).couple is None


def keep_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:keep", world.note.pk, keep="1")


def search_the_notes(world: World, alex: Client) -> None:
    post(alex, "notes:search", words="secret")


def read_the_news(world: World, alex: Client) -> None:
    post(alex, "core:news_open", world.news.pk)


TIMES = {"day_1": "2031-05-01", "time_1": "19:00", "minutes": "180"}
PLAN = {"kind": "date_night", "title": "secret plan", "place": "", "notes": "", **TIMES}
GOAL = {"title": "secret goal", "why": "", "horizon": "short", "whose": "ours"}


def plan_a_date_alone(world: World, alex: Client) -> None:
    post(alex, "dates:new", **PLAN, once=str(uuid.uuid4()))


def change_ones_own_plan(world: World, alex: Client) -> None:
    post(alex, "dates:edit", world.own_plan.pk, **PLAN, version="0")
    assert DatePlan.objects.get(pk=world.own_plan.pk).title == "secret plan"


def throw_ones_own_plan_away(world: World, alex: Client) -> None:
    post(alex, "dates:remove", world.own_plan.pk)
    assert not DatePlan.objects.filter(pk=world.own_plan.pk).exists()


def arrange_something_for_ones_own_plan(world: World, alex: Client) -> None:
    post(alex, "dates:task_add", world.own_plan.pk, text="secret task", who="me", once=str(uuid.uuid4()))
    post(alex, "dates:task_tick", world.own_plan.pk, world.own_task.pk, done="1")
    post(alex, "dates:task_remove", world.own_plan.pk, world.own_task.pk)


def begin_a_plan(world: World, alex: Client) -> None:
    post(alex, "core:draft", "dates.new", title="secret")
    assert alex.get("/dates/new/").status_code == 200


def name_a_goal_alone(world: World, alex: Client) -> None:
    post(alex, "goals:new", **GOAL, once=str(uuid.uuid4()))
    assert Goal.objects.filter(couple=None).count() == 2


def name_a_goal_alone_within_a_shared_one(world: World, alex: Client) -> None:
    Goal.objects.filter(pk=world.goal.pk).update(horizon="long")
    post(alex, "goals:new", **GOAL, parent=str(world.goal.pk), once=str(uuid.uuid4()))
    Goal.objects.filter(pk=world.goal.pk).update(horizon="short")


def work_on_ones_own_goal(world: World, alex: Client) -> None:
    post(
        alex,
        "goals:step_add",
        world.own_goal.pk,
        text="secret step",
        who="",
        day="2027-03-19",
        once=str(uuid.uuid4()),
    )
    post(alex, "goals:step_tick", world.own_step.pk, done="1")
    post(alex, "goals:step_edit", world.own_step.pk, text="secret", who="", day="", version="0")
    post(alex, "goals:step_remove", world.own_goal.pk, world.own_step.pk)
    post(alex, "goals:amount", world.own_goal.pk, amount_now="5000", version="0")


def reach_and_take_up_ones_own_goal(world: World, alex: Client) -> None:
    post(alex, "goals:reached", world.own_goal.pk, words="secret")
    assert Goal.objects.get(pk=world.own_goal.pk).state == "reached"
    post(alex, "goals:take_up", world.own_goal.pk)


def let_ones_own_goal_go(world: World, alex: Client) -> None:
    post(alex, "goals:let_go", world.own_goal.pk, words="secret")


def throw_ones_own_goal_away(world: World, alex: Client) -> None:
    post(alex, "goals:remove", world.own_goal.pk)
    assert not Goal.objects.filter(pk=world.own_goal.pk).exists()


def plan_a_time_for_a_step(world: World, alex: Client) -> None:
    post(alex, "goals:step_plan", world.own_step.pk)


def take_the_consent_back(world: World, alex: Client) -> None:
    post(alex, "account_reauthenticate", password=PASSWORD)
    post(alex, "space:consent")
    assert alex.get("/").url == "/welcome/"
    assert Note.objects.get(pk=world.later_note.pk).couple is None


def sign_the_others_out(world: World, alex: Client) -> None:
    post(alex, "account_reauthenticate", password=PASSWORD)
    post(alex, "space:end_session", world.session)
    post(alex, "space:end_others")


ACTS: list[Callable[[World, Client], None]] = [
    write_a_note,
    draft_a_note,
    change_a_note,
    throw_a_note_away,
    give_a_note_from_a_day_on,
    take_a_note_back,
    keep_a_note,
    search_the_notes,
    read_the_news,
    plan_a_date_alone,
    change_ones_own_plan,
    throw_ones_own_plan_away,
    arrange_something_for_ones_own_plan,
    begin_a_plan,
    name_a_goal_alone,
    name_a_goal_alone_within_a_shared_one,
    work_on_ones_own_goal,
    reach_and_take_up_ones_own_goal,
    let_ones_own_goal_go,
    throw_ones_own_goal_away,
    plan_a_time_for_a_step,
    take_the_consent_back,
    sign_the_others_out,
]
