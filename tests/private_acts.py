"""What a person can do without the partner being able to tell. A new room adds its own, each with the models it writes.

``test_silence.py`` holds the list against the declarations: a model whose rows can be one person's alone, of which no
act here makes, changes, shares later or removes one, fails.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from unittest import mock

from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from couples.checkins.models import Aside, CheckIn, Choice
from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.handover import Handover
from couples.core.news import News
from couples.core.once import new_id
from couples.core.people import Person
from couples.core.practice import DoneAlone
from couples.dates.models import DatePlan, PlanOption, PlanTask
from couples.goals.models import Goal, GoalStep
from couples.notes.models import Kept, Note
from couples.reminders import rounds, tokens
from couples.reminders.models import Device, Hours, Reminder, Sending, mark_of
from couples.reminders.outcomes import Outcome
from couples.space.models import Consent
from tests.conftest import PASSWORD
from tests.reminders.push import Browser
from tests.world import World

ACTS: dict[Callable[[World, Client], None], set[type[Model]]] = {}
"""Each act, with the models whose rows it writes."""

NEVER_PRIVATELY: dict[tuple[type[Model], str], str] = {
    (Kept, "change"): "there is nothing in it to change",
    (Handover, "change"): "a new one takes its place",
    (Due, "change"): "a step that changes lets another row wait",
    (News, "change"): "it is opened, and gone",
    (Consent, "remove"): "the record of what was agreed stays",
    (PlanOption, "change"): "a draft that is written anew has new ones",
    (Hours, "remove"): "they go with their account",
    (Reminder, "remove"): "off is a choice as well",
    (DoneAlone, "change"): "there is nothing in it to change",
    (DoneAlone, "remove"): "it was done that day, whatever comes of it",
}
"""What nobody does alone, and why: each kind of act on a model that ``test_silence.py`` doesn't ask for."""


def writes(
    *models: type[Model],
) -> Callable[[Callable[[World, Client], None]], Callable[[World, Client], None]]:
    """Register a private act with the models whose rows it writes: these and no others."""

    def register(act: Callable[[World, Client], None]) -> Callable[[World, Client], None]:
        ACTS[act] = set(models)
        return act

    return register


WORDS = {"what": "secret thing", "meaning": "secret meaning"}


def post(client: Client, route: str, *args: object, **data: str) -> None:
    """Send a form, which must be accepted."""
    answer = client.post(reverse(route, args=args), data)
    assert answer.status_code in (200, 204, 302), (route, answer.status_code, answer.content[-2000:])


@writes(Note)
def write_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:new", **WORDS, once=str(uuid.uuid4()))


@writes(Draft)
def draft_a_note(world: World, alex: Client) -> None:
    post(alex, "core:draft", "notes.new", **WORDS)
    post(alex, "core:draft", "goals.new", title="secret")
    post(alex, "core:draft", "goals.new", title="another secret")


@writes(Note)
def change_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:edit", world.own_note.pk, **WORDS)


@writes(Note)
def throw_a_note_away(world: World, alex: Client) -> None:
    post(alex, "notes:remove", world.own_note.pk)


@writes(Note, News, DoneAlone)
def give_a_note_from_a_day_on(world: World, alex: Client) -> None:
    day = (world.cast.member("alex").today + dt.timedelta(days=5)).isoformat()
    post(alex, "notes:give", world.own_note.pk, when="day", day=day)


@writes(Note)
def take_a_note_back(world: World, alex: Client) -> None:
    post(alex, "notes:take_back", world.later_note.pk)
    assert Note.objects.get(pk=world.later_note.pk).couple is None


@writes(Kept)
def keep_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:keep", world.note.pk, keep="1")


@writes(Draft)
def search_the_notes(world: World, alex: Client) -> None:
    post(alex, "notes:search", words="secret")


@writes(News)
def read_the_news(world: World, alex: Client) -> None:
    post(alex, "core:news_open", world.news.pk)


ANSWERS = {
    "closeness": "2",
    "stress": "4",
    "conflict": "4",
    "appreciation": "secret thanks",
    "note": "secret note",
    "keep": "conflict",
}


@writes(CheckIn, Aside)
def check_in_anew(world: World, alex: Client) -> None:
    post(alex, "checkins:remove", world.own_checkin.pk)
    post(alex, "checkins:new", **ANSWERS)
    assert CheckIn.objects.get(pk=world.own_checkin.pk).couple is None


@writes(CheckIn, Aside)
def change_a_check_in(world: World, alex: Client) -> None:
    post(alex, "checkins:edit", world.own_checkin.pk, **ANSWERS)


@writes(CheckIn)
def seal_a_check_in(world: World, alex: Client) -> None:
    post(alex, "checkins:seal", world.own_checkin.pk)
    assert CheckIn.objects.get(pk=world.own_checkin.pk).couple is not None


@writes(CheckIn)
def take_a_check_in_back(world: World, alex: Client) -> None:
    post(alex, "checkins:take_back", world.sealed_checkin.pk)
    assert CheckIn.objects.get(pk=world.sealed_checkin.pk).couple is None


@writes(CheckIn, Aside)
def throw_a_check_in_away(world: World, alex: Client) -> None:
    post(alex, "checkins:remove", world.own_checkin.pk)


@writes(Choice)
def say_something_of_a_strategy(world: World, alex: Client) -> None:
    post(alex, "checkins:choose", "goals", says="no")
    post(alex, "checkins:choose", "goals", says="focus")


@writes(Choice)
def take_back_what_one_said_of_a_strategy(world: World, alex: Client) -> None:
    post(alex, "checkins:unsay", "quality-time")
    assert not Choice.objects.filter(strategy="quality-time").exists()


TIMES = {"day_1": "2031-05-01", "time_1": "19:00", "minutes": "180"}
PLAN = {"kind": "date_night", "title": "secret plan", "place": "", "notes": "", **TIMES}
GOAL = {"title": "secret goal", "why": "", "horizon": "short", "whose": "ours"}


@writes(DatePlan, PlanOption, DoneAlone)
def plan_a_date_alone(world: World, alex: Client) -> None:
    post(alex, "dates:new", **PLAN, once=str(uuid.uuid4()))


@writes(DatePlan, PlanOption)
def change_ones_own_plan(world: World, alex: Client) -> None:
    post(alex, "dates:edit", world.own_plan.pk, **PLAN, version="0")
    assert DatePlan.objects.get(pk=world.own_plan.pk).title == "secret plan"


@writes(DatePlan, PlanOption, PlanTask)
def throw_ones_own_plan_away(world: World, alex: Client) -> None:
    post(alex, "dates:remove", world.own_plan.pk)
    assert not DatePlan.objects.filter(pk=world.own_plan.pk).exists()


@writes(PlanTask)
def arrange_something_for_ones_own_plan(world: World, alex: Client) -> None:
    post(alex, "dates:task_add", world.own_plan.pk, text="secret task", who="me", once=str(uuid.uuid4()))
    post(alex, "dates:task_tick", world.own_plan.pk, world.own_task.pk, done="1")
    post(alex, "dates:task_remove", world.own_plan.pk, world.own_task.pk)


@writes(Draft)
def begin_a_plan(world: World, alex: Client) -> None:
    post(alex, "core:draft", "dates.new", title="secret")
    assert alex.get("/dates/new/").status_code == 200


@writes(Goal, DoneAlone)
def name_a_goal_alone(world: World, alex: Client) -> None:
    post(alex, "goals:new", **GOAL, once=str(uuid.uuid4()))
    assert Goal.objects.filter(couple=None).count() == 2


@writes(Goal, DoneAlone)
def name_a_goal_alone_within_a_shared_one(world: World, alex: Client) -> None:
    Goal.objects.filter(pk=world.goal.pk).update(horizon="long")
    post(alex, "goals:new", **GOAL, parent=str(world.goal.pk), once=str(uuid.uuid4()))
    Goal.objects.filter(pk=world.goal.pk).update(horizon="short")


@writes(Goal, GoalStep, Due, DoneAlone)
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


@writes(Goal)
def reach_and_take_up_ones_own_goal(world: World, alex: Client) -> None:
    post(alex, "goals:reached", world.own_goal.pk, words="secret")
    assert Goal.objects.get(pk=world.own_goal.pk).state == "reached"
    post(alex, "goals:take_up", world.own_goal.pk)


@writes(Goal)
def let_ones_own_goal_go(world: World, alex: Client) -> None:
    post(alex, "goals:let_go", world.own_goal.pk, words="secret")


@writes(Goal, GoalStep)
def throw_ones_own_goal_away(world: World, alex: Client) -> None:
    post(alex, "goals:remove", world.own_goal.pk)
    assert not Goal.objects.filter(pk=world.own_goal.pk).exists()


@writes(Handover)
def plan_a_time_for_a_step(world: World, alex: Client) -> None:
    post(alex, "goals:step_plan", world.own_step.pk)


@writes(Draft)
def throw_what_was_typed_away(world: World, alex: Client) -> None:
    Draft.objects.create(owner=world.cast.alex, key="goals.new", words='{"title": ["secret"]}')
    post(alex, "core:draft", "goals.new", title="other secret")
    post(alex, "core:draft", "goals.new", title="")


@writes(Kept)
def keep_a_note_no_longer(world: World, alex: Client) -> None:
    Kept.objects.create(owner=world.cast.alex, note=world.note)
    post(alex, "notes:keep", world.note.pk, keep="")


@writes(GoalStep, Due, DoneAlone)
def add_and_do_a_step_with_a_day(world: World, alex: Client) -> None:
    once = uuid.uuid4()
    goal = world.own_goal.pk
    post(alex, "goals:step_add", goal, text="secret step", who="", day="2027-03-20", once=str(once))
    post(alex, "goals:step_tick", new_id(GoalStep, world.cast.member("alex"), once), done="1")


@writes(Handover, DatePlan, PlanOption, DoneAlone)
def plan_what_another_room_handed_over(world: World, alex: Client) -> None:
    post(alex, "goals:step_plan", world.own_step.pk)
    handed = Handover.objects.get(owner=world.cast.alex)
    post(alex, "dates:new", **PLAN, once=str(uuid.uuid4()), source=str(handed.pk))


KINDS = ("new", "date-tomorrow", "date-look_back", "goal-step", "note-opens", "checkin-week")
REMINDERS = dict.fromkeys(KINDS, "off")
HOURS = {"begins": "", "ends": ""}


@writes(Reminder, Hours)
def be_reminded_of_what_is_new(world: World, alex: Client) -> None:
    post(alex, "reminders:home", **{**REMINDERS, "new": "push"}, **HOURS)
    post(alex, "reminders:home", **{**REMINDERS, "goal-step": "push"}, **HOURS)
    post(alex, "reminders:home", **REMINDERS, begins="22:00", ends="07:00")


@writes(Device, Hours)
def let_a_device_show_reminders_and_stop_it(world: World, alex: Client) -> None:
    browser = Browser("https://fcm.googleapis.com/secret")
    for _ in range(2):
        post(alex, "reminders:device_add", **browser.fields)
    post(alex, "reminders:device_end", Device.objects.get(mark=mark_of(browser.endpoint)).pk)


@writes(Reminder, Hours, Device, Sending, News)
def be_reminded_and_see_what_it_was(world: World, alex: Client) -> None:
    post(alex, "reminders:home", **{**REMINDERS, "new": "push"}, **HOURS)
    post(alex, "reminders:device_add", **Browser("https://fcm.googleapis.com/secret").fields)
    answers = [Outcome.REFUSED, Outcome.SENT]
    with mock.patch.object(rounds.Pushes, "send", side_effect=answers):
        for _ in range(2):
            Hours.objects.update(look_at=timezone.now())
            rounds.remind()
            Sending.objects.update(next_at=timezone.now())
    assert Sending.objects.filter(owner=world.cast.alex).exists()
    post(alex, "core:news_open", world.news.pk)
    Sending.objects.update(next_at=None)
    Hours.objects.update(look_at=timezone.now())
    rounds.remind()


@writes(Reminder)
def turn_a_kind_off_by_its_link(world: World, alex: Client) -> None:
    post(alex, "reminders:off", tokens.make(world.cast.alex.pk, "new"))


@writes(Person, Note, CheckIn, Choice, Consent)
def take_the_consent_back(world: World, alex: Client) -> None:
    post(alex, "account_reauthenticate", password=PASSWORD)
    post(alex, "space:consent")
    assert alex.get("/").url == "/welcome/"
    assert Note.objects.get(pk=world.later_note.pk).couple is None


@writes(Person, Device)
def sign_the_others_out(world: World, alex: Client) -> None:
    post(alex, "account_reauthenticate", password=PASSWORD)
    post(alex, "space:end_session", world.session)
    post(alex, "space:end_others")
