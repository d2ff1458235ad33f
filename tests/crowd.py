"""Many of everything, for the tests that nothing grows with the years."""

import datetime as dt

from couples.notes.models import Answer, Note
from tests.world import World


def crowd(world: World, many: int) -> None:
    """Give alex and sam ``many`` more of everything, and alex as many alone."""
    cast, today = world.cast, world.cast.member("alex").today
    notes = [
        Note(
            author=cast.alex if number % 2 else cast.sam,
            couple=cast.ours,
            opens_on=today - dt.timedelta(days=number),
            what=f"what {number}",
            meaning="meaning",
        )
        for number in range(many)
    ]
    Note.objects.bulk_create([*notes, *(Note(author=cast.alex, what="own", meaning="own") for _ in range(many))])
    Answer.objects.bulk_create(
        Answer(note=note, author=cast.alex, words="thanks", answered_on=today) for note in notes[::2]
    )
