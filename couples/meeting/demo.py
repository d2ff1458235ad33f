"""Meetings of the demo's couples."""

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from couples.core import content
from couples.core.couple import Couple
from couples.core.people import Person
from couples.core.practice import Done
from couples.meeting.models import Agreement, How, Line, Meeting
from couples.meeting.parts import LAST

HOWS = (How.KEPT, How.KEPT, How.PARTLY, How.NOT_YET, How.LET_GO)
OFTEN = {"well": 0.95, "thanks": 0.9, "talk": 0.45, "wish": 0.8, "loved": 0.7}
"""How often each of the two says something in a part."""


class _Heap:
    """What is to be written, all at once. Texts go round, so that none comes back within a month."""

    def __init__(self, pair: tuple[Person, Person], couple: Couple, rng: random.Random) -> None:
        self.pair, self.couple, self.rng = pair, couple, rng
        self.meetings: list[Meeting] = []
        self.lines: list[Line] = []
        self.agreements: list[Agreement] = []
        texts: defaultdict[str, list[str]] = defaultdict(list)
        for row in content.rows("meeting/demo.toml", "line"):
            texts[row["part"]].append(row["words"])
        self.texts: dict[str, Iterator[str]] = {
            part: cycle(rng.sample(found, len(found))) for part, found in texts.items()
        }
        agreed = content.rows("meeting/demo.toml", "agreement")
        self.agreed: Iterator[dict[str, Any]] = cycle(rng.sample(agreed, len(agreed)))

    def id(self) -> uuid.UUID:
        """A random id, the same on every run."""
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def hold(self, day: dt.date, looks_at: Agreement | None, *, goals: bool) -> Agreement | None:
        """A meeting on a day, with what was said and agreed in it; how it went with what was agreed before."""
        week = self.couple.week_of(day)
        meeting = Meeting(pk=self.id(), couple=self.couple, week=week.first, until=week.last, part=LAST)
        meeting.begun_on = meeting.ended_on = day
        meeting.looks_at, meeting.goals = looks_at, goals
        self.meetings.append(meeting)
        if looks_at is not None:
            looks_at.how, looks_at.how_on = self.rng.choice(HOWS), day
        for part, often in {**OFTEN, **({"goals": 0.9} if goals else {})}.items():
            for person in self.pair:
                if self.rng.random() < often:
                    self._say(meeting, person, part)
        return self.agree(meeting) if self.rng.random() < 0.85 else None

    def _say(self, meeting: Meeting, person: Person, part: str) -> None:
        words = next(self.texts[part])
        self.lines.append(
            Line(pk=self.id(), meeting=meeting, couple=self.couple, author=person, part=part, words=words)
        )

    def agree(self, meeting: Meeting) -> Agreement:
        """What the two agree on in a meeting."""
        row = next(self.agreed)
        who = {"one": self.pair[0], "other": self.pair[1]}.get(row["who"])
        by = self.couple.week_of(meeting.until + dt.timedelta(days=1)).last
        kept = {"meeting": meeting, "couple": self.couple, "author": self.rng.choice(self.pair)}
        agreement = Agreement(pk=self.id(), **kept, words=row["words"], who=who, by=by)
        self.agreements.append(agreement)
        return agreement


def fill(alex: Person, sam: Person, couple: Couple, today: dt.date, days: int, rng: random.Random) -> None:
    """Hold most weeks' meetings of the last ``days`` days, on the fourth day of the week; the present week's is to come."""
    heap = _Heap((alex, sam), couple, rng)
    present = couple.week_of(today).first
    week = couple.week_of(today - dt.timedelta(days=days)).over
    last: Agreement | None = None
    month = 0
    while week < present:
        # The last one was held, so that there is something to look back at.
        if couple.week_of(week).over == present or rng.random() < 0.9:
            agreed = heap.hold(week + dt.timedelta(days=3), last, goals=week.month != month)
            last, month = agreed, week.month
        week = couple.week_of(week).over
    if last is None and heap.meetings:
        last = heap.agree(heap.meetings[-1])
    looked = {meeting.pk: meeting.looks_at for meeting in heap.meetings}
    for meeting in heap.meetings:
        meeting.looks_at = None
    Meeting.objects.bulk_create(heap.meetings, batch_size=500)
    Agreement.objects.bulk_create(heap.agreements, batch_size=500)
    Line.objects.bulk_create(heap.lines, batch_size=500)
    for meeting in heap.meetings:
        meeting.looks_at = looked[meeting.pk]
    Meeting.objects.bulk_update(heap.meetings, ["looks_at"], batch_size=500)
    Done.objects.bulk_create(
        [
            Done(pk=heap.id(), couple=couple, day=meeting.begun_on, what="meeting")
            for meeting in heap.meetings
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
