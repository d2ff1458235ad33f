"""What a person may be reminded of. Each room declares its kinds; ``couples.reminders`` sends them.

A reminder says that there is something, never what: so a kind has no words of its own that leave the app. It is about
what waits (a kind of due), about what opens (a kind of news that waited for its day), about what comes round by itself, or
about anything new.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.due import DueKind
from couples.core.news import NewsKind


class Channel(models.TextChoices):
    """How somebody is reminded."""

    OFF = "off", _("Off")
    MAIL = "mail", _("E-mail")
    PUSH = "push", _("Devices")


@dataclass(frozen=True)
class ReminderKind:
    """A kind of reminder: ``title`` and ``why`` stand on the page where it is switched on, and nowhere else.

    ``due``: what waits; ``days``: from which day to which it is worth a reminder, counted from the day it is meant for
    (-1 is the day before), in the person's own zone; ``whole_day``: it is meant for a day of the couple's and not for
    an hour, so that day counts. ``opens``: news that waited for its day. ``comes``: what comes round by itself: of which time
    (a key) a member can be reminded now, or None; it asks the database once at most. None of these: anything new, bundled.
    ``default``: how everybody is reminded who has chosen nothing. Raises ValueError for a kind that is about two things.
    """

    slug: str
    title: str | Promise
    why: str | Promise
    due: DueKind | None = None
    days: tuple[int, int] = (0, 0)
    whole_day: bool = False
    opens: NewsKind | None = None
    comes: Callable[[Member], str | None] | None = None
    default: Channel = Channel.OFF

    def __post_init__(self) -> None:
        if sum(about is not None for about in (self.due, self.opens, self.comes)) > 1:
            raise ValueError("A reminder is about what waits, about what opens or about what comes round.")
        KINDS[self.slug] = self


KINDS: dict[str, ReminderKind] = {}
Silence = Callable[[Member], dt.datetime | None]
SILENCES: list[Silence] = []
"""What silences the app for a member: each says until when (UTC), or None."""


def silences(until: Silence) -> Silence:
    """Let a room say until when nobody of a couple wants to hear from the app. One query at most."""
    SILENCES.append(until)
    return until


def silent_until(member: Member) -> dt.datetime | None:
    """Until when this member wants to hear nothing; None where they do."""
    return max(filter(None, (until(member) for until in SILENCES)), default=None)
