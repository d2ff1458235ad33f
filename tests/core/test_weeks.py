"""Weeks of a couple: where they begin, over New Year and changed clocks, and what another day or length does to them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from couples.core.couple import Couple, Member
from couples.core.people import Person
from couples.core.weeks import ANCHOR, DAY, Rhythm, Week, changed, week_of

USUAL = Rhythm()
MON, WED, SAT, SUN = 0, 2, 5, 6
BERLIN, AUCKLAND, ANGELES = "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1))
RHYTHMS = st.builds(Rhythm, DAYS, st.sampled_from([7, 14]))
CHANGES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(MON, SUN), st.sampled_from([7, 14])), min_size=1, max_size=5
)
"""Each so many days after the one before: another day of the week, another length."""


def day(text):
    return dt.date.fromisoformat(text)


def week(first, last):
    return Week(day(first), day(last))


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("of", "found"),
    [
        ("2027-03-13", week("2027-03-07", "2027-03-13")),
        ("2027-03-14", week("2027-03-14", "2027-03-20")),
        ("2027-03-17", week("2027-03-14", "2027-03-20")),
        ("2027-03-20", week("2027-03-14", "2027-03-20")),
        ("2026-12-31", week("2026-12-27", "2027-01-02")),
        ("2027-01-01", week("2026-12-27", "2027-01-02")),
        ("2028-02-29", week("2028-02-27", "2028-03-04")),
        ("2022-12-31", week("2022-12-25", "2022-12-31")),
        ("1999-12-31", week("1999-12-26", "2000-01-01")),
    ],
)
def test_where_nobody_has_chosen_a_week_begins_on_sunday(of, found):
    assert Couple().week_of(day(of)) == found
    assert found.over - found.first == 7 * DAY
    assert found.first.weekday() == ANCHOR.weekday() == SUN


@given(DAYS, RHYTHMS)
def test_a_day_lies_in_the_one_week_that_all_its_days_say(of, rhythm):
    found = rhythm.week(of)
    assert found.first <= of <= found.last
    assert (found.over - found.first).days == rhythm.days
    assert (found.first - rhythm.begins).days % rhythm.days == 0
    assert {rhythm.week(found.first + number * DAY) for number in range(rhythm.days)} == {found}
    assert rhythm.week(found.over).first == found.over


@pytest.mark.parametrize(
    ("today", "weekday", "days", "present", "following"),
    [
        # On a Wednesday, of the week from Sunday the 14th.
        ("2027-03-17", WED, 7, ("2027-03-14", "2027-03-23"), ("2027-03-24", "2027-03-30")),
        ("2027-03-17", SAT, 7, ("2027-03-14", "2027-03-26"), ("2027-03-27", "2027-04-02")),
        ("2027-03-17", MON, 7, ("2027-03-14", "2027-03-21"), ("2027-03-22", "2027-03-28")),
        ("2027-03-17", SUN, 14, ("2027-03-14", "2027-03-20"), ("2027-03-21", "2027-04-03")),
        ("2027-03-17", WED, 14, ("2027-03-14", "2027-03-23"), ("2027-03-24", "2027-04-06")),
        # On the first day of a week, and on its last.
        ("2027-03-14", MON, 7, ("2027-03-14", "2027-03-21"), ("2027-03-22", "2027-03-28")),
        ("2027-03-20", SAT, 7, ("2027-03-14", "2027-03-26"), ("2027-03-27", "2027-04-02")),
        # Over New Year.
        ("2026-12-30", SAT, 7, ("2026-12-27", "2027-01-08"), ("2027-01-09", "2027-01-15")),
    ],
)
def test_another_day_or_length_counts_once_the_present_week_is_over(today, weekday, days, present, following):
    pair = changed(day(today), USUAL, USUAL, weekday, days)
    assert week_of(day(today), *pair) == week(*present)
    assert week_of(week(*present).over, *pair) == week(*following)
    before = week(*present).first - DAY
    assert week_of(before, *pair) == USUAL.week(before)


def test_from_every_other_week_to_every_week_it_counts_after_the_two_weeks():
    long = Rhythm(day("2027-03-07"), 14)
    pair = changed(day("2027-03-10"), long, USUAL, SUN, 7)
    assert week_of(day("2027-03-10"), *pair) == week("2027-03-07", "2027-03-20")
    assert week_of(day("2027-03-21"), *pair) == week("2027-03-21", "2027-03-27")


def test_a_change_that_has_not_begun_is_taken_back_by_the_next():
    wednesday, today = day("2027-03-17"), USUAL
    pair = changed(wednesday, today, today, SAT, 7)
    assert week_of(wednesday, *pair).last == day("2027-03-26")
    pair = changed(wednesday + DAY, *pair, MON, 7)
    assert week_of(wednesday, *pair) == week("2027-03-14", "2027-03-21")
    pair = changed(wednesday + 2 * DAY, *pair, SUN, 7)
    for number in range(-30, 60):
        assert week_of(wednesday + number * DAY, *pair) == USUAL.week(wednesday + number * DAY)


def test_a_change_in_the_days_that_a_change_has_added_moves_nothing_to_another_week():
    """The week from the 14th lasts until the 26th; on its 26th somebody chooses Friday."""
    pair = changed(day("2027-03-17"), USUAL, USUAL, SAT, 7)
    pair = changed(day("2027-03-26"), *pair, 4, 7)
    assert week_of(day("2027-03-26"), *pair) == week("2027-03-14", "2027-04-01")
    assert week_of(day("2027-04-02"), *pair) == week("2027-04-02", "2027-04-08")


@settings(max_examples=300, deadline=None)
@given(DAYS, CHANGES)
def test_whatever_is_changed_the_present_week_stays_and_weeks_follow_each_other(today, changes):
    """From the week of each change on: without gaps, without overlaps, and none shorter than usual."""
    pair = (USUAL, USUAL)
    for after, weekday, days in changes:
        today += after * DAY
        held = week_of(today, *pair)
        usual = (pair[1] if today < pair[0].begins else pair[0]).days
        pair = changed(today, *pair, weekday, days)
        assert (pair[0].begins.weekday(), pair[0].days) == (weekday, days)
        assert pair[0].begins > today
        assert week_of(today, *pair).first == held.first
        _follow_each_other(held.first, pair, usual)


def _follow_each_other(first, pair, usual):
    for number in range(5):
        found = week_of(first, *pair)
        length = (found.over - first).days
        assert found.first == first
        assert length == pair[0].days if first >= pair[0].begins else length >= usual
        assert number or found.over == pair[0].begins, "the next week is counted the new way"
        assert {week_of(first + there * DAY, *pair) for there in range(length)} == {found}
        first = found.over


@settings(max_examples=200, deadline=None)
@given(DAYS, CHANGES)
def test_weeks_that_are_over_stay_as_they_were_since_the_change_before(today, changes):
    pair = (USUAL, USUAL)
    for after, weekday, days in changes:
        today += after * DAY
        since = pair[0].begins if today >= pair[0].begins else today - 30 * DAY
        past = [today - number * DAY for number in range(1, 60) if today - number * DAY >= since]
        held = week_of(today, *pair).first
        before = [week_of(one, *pair) for one in past if one < held]
        pair = changed(today, *pair, weekday, days)
        assert [week_of(one, *pair) for one in past if one < held] == before


@settings(max_examples=200, deadline=None)
@given(DAYS, CHANGES, st.integers(0, 2))
def test_a_day_that_comes_again_lies_in_a_week_as_well(today, changes, back):
    """Whoever moves west has the day before once more: a change then keeps that day’s week, too."""
    pair = (USUAL, USUAL)
    for after, weekday, days in changes:
        today += after * DAY
        pair = changed(today, *pair, weekday, days)
        earlier = today - back * DAY
        found = week_of(earlier, *pair)
        assert found.first <= earlier <= found.last
        again = changed(earlier, *pair, (weekday + 3) % 7, days)
        assert week_of(earlier, *again).first == found.first
        assert again[0].begins > earlier


@pytest.mark.parametrize(
    ("zone", "now", "today"),
    [
        # The night to a Sunday in which Berlin's clocks go forward, and the one in which they go back.
        (BERLIN, "2027-03-27T22:59", "2027-03-27"),
        (BERLIN, "2027-03-27T23:00", "2027-03-28"),
        (BERLIN, "2027-03-28T21:59", "2027-03-28"),
        (BERLIN, "2027-03-28T22:00", "2027-03-29"),
        (BERLIN, "2027-10-30T21:59", "2027-10-30"),
        (BERLIN, "2027-10-30T22:00", "2027-10-31"),
        (BERLIN, "2027-10-31T22:59", "2027-10-31"),
        (BERLIN, "2027-10-31T23:00", "2027-11-01"),
        # The same moment in the east and in the west.
        (AUCKLAND, "2027-03-20T11:00", "2027-03-21"),
        (ANGELES, "2027-03-20T11:00", "2027-03-20"),
        (ANGELES, "2027-03-21T07:00", "2027-03-21"),
    ],
)
def test_a_week_begins_with_the_day_of_the_couple_s_zone(zone, now, today):
    couple = Couple(time_zone=zone)
    assert couple.day(utc(now)) == day(today)
    found = couple.week_of(couple.day(utc(now)))
    assert found == USUAL.week(day(today))


def test_over_a_change_of_clocks_a_week_has_its_seven_days_and_an_hour_less_or_more():
    couple = Couple(time_zone=BERLIN)
    for start, hours in (("2027-03-28", 7 * 24 - 1), ("2027-10-31", 7 * 24 + 1), ("2027-06-06", 7 * 24)):
        moment = dt.datetime.combine(day(start), dt.time(), couple.zone).astimezone(dt.UTC)
        first = couple.week_of(day(start))
        assert first.first == day(start)
        assert couple.week_of(couple.day(moment - dt.timedelta(minutes=1))).over == first.first
        inside = [couple.week_of(couple.day(moment + dt.timedelta(hours=n))) for n in range(hours)]
        assert set(inside) == {first}
        assert couple.week_of(couple.day(moment + dt.timedelta(hours=hours))).first == first.over


def test_both_have_the_same_week_wherever_they_are_and_somebody_alone_their_own():
    now = utc("2027-03-20T23:30")
    east, west = Person(time_zone=AUCKLAND), Person(time_zone=ANGELES)
    couple = Couple(time_zone=BERLIN)
    both = [Member(one, couple, other, now, couple.day(now)) for one, other in ((east, west), (west, east))]
    assert {member.week for member in both} == {week("2027-03-21", "2027-03-27")}
    alone = Member(west, None, None, now, now.astimezone(west.zone).date())
    assert alone.week == week("2027-03-14", "2027-03-20")


def test_after_a_move_the_earlier_day_counts_and_so_does_its_week():
    couple, now = Couple(time_zone=ANGELES), utc("2027-03-20T12:00")
    couple.move(AUCKLAND, now)
    assert couple.week_of(couple.day(now)) == week("2027-03-14", "2027-03-20")
    later = now + dt.timedelta(days=2)
    assert couple.week_of(couple.day(later)) == week("2027-03-21", "2027-03-27")
