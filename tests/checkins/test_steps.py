"""The small step of a day: the same for both, made anew by acts and never by looking, ticked by both or for oneself."""

import datetime as dt
import random
import uuid

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from couples.checkins import stepping
from couples.checkins.models import Choice, Focus, StepPlan
from couples.core.couple import Couple
from couples.core.practice import Done, DoneAlone
from couples.notes.models import Note
from strategies import reading, rules
from strategies.reading import steps
from tests.checkins.conftest import NOW
from tests.checkins.doing import CALM as ANSWERS
from tests.checkins.doing import both_say, read, reveal, say, sealed, step_on_page
from tests.checkins.plans import CALM, plan, step_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOTES, PLAIN = step_of("notes"), step_of()
GENTLE = sorted(rules.GENTLE - {"affection"})


def today(member):
    found = stepping.today_of(member)
    return found and found.step.slug


def press(client, act, step):
    return client.post(reverse(f"checkins:step_{act}"), {"step": step}, follow=True).content.decode()


def give_note(client, member, *, later=False):
    sent = {"what": "You waited", "meaning": "I felt it", "once": str(uuid.uuid4())}
    pk = client.post(reverse("notes:new"), sent).url.split("/")[2]
    day = (member.today + 3 * DAY).isoformat()
    client.post(reverse("notes:give", args=[pk]), {"when": "day", "day": day} if later else {"when": "now"})
    return pk


def test_it_is_the_same_for_both_and_says_why_it_is_there(cast, browse, alex, sam):
    assert today(alex) == today(sam) is not None
    pages = [read(browse(name)) for name in ("alex", "sam")]
    for page in pages:
        assert steps()[today(alex)].text in page
        assert "because it’s a good place to begin" in page
    reveal(browse, {**ANSWERS, "routine": "4"}, {**ANSWERS, "routine": "4"})
    at_hand = [stepping.today_of(cast.member(name)) for name in ("alex", "sam")]
    assert at_hand[0] == at_hand[1]


def test_it_is_a_matter_of_the_couple_and_the_day_alone(cast, at, browse):
    Couple.objects.filter(pk=cast.ours.pk).update(since=NOW.date() - 9 * DAY)
    seen, theirs = [], []
    for _again in range(2):
        days = []
        for number in range(30):
            at(NOW + number * DAY)
            days.append(today(cast.member(random.choice(["alex", "sam"]))))
            theirs.append(today(cast.member("dana")))
        seen.append(days)
        read(browse("alex"))
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 30
    assert theirs[:30] == theirs[30:] != seen[0]


def rows():
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_whoever_looks_and_how_often_writes_nothing_and_changes_nothing(cast, browse, at, alex):
    mine, _theirs = reveal(browse, {**ANSWERS, "routine": "3"})
    both_say(browse, "goals")
    clients, before = [browse("alex"), browse("sam")], rows()
    kept = StepPlan.objects.values_list().get()
    wrote = []

    def watch(execute, sql, params, many, context):
        if sql.split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE") and "couples_" in sql[:60]:
            wrote.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        for client in clients:
            for path in (
                "/",
                "/checkins/",
                "/checkins/mine/",
                f"/checkins/{mine}/",
                "/strategies/goals/",
                "/checkins/day/",
            ):
                assert client.get(path).status_code == 200
            assert client.get("/checkins/new/").status_code == 302
    assert wrote == []
    assert rows() == before
    assert StepPlan.objects.values_list().get() == kept


@pytest.mark.parametrize("who", ["alex", "sam"])
def test_either_swaps_it_once_a_day_for_both(cast, browse, at, alex, sam, who):
    first = today(alex)
    other = "sam" if who == "alex" else "alex"
    assert "once a day is enough" not in press(browse(who), "swap", first)
    second = today(alex)
    assert second == today(sam) != first
    assert "Another idea" not in read(browse(other))
    assert "once a day is enough" in press(browse(other), "swap", second)
    assert "once a day is enough" in press(browse(other), "swap", first)
    assert today(alex) == second
    at(NOW + DAY)
    third = today(cast.member("alex"))
    assert third not in (first, second)
    press(browse(other), "swap", third)
    assert today(cast.member("alex")) not in (first, second, third)


def test_swapped_from_a_page_of_yesterday_nothing_changes(cast, browse, at, alex):
    first = today(alex)
    at(NOW + DAY)
    step = today(cast.member("alex"))
    assert "once a day is enough" in press(browse("alex"), "swap", first)
    assert "Meanwhile there’s another small step for today." in press(browse("alex"), "done", first)
    assert today(cast.member("alex")) == step
    assert not Done.objects.exists()


def test_either_says_that_they_did_it_and_either_takes_it_back(cast, browse, alex, sam):
    plan(cast.ours, PLAIN)
    for who, other in (("alex", "sam"), ("sam", "alex")):
        for _twice in range(2):
            assert "Done today" in press(browse(who), "done", PLAIN)
        assert Done.objects.get().what == f"step:{PLAIN}"
        assert "Done today" in read(browse(other))
        assert "once a day is enough" in press(browse(other), "swap", PLAIN)
        assert "Done today" not in press(browse(other), "undo", PLAIN)
        assert "We did it" in read(browse(who))
        assert not Done.objects.exists()
    press(browse("alex"), "undo", PLAIN)


@pytest.mark.parametrize("step", ["", "x", "\x00", "a" * 5000, "step:" + PLAIN])
def test_what_is_no_step_of_today_does_nothing(cast, browse, alex, step):
    plan(cast.ours, PLAIN)
    for act in ("done", "swap", "undo"):
        assert browse("alex").post(reverse(f"checkins:step_{act}"), {"step": step}).status_code == 302
    assert today(alex) == PLAIN
    assert not Done.objects.exists()


def test_doing_it_in_its_room_ticks_it_for_both(cast, browse, alex):
    plan(cast.ours, NOTES)
    assert "Done today" not in read(browse("sam"))
    give_note(browse("alex"), alex)
    for name in ("alex", "sam"):
        page = read(browse(name))
        assert "Done today" in page
        assert "Not yet, after all" not in page
    assert Done.objects.get().what == "notes"


def test_done_alone_it_is_ticked_for_oneself_and_the_other_can_not_tell(cast, browse, alex, sam):
    plan(cast.ours, NOTES)
    pk = give_note(browse("alex"), alex, later=True)
    assert Note.objects.get(pk=pk).opens_on > alex.today
    assert "Done today" in read(browse("alex"))
    assert "Done today" not in read(browse("sam"))
    assert (Done.objects.count(), DoneAlone.objects.get().owner) == (0, cast.alex)
    assert "once a day is enough" not in press(browse("sam"), "swap", NOTES)
    assert today(alex) == today(sam) != NOTES


def test_a_focus_changes_todays_step_at_once_unless_it_was_done(cast, browse, alex):
    plan(cast.ours, PLAIN)
    both_say(browse, "vulnerability")
    step = stepping.today_of(alex)
    assert (step.step.strategy, step.reason) == ("vulnerability", rules.Reason("focus", "vulnerability"))
    Focus.objects.all().delete()
    Choice.objects.all().delete()
    plan(cast.ours, PLAIN)
    press(browse("sam"), "done", PLAIN)
    both_say(browse, "vulnerability")
    assert today(alex) == PLAIN


def test_what_begins_no_focus_leaves_todays_step_as_it_is(cast, browse, alex):
    both_say(browse, "goals")
    of_another = step_of(of=("quality-time",))
    plan(cast.ours, of_another, focus=["goals"])
    both_say(browse, "communication", "fine")
    both_say(browse, "forgiveness", "focus", "fine")
    say(browse("alex"), "forgiveness", "fine")
    reveal(browse, {**ANSWERS, "stress": "3"})
    assert today(alex) == of_another


def test_a_focus_of_which_all_was_shown_lately_waits_until_its_turn(cast, browse, at, alex):
    """What would take the place of today's step is none of the focus, so there is no reason to change it."""
    day = alex.today - 2 * DAY
    shown = {step.slug: day.isoformat() for step in reading.strategy("early-days").steps}
    reveal(browse, {**ANSWERS, "stress": "4"}, {**ANSWERS, "stress": "4"})
    plan(cast.ours, PLAIN, shown=shown)
    both_say(browse, "early-days")
    assert today(alex) == PLAIN
    at(NOW + DAY)
    assert steps()[today(cast.member("alex"))].strategy != "early-days"


def test_a_step_that_fits_no_more_but_stays_for_the_day_says_so(cast, browse, alex):
    reveal(browse, {**ANSWERS, "stress": "4"}, {**ANSWERS, "stress": "4"})
    fit = rules.pool(*stepping.last_pair(alex))
    plan(cast.ours, next(slug for slug, step in steps().items() if slug not in fit and not step.tool))
    page = read(browse("sam"))
    assert "because it was today’s step already" in page
    assert "a good place to begin" not in page


@pytest.mark.parametrize("slug", GENTLE)
def test_gentle_steps_come_with_their_focus_and_go_with_it(cast, browse, at, alex, slug):
    both_say(browse, slug)
    assert steps()[today(alex)].strategy == slug
    browse("sam").post(reverse("checkins:rest", args=[slug]))
    assert steps()[today(alex)].strategy not in rules.GENTLE
    both_say(browse, slug)
    assert steps()[today(alex)].strategy == slug
    say(browse("alex"), slug, "fine")
    for number in range(40):
        at(NOW + number * DAY)
        assert steps()[today(cast.member("sam"))].strategy not in rules.GENTLE


def test_what_both_named_brings_no_gentle_step(cast, browse, at):
    named = dict.fromkeys(("routine", "stress", "communication", "conflict", "priorities"), "4")
    reveal(browse, {**ANSWERS, **named, "closeness": "1"}, {**ANSWERS, **named, "closeness": "1"})
    for number in range(1, 60):
        at(NOW + number * DAY)
        assert steps()[today(cast.member("sam"))].strategy not in {*rules.GENTLE, rules.HELP}


def test_ruled_out_today_it_is_replaced(cast, browse, alex, at):
    plan(cast.ours, step_of(of=("quality-time",)))
    say(browse("alex"), "quality-time", "no")
    assert steps()[today(alex)].strategy == "quality-time"
    say(browse("sam"), "quality-time", "fine")
    for number in range(40):
        at(NOW + number * DAY)
        assert steps()[today(cast.member("alex"))].strategy != "quality-time"


def test_with_everything_ruled_out_there_is_no_card_and_no_error(cast, browse, alex):
    for slug in CALM:
        both_say(browse, slug, "no")
    assert today(alex) is None
    for name in ("alex", "sam"):
        page = read(browse(name))
        assert "A small step for today" not in page
        assert step_on_page(page) is None
    press(browse("alex"), "swap", "")
    say(browse("alex"), "goals", "fine")
    say(browse("sam"), "goals", "fine")
    assert steps()[today(alex)].strategy == "goals"


def test_a_step_that_was_taken_out_of_the_library_is_passed_over(cast, browse, at, monkeypatch, alex):
    order = [step.slug for step in reading.strategy("goals").steps]
    plan(cast.ours, "was-there-once", order=["gone-as-well", *order], shown={"was-there-once": "2027-03-17"})
    assert today(alex) == order[0]
    seen = [today(alex)]
    for number in range(1, 5):
        at(NOW + number * DAY)
        seen.append(today(cast.member("alex")))
        assert browse("sam").get("/").status_code == 200
    step = seen[-1]
    press(browse("sam"), "swap", step)
    kept = StepPlan.objects.get()
    assert {slug for slug, day in kept.shown.items() if day >= "2027-03-17"} >= {*seen}
    assert not {"gone-as-well"} & {*kept.order}


def test_sealing_and_the_others_absence_change_no_step(cast, browse, at, sam):
    before = [StepPlan.objects.count(), today(sam)]
    sealed(browse("alex"), **{**ANSWERS, "routine": "4"})
    say(browse("alex"), "communication", "focus")
    assert [StepPlan.objects.count(), today(sam)] == before
