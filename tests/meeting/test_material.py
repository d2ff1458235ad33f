"""What a part has at hand: what both see, and of a check-in only one's own."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from couples.core.practice import Done, DoneAlone
from couples.meeting.gather import standing
from couples.meeting.models import Meeting
from couples.meeting.parts import PARTS, parts_of
from strategies.reading import steps
from tests.crowd import crowd
from tests.meeting.conftest import at, shows, to
from tests.queries import MOST, asked
from tests.world import DAY, make_checkin, make_goal, make_note, make_plan

pytestmark = pytest.mark.django_db


def test_what_went_well_begins_with_the_week(people, meeting, cast):
    alex, sam = cast.member("alex"), cast.member("sam")
    step, other = list(steps().values())[:2]
    given = make_note(sam, couple=alex.couple, opens_on=alex.today)
    old = make_note(sam, couple=alex.couple, opens_on=alex.today - 20 * DAY)
    own, later = make_note(alex), make_note(alex, couple=alex.couple, opens_on=alex.today + DAY)
    lived, coming = make_plan(alex, "agreed", -2), make_plan(alex, "agreed", 2)
    Done.objects.create(couple=alex.couple, day=alex.today, what=f"step:{step.slug}")
    Done.objects.create(couple=alex.couple, day=alex.today, what="step:no-longer-there")
    DoneAlone.objects.create(owner=alex.person, day=alex.today, what=f"step:{other.slug}")
    for client in people:
        page = shows(client, meeting)
        assert str(given.pk) in page
        assert str(lived.pk) in page
        assert step.text in page
        assert other.text not in page
        for hidden in (old, own, later, coming):
            assert str(hidden.pk) not in page


def test_a_meeting_that_is_gone_on_with_later_has_its_own_week_at_hand(people, meeting, cast):
    alex = cast.member("alex")
    inside, after = make_plan(alex, "agreed", -9), make_plan(alex, "agreed", -2)
    Meeting.objects.filter(pk=meeting.pk).update(week=alex.today - 12 * DAY, until=alex.today - 6 * DAY)
    page = shows(people[0], meeting)
    assert str(inside.pk) in page
    assert str(after.pk) not in page


def test_an_empty_week_says_nothing_of_it(people, meeting):
    assert "From your week" not in shows(people[0], meeting)


def revealed(member, **words):
    return make_checkin(
        member, week=member.week.first, words=json.dumps(words), couple=member.couple, opens_on=member.today
    )


def test_ones_own_check_in_offers_words_and_keeps_nothing_by_itself(people, meeting, cast):
    revealed(cast.member("alex"), appreciation="That you rang.", wish="A slow Sunday.")
    for part, words in (("thanks", "That you rang."), ("wish", "A slow Sunday.")):
        at(meeting, part)
        assert words in shows(people[0], meeting)
        assert words not in shows(people[1], meeting)
    to(people[0], "line", meeting, "wish", words="Another one.", version="")
    assert "A slow Sunday." not in shows(people[0], meeting)


def test_a_check_in_that_is_sealed_or_old_offers_nothing(people, meeting, cast):
    alex = cast.member("alex")
    words = json.dumps({"wish": "A slow Sunday."})
    make_checkin(alex, week=alex.week.first, words=words, couple=alex.couple)
    make_checkin(alex, week=alex.week.first - 28 * DAY, words=words, couple=alex.couple, opens_on=alex.today)
    at(meeting, "wish")
    assert "A slow Sunday." not in shows(people[0], meeting)


def test_the_next_date_stands_where_one_is_planned(people, meeting, cast):
    at(meeting, "date")
    assert "Nothing in the calendar yet" in shows(people[0], meeting)
    plan = make_plan(cast.member("sam"), "agreed", 2)
    make_plan(cast.member("sam"), "proposed", 1)
    for part in ("date", "close"):
        at(meeting, part)
        assert str(plan.pk) in shows(people[0], meeting)


def test_goals_that_both_see_are_looked_back_at(people, cast):
    alex = cast.member("alex")
    shared, own = make_goal(alex, "in"), make_goal(alex, "in", shared=False)
    people[0].post(reverse("meeting:begin"))
    meeting = Meeting.objects.get()
    at(meeting, "goals")
    page = shows(people[0], meeting)
    assert str(shared.pk) in page
    assert str(own.pk) not in page


def test_the_parts_take_twenty_minutes_and_the_goals_five_more():
    assert sum(part.minutes for part in PARTS if part.slug != "goals") == 20
    lean, whole = Meeting(), Meeting(goals=True, looks_at_id=Meeting().pk)
    assert [part.slug for part in parts_of(whole)] == [part.slug for part in PARTS]
    assert {part.slug for part in PARTS} - {part.slug for part in parts_of(lean)} == {"goals", "agreed"}


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(asked(found))


def test_no_part_takes_more_than_it_may_however_many_years(world, browse):
    alex, meeting = browse("alex"), world.meeting
    Meeting.objects.filter(pk=meeting.pk).update(goals=True)
    path = reverse("meeting:detail", args=[meeting.pk])
    counts = []
    for many in (2, 60):
        crowd(world, many)
        found = {}
        for part in PARTS:
            at(meeting, part.slug)
            found[part.slug] = queries(alex, path)
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= MOST


def test_today_asks_once(world):
    member = world.cast.member("alex")
    assert member.week
    with CaptureQueriesContext(connection) as found:
        stands = standing(member)
    assert len(asked(found)) == 1
    assert (stands.open, stands.held) == (world.meeting, False)
    assert stands.agreement.meeting == world.meeting
    assert standing(world.cast.member("robin")) is None


def test_the_card_on_today(world):
    from django.template.loader import render_to_string

    member = world.cast.member("alex")
    html = render_to_string("meeting/card.html", {"agreement": standing(member).agreement, "member": member})
    assert "canary agreement" in html
    assert "Both of you" in html
    assert reverse("meeting:detail", args=[world.meeting.pk]) in html


def test_the_demo_never_repeats_itself_within_a_month(cast):
    import random

    from couples.meeting import demo
    from couples.meeting.models import Agreement, Line

    alex = cast.member("alex")
    demo.fill(cast.alex, cast.sam, cast.ours, alex.today, 400, random.Random(1))
    met = list(Meeting.objects.order_by("week"))
    assert len(met) > 40
    assert all(one.ended_on for one in met)
    assert standing(alex).agreement is not None
    for first in range(len(met) - 4):
        month = met[first : first + 4]
        for part in {part.slug for part in PARTS}:
            said = [line.words for line in Line.objects.filter(meeting__in=month, part=part)]
            assert len(said) == len(set(said)), part
        agreed = [one.words for one in Agreement.objects.filter(meeting__in=month)]
        assert len(agreed) == len(set(agreed))
    assert met[0].week > alex.today - dt.timedelta(days=400)
