"""Days and times across time zones. Stored: UTC. Typed and shown: a person's own wall clock."""

import datetime as dt
import zoneinfo
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

FIRST_DAY = dt.date(1900, 1, 1)
LAST_DAY = dt.date(2200, 12, 31)


@cache
def zone_names() -> list[str]:
    """The IANA names a person can choose from, sorted."""
    areas = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return sorted(n for n in zoneinfo.available_timezones() if n.startswith(areas) or n == "UTC")


def to_utc(day: dt.date, time: dt.time, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """Return the UTC moment of a wall-clock time.

    A time that comes twice (clocks go back) means the first of the two. Raises ValidationError for a time that
    doesn't exist that night (clocks go forward), with the next one that does.
    """
    local = dt.datetime.combine(day, time, tzinfo=zone)
    moment = local.astimezone(dt.UTC)
    back = moment.astimezone(zone)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValidationError(
            _("The clocks go forward that night, so %(wrong)s doesn’t exist. Did you mean %(right)s?"),
            code="skipped",
            params={"wrong": f"{time:%H:%M}", "right": f"{back:%H:%M}"},
        )
    return moment


def comes_twice(day: dt.date, time: dt.time, zone: zoneinfo.ZoneInfo) -> bool:
    """Whether the clocks go back over this time, so that it comes twice that day."""
    local = dt.datetime.combine(day, time, tzinfo=zone)
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second


def day_start(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """Return the UTC moment at which a day begins in a zone (where midnight is skipped: its first moment)."""
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def sensible_day(day: dt.date) -> None:
    """Raise ValidationError for a day outside 1900 to 2200: a slip of the keyboard."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(_("Choose a day between 1900 and 2200."), code="far")


def today_in(zone: zoneinfo.ZoneInfo) -> dt.date:
    """Return the day it is in a zone."""
    return timezone.now().astimezone(zone).date()


@lru_cache(maxsize=4096)
def _day_text(day: dt.date, language: str | None) -> str:
    return date_format(day, "j F Y")


def day_text(day: dt.date) -> str:
    """Return a day in words (23 November 2026) in the language that is active. Lists say many days: it is remembered."""
    return _day_text(day, get_language())
