"""A plan as a calendar file (RFC 5545; what is to be done with it: RFC 5546)."""

import datetime as dt

from icalendar import Calendar, Event

from couples.dates.models import DatePlan


def calendar(plan: DatePlan) -> bytes:
    """Return a plan with an agreed time as an iCalendar file.

    DTSTAMP is required, and is meant to say when the entry was written, which nobody is to learn: it is the
    plan's start. SEQUENCE follows the agreed offer, so that a moved date replaces the earlier one in a
    calendar. No alarm: each decides that alone.
    """
    option = plan.option
    event = Event()
    event.add("uid", str(plan.pk))
    event.add("dtstamp", option.starts_at.astimezone(dt.UTC))
    event.add("sequence", plan.round + 1 if plan.is_closed else option.round)
    event.add("status", "CANCELLED" if plan.is_closed else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("summary", plan.title)
    if option.first_day and option.last_day:
        event.add("dtstart", option.first_day)
        event.add("dtend", option.last_day + dt.timedelta(days=1))
    else:
        event.add("dtstart", option.starts_at.astimezone(dt.UTC))
        event.add("dtend", option.ends_at.astimezone(dt.UTC))
    for name, text in (("location", plan.place), ("description", plan.notes)):
        if text:
            event.add(name, text)
    whole = Calendar()
    whole.add("prodid", "-//Reconnect//Dates//EN")
    whole.add("version", "2.0")
    whole.add("method", "CANCEL" if plan.is_closed else "PUBLISH")
    whole.add_component(event)
    return bytes(whole.to_ical())
