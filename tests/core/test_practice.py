"""Practice done: by days, together or alone, the picture of weeks, and which acts of the rooms count."""

import datetime as dt
import uuid

import pytest
from django.db import transaction

from couples.core import live
from couples.core.couple import member_for
from couples.core.people import Person
from couples.core.practice import STEP, Done, DoneAlone, done, done_alone
from couples.core.weeks import SHOWN
from couples.dates import actions as dates
from couples.dates.times import timed
from couples.goals import actions as goals
from couples.goals import steps
from couples.goals.models import GoalStep
from couples.notes import actions as notes
from couples.space.actions import leave
from tests.conftest import link
from tests.world import make_goal, make_note, make_plan

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2027, 3, 17, 11, 0, tzinfo=dt.UTC)
"""A Wednesday, noon in Berlin."""
MONDAY = dt.date(2027, 3, 15)


@pytest.fixture
def clock(monkeypatch):
    """Let the test say what time it is."""
    clock = {"now": NOW}
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock["now"])
    return clock


@pytest.fixture(autouse=True)
def _today(clock):
    """It is that Wednesday."""


@pytest.fixture
def ripples(monkeypatch):
    """Which rooms the pages of somebody else were told to look at again, by whom."""
    told = []
    monkeypatch.setattr(live, "changed", lambda member, room: told.append((member.person.name, room.name)))
    return told


def together(cast):
    """What alex and sam did, for both to see."""
    return sorted(Done.objects.filter(couple=cast.ours).values_list("what", flat=True))


def alone(cast, name="alex"):
    """What was done that only this person can tell."""
    return sorted(DoneAlone.objects.filter(owner=getattr(cast, name)).values_list("what", flat=True))


def seen_by(cast, name):
    """All that this person is shown of what was done."""
    member = cast.member(name)
    rows = [*Done.objects.visible_to(member), *DoneAlone.objects.visible_to(member)]
    return sorted(row.what for row in rows)


class TestDone:
    """Days, not times."""

    def test_once_a_day_however_often_and_whoever(self, cast):
        for name in ("alex", "sam", "alex"):
            done(cast.member(name), "notes")
        row = Done.objects.get()
        assert (row.couple, row.day, row.what) == (cast.ours, NOW.date(), "notes")
        done(cast.member("sam"), "dates")
        done(cast.member("sam"), STEP + "one-good-thing")
        assert together(cast) == ["dates", "notes", STEP + "one-good-thing"]

    def test_the_next_day_is_another_one(self, cast, clock):
        done(cast.member("alex"), "notes")
        clock["now"] += DAY
        done(cast.member("alex"), "notes")
        assert list(Done.objects.order_by("day").values_list("day", flat=True)) == [
            dt.date(2027, 3, 17),
            dt.date(2027, 3, 18),
        ]

    def test_the_day_is_the_couple_s(self, cast, clock):
        Person.objects.filter(pk=cast.alex.pk).update(time_zone="Pacific/Auckland")
        Person.objects.filter(pk=cast.sam.pk).update(time_zone="America/Los_Angeles")
        clock["now"] = dt.datetime(2027, 3, 17, 22, 59, tzinfo=dt.UTC)
        for name in ("alex", "sam"):
            done(member_for(Person.objects.get(pk=getattr(cast, name).pk)), "notes")
            done_alone(member_for(Person.objects.get(pk=getattr(cast, name).pk)), "dates")
        assert Done.objects.get().day == dt.date(2027, 3, 17)
        assert set(DoneAlone.objects.values_list("day", flat=True)) == {dt.date(2027, 3, 17)}

    def test_alone_it_is_nothing(self, cast):
        done(cast.member("robin"), "notes")
        done_alone(cast.member("robin"), "notes")
        done(cast.member("ex"), "notes")
        assert not Done.objects.exists()
        assert not DoneAlone.objects.exists()

    def test_what_is_undone_with_its_act_is_not_done(self, cast):
        undo = transaction.savepoint()
        done(cast.member("alex"), "notes")
        transaction.savepoint_rollback(undo)
        assert not Done.objects.exists()

    def test_alone_means_nobody_else_can_tell(self, cast, ripples):
        for _ in range(3):
            done_alone(cast.member("alex"), "notes")
        assert alone(cast) == ["notes"]
        assert ripples == []
        assert seen_by(cast, "alex") == ["notes"]
        assert seen_by(cast, "sam") == seen_by(cast, "dana") == seen_by(cast, "robin") == []
        assert not any(Done.objects.weeks(cast.member(name))[-1] for name in ("alex", "sam"))

    def test_both_may_have_done_it_alone(self, cast):
        for name in ("alex", "sam"):
            done_alone(cast.member(name), "notes")
        assert alone(cast, "alex") == alone(cast, "sam") == ["notes"]

    def test_other_couples_see_their_own(self, cast):
        done(cast.member("alex"), "notes")
        done(cast.member("dana"), "dates")
        assert seen_by(cast, "alex") == seen_by(cast, "sam") == ["notes"]
        assert seen_by(cast, "kit") == ["dates"]
        assert seen_by(cast, "robin") == seen_by(cast, "ex") == []

    def test_after_leaving_it_is_nobody_s_and_begins_anew_with_another(self, cast):
        done(cast.member("alex"), "notes")
        done_alone(cast.member("alex"), "dates")
        assert leave(cast.member("sam"))
        assert seen_by(cast, "sam") == []
        assert not any(Done.objects.weeks(cast.member("alex")))
        link(cast.alex, cast.robin)
        assert not any(Done.objects.weeks(cast.member("alex")))


class TestWeeks:
    """26 calendar weeks, from Monday to Sunday, the present one last."""

    def did(self, cast, *days, what="notes"):
        Done.objects.bulk_create(Done(couple=cast.ours, day=day, what=what) for day in days)

    def test_nothing_at_first(self, cast):
        assert Done.objects.weeks(cast.member("alex")) == [0] * SHOWN == [0] * 26
        assert Done.objects.weeks(cast.member("robin")) == [0] * SHOWN

    def test_a_day_is_one_and_more_days_are_two_with_gaps_between(self, cast):
        weeks = [MONDAY - number * 7 * DAY for number in range(SHOWN)]
        self.did(cast, weeks[25], weeks[25] + 6 * DAY)
        self.did(cast, weeks[20] + 6 * DAY, weeks[19])
        self.did(cast, *(weeks[3] + number * DAY for number in range(7)))
        self.did(cast, weeks[0] + 2 * DAY)
        expected = [2, *[0] * 4, 1, 1, *[0] * 15, 2, 0, 0, 1]
        assert Done.objects.weeks(cast.member("alex")) == expected
        assert Done.objects.weeks(cast.member("sam")) == expected

    def test_what_is_older_and_what_is_to_come_is_not_drawn(self, cast):
        self.did(cast, MONDAY - SHOWN * 7 * DAY, MONDAY - (25 * 7 + 1) * DAY, NOW.date() + DAY)
        assert Done.objects.weeks(cast.member("alex")) == [0] * SHOWN
        self.did(cast, MONDAY - 25 * 7 * DAY)
        assert Done.objects.weeks(cast.member("alex")) == [1, *[0] * 25]

    def test_two_things_on_a_day_are_one_day(self, cast):
        for what in ("notes", "dates", STEP + "one"):
            self.did(cast, MONDAY, what=what)
        assert Done.objects.weeks(cast.member("alex"))[-1] == 1

    def test_only_what_is_asked_for(self, cast):
        self.did(cast, MONDAY, MONDAY + DAY)
        self.did(cast, MONDAY - 7 * DAY, what=STEP + "one")
        assert Done.objects.weeks(cast.member("alex"), ["notes"])[-2:] == [0, 2]
        assert Done.objects.weeks(cast.member("alex"), [STEP + "one"])[-2:] == [1, 0]
        assert Done.objects.weeks(cast.member("alex"), ["notes", STEP + "one"])[-2:] == [1, 2]
        assert Done.objects.weeks(cast.member("alex"), []) == [0] * SHOWN

    @pytest.mark.parametrize(
        ("now", "last"),
        [
            ("2027-03-14T12:00", [0, 0]),
            ("2027-03-14T22:59", [0, 0]),
            ("2027-03-14T23:00", [0, 1]),
            ("2027-03-21T22:59", [0, 1]),
            ("2027-03-21T23:00", [1, 0]),
        ],
    )
    def test_a_week_begins_on_monday_in_the_couple_s_zone(self, cast, clock, now, last):
        """What was done on Monday, seen the moment before it, in its week, and the week after."""
        self.did(cast, MONDAY)
        clock["now"] = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
        assert Done.objects.weeks(cast.member("alex"))[-2:] == last

    def test_over_new_year(self, cast, clock):
        clock["now"] = dt.datetime(2027, 1, 2, 11, tzinfo=dt.UTC)
        self.did(cast, dt.date(2026, 12, 27), dt.date(2026, 12, 28), dt.date(2027, 1, 1))
        assert Done.objects.weeks(cast.member("alex"))[-3:] == [0, 1, 2]

    def test_it_is_one_query_however_much_was_done(self, cast, django_assert_num_queries):
        self.did(cast, *(MONDAY - number * DAY for number in range(170)))
        member = cast.member("alex")
        with django_assert_num_queries(1):
            assert Done.objects.weeks(member)[1:-1] == [2] * 24


class TestNotes:
    """A note that is there, and an answer, are practice; what the other can't see yet is one's own."""

    def test_given_now_it_is_done_together(self, cast):
        assert notes.give(cast.member("alex"), make_note(cast.member("alex")), None)
        assert together(cast) == ["notes"]
        assert alone(cast) == []
        assert seen_by(cast, "sam") == ["notes"]

    def test_given_for_today_it_is_done_together(self, cast):
        assert notes.give(cast.member("alex"), make_note(cast.member("alex")), NOW.date())
        assert (together(cast), alone(cast)) == (["notes"], [])

    def test_given_from_a_day_on_it_is_done_alone(self, cast, ripples):
        note = make_note(cast.member("alex"))
        assert notes.give(cast.member("alex"), note, NOW.date() + DAY)
        assert (together(cast), alone(cast), alone(cast, "sam")) == ([], ["notes"], [])
        assert seen_by(cast, "sam") == []
        assert not any(Done.objects.weeks(cast.member("sam")))
        assert ripples == []

    def test_once_its_day_has_come_that_makes_nothing_of_the_day_it_was_written(self, cast, clock):
        note = make_note(cast.member("alex"))
        assert notes.give(cast.member("alex"), note, NOW.date() + DAY)
        clock["now"] += 2 * DAY
        assert note.is_open(cast.member("sam"))
        assert (together(cast), alone(cast)) == ([], ["notes"])

    def test_given_twice_or_taken_back(self, cast):
        note = make_note(cast.member("alex"))
        assert notes.give(cast.member("alex"), note, NOW.date() + 2 * DAY)
        assert not notes.give(cast.member("alex"), note, None)
        assert together(cast) == []
        assert notes.take_back(cast.member("alex"), note)
        assert together(cast) == []

    def test_to_write_one_and_to_keep_it_is_nothing(self, cast):
        note = notes.write(cast.member("alex"), uuid.uuid4(), "what", "meaning")
        notes.keep(cast.member("alex"), note, True)
        assert notes.rewrite(cast.member("alex"), note, "what", "else")
        assert (together(cast), alone(cast)) == ([], [])

    def test_an_answer_is_done_together(self, cast):
        note = make_note(cast.member("sam"), couple=cast.ours, opens_on=NOW.date() - DAY)
        for _ in range(2):
            notes.answer(cast.member("alex"), note, "", "words")
        assert (together(cast), alone(cast)) == (["notes"], [])


class TestDates:
    """Proposing, saying yes, offering another time, looking back."""

    def test_a_draft_is_nothing_and_proposed_it_is_done(self, cast):
        plan = make_plan(cast.member("alex"), "draft")
        assert (together(cast), alone(cast)) == ([], [])
        assert dates.propose(plan, cast.member("alex"))
        assert (together(cast), alone(cast)) == (["dates"], [])

    def test_to_say_yes(self, cast):
        plan = make_plan(cast.member("sam"), "proposed")
        option = plan.options.get()
        assert dates.agree(plan, cast.member("alex"), option)
        assert together(cast) == ["dates"]
        assert not dates.agree(make_plan(cast.member("sam"), "draft"), cast.member("alex"), option)

    def test_another_time(self, cast):
        plan = make_plan(cast.member("sam"), "proposed")
        slot = timed(NOW.date() + 9 * DAY, dt.time(19), 120, cast.ours.zone)
        assert dates.offer(plan, cast.member("alex"), [slot])
        assert together(cast) == ["dates"]

    def test_to_say_no_or_call_it_off_is_nothing(self, cast):
        plan = make_plan(cast.member("sam"), "proposed")
        assert dates.close(plan, cast.member("alex"), "declined", "")
        assert together(cast) == []

    def test_to_look_back(self, cast):
        plan = make_plan(cast.member("sam"), "agreed", -2)
        assert dates.look_back(plan, cast.member("alex"), "a line", "")
        assert together(cast) == ["dates"]

    def test_to_look_back_a_second_time_is_refused_and_makes_nothing(self, cast, clock):
        plan = make_plan(cast.member("sam"), "agreed", -2)
        assert dates.look_back(plan, cast.member("alex"), "a line", "")
        clock["now"] += DAY
        assert not dates.look_back(plan, cast.member("alex"), "a line", "")
        assert Done.objects.get().day == NOW.date()

    def test_what_is_too_late_is_nothing(self, cast):
        plan = make_plan(cast.member("sam"), "proposed")
        before = type(plan).objects.get(pk=plan.pk)
        type(plan).objects.filter(pk=plan.pk).update(state="declined")
        assert not dates.agree(before, cast.member("alex"), plan.options.get())
        assert together(cast) == []


class TestGoals:
    """Sharing, saying yes, and steps of what both see. What is private makes nothing at all."""

    @pytest.mark.parametrize("whose", ["ours", "author", "partner"])
    def test_to_share_one(self, cast, whose):
        goal = make_goal(cast.member("alex"), "in", shared=False)
        type(goal).objects.filter(pk=goal.pk).update(whose=whose)
        goal.refresh_from_db()
        assert together(cast) == []
        assert goals.share(cast.member("alex"), goal)
        assert (together(cast), alone(cast)) == (["goals"], [])

    @pytest.mark.parametrize(("yes", "found"), [(True, ["goals"]), (False, [])])
    def test_to_answer_one(self, cast, yes, found):
        goal = make_goal(cast.member("sam"), "proposed")
        assert goals.answer(cast.member("alex"), goal, yes, "")
        assert together(cast) == found

    def test_a_step_of_what_both_see(self, cast, clock):
        goal = make_goal(cast.member("sam"), "in")
        step = steps.add(cast.member("alex"), goal, uuid.uuid4(), "step", cast.alex, None)
        assert together(cast) == ["goals"]
        clock["now"] += DAY
        assert steps.tick(cast.member("sam"), step, True)
        assert not steps.tick(cast.member("alex"), step, True)
        assert Done.objects.filter(what="goals").count() == 2

    def test_a_step_that_is_unticked_again_is_no_practice(self, cast):
        goal = make_goal(cast.member("alex"), "in")
        step = GoalStep.objects.create(goal=goal, author=cast.alex, text="step", done_on=NOW.date())
        assert steps.tick(cast.member("alex"), step, False)
        assert together(cast) == []

    def test_a_private_goal_ticks_for_its_owner_alone(self, cast, ripples):
        alex = cast.member("alex")
        goal = goals.write(
            alex,
            uuid.uuid4(),
            {"title": "t", "why": "", "horizon": "short", "whose": "ours"},
            "a step",
        )
        assert steps.tick(alex, goal.steps.get(), True)
        step = steps.add(alex, goal, uuid.uuid4(), "step", None, NOW.date())
        assert steps.tick(alex, step, True)
        assert goals.finish(alex, goal, "reached", "")
        assert (together(cast), alone(cast), ripples) == ([], ["goals"], [])
        assert seen_by(cast, "sam") == []

    def test_alone_one_s_goals_make_nothing(self, cast):
        robin = cast.member("robin")
        goal = make_goal(robin, "in", shared=False)
        step = steps.add(robin, goal, uuid.uuid4(), "step", None, None)
        assert steps.tick(robin, step, True)
        assert not Done.objects.exists()
        assert not DoneAlone.objects.exists()

    def test_taken_back_meanwhile_a_step_is_nothing_that_both_did(self, cast):
        goal = make_goal(cast.member("sam"), "in")
        step = GoalStep.objects.create(goal=goal, author=cast.sam, text="step")
        assert goals.take_back(cast.member("sam"), type(goal).objects.get(pk=goal.pk))
        assert not steps.tick(cast.member("alex"), step, True)
        assert together(cast) == []
