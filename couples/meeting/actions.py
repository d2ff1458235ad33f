"""Acts in a meeting. Each is one transaction and safe to do twice; it holds the meeting first, so that none crosses its end."""

import datetime as dt
import uuid
from enum import Enum
from typing import Any

from django.db import transaction

from couples.core import live
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.edits import save_edit
from couples.core.handover import Handover
from couples.core.news import News
from couples.core.owners import lock
from couples.core.practice import done
from couples.goals.models import Goal, State
from couples.meeting.models import BEGUN, MEETING, Agreement, Line, Meeting
from couples.meeting.parts import FIRST, LAST, parts_of

FRIDAY = 4
EVENING = "19:00"


class Came(Enum):
    """What became of words that were sent."""

    KEPT = "kept"
    STALE = "stale"
    """Others were kept in their place since the form was shown."""
    OVER = "over"
    """The meeting has ended."""


@transaction.atomic
def begin(member: Member) -> Meeting:
    """Begin the meeting of the present week; begun at the same time by both, it is still one."""
    week, couple = member.week, member.couple
    last = Agreement.objects.latest_of(member, week.first)
    meeting, new = Meeting.objects.get_or_create(
        couple=couple,
        week=week.first,
        defaults={
            "until": week.last,
            "part": FIRST,
            "begun_on": member.today,
            "looks_at": last if last is not None and not last.how else None,
            "goals": _look_at_goals(member, week.first),
        },
    )
    if new:
        News.objects.tell(member, BEGUN, meeting)
    return meeting


def _look_at_goals(member: Member, week: dt.date) -> bool:
    """Whether goals are looked back at: once in a calendar month, if there are any."""
    month = Meeting.objects.visible_to(member).filter(week__year=week.year, week__month=week.month)
    if month.filter(goals=True, ended_on__isnull=False).exists():
        return False
    return Goal.objects.open_to(member).filter(state=State.IN).exists()


def _hold(member: Member, meeting: Meeting) -> Meeting | None:
    """The meeting as it stands, held until the transaction ends; None once it has ended.

    First of all: who had something else before it would wait for one who has it and wants that.
    """
    held: Meeting | None = lock(Meeting.objects.visible_to(member).filter(ended_on__isnull=True), meeting.pk)
    News.objects.settle(member, meeting.pk)
    return held


@transaction.atomic
def go(member: Member, meeting: Meeting, seen: str, to: str) -> bool:
    """Bring both to another part. Whoever saw another part than the present one changes nothing."""
    held = _hold(member, meeting)
    if held is None or held.part != seen or to not in {part.slug for part in parts_of(held)} - {seen}:
        return False
    Meeting.objects.filter(pk=held.pk).update(part=to)
    live.changed(member, MEETING)
    return True


def draft_of(part: str, meeting: Meeting) -> str:
    """The name of the draft of what one types in a part."""
    return f"meeting.{part}:{meeting.pk}"


def leave(member: Member, meeting: Meeting, part: str) -> None:
    """What one was typing in a part isn't wanted any more. Nobody else can tell."""
    Draft.objects.drop(member, draft_of(part, meeting))


@transaction.atomic
def say(
    member: Member, meeting: Meeting, part: str, seen: int, words: str, *, from_note: bool = False
) -> Came:
    """Keep what this member says in a part, whichever part both are at by now.

    Words ``from_note`` are not those that one was typing there: these stay.
    """
    if _hold(member, meeting) is None:
        return Came.OVER
    line = Line.objects.filter(meeting=meeting, author=member.person, part=part).first()
    if line is None:
        whose = {"meeting": meeting, "couple_id": meeting.couple_id, "author": member.person}
        Line.objects.create(**whose, part=part, words=words)
    elif not save_edit(line, member, seen, {"words": words}, member.couple):
        return Came.STALE
    if not from_note:
        leave(member, meeting, part)
    live.changed(member, MEETING)
    return Came.KEPT


@transaction.atomic
def agree(member: Member, meeting: Meeting, seen: int, changes: dict[str, Any]) -> Came:
    """Keep what the two agree on: ``words``, ``who`` and ``by``."""
    if _hold(member, meeting) is None:
        return Came.OVER
    standing = Agreement.objects.filter(meeting=meeting).first()
    if standing is None:
        whose = {"meeting": meeting, "couple_id": meeting.couple_id, "author": member.person}
        Agreement.objects.create(**whose, **changes)
    elif not save_edit(standing, member, seen, changes, member.couple):
        return Came.STALE
    Draft.objects.drop(member, draft_of("agreement", meeting))
    live.changed(member, MEETING)
    return Came.KEPT


@transaction.atomic
def say_how(member: Member, meeting: Meeting, how: str) -> bool:
    """Say how it went with what was agreed before; said again, the last word counts; empty takes it back."""
    held = _hold(member, meeting)
    if held is None or held.looks_at_id is None:
        return False
    day = member.today if how else None
    agreed = Agreement.objects.visible_to(member).filter(pk=held.looks_at_id)
    if agreed.exclude(how=how).update(how=how, how_on=day):
        live.changed(member, MEETING)
    return True


@transaction.atomic
def close(member: Member, meeting: Meeting) -> bool:
    """End the meeting: from now on it is a page that both can read. False where it has ended before.

    What either was still typing stays with them: they find it beneath that page.
    """
    held = _hold(member, meeting)
    if held is None:
        return False
    Meeting.objects.filter(pk=held.pk).update(ended_on=member.today, part=LAST)
    News.objects.forget(member, held.pk)
    done(member, "meeting")
    live.changed(member, MEETING)
    return True


def plan_a_date(member: Member, title: str) -> uuid.UUID:
    """Leave the dates room a form that is filled in: an evening within the next seven days, by this member's own clock."""
    here = member.now.astimezone(member.person.zone).date()
    friday = here + dt.timedelta(days=(FRIDAY - here.weekday() - 1) % 7 + 1)
    fields = {"kind": "date_night", "title": title, "day_1": friday.isoformat(), "time_1": EVENING}
    return Handover.objects.make(member, "dates", fields)
