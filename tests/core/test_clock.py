"""Days and times across zones and clock changes."""

import datetime as dt
import zoneinfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from couples.core import clock

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
HOWE = zoneinfo.ZoneInfo("Australia/Lord_Howe")


def test_a_time_that_does_not_exist_is_refused_with_the_next_that_does():
    with pytest.raises(ValidationError, match="02:30 doesn’t exist. Did you mean 03:30"):
        clock.to_utc(dt.date(2027, 3, 28), dt.time(2, 30), BERLIN)
    with pytest.raises(ValidationError, match="Did you mean 02:45"):
        clock.to_utc(dt.date(2026, 10, 4), dt.time(2, 15), HOWE)


def test_a_time_that_comes_twice_means_the_first():
    day, time = dt.date(2027, 10, 31), dt.time(2, 30)
    assert clock.comes_twice(day, time, BERLIN)
    assert clock.to_utc(day, time, BERLIN) == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)
    assert not clock.comes_twice(dt.date(2027, 3, 28), dt.time(2, 30), BERLIN)
    assert not clock.comes_twice(day, dt.time(12), BERLIN)


def test_a_day_begins_where_it_is():
    assert clock.day_start(dt.date(2028, 2, 29), BERLIN) == dt.datetime(2028, 2, 28, 23, tzinfo=dt.UTC)
    beirut = zoneinfo.ZoneInfo("Asia/Beirut")  # midnight is skipped there when the clocks go forward
    start = clock.day_start(dt.date(2024, 3, 31), beirut)
    assert start.astimezone(beirut).date() == dt.date(2024, 3, 31)


@given(
    st.dates(dt.date(1971, 1, 1), dt.date(2100, 1, 1)),
    st.times().map(lambda time: time.replace(microsecond=0)),
    st.sampled_from(clock.zone_names()),
)
def test_every_time_is_kept_or_refused(day, time, name):
    zone = zoneinfo.ZoneInfo(name)
    try:
        moment = clock.to_utc(day, time, zone)
    except ValidationError:
        return
    assert moment.astimezone(zone).replace(tzinfo=None) == dt.datetime.combine(day, time)


@pytest.mark.parametrize(
    "day", [dt.date(1, 1, 1), dt.date(1899, 12, 31), dt.date(2201, 1, 1), dt.date(9999, 12, 31)]
)
def test_far_days_are_a_slip_of_the_keyboard(day):
    with pytest.raises(ValidationError, match="between 1900 and 2200"):
        clock.sensible_day(day)
