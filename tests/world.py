"""A small world in which alex and sam share one of everything, and alex has one of everything alone."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from couples.core.news import News
from couples.notes.models import ANSWERED, Note
from tests.conftest import Cast

CANARY = "canary"


@dataclass
class World:
    """Things of alex and sam, and the words that nobody else may ever see."""

    cast: Cast
    note: Note
    own_note: Note
    later_note: Note
    news: News
    words: list[str] = field(default_factory=lambda: [CANARY])

    def only_alexs(self) -> list[Any]:
        """What sam must not be able to tell of."""
        return [self.own_note, self.later_note]


def build(cast: Cast) -> World:
    """One of everything."""
    alex, sam = cast.member("alex"), cast.member("sam")
    words = {"what": f"{CANARY} what", "meaning": f"{CANARY} meaning"}
    note = Note.objects.create(author=cast.alex, couple=cast.ours, opens_on=alex.today, **words)
    own = Note.objects.create(author=cast.alex, **words)
    later = Note.objects.create(
        author=cast.alex, couple=cast.ours, opens_on=alex.today + dt.timedelta(days=9), **words
    )
    News.objects.tell(sam, ANSWERED, note)
    return World(cast, note, own, later, News.objects.get(owner=cast.alex))
