"""A time that is offered, worked out from what was typed."""

import datetime as dt
import zoneinfo
from dataclasses import asdict, dataclass
from typing import Any

from couples.core.clock import day_start, to_utc


@dataclass(frozen=True)
class Slot:
    """An offered time: what was typed, and the same in UTC."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    day: dt.date | None = None
    time: dt.time | None = None
    minutes: int | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    def columns(self) -> dict[str, Any]:
        """Return its values by the column names of ``PlanOption``."""
        return asdict(self)


def timed(day: dt.date, time: dt.time, minutes: int, zone: zoneinfo.ZoneInfo) -> Slot:
    """Return an hour of a day, ``minutes`` long as they pass.

    Raises ValidationError for an hour that doesn't exist that night.
    """
    time = time.replace(second=0, microsecond=0)
    starts_at = to_utc(day, time, zone)
    return Slot(starts_at, starts_at + dt.timedelta(minutes=minutes), zone.key, day, time, minutes)


def days(first: dt.date, last: dt.date, zone: zoneinfo.ZoneInfo) -> Slot:
    """Return whole days, both included, as they begin and end in a zone."""
    starts_at, ends_at = day_start(first, zone), day_start(last + dt.timedelta(days=1), zone)
    return Slot(starts_at, ends_at, zone.key, first_day=first, last_day=last)
