"""What Today shows of the meeting: one query, whatever the years."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from couples.core.couple import Member
from couples.meeting.models import Agreement, Meeting


@dataclass(frozen=True)
class Standing:
    """How it stands with the meeting.

    ``agreement`` is what was agreed last, as long as nobody has said how it went; ``open`` a meeting that can be gone on
    with (that of the present week first); ``held`` whether this week's has been.
    """

    agreement: Agreement | None
    open: Meeting | None
    held: bool


def standing(member: Member) -> Standing | None:
    """How it stands for a member; None for somebody alone. One query."""
    if member.couple is None:
        return None
    # Whatever was agreed before and stands still, the newest meeting looks at.
    found: Any = Meeting.objects.visible_to(member).select_related("agreement", "looks_at")
    newest: list[Meeting] = list(found.order_by("-week")[:2])
    agreed = [*(one.agreed for one in newest), *(one.looks_at for one in newest[:1])]
    last = next((one for one in agreed if one is not None), None)
    return Standing(
        agreement=last if last is not None and not last.how else None,
        open=next((one for one in newest if one.is_open), None),
        held=any(one.week == member.week.first and not one.is_open for one in newest),
    )


def next_week(member: Member) -> dt.date:
    """The last day of the week to come: until then one agreement has time, unless they say otherwise."""
    couple = member.couple
    return couple.week_of(member.week.over).last if couple else member.week.over
