"""What one is reminded of, when, and what not: each kind, called off, done, seen, over, and days off."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from couples.core.due import Due
from couples.core.news import News
from couples.core.people import Person
from couples.dates.actions import let_date_wait
from couples.dates.models import DatePlan
from couples.goals.due import refresh
from couples.goals.models import GoalStep
from couples.notes.actions import give, take_back
from couples.notes.models import ANSWERED, Note
from couples.reminders.actions import Quiet
from couples.reminders.models import Hours, Sending
from couples.reminders.ready import chosen
from couples.reminders.rounds import remind
from couples.space.actions import leave
from couples.space.consent import withdraw
from tests.conftest import person
from tests.reminders.conftest import NOON, choose, confirm, leave_alone
from tests.reminders.smtp import words
from tests.world import make_goal, make_note, make_plan

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LATE = Quiet(None, None)


@pytest.fixture
def alex(clock, smtp, cast):
    """Alex, who reads mails at any hour, and is the only one who is looked at."""
    leave_alone(cast)
    confirm(cast.alex)
    return cast.alex


def date_at(cast, at, kind="date_night"):
    """An agreed date of three hours."""
    member = cast.member("sam")
    plan = make_plan(member, "agreed")
    plan.starts_at, plan.ends_at, plan.kind = at, at + dt.timedelta(hours=3), kind
    plan.save()
    let_date_wait(plan, member)
    return plan


def step_on(cast, day, shared=True):
    """A step of a goal of alex's on a day."""
    member = cast.member("alex")
    goal = make_goal(member, "in", shared=shared)
    step = GoalStep.objects.create(goal=goal, author=cast.alex, text="step", day=day)
    refresh(goal, member)
    return step


def new_for(cast, name="alex"):
    """Something new for one of the two."""
    other = cast.member("sam" if name == "alex" else "alex")
    note = make_note(other, couple=other.couple, opens_on=other.today)
    News.objects.tell(other, ANSWERED, note)
    return News.objects.get(about=note.pk)


def given(cast, opens_on):
    """A note from sam to alex, from a day on."""
    sam = cast.member("sam")
    note = make_note(sam)
    assert give(sam, note, opens_on)
    return note


def test_all_but_one_is_off_until_somebody_says_so(alex, smtp, cast, soon):
    """The one is a word a week, on Sunday evenings: ``test_weekly.py``."""
    assert {slug: way for slug, way in chosen(alex).items() if way != "off"} == {"checkin.week": "mail"}
    new_for(cast)
    date_at(cast, NOON + DAY)
    step_on(cast, NOON.date())
    assert [soon() for _ in range(5)] == [0] * 5
    choose(alex)
    assert set(chosen(alex).values()) == {"off"}
    assert soon() == 0
    assert Hours.objects.get(owner=alex).look_at is None
    assert not smtp.tries


def test_what_is_new_is_told_once_and_all_of_it_at_once(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail")
    assert soon() == 0
    for _ in range(3):
        new_for(cast)
    assert soon() == 1
    assert [soon(hours=1) for _ in range(50)] == [0] * 50
    assert len(smtp.got) == 1


def test_at_most_once_a_day(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail")
    sent = []
    for _ in range(24 * 5):
        new_for(cast)
        sent.append(soon(hours=1))
    assert sum(sent) == len(smtp.got) == 6
    assert sent[0] == 1


def test_what_was_seen_is_not_new(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail")
    news = new_for(cast)
    News.objects.settle(cast.member("alex"), news.about)
    assert soon() == 0


def test_what_is_new_again_after_it_was_seen_is_told_again(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail")
    news = new_for(cast)
    assert soon() == 1
    News.objects.settle(cast.member("alex"), news.about)
    assert soon(days=1) == 0
    assert not Sending.objects.exists(), "of news that is gone nothing is kept"
    News.objects.tell(cast.member("sam"), ANSWERED, Note.objects.get(pk=news.about))
    assert soon() == 1


def test_a_date_tomorrow(alex, smtp, cast, clock, soon):
    choose(alex, date_tomorrow="mail")
    date_at(cast, dt.datetime(2027, 3, 20, 18, tzinfo=dt.UTC))
    told = [clock.now for _ in range(24 * 5) if soon(hours=1)]
    assert [moment.date() for moment in told] == [dt.date(2027, 3, 19)]
    assert told[0].hour == 7, "eight o’clock in Berlin: after the quiet hours"


def test_a_date_that_is_called_off_or_is_over_tells_nobody(alex, smtp, cast, soon):
    choose(alex, LATE, date_tomorrow="mail")
    plan = date_at(cast, NOON + DAY)
    Due.objects.settle(cast.member("sam"), plan.pk, ["date"])
    assert soon() == 0
    date_at(cast, NOON + 2 * DAY)
    assert soon(days=3) == 0


def test_a_date_that_was_moved_is_told_for_its_new_day(alex, smtp, cast, soon):
    choose(alex, LATE, date_tomorrow="mail")
    plan = date_at(cast, NOON + DAY)
    assert soon() == 1
    plan.starts_at, plan.ends_at = NOON + 3 * DAY, NOON + 3 * DAY + dt.timedelta(hours=1)
    plan.save()
    let_date_wait(plan, cast.member("sam"))
    assert [soon(hours=6) for _ in range(12)].count(1) == 1


def test_a_date_to_look_back_on(alex, smtp, cast, clock, soon):
    choose(alex, date_look_back="mail")
    date_at(cast, NOON + dt.timedelta(hours=6))
    told = [clock.now for _ in range(24 * 6) if soon(hours=1)]
    assert [moment.date() for moment in told] == [dt.date(2027, 3, 18)]


def test_after_days_off_it_may_still_be_looked_back_on_but_not_after_a_week(alex, smtp, cast, soon):
    choose(alex, LATE, date_look_back="mail")
    date_at(cast, NOON + dt.timedelta(hours=6))
    assert soon(days=3) == 1
    date_at(cast, NOON + 4 * DAY)
    assert soon(days=8) == 0


def test_a_step_on_its_day_alone(alex, smtp, cast, clock, soon):
    choose(alex, goal_step="mail")
    step_on(cast, dt.date(2027, 3, 19))
    step_on(cast, dt.date(2027, 3, 19), shared=False)
    told = [clock.now for _ in range(24 * 6) if soon(hours=1)]
    assert [(moment.date(), moment.hour) for moment in told] == [(dt.date(2027, 3, 19), 7)]
    step_on(cast, dt.date(2027, 3, 26))
    assert soon(days=10) == 0, "its day has passed"


def test_a_step_that_is_done_tells_nobody(alex, smtp, cast, soon):
    choose(alex, LATE, goal_step="mail")
    step = step_on(cast, dt.date(2027, 3, 17))
    step.done_on = NOON.date()
    step.save()
    refresh(step.goal, cast.member("alex"))
    assert soon() == 0


def test_somebody_alone_is_reminded_of_their_own_step(smtp, cast, clock, soon):
    robin = cast.member("robin")
    confirm(cast.robin)
    choose(cast.robin, LATE, goal_step="mail")
    goal = make_goal(robin, "in", shared=False)
    GoalStep.objects.create(goal=goal, author=cast.robin, text="step", day=NOON.date())
    refresh(goal, robin)
    assert soon() == 1


def test_a_note_that_opens_today_is_told_on_its_day_and_counts_once(alex, smtp, cast, clock, soon):
    choose(alex, note_opens="mail", new="mail")
    given(cast, dt.date(2027, 3, 20))
    told = [clock.now for _ in range(24 * 6) if soon(hours=1)]
    assert [moment.date() for moment in told] == [dt.date(2027, 3, 20)]
    assert [row.kind for row in Sending.objects.all()] == ["note.opens"]


def test_a_note_that_opens_today_is_something_new_where_its_own_kind_is_off(alex, smtp, cast, clock, soon):
    choose(alex, new="mail")
    given(cast, dt.date(2027, 3, 20))
    told = [clock.now.date() for _ in range(24 * 6) if soon(hours=1)]
    assert told == [dt.date(2027, 3, 20)]
    choose(alex, new="mail", note_opens="mail")
    assert soon() == 0


def test_a_note_given_at_once_waited_for_no_day(alex, smtp, cast, soon):
    choose(alex, LATE, note_opens="mail")
    given(cast, None)
    assert soon() == 0


def test_a_note_that_is_taken_back_is_never_told(alex, smtp, cast, soon):
    choose(alex, LATE, note_opens="mail", new="mail")
    note = given(cast, dt.date(2027, 3, 20))
    assert take_back(cast.member("sam"), note)
    assert [soon(hours=8) for _ in range(12)] == [0] * 12


def test_all_that_is_due_at_one_look_is_one_message(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail", date_tomorrow="mail", goal_step="mail")
    new_for(cast)
    date_at(cast, NOON + DAY)
    step_on(cast, NOON.date())
    assert soon() == 1
    assert soon() == 0
    assert {row.kind for row in Sending.objects.all()} == {"new", "date.tomorrow", "goal.step"}


def test_unplugged_time_is_silent_for_both_until_its_end(alex, smtp, cast, clock, soon):
    choose(alex, LATE, new="mail")
    date_at(cast, NOON, "unplugged")
    new_for(cast)
    told = [clock.now for _ in range(24) if soon(minutes=30)]
    assert told
    assert NOON + dt.timedelta(hours=3) <= told[0] <= NOON + dt.timedelta(hours=4)


def test_nobody_is_told_of_a_space_they_left(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail", date_tomorrow="mail")
    new_for(cast)
    date_at(cast, NOON + DAY)
    assert leave(cast.member("sam"))
    assert soon() == 0


def test_nobody_is_told_anything_who_took_their_consent_back(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail")
    new_for(cast)
    withdraw(cast.member("alex"))
    assert [soon(hours=3) for _ in range(4)] == [0] * 4
    Person.objects.filter(pk=alex.pk).update(consented_on=NOON.date())
    assert soon(hours=3) == 1


def test_an_address_that_nobody_confirmed_gets_no_mail(smtp, cast, soon):
    choose(cast.alex, LATE, new="mail")
    new_for(cast)
    assert soon() == 0
    confirm(cast.alex)
    assert soon(hours=3) == 1


def test_without_a_mail_server_nothing_goes_by_mail(alex, smtp, settings, cast, soon):
    choose(alex, LATE, new="mail")
    settings.HAS_MAIL = False
    new_for(cast)
    assert soon() == 0


def test_while_maintenance_is_on_nobody_is_sent_here(alex, smtp, settings, cast, soon):
    choose(alex, LATE, new="mail")
    new_for(cast)
    settings.MAINTENANCE = True
    assert soon() == 0
    settings.MAINTENANCE = False
    assert soon() == 1


def test_only_those_are_looked_at_who_have_something_on(smtp, cast, clock):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            remind()
        return [query["sql"] for query in queries]

    for one in Person.objects.all():
        choose(one)
    before = asked()
    for number in range(20):
        choose(person(f"somebody{number}"))
    assert len(asked()) == len(before) <= 12
    assert sum("couples_" in sql for sql in before) == 2, "who is new here, and whose moment has come"


def test_the_mail_is_in_nobodys_words(alex, smtp, cast, soon):
    choose(alex, LATE, new="mail", date_tomorrow="mail", goal_step="mail", note_opens="mail")
    new_for(cast)
    date_at(cast, NOON + DAY)
    step_on(cast, NOON.date())
    assert soon() == 1
    (message,) = smtp.got
    # Letters of a token may happen to make a word.
    headers = "".join(f"{name}: {value}\n" for name, value in message.items() if name != "List-Unsubscribe")
    whole = (headers + re.sub(r"/off/\S+", "/off/", words(message))).lower()
    for secret in ("sam", "canary", "date", "note", "goal", "step", "tomorrow", "partner"):
        found = whole.replace("date: ", "") if secret == "date" else whole
        assert secret not in found, secret
    assert message["To"] == alex.email
    assert message["From"].startswith("Reconnect <")
    assert message["Subject"] == "There is something for you"


def test_plans_stay_as_they_are(alex, smtp, cast, soon):
    choose(alex, LATE, date_tomorrow="mail")
    plan = date_at(cast, NOON + DAY)
    before = DatePlan.objects.filter(pk=plan.pk).values().get()
    assert soon() == 1
    after = DatePlan.objects.filter(pk=plan.pk).values().get()
    assert before["version"] == after["version"]
    assert before["state"] == after["state"]
