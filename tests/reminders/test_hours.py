"""Quiet hours: over midnight, within a day, over the nights when clocks change, in every zone."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from couples.reminders.hours import quiet_until, until_quiet

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NINE, EIGHT = dt.time(21), dt.time(8)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "Pacific/Apia",
)


def berlin(*when):
    return dt.datetime(*when, tzinfo=BERLIN).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (berlin(2027, 1, 5, 20, 59), None),
        (berlin(2027, 1, 5, 21), berlin(2027, 1, 6, 8)),
        (berlin(2027, 1, 5, 23, 59), berlin(2027, 1, 6, 8)),
        (berlin(2027, 1, 6, 0), berlin(2027, 1, 6, 8)),
        (berlin(2027, 1, 6, 7, 59), berlin(2027, 1, 6, 8)),
        (berlin(2027, 1, 6, 8), None),
        (berlin(2027, 1, 6, 12), None),
    ],
)
def test_over_midnight(now, end):
    assert quiet_until(now, BERLIN, NINE, EIGHT) == end


def test_within_a_day():
    night = (dt.time(1), dt.time(6))
    assert quiet_until(berlin(2027, 1, 5, 3), BERLIN, *night) == berlin(2027, 1, 5, 6)
    assert quiet_until(berlin(2027, 1, 5, 6), BERLIN, *night) is None
    assert quiet_until(berlin(2027, 1, 5, 0, 59), BERLIN, *night) is None


def test_none_at_all():
    now = berlin(2027, 1, 5, 3)
    assert quiet_until(now, BERLIN, None, None) is None
    assert quiet_until(now, BERLIN, EIGHT, EIGHT) is None
    assert until_quiet(now, BERLIN, None, None) == dt.timedelta(days=1)


def test_a_night_of_23_and_one_of_25_hours():
    short, long = berlin(2027, 3, 27, 21), berlin(2027, 10, 30, 21)
    assert quiet_until(short, BERLIN, NINE, EIGHT) - short == dt.timedelta(hours=10)
    assert quiet_until(long, BERLIN, NINE, EIGHT) - long == dt.timedelta(hours=12)


def test_an_end_that_comes_twice_and_one_that_does_not_come():
    ends = dt.time(2, 30)
    second = dt.datetime(2027, 10, 31, 2, 10, tzinfo=BERLIN, fold=1).astimezone(dt.UTC)
    assert quiet_until(second, BERLIN, NINE, ends) == second + dt.timedelta(minutes=20)
    skipped = berlin(2027, 3, 28, 1, 59)
    end = quiet_until(skipped, BERLIN, NINE, ends)
    assert skipped < end <= skipped + dt.timedelta(minutes=31)


@settings(max_examples=400, deadline=None)
@given(
    st.integers(0, 60 * 24 * 730).map(lambda minutes: berlin(2026, 1, 1) + dt.timedelta(minutes=minutes)),
    st.sampled_from(ZONES),
    st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    st.times().map(lambda time: time.replace(second=0, microsecond=0)),
)
def test_the_end_is_later_and_it_is_quiet_until_then(now, zone, begins, ends):
    """At each moment: an end in the coming day, at which it isn't quiet any more, and until which it was."""
    here = zoneinfo.ZoneInfo(zone)
    end = quiet_until(now, here, begins, ends)
    left = until_quiet(now, here, begins, ends)
    assert dt.timedelta() < left <= dt.timedelta(days=1)
    if end is None:
        return
    assert now < end <= now + dt.timedelta(hours=26)
    after = quiet_until(end, here, begins, ends)
    assert after is None or after - end <= dt.timedelta(hours=25)
