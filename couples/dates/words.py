"""How a time is said to a member: in their own zone, and in the partner's where the clocks differ."""

import datetime as dt
import uuid
from functools import lru_cache
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from couples.core.couple import Member
from couples.dates.kinds import PlanState
from couples.dates.models import DatePlan, PlanOption
from couples.templatetags.reconnect import leaf


class Span(NamedTuple):
    """When something begins, or its days: as much of an option as is said of it."""

    starts_at: dt.datetime
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@lru_cache(maxsize=4096)
def _leaf_text(day: dt.date, language: str | None) -> SafeString:  # noqa: ARG001 (a key of the cache)
    return leaf(day)


def leaf_text(day: dt.date) -> SafeString:
    """Return the calendar leaf of a day in the language that is active. Lists show many: it is remembered."""
    return _leaf_text(day, get_language())


def day_of(option: PlanOption | Span, member: Member) -> dt.date:
    """Return the day on which it begins for the member."""
    if option.first_day is not None:
        return option.first_day
    return option.starts_at.astimezone(member.person.zone).date()


def say_day(day: dt.date, member: Member) -> str:
    """Return a day with its weekday, and with its year where that isn't this one."""
    return date_format(day, "l j F" if day.year == member.today.year else "l j F Y")


def hour(option: PlanOption | Span, member: Member) -> str:
    """Return when it begins: ``19:00``, or ``19:00 for you, 13:00 for Sam``. For a getaway: how many days."""
    if option.first_day is not None and option.last_day is not None:
        count = (option.last_day - option.first_day).days + 1
        return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}
    mine = option.starts_at.astimezone(member.person.zone)
    if member.partner is None:
        return f"{mine:%H:%M}"
    theirs = option.starts_at.astimezone(member.partner.zone)
    if theirs.replace(tzinfo=None) == mine.replace(tzinfo=None):
        return f"{mine:%H:%M}"
    there = (
        f"{theirs:%H:%M}"
        if theirs.date() == mine.date()
        else f"{date_format(theirs.date(), 'l')} {theirs:%H:%M}"
    )
    return _("%(mine)s for you, %(theirs)s for %(name)s") % {
        "mine": f"{mine:%H:%M}",
        "theirs": there,
        "name": member.partner.name,
    }


def when(option: PlanOption, member: Member) -> str:
    """Return the whole time in a sentence's words."""
    if option.first_day is not None and option.last_day is not None:
        if option.first_day == option.last_day:
            return say_day(option.first_day, member)
        return _("%(first)s to %(last)s") % {
            "first": say_day(option.first_day, member),
            "last": say_day(option.last_day, member),
        }
    return f"{say_day(day_of(option, member), member)}, {hour(option, member)}"


def state(plan: DatePlan, member: Member) -> str:
    """Return where a plan stands, as the member would say it. Never what the partner hasn't done."""
    name = {"name": member.partner.name if member.partner else ""}
    if plan.is_draft:
        return _("Only you see this")
    if plan.is_closed:
        return _closed(plan, member) % name
    if plan.state == PlanState.AGREED:
        return _("It was a date") if plan.is_over(member.now) else _("It’s a date")
    if plan.state == PlanState.MOVING:
        return (
            _("Agreed; you offered another time")
            if plan.by(member)
            else _("Agreed; %(name)s offers another time") % name
        )
    if plan.round > 1:
        return _("You offered another time") if plan.by(member) else _("%(name)s offers another time") % name
    return _("You proposed") if plan.by(member) else _("%(name)s proposed") % name


def _closed(plan: DatePlan, member: Member) -> str:
    mine = plan.closed_by_id == member.person.pk
    if plan.state == PlanState.DECLINED:
        return _("You said: not this one") if mine else _("%(name)s said: not this one")
    return _("You called it off") if mine else _("%(name)s called it off")


def name_of(person_id: uuid.UUID | None, member: Member) -> str:
    """Return "You", the partner's name, or "Both of you" where it is nobody's alone."""
    if person_id == member.person.pk:
        return _("You")
    if member.partner is not None and person_id == member.partner.pk:
        return member.partner.name
    return _("Both of you")
