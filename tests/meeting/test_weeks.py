"""The week of a meeting is the couple's, wherever the two are, across New Year and when clocks change."""

import datetime as dt

import pytest
from django.urls import reverse

from couples.core.couple import Couple
from couples.core.people import Person
from couples.meeting.material import days_of
from couples.meeting.models import Meeting
from couples.meeting.words import days_text
from tests.meeting.conftest import shows

pytestmark = pytest.mark.django_db


def begun(browse, who, moment, clock):
    clock(moment)
    browse(who).post(reverse("meeting:begin"))
    return Meeting.objects.order_by("-week").first()


def test_a_week_across_new_year(browse, clock):
    before = begun(browse, "alex", dt.datetime(2027, 12, 31, 20, tzinfo=dt.UTC), clock)
    after = begun(browse, "sam", dt.datetime(2028, 1, 1, 9, tzinfo=dt.UTC), clock)
    assert before == after
    assert "26 December 2027 to 1 January 2028" in shows(browse("alex"), before)


def test_the_days_in_words():
    day = dt.date
    assert days_text(day(2026, 11, 22), day(2026, 11, 28)) == "22 to 28 November 2026"
    assert days_text(day(2026, 9, 27), day(2026, 10, 3)) == "27 September to 3 October 2026"


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        # Berlin: 21 March ends at 23:00 UTC, 28 March (the clocks go forward) at 22:00.
        (dt.datetime(2027, 3, 20, 22, 59, tzinfo=dt.UTC), dt.date(2027, 3, 14)),
        (dt.datetime(2027, 3, 20, 23, 0, tzinfo=dt.UTC), dt.date(2027, 3, 21)),
        (dt.datetime(2027, 3, 27, 23, 0, tzinfo=dt.UTC), dt.date(2027, 3, 28)),
        (dt.datetime(2027, 4, 3, 21, 59, tzinfo=dt.UTC), dt.date(2027, 3, 28)),
        (dt.datetime(2027, 4, 3, 22, 0, tzinfo=dt.UTC), dt.date(2027, 4, 4)),
        (dt.datetime(2027, 10, 30, 22, 0, tzinfo=dt.UTC), dt.date(2027, 10, 31)),
        (dt.datetime(2027, 11, 6, 22, 59, tzinfo=dt.UTC), dt.date(2027, 10, 31)),
    ],
)
def test_a_week_begins_with_the_couples_midnight(browse, clock, moment, week):
    assert begun(browse, "alex", moment, clock).week == week


def test_two_in_different_zones_have_one_week(browse, clock, cast):
    Person.objects.filter(pk=cast.sam.pk).update(time_zone="Pacific/Auckland")
    Couple.objects.filter(pk=cast.ours.pk).update(time_zone="America/New_York")
    # Sunday in Auckland and Berlin, still Saturday where their space is.
    moment = dt.datetime(2027, 3, 21, 2, tzinfo=dt.UTC)
    met = [begun(browse, who, moment, clock) for who in ("alex", "sam")]
    assert {one.week for one in met} == {dt.date(2027, 3, 14)}
    assert "New York time" in browse("sam").get(reverse("meeting:home")).content.decode()


def test_on_the_first_day_of_a_week_seven_days_are_at_hand(cast, clock):
    clock(dt.datetime(2027, 3, 14, 12, tzinfo=dt.UTC))
    member = cast.member("alex")
    meeting = Meeting(week=member.week.first, until=member.week.last)
    assert days_of(member, meeting) == (dt.date(2027, 3, 8), dt.date(2027, 3, 14))
    clock(dt.datetime(2027, 3, 20, 12, tzinfo=dt.UTC))
    assert days_of(cast.member("alex"), meeting) == (dt.date(2027, 3, 14), dt.date(2027, 3, 20))
    clock(dt.datetime(2027, 5, 20, 12, tzinfo=dt.UTC))
    assert days_of(cast.member("alex"), meeting) == (dt.date(2027, 3, 14), dt.date(2027, 3, 20))
