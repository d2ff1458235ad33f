"""Notes of the demo's couples."""

import datetime as dt
import random
import uuid

from couples.core import content
from couples.core.couple import Couple
from couples.core.people import Person
from couples.notes.models import Answer, Kept, Note, Reaction

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WORDS = [
    "Any time.",
    "I'd do it again tomorrow.",
    "I didn't know that it mattered so much.",
    "You too, you know.",
    "",
]


def fill(
    alex: Person, sam: Person, couple: Couple, today: dt.date, days: int, rng: random.Random, count: int
) -> None:
    """Write ``count`` given notes over the last ``days`` days, with answers and favourites, and two not given yet."""
    texts = content.rows("notes/demo.toml", "note")
    order = _order(rng, len(texts), count + 2)
    notes = [_note(rng, texts[order[number]], (alex, sam), couple, today) for number in range(2)]
    notes[0].author = notes[1].author = alex
    notes[0].opens_on = today + dt.timedelta(days=12)
    notes[1].couple = notes[1].opens_on = None
    for number in range(count):
        note = _note(rng, texts[order[number + 2]], (alex, sam), couple, today)
        note.opens_on = today - dt.timedelta(days=number * days // max(count, 1))
        notes.append(note)
    for note in notes:
        # As they would have come to be: lists order by day, then by this.
        note.created_at = dt.datetime.combine(min(note.opens_on or today, today), dt.time(9), tzinfo=dt.UTC)
    Note.objects.bulk_create(notes, batch_size=500)
    given = [note for note in notes[2:] if note.opens_on is not None]
    answers = [
        _answer(rng, note, alex if note.author_id == sam.pk else sam, today)
        for note in given[2:]
        if rng.random() < 0.6
    ]
    Answer.objects.bulk_create(answers, batch_size=500)
    kept = [
        Kept(pk=_id(rng), owner=rng.choice((alex, sam)), note=note) for note in given if rng.random() < 0.08
    ]
    Kept.objects.bulk_create(kept, batch_size=500)


def _id(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def _order(rng: random.Random, texts: int, wanted: int) -> list[int]:
    """Every text once before any comes again."""
    order: list[int] = []
    while len(order) < wanted:
        order += rng.sample(range(texts), texts)
    return order


def _note(
    rng: random.Random, text: dict[str, str], pair: tuple[Person, Person], couple: Couple, today: dt.date
) -> Note:
    day = rng.choice(DAYS)
    author = rng.choice(pair)
    return Note(
        pk=_id(rng),
        author=author,
        couple=couple,
        opens_on=today,
        what=text["what"].format(day=day),
        meaning=text["meaning"].format(day=day),
    )


def _answer(rng: random.Random, note: Note, author: Person, today: dt.date) -> Answer:
    reaction = rng.choice([*Reaction.values, ""])
    words = rng.choice(WORDS) if reaction else WORDS[0]
    return Answer(
        pk=_id(rng),
        note=note,
        author=author,
        reaction=reaction,
        words=words,
        answered_on=note.opens_on or today,
    )
