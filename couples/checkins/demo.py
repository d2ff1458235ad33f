"""Check-ins of the demo's couples, and what they did."""

import datetime as dt
import json
import random
import tomllib
import uuid
from pathlib import Path
from typing import Any

from couples.checkins.library import feelings
from couples.checkins.models import CAUSES, NOON, Aside, CheckIn, Choice, Focus, Says, id_of
from couples.core.couple import Couple, member_for
from couples.core.people import Person
from couples.core.practice import STEP, Done
from couples.core.weeks import Week
from strategies.reading import strategy

MISSED, KEPT = 0.14, 0.3
FOCUS = "communication"
HARD = {"stress": 1.2, "routine": 1.0, "priorities": 0.6, "communication": 0.2, "conflict": -0.9}


def fill(alex: Person, sam: Person, couple: Couple, today: dt.date, days: int, rng: random.Random) -> None:
    """Check-ins of all weeks but some, this week's of the second sealed already, a focus, and days with something done."""
    with (Path(__file__).parent / "demo.toml").open("rb") as source:
        texts = tomllib.load(source)
    week, first = couple.week_of(today), today - dt.timedelta(days=days)
    weeks = [
        week.first - dt.timedelta(days=7 * back) for back in range(1, days // 7) if rng.random() > MISSED
    ]
    rows, kept = [], []
    mood = [4.0, 3.6]
    for number, day in enumerate(reversed(weeks)):
        for which, author in enumerate((alex, sam)):
            mood[which] = min(6.6, max(1.6, mood[which] + 0.12 * (4.4 - mood[which]) + rng.gauss(0, 0.6)))
            row = CheckIn(
                pk=_id(rng), author=author, couple=couple, week=day, opens_on=day + dt.timedelta(days=1)
            )
            row.words = json.dumps(_words(rng, texts, mood[which], number * 2 + which))
            row.created_at = dt.datetime.combine(day, NOON, tzinfo=dt.UTC)
            rows.append(row)
            if rng.random() < KEPT:
                words = json.dumps({"kept": {}, "note": rng.choice(texts["note"])})
                kept.append(Aside(pk=_id(rng), owner=author, about=row.pk, week=day, words=words))
    CheckIn.objects.bulk_create(rows, batch_size=500)
    Aside.objects.bulk_create(kept, batch_size=500)
    _sealed(rng, texts, sam, couple, week)
    _chosen(alex, sam, couple, today)
    _done(couple, first, today, rng)


def _id(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def _words(rng: random.Random, texts: dict[str, list[str]], mood: float, number: int) -> dict[str, Any]:
    said: dict[str, Any] = {"closeness": round(mood)}
    for cause in CAUSES:
        said[cause] = min(4, max(0, round(rng.gauss(1.2 + HARD[cause] + (4 - mood) / 3, 0.8))))
    words = list(feelings())
    half = words[:15] if mood > 4 else words[13:]
    said["feelings"] = rng.sample(half, rng.randint(1, 3))
    said["appreciation"] = texts["appreciation"][number % len(texts["appreciation"])]
    said["wish"] = texts["wish"][number * 5 % len(texts["wish"])]
    for item in rng.sample(sorted(said), rng.choice((0, 0, 1))):
        del said[item]
    return said


def _sealed(rng: random.Random, texts: dict[str, list[str]], sam: Person, couple: Couple, week: Week) -> None:
    CheckIn.objects.create(
        pk=id_of(member_for(sam), week.first),
        author=sam,
        couple=couple,
        week=week.first,
        until=week.last,
        words=json.dumps(_words(rng, texts, 4.5, 7)),
        created_at=dt.datetime.combine(week.first, NOON, tzinfo=dt.UTC),
    )


def _chosen(alex: Person, sam: Person, couple: Couple, today: dt.date) -> None:
    since = today - dt.timedelta(days=20)
    for author in (alex, sam):
        Choice.objects.create(
            author=author, couple=couple, opens_on=since, strategy=FOCUS, says=Says.FOCUS, pressed_on=since
        )
    Focus.objects.create(couple=couple, strategy=FOCUS, seat=1, since=since)


def _done(couple: Couple, first: dt.date, today: dt.date, rng: random.Random) -> None:
    steps = [STEP + one.slug for slug in (FOCUS, "quality-time") for one in strategy(slug).steps]
    rows, day = [], first
    while day < today:
        day += dt.timedelta(days=rng.choice((1, 2, 2, 3, 5, 11)))
        what = rng.choice([*rng.sample(steps, 2), "notes", "dates"])
        rows.append(Done(couple=couple, day=min(day, today - dt.timedelta(days=1)), what=what))
    Done.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
