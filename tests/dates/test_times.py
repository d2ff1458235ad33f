"""Two time zones, clocks that change, days that don't exist, and all that people mistype."""

import datetime as dt
import zoneinfo
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from couples.core.clock import zone_names
from couples.core.couple import Couple, Member
from couples.core.people import Person
from couples.dates import words
from couples.dates.forms import PlanForm, TimesForm
from couples.dates.kinds import PlanKind
from couples.dates.models import PlanOption
from couples.dates.times import days, timed
from tests.dates.conftest import plan_of, typed

NOON = dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC)
SPRING = {
    "Europe/Berlin": (dt.date(2027, 3, 28), dt.time(2, 30), "03:30"),
    "America/New_York": (dt.date(2027, 3, 14), dt.time(2, 30), "03:30"),
    "Australia/Lord_Howe": (dt.date(2027, 10, 3), dt.time(2, 15), "02:45"),
}
AUTUMN = {
    "Europe/Berlin": (dt.date(2027, 10, 31), dt.time(2, 30), dt.timedelta(hours=2)),
    "America/New_York": (dt.date(2027, 11, 7), dt.time(1, 30), dt.timedelta(hours=-4)),
    "Australia/Lord_Howe": (dt.date(2027, 4, 4), dt.time(1, 45), dt.timedelta(hours=11)),
}


def somebody(zone: str, partner: str = "") -> Member:
    """A member of no database: where they live, and where the partner does."""
    person = Person(name="Alex", time_zone=zone)
    couple = Couple(time_zone=zone) if partner else None
    other = Person(name="Sam", time_zone=partner) if partner else None
    today = NOON.astimezone(person.zone).date()
    return Member(person, couple, other, NOON, today)


def times(member: Member, kind: str = "date_night", **fields: str) -> TimesForm:
    """A form with times, filled in."""
    minutes = {} if kind == "getaway" else {"minutes": "120"}
    return TimesForm({**minutes, **fields}, member=member, kind=kind)


def option(slot) -> PlanOption:
    """An option of a slot."""
    return PlanOption(**slot.columns())


@pytest.mark.parametrize("zone", SPRING)
def test_an_hour_that_does_not_exist_is_said_at_the_field(zone):
    day, time, right = SPRING[zone]
    form = times(somebody(zone), day_1=f"{day}", time_1=f"{time:%H:%M}")
    assert form.errors == {
        "time_1": [f"The clocks go forward that night, so {time:%H:%M} doesn’t exist. Did you mean {right}?"]
    }
    assert times(somebody(zone), day_1=f"{day}", time_1=right).is_valid()


@pytest.mark.parametrize("zone", AUTUMN)
def test_an_hour_that_comes_twice_means_the_first(zone):
    day, time, offset = AUTUMN[zone]
    form = times(somebody(zone), day_1=f"{day}", time_1=f"{time:%H:%M}")
    assert form.is_valid()
    slot = form.cleaned_data["slots"][0]
    assert slot.starts_at == dt.datetime.combine(day, time, dt.UTC) - offset
    assert slot.ends_at - slot.starts_at == dt.timedelta(hours=2)
    assert option(slot).twice
    assert words.hour(option(slot), somebody(zone)) == f"{time:%H:%M}"


@pytest.mark.django_db
def test_an_hour_that_comes_twice_is_said_on_the_page(browse, alex):
    day, time, _ = AUTUMN["Europe/Berlin"]
    plan = plan_of(alex, slots=[timed(day, time, 120, alex.person.zone)])
    for name in ("alex",):
        page = browse(name).get(reverse("dates:detail", args=[plan.pk])).content.decode()
        assert "this hour comes twice: the first one is meant" in page


def test_both_clocks_are_said():
    slot = timed(dt.date(2027, 3, 20), dt.time(19), 180, zoneinfo.ZoneInfo("Europe/Berlin"))
    berlin = somebody("Europe/Berlin", "America/New_York")
    # Between the two changes of the clocks it is five hours, not six.
    assert words.hour(option(slot), berlin) == "19:00 for you, 14:00 for Sam"
    assert words.when(option(slot), berlin) == "Saturday 20 March, 19:00 for you, 14:00 for Sam"
    late = timed(dt.date(2027, 3, 20), dt.time(3), 180, zoneinfo.ZoneInfo("Europe/Berlin"))
    assert words.hour(option(late), berlin) == "03:00 for you, Friday 22:00 for Sam"
    york = somebody("America/New_York", "Europe/Berlin")
    assert words.day_of(option(late), york) == dt.date(2027, 3, 19)
    assert words.hour(option(slot), somebody("Europe/Berlin", "Europe/Paris")) == "19:00"
    assert words.hour(option(slot), somebody("Europe/Berlin")) == "19:00"


def test_another_year_is_said():
    slot = timed(dt.date(2028, 2, 29), dt.time(19), 180, zoneinfo.ZoneInfo("Europe/Berlin"))
    assert words.when(option(slot), somebody("Europe/Berlin")) == "Tuesday 29 February 2028, 19:00"


@pytest.mark.django_db
def test_a_time_is_read_by_each_ones_own_clock(browse, afar):
    alex, sam = afar
    plan = plan_of(sam, "proposed", [timed(dt.date(2027, 6, 5), dt.time(13), 120, sam.person.zone)])
    page = browse("alex").get(reverse("dates:detail", args=[plan.pk])).content.decode()
    assert "19:00 for you, 13:00 for Sam" in page
    page = browse("sam").get(reverse("dates:detail", args=[plan.pk])).content.decode()
    assert "13:00 for you, 19:00 for Alex" in page
    draft = plan_of(alex, slots=[timed(dt.date(2027, 6, 5), dt.time(1), 120, alex.person.zone)])
    page = browse("alex").get(reverse("dates:detail", args=[draft.pk])).content.decode()
    assert "Friday 4 June 2027, 19:00 for you, Saturday 01:00 for Alex" in page
    form = browse("sam").get(reverse("dates:new")).content.decode()
    assert "Times are in your time zone (New York)." in form
    assert "Alex sees them in Alex’s time zone (Berlin)." in form


def test_29_february():
    berlin = somebody("Europe/Berlin")
    assert times(berlin, day_1="2028-02-29", time_1="19:00").is_valid()
    assert "day_1" in times(berlin, day_1="2027-02-29", time_1="19:00").errors
    away = times(berlin, "getaway", first_1="2028-02-29", last_1="2028-03-01")
    assert away.is_valid()
    assert option(away.cleaned_data["slots"][0]).first_day == dt.date(2028, 2, 29)
    assert words.hour(option(away.cleaned_data["slots"][0]), berlin) == "2 days"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"day_1", "time_1"}),
        ({"day_1": "2027-05-05"}, {"time_1"}),
        ({"time_1": "19:00"}, {"day_1"}),
        ({"day_1": "0001-01-01", "time_1": "19:00"}, {"day_1"}),
        ({"day_1": "9999-12-31", "time_1": "19:00"}, {"day_1"}),
        ({"day_1": "2027-13-01", "time_1": "25:00"}, {"day_1", "time_1"}),
        ({"day_1": "5.5.2027\x00", "time_1": "sieben"}, {"day_1", "time_1"}),
        ({"day_1": "2026-05-05", "time_1": "19:00"}, {"day_1"}),
        ({"day_1": "2027-01-04", "time_1": "12:59"}, {"time_1"}),
        ({"day_1": "2027-05-05", "time_1": "19:00", "day_2": "2027-05-05", "time_2": "19:00"}, {"day_2"}),
        ({"day_1": "2027-05-05", "time_1": "19:00", "day_3": "2027-05-06"}, {"time_3"}),
        ({"day_1": "2027-05-05", "time_1": "19:00", "minutes": "-5"}, {"minutes"}),
        ({"day_1": "2027-05-05", "time_1": "19:00", "minutes": "9" * 30}, {"minutes"}),
        ({"day_1": "2027-05-05", "time_1": "19:00", "minutes": ""}, {"minutes"}),
    ],
)
def test_what_is_mistyped_is_said_at_the_field(fields, wrong):
    form = times(somebody("Europe/Berlin"), **fields)
    assert set(form.errors) == wrong


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"first_1", "last_1"}),
        ({"first_1": "2027-05-05"}, {"last_1"}),
        ({"first_1": "2027-05-05", "last_1": "2027-05-04"}, {"last_1"}),
        ({"first_1": "2027-05-05", "last_1": "2027-09-04"}, {"last_1"}),
        ({"first_1": "2027-01-03", "last_1": "2027-01-06"}, {"first_1"}),
        ({"first_1": "0001-01-01", "last_1": "9999-12-31"}, {"first_1", "last_1"}),
        (
            {
                "first_1": "2027-05-05",
                "last_1": "2027-05-06",
                "first_2": "2027-05-05",
                "last_2": "2027-05-06",
            },
            {"first_2"},
        ),
        ({"first_1": "2027-05-05", "last_1": "2027-05-05"}, set()),
        ({"first_1": "2027-01-04", "last_1": "2027-01-06", "day_1": "nonsense"}, set()),
    ],
)
def test_the_days_of_a_getaway(fields, wrong):
    assert set(times(somebody("Europe/Berlin"), "getaway", **fields).errors) == wrong


def test_a_second_choice_may_be_left_out_and_a_third_taken():
    form = times(somebody("UTC"), day_1="2027-05-05", time_1="19:00", day_3="2027-05-06", time_3="20:00:30")
    assert form.is_valid()
    assert [f"{slot.time}" for slot in form.cleaned_data["slots"]] == ["19:00:00", "20:00:00"]


def test_a_whole_form_asks_for_what_its_kind_needs():
    member = somebody("Europe/Berlin")
    base = {"title": "Away", "day_1": "2027-05-05", "time_1": "19:00", "minutes": "60"}
    assert PlanForm({**base, "kind": "date_night", "first_1": "bad"}, member=member).is_valid()
    away = PlanForm({**base, "kind": "getaway", "first_1": "2027-05-05"}, member=member)
    assert set(away.errors) == {"last_1"}
    none = PlanForm({**base, "kind": "dinner"}, member=member)
    assert set(none.errors) == {"kind"}
    assert PlanForm(member=member).fields["day_1"].required


TEXT = st.text(max_size=60) | st.sampled_from(
    ["\x00", "\ud800", "\u202e", "👩‍👩‍👧", "<b hx-get=/>", "x" * 9000, "١٩:٠٠", "0"]
)
DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)).map(str) | TEXT
HOURS = st.times().map(lambda time: f"{time:%H:%M}") | TEXT


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from([*PlanKind.values, ""]) | TEXT,
            "title": TEXT,
            "place": TEXT,
            "notes": TEXT,
            "once": TEXT,
        },
        optional={
            **{f"{name}_{n}": DAYS for name in ("day", "first", "last") for n in (1, 2, 3)},
            **{f"time_{n}": HOURS for n in (1, 2, 3)},
            "minutes": TEXT | st.just("120"),
            "version": TEXT,
            "source": TEXT,
        },
    ),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/New_York"]),
)
def test_no_input_breaks_the_form(data, zone):
    form = PlanForm(data, member=somebody(zone))
    if form.is_valid():
        slots = form.cleaned_data["slots"]
        assert 1 <= len(slots) <= 3
        assert all(slot.ends_at > slot.starts_at for slot in slots)
        assert "\x00" not in form.cleaned_data["title"]
    else:
        assert form.errors


@settings(max_examples=300, deadline=None)
@given(
    st.dates(dt.date(1970, 1, 1), dt.date(2200, 12, 30)),
    st.times(),
    st.sampled_from(zone_names()),
    st.sampled_from([60, 180, 600]),
)
def test_a_time_is_what_was_typed_or_does_not_exist(day, time, name, minutes):
    zone = zoneinfo.ZoneInfo(name)
    try:
        slot = timed(day, time, minutes, zone)
    except ValidationError:
        return
    back = slot.starts_at.astimezone(zone)
    assert (back.date(), back.hour, back.minute) == (day, time.hour, time.minute)
    assert slot.ends_at - slot.starts_at == dt.timedelta(minutes=minutes)


@settings(max_examples=200, deadline=None)
@given(st.dates(dt.date(1970, 1, 1), dt.date(2200, 10, 1)), st.integers(0, 59), st.sampled_from(zone_names()))
def test_whole_days_begin_and_end_in_their_zone(first, nights, name):
    zone = zoneinfo.ZoneInfo(name)
    last = first + dt.timedelta(days=nights)
    slot = days(first, last, zone)
    assert slot.ends_at > slot.starts_at
    assert slot.ends_at.astimezone(zone).date() >= last


@pytest.mark.django_db
def test_a_changed_zone_shows_the_same_moment(browse, cast, alex):
    plan = plan_of(alex, slots=[timed(dt.date(2027, 6, 5), dt.time(19), 120, alex.person.zone)])
    cast.alex.time_zone = "America/New_York"
    cast.alex.save()
    page = browse("alex").get(reverse("dates:edit", args=[plan.pk])).content.decode()
    assert 'value="13:00"' in page
    words_ = typed(
        replace(alex, person=cast.alex), day_1="2027-06-05", time_1="13:00", version="0", minutes="120"
    )
    browse("alex").post(reverse("dates:edit", args=[plan.pk]), words_)
    moved = plan.starts_at
    plan.refresh_from_db()
    assert plan.starts_at == moved
