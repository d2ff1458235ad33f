"""Dates of the demo's couples."""

import datetime as dt
import random
import uuid
from typing import Any

from couples.core import content
from couples.core.couple import Couple, Member, member_for
from couples.core.news import News
from couples.core.people import Person
from couples.dates.actions import let_date_wait, let_look_back_wait
from couples.dates.kinds import PROPOSED, PlanState
from couples.dates.models import DatePlan, LookBack, PlanOption, PlanTask
from couples.dates.times import Slot, days, timed

DAYS_BETWEEN = 7.3
HOURS = (18, 19, 19, 20)
KIND_WORDS = (
    *("I’m worn out that week. The week after, gladly.", "My sister needs me that evening. Another week?"),
    *("I’ve caught that cold. Soup on the sofa instead?", "The early shift came in between. I’m sorry."),
    *("Not quite my thing, but thank you for thinking of it.", "No trains that weekend. Let’s find another."),
)
LATER = (
    *("As good as the first time.", "Shorter than planned, and sweet.", "We needed that."),
    *(
        "I could have stayed for hours.",
        "A small evening, and a good one.",
        "You made me laugh three times. I counted.",
    ),
    *("We talked about the spring.", "Tired when we left, not when we came home."),
)
Row = dict[str, str]
Pair = tuple[Person, Person]


class _Heap:
    """What is to be written, all at once."""

    def __init__(self, pair: Pair, couple: Couple, today: dt.date, rng: random.Random) -> None:
        self.pair, self.couple, self.today, self.rng = pair, couple, today, rng
        self.plans: list[DatePlan] = []
        self.options: list[PlanOption] = []
        self.tasks: list[PlanTask] = []
        self.looks: list[LookBack] = []

    def id(self) -> uuid.UUID:
        """A random id, the same on every run."""
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def add(self, author: Person, row: Row, state: str, slots: list[Slot], **more: Any) -> DatePlan:
        """Lay a plan on the heap; its first slot is the agreed one where a time is agreed."""
        words = {name: row.get(name, "") for name in ("title", "kind", "place", "notes")}
        plan = DatePlan(pk=self.id(), author=author, state=state, **words, **more)
        plan.starts_at, plan.ends_at = slots[0].starts_at, slots[0].ends_at
        options = [
            PlanOption(pk=self.id(), plan=plan, author=author, position=n, **slot.columns())
            for n, slot in enumerate(slots, start=1)
        ]
        if state != PlanState.DRAFT:
            plan.couple, plan.proposed_by = self.couple, author
            plan.opens_on = min(self.today, slots[0].starts_at.date() - dt.timedelta(days=5))
        if state in (PlanState.AGREED, PlanState.CANCELLED):
            plan.agreed_option = options[0]
        self.plans.append(plan)
        self.options += options
        return plan

    def write(self) -> None:
        """Write everything. A plan and its agreed option point at each other; the database checks last."""
        DatePlan.objects.bulk_create(self.plans, batch_size=500)
        PlanOption.objects.bulk_create(self.options, batch_size=500)
        PlanTask.objects.bulk_create(self.tasks, batch_size=500)
        LookBack.objects.bulk_create(self.looks, batch_size=500)

    def slot(self, row: Row, ahead: int, hour: int = 19) -> Slot:
        """A time for a kind of date, so many days from today (or before it)."""
        day = self.today + dt.timedelta(days=ahead)
        if row["kind"] == "getaway":
            return days(day, day + dt.timedelta(days=2), self.couple.zone)
        return timed(day, dt.time(hour), 180, self.pair[0].zone)


def fill(alex: Person, sam: Person, couple: Couple, today: dt.date, days: int, rng: random.Random) -> None:
    """Write about a date a week over the last ``days`` days, and what lies ahead, in one transaction."""
    heap = _Heap((alex, sam), couple, today, rng)
    rows = list(content.rows("dates/demo.toml", "plan"))
    count = max(3, round(days / DAYS_BETWEEN))
    upcoming = _ahead(heap, rows)
    ahead = {plan.title for plan in heap.plans}
    rows = [row for row in rows if row["title"] not in ahead]
    lived = [_past(heap, rows[number % len(rows)], number, count, days) for number in range(count)]
    heap.write()
    _wait(heap, member_for(sam), upcoming, lived[0])


def _past(heap: _Heap, row: Row, number: int, count: int, span: int) -> DatePlan:
    """A date that was; now and then one that wasn't to be."""
    rng, (alex, sam) = heap.rng, heap.pair
    author, other = rng.sample(heap.pair, 2)
    ago = 4 + round(number * max(span - 6, 1) / count) + rng.randint(0, 2)
    slot = heap.slot(row, -ago, rng.choice(HOURS))
    if number and rng.random() < 0.05:
        closing = {"closed_by": other, "closing": rng.choice(KIND_WORDS)}
        return heap.add(author, row, rng.choice((PlanState.DECLINED, PlanState.CANCELLED)), [slot], **closing)
    plan = heap.add(author, row, PlanState.AGREED, [slot])
    fresh = number < len(content.rows("dates/demo.toml", "plan"))
    for person, line in ((alex, row["one"]), (sam, row["other"])):
        # Alex hasn't looked back at the last one yet; a few others were never looked back at.
        if (number == 0 and person is alex) or (number and rng.random() < 0.15):
            continue
        best = row["best"] if person is author else ""
        said = line if fresh or rng.random() < 0.4 else rng.choice(LATER)
        heap.looks.append(LookBack(pk=heap.id(), plan=plan, author=person, line=said, best=best))
    return plan


def _ahead(heap: _Heap, rows: list[Row]) -> list[DatePlan]:
    """What lies ahead: two agreed, one that sam proposed, one that only alex sees, one called off."""
    alex, sam = heap.pair
    by_kind = {
        kind: [row for row in rows if row["kind"] == kind] for kind in ("date_night", "hobby", "getaway")
    }
    evening = by_kind["date_night"][0] | {"notes": "The late showing, so no hurry with the soup."}
    coming = heap.add(alex, evening, PlanState.AGREED, [heap.slot(evening, 5)])
    away = by_kind["getaway"][0] | {"notes": "The early train, window seats."}
    trip = heap.add(sam, away, PlanState.AGREED, [heap.slot(away, 26)])
    for plan, who, text, done in (
        (coming, sam, "Book the table", True),
        (coming, alex, "Film tickets", False),
        (trip, sam, "Train seats", True),
        (trip, alex, "Ask Jo to water the plants", False),
        (trip, None, "Pack light", False),
    ):
        by = who if done else None
        heap.tasks.append(
            PlanTask(pk=heap.id(), plan=plan, author=alex, text=text, who=who, done=done, done_by=by)
        )
    hobby = by_kind["hobby"][1] | {"notes": "Bring the old shirts."}
    heap.add(sam, hobby, PlanState.PROPOSED, [heap.slot(hobby, ahead, 18) for ahead in (9, 11, 16)])
    draft = by_kind["date_night"][4] | {"notes": "A surprise, so not a word yet."}
    heap.add(alex, draft, PlanState.DRAFT, [heap.slot(draft, 19, 20)])
    off = by_kind["date_night"][6]
    heap.add(alex, off, PlanState.CANCELLED, [heap.slot(off, 2)], closed_by=sam, closing=KIND_WORDS[0])
    return [coming, trip]


def _wait(heap: _Heap, sam: Member, upcoming: list[DatePlan], last: DatePlan) -> None:
    """What waits for whom, and what is new for the first of the two."""
    for plan in upcoming:
        let_date_wait(plan, sam)
    let_look_back_wait(last, heap.pair[0])
    for plan in heap.plans:
        if plan.state == PlanState.PROPOSED:
            News.objects.tell(sam, PROPOSED, plan)
