"""What a part has at hand from the week: out of the rooms, only what both see, and of a check-in only one's own."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from couples.checkins.models import CheckIn
from couples.core.clock import day_start
from couples.core.couple import Member
from couples.core.practice import STEP, Done
from couples.core.words import Broken, legible
from couples.dates.models import DatePlan
from couples.goals.models import Goal, State
from couples.goals.showing import Card, Eyes
from couples.meeting.models import Meeting
from couples.notes.models import Note
from strategies.reading import steps

DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
MOST_NOTES, MOST_DATES, MOST_STEPS, MOST_GOALS = 4, 3, 4, 12


@dataclass
class Material:
    """What is at hand in a part; ``words`` is what its form may begin with."""

    notes: list[Note] = field(default_factory=list)
    dates: list[DatePlan] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    goals: list[Card] = field(default_factory=list)
    more_goals: bool = False
    next_date: DatePlan | None = None
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the week left nothing to look at."""
        return not (self.notes or self.dates or self.steps)


def days_of(member: Member, meeting: Meeting) -> tuple[dt.date, dt.date]:
    """The days that a meeting looks at: its week so far, and seven days at least, as weeks may begin on its day."""
    last = min(member.today, meeting.until)
    return min(meeting.week, last - WEEK + DAY), last


def gather(member: Member, meeting: Meeting, part: str) -> Material:
    """What is at hand in a part: three queries at most."""
    return GATHERS[part](member, meeting) if part in GATHERS else Material()


def notes_of(member: Member, meeting: Meeting) -> Any:
    """The notes that were given in these days and still say something."""
    first, last = days_of(member, meeting)
    found = Note.objects.open_to(member).filter(opens_on__range=(first, last), removed_on__isnull=True)
    return found.order_by("-opens_on", "-created_at", "-id")


def _well(member: Member, meeting: Meeting) -> Material:
    first, last = days_of(member, meeting)
    lived = DatePlan.objects.open_to(member).lived(member.now).with_time()
    lived = lived.filter(ends_at__gte=day_start(first, member.zone))
    lived = lived.filter(ends_at__lt=day_start(last + DAY, member.zone)).order_by("-ends_at", "-id")
    did = Done.objects.visible_to(member).filter(day__range=(first, last), what__startswith=STEP)
    slugs = did.order_by("-day", "what").values_list("what", flat=True)[: MOST_STEPS * 2]
    known = (steps().get(slug.removeprefix(STEP)) for slug in dict.fromkeys(slugs))
    return Material(
        notes=list(notes_of(member, meeting)[:MOST_NOTES]),
        dates=list(lived[:MOST_DATES]),
        steps=[step.text for step in known if step is not None][:MOST_STEPS],
    )


def _thanks(member: Member, meeting: Meeting) -> Material:
    own = notes_of(member, meeting).filter(author=member.person)
    return Material(notes=list(own[:MOST_NOTES]), words=_checked_in(member, meeting, "appreciation"))


def _wish(member: Member, meeting: Meeting) -> Material:
    return Material(words=_checked_in(member, meeting, "wish"))


def _checked_in(member: Member, meeting: Meeting, item: str) -> str:
    """What the member gave for both to see in their last check-in of these days; nothing where there is none."""
    revealed = CheckIn.objects.open_to(member).filter(author=member.person)
    near = revealed.filter(week__lte=meeting.week, week__gte=days_of(member, meeting)[0] - WEEK)
    last = near.order_by("-week").first()
    try:
        said = last.answers.get(item, "") if last is not None else ""
    except (Broken, ValueError):
        return ""
    return said if isinstance(said, str) else ""


def next_date(member: Member, _meeting: Meeting) -> Material:
    """The next date that is agreed."""
    coming = DatePlan.objects.open_to(member).upcoming(member.now).with_time()
    return Material(next_date=coming.order_by("starts_at", "id").first())


def _goals(member: Member, _meeting: Meeting) -> Material:
    rows: Any = Goal.objects.open_to(member).filter(state=State.IN).in_brief()
    found = list(rows.order_by("horizon", "-opens_on", "id")[: MOST_GOALS + 1])
    eyes = Eyes(member)
    cards = [eyes.card(goal) for goal in found[:MOST_GOALS]]
    return Material(goals=cards, more_goals=len(found) > MOST_GOALS)


GATHERS = {
    "well": _well,
    "thanks": _thanks,
    "date": next_date,
    "wish": _wish,
    "goals": _goals,
    "close": next_date,
}


def words_of(note: Note) -> str:
    """A note as a line: what was done, and what it meant."""
    return f"{legible(note, 'what')}\n{legible(note, 'meaning')}".strip()


def title_for_a_date(member: Member) -> str:
    """What a date is called until somebody finds a better name for it."""
    return _("An evening for the two of us")
