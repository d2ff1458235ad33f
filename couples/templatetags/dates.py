"""Times of dates, as a member reads them."""

import datetime as dt
import uuid

from django import template
from django.utils.safestring import SafeString

from couples.core.couple import Member
from couples.dates import words
from couples.dates.models import DatePlan, PlanOption

register = template.Library()


@register.filter
def day_of(option: PlanOption, member: Member) -> dt.date:
    """The day on which it begins for the member."""
    return words.day_of(option, member)


@register.filter
def leaf_of(option: PlanOption, member: Member) -> SafeString:
    """The calendar leaf of the day on which it begins for the member."""
    return words.leaf_text(words.day_of(option, member))


@register.filter
def hour(option: PlanOption, member: Member) -> str:
    """When it begins that day, for the member and where clocks differ for the partner."""
    return words.hour(option, member)


@register.filter
def when(option: PlanOption, member: Member) -> str:
    """Day and hour, or the days."""
    return words.when(option, member)


@register.filter
def state(plan: DatePlan, member: Member) -> str:
    """Where a plan stands."""
    return words.state(plan, member)


@register.filter
def name_of(person_id: uuid.UUID | None, member: Member) -> str:
    """Who somebody of the two is for the member: "You", the partner's name, or both."""
    return words.name_of(person_id, member)
