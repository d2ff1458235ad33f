"""Today: what is new, what waits, a beginning that ends by itself; the same cost after years."""

import datetime as dt

import pytest

from couples.core.couple import Couple
from couples.core.due import Due
from couples.core.news import News
from couples.goals.models import GoalStep
from couples.notes.models import GIVEN, Note
from couples.space.models import Invitation, fingerprint
from couples.today.gather import beginnings, gather, greeting, together
from tests.world import make_goal, make_plan

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def alex(cast):
    return cast.member("alex")


@pytest.fixture
def sam(cast):
    return cast.member("sam")


def html(browse, who):
    answer = browse(who).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_signed_out_it_says_what_this_is(browse):
    page = html(browse, "")
    assert "Find your way back to each other" in page
    assert "/accounts/signup/" in page


def test_a_note_is_read_on_today_and_settled_by_opening_it(cast, browse, alex, sam):
    note = Note.objects.create(
        author=cast.alex, couple=cast.ours, opens_on=alex.today, what="You waited", meaning="y"
    )
    News.objects.tell(alex, GIVEN, note)
    assert "You waited" in html(browse, "sam")
    assert "You waited" not in html(browse, "alex")
    assert "You waited" not in html(browse, "dana")
    browse("sam").post(f"/news/{News.objects.get().pk}/")
    assert "You waited" not in html(browse, "sam")


def test_the_beginning_ends_when_all_is_done_or_after_three_weeks(cast, alex):
    Couple.objects.filter(pk=cast.ours.pk).update(since=alex.today)
    alex = cast.member("alex")
    assert [done for _text, _url, done in beginnings(alex)] == [False, False, False]
    Note.objects.create(author=cast.sam, couple=cast.ours, opens_on=alex.today, what="x", meaning="y")
    make_plan(alex, "proposed")
    assert [done for _text, _url, done in beginnings(alex)] == [True, True, False]
    assert beginnings(alex)[0][0] == "Thank Sam for one small, true thing"
    assert beginnings(alex)[1:] == beginnings(cast.member("sam"))[1:]
    make_goal(alex, "proposed")
    assert beginnings(alex) == []
    Note.objects.all().delete()
    assert beginnings(alex)
    Couple.objects.filter(pk=cast.ours.pk).update(since=alex.today - 22 * DAY)
    assert beginnings(cast.member("alex")) == []


def test_private_things_are_no_beginning(cast, alex):
    Couple.objects.filter(pk=cast.ours.pk).update(since=alex.today)
    Note.objects.create(author=cast.alex, what="x", meaning="y")
    make_plan(alex, "draft")
    make_goal(alex, "in", shared=False)
    assert not any(done for _text, _url, done in beginnings(cast.member("alex")))


def test_the_next_date_stands_however_many_steps_wait(cast, browse, alex):
    plan = make_plan(alex, "agreed")
    Due.objects.put(
        cast.alex, cast.ours, "date", plan.pk, at=plan.starts_at, shows_from=alex.now, until=plan.ends_at
    )
    goal = make_goal(alex, "in")
    for number in range(30):
        step = GoalStep.objects.create(
            goal=goal, author=cast.alex, text=f"step {number}", day=alex.today - 3 * DAY
        )
        Due.objects.put(
            cast.alex, cast.ours, "step", step.pk, at=alex.now - 3 * DAY, shows_from=alex.now - 9 * DAY
        )
    today = gather(alex)
    assert today.next_date == plan
    assert len(today.steps) == 2
    assert "canary plan" in html(browse, "alex")


def test_what_is_over_can_be_looked_back_on(cast, browse, alex):
    plan = make_plan(alex, "agreed", -2)
    Due.objects.put(cast.alex, cast.ours, "look_back", plan.pk, at=plan.ends_at, shows_from=plan.ends_at)
    assert "You had a date" in html(browse, "alex")
    assert "You had a date" not in html(browse, "sam")


@pytest.mark.parametrize(
    ("since", "today", "text"),
    [
        (dt.date(2019, 8, 20), dt.date(2026, 11, 23), "together 7 years, 3 months"),
        (dt.date(2024, 2, 29), dt.date(2025, 2, 28), "together 1 year"),
        (dt.date(2024, 2, 29), dt.date(2025, 3, 29), "together 1 year, 1 month"),
        (dt.date(2027, 1, 1), dt.date(2027, 1, 20), "together for a few days"),
        (dt.date(2030, 1, 1), dt.date(2027, 1, 1), ""),
        (None, dt.date(2027, 1, 1), ""),
    ],
)
def test_how_long_together(alex, since, today, text):
    alex.couple.together_since = since
    object.__setattr__(alex, "today", today)
    assert together(alex) == text


@pytest.mark.parametrize(
    ("hour", "text"),
    [(4, "Good morning"), (10, "Good morning"), (11, "Good afternoon"), (17, "Good evening")],
)
def test_the_greeting_goes_by_ones_own_clock(alex, hour, text):
    object.__setattr__(alex, "now", dt.datetime(2027, 1, 1, hour, tzinfo=dt.UTC))  # Berlin is an hour on
    assert greeting(alex) == f"{text}, Alex"


def test_alone_a_yes_that_waits_is_told_where_one_looks_first(cast, browse):
    robin = cast.member("robin")
    assert "Make an invitation" in html(browse, "robin")
    Invitation.objects.create(
        inviter=cast.robin,
        claimed_by=cast.ex,
        stage="claimed",
        token_hash=fingerprint("x"),
        created_at=robin.now,
        expires_at=robin.now + DAY,
    )
    assert "Is this your Ex?" in html(browse, "robin")
    assert "Your yes is with Robin" in html(browse, "ex")


def test_the_day_of_linking_says_so(cast, browse, alex):
    Couple.objects.filter(pk=cast.ours.pk).update(since=alex.today)
    assert "You and Sam share this space now" in html(browse, "alex")
    Couple.objects.filter(pk=cast.ours.pk).update(since=alex.today - DAY)
    assert "You and Sam share this space now" not in html(browse, "alex")
