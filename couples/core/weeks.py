"""Weeks of a couple: from one check-in day to the next, counted in the couple's time zone."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

ANCHOR = dt.date(2023, 1, 1)
"""A Sunday: the day on which weeks begin where nobody has chosen another."""
USUAL = 7
DAY = dt.timedelta(days=1)
SHOWN = 26
"""How many calendar weeks a picture of weeks shows: half a year."""


@dataclass(frozen=True)
class Week:
    """The days from ``first`` to ``last``, both included: seven as a rule."""

    first: dt.date
    last: dt.date

    @property
    def over(self) -> dt.date:
        """The first day after it."""
        return self.last + DAY

    @property
    def is_two(self) -> bool:
        """Whether it is as long as two, for those who check in every fortnight."""
        return self.over - self.first >= 2 * USUAL * DAY


@dataclass(frozen=True)
class Rhythm:
    """How weeks are counted: from ``begins`` on they are ``days`` long."""

    begins: dt.date = ANCHOR
    days: int = USUAL

    def week(self, day: dt.date) -> Week:
        """The week that a day lies in."""
        first = self.begins + dt.timedelta(days=(day - self.begins).days // self.days * self.days)
        return Week(first, first + dt.timedelta(days=self.days - 1))


def week_of(day: dt.date, now: Rhythm, before: Rhythm) -> Week:
    """The week that a day lies in, where ``now`` took the place of ``before``.

    The last week counted the old way is the one with which ``before`` begins: it lasts until ``now`` does.
    """
    if day >= now.begins:
        return now.week(day)
    return before.week(day) if day < before.begins else Week(before.begins, now.begins - DAY)


def changed(today: dt.date, now: Rhythm, before: Rhythm, weekday: int, days: int) -> tuple[Rhythm, Rhythm]:
    """Another day of the week (0 is Monday) or another length, once the present week is over.

    Returns the new pair. The present week is the last one counted the old way: it begins when it did, and is never
    shorter than usual. A change that has not begun yet is taken back by the next one.
    """
    first = week_of(today, now, before).first
    old = before if today < now.begins else now
    ends = max(first + dt.timedelta(days=old.days), today + DAY)
    begins = ends + dt.timedelta(days=(weekday - ends.weekday()) % 7)
    return Rhythm(begins, days), Rhythm(first, old.days)


def first_shown(today: dt.date) -> dt.date:
    """The Monday with which a picture of weeks begins."""
    return today - dt.timedelta(days=today.weekday(), weeks=SHOWN - 1)


def filled(days: Iterable[dt.date], today: dt.date) -> list[int]:
    """The last 26 calendar weeks, oldest first: 0 for none of these days, 1 for one of them, 2 for more."""
    found, first = [0] * SHOWN, first_shown(today)
    for day in set(days):
        week = (day - first).days // 7
        found[week] = min(found[week] + 1, 2)
    return found
