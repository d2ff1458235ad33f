"""Quiet hours: by a person's own clock, over midnight and over the nights when clocks change."""

import datetime as dt
import zoneinfo

DAY = dt.timedelta(days=1)


def _moment(day: dt.date, time: dt.time, zone: zoneinfo.ZoneInfo, after: dt.datetime) -> dt.datetime:
    """The moment (UTC) of a wall-clock time: of one that comes twice, the first that is after ``after``."""
    local = dt.datetime.combine(day, time, tzinfo=zone)
    first = local.astimezone(dt.UTC)
    return first if first > after else local.replace(fold=1).astimezone(dt.UTC)


def quiet_until(
    now: dt.datetime, zone: zoneinfo.ZoneInfo, begins: dt.time | None, ends: dt.time | None
) -> dt.datetime | None:
    """Until when (UTC) it is quiet, or None where it isn't at ``now`` (UTC). Two times alike mean no quiet hours."""
    if begins is None or ends is None or begins == ends:
        return None
    local = now.astimezone(zone)
    time = local.time()
    over_midnight = begins > ends
    is_quiet = time >= begins or time < ends if over_midnight else begins <= time < ends
    if not is_quiet:
        return None
    day = local.date() + DAY if over_midnight and time >= begins else local.date()
    end = _moment(day, ends, zone, now)
    # What can't be told by this clock (an end that a change of clocks has just skipped) is told a moment later.
    return end if end > now else now + dt.timedelta(minutes=1)


def until_quiet(
    now: dt.datetime, zone: zoneinfo.ZoneInfo, begins: dt.time | None, ends: dt.time | None
) -> dt.timedelta:
    """How long it is until the next quiet hours begin; a day at most."""
    if begins is None or ends is None or begins == ends:
        return DAY
    local = now.astimezone(zone)
    moments = [_moment(local.date() + day * DAY, begins, zone, now) for day in (0, 1)]
    return min([one - now for one in moments if one > now] + [DAY])
