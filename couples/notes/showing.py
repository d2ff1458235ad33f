"""A list of notes as it is shown: what every row says is worked out once, not in the template."""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from couples.core.clock import day_text
from couples.core.couple import Member
from couples.core.paging import Page
from couples.core.words import legible
from couples.notes.models import Answer, Note, Reaction


@dataclass(slots=True)
class Row:
    """One note of a list. ``side`` is the colour of whose it is; ``reply`` is what was said back, by ``replier``."""

    pk: uuid.UUID
    side: str
    head: str
    what: str
    meaning: str
    removed: bool
    replier: str
    reply: str


def rows(member: Member, page: Page[Note]) -> list[Row]:
    """The rows of a page of notes."""
    name = member.partner.name if member.partner else ""
    you, theirs = _("From you"), _("From %(name)s") % {"name": name}
    you_said = _("You")
    found = []
    for note in page.rows:
        mine = note.author_id == member.person.pk
        head = you if mine else theirs
        if note.opens_on:
            head = f"{head} · {day_text(note.opens_on)}"
        answer: Answer | None = getattr(note, "answer", None)
        replier = (you_said if answer.author_id == member.person.pk else name) if answer else ""
        side = "mine" if mine else "yours"
        removed = note.removed_on is not None
        what, meaning = legible(note, "what"), legible(note, "meaning")
        found.append(Row(note.pk, side, head, what, meaning, removed, replier, _reply(answer)))
    return found


def _reply(answer: Answer | None) -> str:
    if answer is None:
        return ""
    reaction = str(Reaction(answer.reaction).label) if answer.reaction else ""
    words = legible(answer, "words")
    return f"{reaction}. {words}" if reaction and words else reaction or words
