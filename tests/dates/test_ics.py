"""The calendar file."""

import pytest
from icalendar import Calendar

from couples.dates.models import DatePlan, PlanOption
from tests.dates.conftest import DAY, at, evening, plan_of, stay

pytestmark = pytest.mark.django_db


def calendar(client, plan, method="PUBLISH"):
    answer = client.get(at("ics", plan))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="date-')
    assert "no-store" in answer["Cache-Control"]
    raw = answer.content
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    whole = Calendar.from_ical(raw)
    (event,) = whole.walk("VEVENT")
    assert whole["version"] == "2.0"
    assert whole["method"] == method
    assert whole["prodid"]
    assert not whole.walk("VALARM")
    return event


def test_a_date_as_a_calendar_file(browse, alex):
    title = "Ramen, then “Der Himmel über Berlin”; late \\ film " * 2
    plan = plan_of(alex, "agreed", title=title.strip(), notes="First line\nsecond line, 🍜" + "é" * 90)
    event = calendar(browse("sam"), plan)
    assert event["uid"] == str(plan.pk)
    assert event["summary"] == title.strip()
    assert event["description"] == plan.notes
    assert event["location"] == "Corner house"
    assert event.decoded("dtstart") == plan.starts_at
    assert event.decoded("dtend") == plan.ends_at
    # Nobody learns from it when the date was written down.
    assert event.decoded("dtstamp") == plan.starts_at
    assert "created" not in event
    assert "last-modified" not in event
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 1)


def test_a_getaway_as_a_calendar_file(browse, alex):
    plan = plan_of(alex, "agreed", [stay(alex, 5, nights=2)], kind="getaway", place="")
    event = calendar(browse("alex"), plan)
    assert event.decoded("dtstart") == alex.today + 5 * DAY
    assert event.decoded("dtend") == alex.today + 8 * DAY
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert "location" not in event


def test_what_is_moved_or_called_off_replaces_it_in_a_calendar(browse, alex):
    plan = plan_of(alex, "moving", round=1)
    PlanOption.objects.create(
        plan=plan, round=2, position=1, author=alex.person, **evening(alex, 9).columns()
    )
    DatePlan.objects.filter(pk=plan.pk).update(round=2)
    event = calendar(browse("alex"), plan)
    assert event["sequence"] == 1
    assert event.decoded("dtstart") == plan.starts_at
    DatePlan.objects.filter(pk=plan.pk).update(state="cancelled")
    event = calendar(browse("alex"), plan, "CANCEL")
    assert (event["status"], event["sequence"]) == ("CANCELLED", 3)


def test_no_calendar_file_before_a_time_is_agreed(browse, alex):
    for plan in (plan_of(alex), plan_of(alex, "proposed"), plan_of(alex, "declined")):
        answer = browse("alex").get(at("ics", plan))
        assert (answer.status_code, answer["Location"]) == (302, at("detail", plan))


def test_its_name_is_the_day_on_ones_own_calendar(browse, cast):
    cast.sam.time_zone = "Pacific/Auckland"
    cast.sam.save()
    alex = cast.member("alex")
    plan = plan_of(alex, "agreed", [evening(alex, 3)])
    for who, ahead in (("alex", 3), ("sam", 4)):
        name = browse(who).get(at("ics", plan))["Content-Disposition"]
        assert name == f'attachment; filename="date-{alex.today + ahead * DAY}.ics"'
