"""Acts on notes. Each is one transaction and safe to do twice."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from couples.core import live
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.news import News
from couples.core.once import new_id
from couples.core.owners import hand_over, lock
from couples.core.practice import done, done_alone
from couples.notes.models import ANSWERED, GIVEN, NOTES, Answer, Kept, Note


def write(member: Member, once: uuid.UUID, what: str, meaning: str, draft: str = "notes.new") -> Note:
    """Keep a new note, for its author alone. The same form sent again changes that note and makes no second one."""
    pk = new_id(Note, member, once)
    with transaction.atomic():
        Draft.objects.drop(member, draft)
        try:
            with transaction.atomic():
                return Note.objects.create(pk=pk, author=member.person, what=what, meaning=meaning)
        except IntegrityError:
            note = Note.objects.filter(pk=pk).first()
        if note is not None and (note.what, note.meaning) == (what, meaning):
            return note
        if note is not None and note.couple_id is None and rewrite(member, note, what, meaning):
            return note
        return Note.objects.create(author=member.person, what=what, meaning=meaning)


@transaction.atomic
def rewrite(member: Member, note: Note, what: str, meaning: str) -> bool:
    """Change a note that the partner can't see yet. False where it has been opened meanwhile."""
    present = lock(Note.objects.own_of(member), note.pk)
    if present is None:
        return False
    present.what, present.meaning = note.what, note.meaning = what, meaning
    present.save(update_fields=["what", "meaning"])
    Draft.objects.drop_about(member, note.pk)
    return True


@transaction.atomic
def give(member: Member, note: Note, opens_on: dt.date | None) -> bool:
    """Give a note to the partner, now or from a day on. False where it was given before."""
    note.share(member, opens_on)
    waiting = Note.objects.filter(pk=note.pk, author=member.person, couple__isnull=True)
    given = {"couple": note.couple, "opens_on": note.opens_on, "created_at": note.created_at}
    if not hand_over(waiting, note, given):
        return False
    News.objects.tell(member, GIVEN, note, note.opens_on)
    if note.is_open(member):
        done(member, "notes")
    else:
        # Until its day the other can't tell: it ticks a step for its author alone.
        done_alone(member, "notes")
    return True


@transaction.atomic
def take_back(member: Member, note: Note) -> bool:
    """Take back a note whose day has not come. False where it has."""
    waiting = Note.objects.filter(pk=note.pk, author=member.person, opens_on__gt=member.today)
    if not hand_over(waiting, note, {"couple": None, "opens_on": None}):
        return False
    News.objects.forget(member, note.pk)
    return True


def answer(member: Member, note: Note, reaction: str, words: str) -> Answer:
    """Answer a note. A second answer, sent at the same time or later, is the first one."""
    with transaction.atomic():
        Draft.objects.drop(member, f"notes.answer:{note.pk}")
        News.objects.settle(member, note.pk)
        try:
            with transaction.atomic():
                said = Answer.objects.create(
                    note=note, author=member.person, reaction=reaction, words=words, answered_on=member.today
                )
        except IntegrityError:
            return Answer.objects.get(note=note)
        News.objects.tell(member, ANSWERED, note)
        done(member, "notes")
    return said


def keep(member: Member, note: Note, wanted: bool) -> None:
    """Keep a note as a favourite, or no longer. Nobody else can tell."""
    if wanted:
        Kept.objects.get_or_create(owner=member.person, note=note)
    else:
        Kept.objects.filter(owner=member.person, note=note).delete()


@transaction.atomic
def remove(member: Member, note: Note) -> None:
    """Remove one's own note: what was given keeps its day and the answer, what wasn't is gone."""
    News.objects.forget(member, note.pk)
    Draft.objects.drop_about(member, note.pk)
    if not Note.objects.own_of(member).filter(pk=note.pk).delete()[0]:
        Note.objects.filter(pk=note.pk).update(what="", meaning="", removed_on=member.today)
        live.changed(member, NOTES)
