"""Goals of the demo's couples."""

import datetime as dt
import random
import uuid
from decimal import Decimal
from typing import Any

from django.db.models import Model

from couples.core import content
from couples.core.couple import Couple
from couples.core.due import Due
from couples.core.news import News
from couples.core.people import Person
from couples.goals.due import due_rows
from couples.goals.models import PROPOSED, Goal, GoalStep, Horizon, State, Whose

A_YEAR = 20
LATEST = 6
WAYS = ["{}", "{}, second try", "{}, this season", "{}, in small steps"]


class Filling:
    """One couple's goals while they are being made; rows are written all at once at the end."""

    def __init__(
        self, pair: tuple[Person, Person], couple: Couple, today: dt.date, rng: random.Random
    ) -> None:
        self.pair, self.couple, self.today, self.rng = pair, couple, today, rng
        self.goals: list[Goal] = []
        self.steps: list[GoalStep] = []

    def id(self) -> uuid.UUID:
        """The same ids on every run."""
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def goal(self, author: Person, day: dt.date, **fields: Any) -> Goal:
        """A goal shared on a day, ours and short-term unless ``fields`` say otherwise."""
        fields = {
            "horizon": Horizon.SHORT,
            "whose": Whose.OURS,
            "couple": self.couple,
            "opens_on": day,
            **fields,
        }
        made = dt.datetime.combine(day, dt.time(19), tzinfo=dt.UTC)
        self.goals.append(Goal(pk=self.id(), author=author, created_at=made, **fields))
        return self.goals[-1]

    def step(self, goal: Goal, text: str, who: Person | None, day: dt.date, done: bool) -> None:
        """A step; done on its day, or open."""
        fields = {"done_on": day, "done_by": who or goal.author} if done else {}
        self.steps.append(
            GoalStep(
                pk=self.id(),
                goal=goal,
                author=goal.author,
                text=text,
                who=who,
                day=day,
                created_at=goal.created_at + dt.timedelta(minutes=len(self.steps) % 60),
                **fields,
            )
        )

    def save(self) -> None:
        """Write all of it, and let the open steps wait for whom they are."""
        long_first = sorted(self.goals, key=lambda goal: goal.horizon)
        Goal.objects.bulk_create(long_first, batch_size=500)
        GoalStep.objects.bulk_create(self.steps, batch_size=500)
        due = []
        for goal in self.goals:
            people = list(self.pair) if goal.couple_id else [goal.author]
            steps = [step for step in self.steps if step.goal_id == goal.pk and step.done_on is None]
            due += due_rows(goal, steps, people, goal.couple, self.couple.zone)
        Due.objects.bulk_create(due, batch_size=500)


def fill(alex: Person, sam: Person, couple: Couple, today: dt.date, days: int, rng: random.Random) -> None:
    """Make about 20 goals a year over the last ``days`` days: most of them over by now, some going on."""
    make = Filling((alex, sam), couple, today, rng)
    _home(make)
    _of_one(make)
    _together(make)
    texts = content.rows("goals/demo.toml", "goal")
    for number in range(max(A_YEAR * days // 365 - len(make.goals), LATEST)):
        _past(make, texts, number, today - dt.timedelta(days=min(14 + number * 365 // A_YEAR, max(days, 15))))
    make.save()
    proposed = next(goal for goal in make.goals if goal.state == State.PROPOSED)
    _news(alex, couple, proposed)


def _news(person: Person, couple: Couple, goal: Model) -> None:
    day = goal.opens_on  # type: ignore[attr-defined]
    News.objects.create(owner=person, couple=couple, kind=PROPOSED.slug, about=goal.pk, opens_on=day)


def _home(make: Filling) -> None:
    """The long-term goal of the pictures, with two short-term ones beneath."""
    alex, sam = make.pair
    today, day = make.today, dt.timedelta(days=1)
    home = make.goal(
        alex,
        today - 150 * day,
        title="A home with a garden",
        why="Somewhere to grow tomatoes, and to have everybody at one table.",
        horizon=Horizon.LONG,
        by=today.replace(day=1, year=today.year + 3),
        amount_target=Decimal(30000),
        amount_now=Decimal(11400),
        unit="€",
        answer="I can see the table already.",
    )
    make.step(home, "Write down what we need and what we’d just like", None, today - 120 * day, done=True)
    make.step(home, "Add up what we spend in a month", alex, today - 60 * day, done=True)
    make.step(home, "Ask the bank", sam, today + 5 * day, done=False)
    make.step(home, "Walk through the streets we like on a Sunday", None, today + 19 * day, done=False)
    for author, title, why, ahead in (
        (alex, "Put 400 aside every month until summer", "It’s small enough that we still go out.", 200),
        (
            sam,
            "See five homes, just to learn what we like",
            "Looking costs nothing, and it makes it real.",
            90,
        ),
    ):
        part = make.goal(author, today - 60 * day, title=title, why=why, parent=home, by=today + ahead * day)
        make.step(part, "Choose the first one together", None, today - 30 * day, done=True)
        make.step(part, "Look at how it went", author, today + 26 * day, done=False)


def _of_one(make: Filling) -> None:
    """One of sam’s own, with support, and one that alex has for sam."""
    alex, sam = make.pair
    today, day = make.today, dt.timedelta(days=1)
    run = make.goal(
        sam,
        today - 40 * day,
        title="Run ten kilometres without stopping",
        why="I like who I am after a run.",
        whose=Whose.AUTHOR,
        supported=True,
        amount_target=Decimal(10),
        amount_now=Decimal(6),
        unit="km",
        by=today + 70 * day,
    )
    make.step(run, "Three evenings a week, however short", sam, today + 2 * day, done=False)
    make.goal(
        alex,
        today - 25 * day,
        title="Playing the cello again",
        why="You light up when you talk about it. I’ll keep your Tuesdays free.",
        whose=Whose.PARTNER,
        supported=True,
    )


def _together(make: Filling) -> None:
    """One of the two of them, one proposed to alex, and one that is only alex’s."""
    alex, sam = make.pair
    today, day = make.today, dt.timedelta(days=1)
    evening = make.goal(
        sam,
        today - 90 * day,
        title="One evening a week that’s ours",
        why="Otherwise the week takes all seven.",
        by=today + 30 * day,
    )
    make.step(evening, "Agree on Thursdays", None, today - 80 * day, done=True)
    make.step(evening, "Ask the neighbours about watching the little one", alex, today + 6 * day, done=False)
    make.goal(
        sam,
        today - day,
        title="A week by the sea without laptops",
        why="I’d like to hear you laugh before ten in the morning.",
        state=State.PROPOSED,
        by=today + 180 * day,
    )
    make.goal(
        alex,
        today - 10 * day,
        title="Ask about a four-day week",
        why="I want to know if it’s possible before I raise hopes.",
        whose=Whose.AUTHOR,
        couple=None,
        opens_on=None,
    )


def _past(make: Filling, texts: tuple[dict[str, str], ...], number: int, ended: dt.date) -> None:
    """A goal that was reached or let go; every seventh still goes on, every fifteenth was not this one."""
    rng, text = make.rng, texts[number % len(texts)]
    author, other = rng.sample(make.pair, 2)
    begun = ended - dt.timedelta(days=rng.randrange(30, 120))
    way = WAYS[number // len(texts) % len(WAYS)]
    fields: dict[str, Any] = {"title": way.format(text["title"]), "why": text["why"]}
    if number % 7 != 6 or ended < make.today - dt.timedelta(days=400):
        state = State.DECLINED if number % 15 == 11 else State.LET_GO if number % 4 == 3 else State.REACHED
        closing = {State.REACHED: text["reached"], State.LET_GO: text["let_go"]}.get(state, "")
        fields |= {"state": state, "ended_on": ended, "ended_by": other, "closing": closing}
        if state == State.DECLINED:
            fields["answer"] = "Lovely idea, not this year. Ask me again when work is calmer."
    if number % 9 == 4:
        target = Decimal(rng.randrange(2, 20) * 100)
        fields |= {"amount_target": target, "amount_now": target, "unit": "€"}
    goal = make.goal(author, begun, **fields)
    for who, step in zip((None, author, other), text["steps"].split("; "), strict=False):
        done = goal.state == State.REACHED or rng.random() < 0.6
        make.step(goal, step, who, begun + dt.timedelta(days=rng.randrange(5, 28)), done=done)
