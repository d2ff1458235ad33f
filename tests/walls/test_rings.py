"""Outside of requests, too, whoever is let in has the keys of exactly whose words they may read. Both engines."""

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from couples.core import keys, wall
from couples.core.couple import member_for
from couples.core.words import Broken
from couples.notes.models import Note
from couples.space.actions import leave

pytestmark = pytest.mark.django_db
NAMES = ("alex", "sam", "dana", "ex")
EVERY = {*NAMES, "alex gave", "dana gave"}


@pytest.fixture
def notes(full):
    """A note of each owner's. As in a job or a stream, nobody has taken any keys."""
    cast = full.cast
    before = keys._ring.set(None)
    day = cast.member("alex").today
    for name, couple in (("alex", cast.ours), ("dana", cast.theirs)):
        Note.objects.create(author=getattr(cast, name), couple=couple, opens_on=day, what=f"{name} gave")
    yield [Note.objects.create(author=getattr(cast, name), what=name) for name in NAMES]
    keys.give_back(before)


def told(rows):
    """The words that can be read of rows; on SQLite, where no wall hides the others, their keys alone do."""
    found = set()
    for row in rows:
        try:
            found.add(row.what)
        except Broken:
            continue
    return found & EVERY


def test_each_context_opens_what_is_its_own_and_gives_back_what_was_before(full, notes):
    cast = full.cast
    assert told(Note.objects.all()) == EVERY
    for context, mine in (
        (wall.person(cast.sam), {"sam", "alex gave"}),
        (wall.person(cast.ex), {"ex"}),
        (wall.couple(cast.ours), {"alex", "sam", "alex gave"}),
    ):
        rows = list(Note.objects.all())
        with wall.person(cast.dana):
            with context:
                assert told(rows) == mine
            assert told(Note.objects.all()) == {"dana", "dana gave"}
        assert told(Note.objects.all()) == EVERY


def test_in_a_context_the_keys_are_looked_up_once(full, notes):
    for context in (wall.person(full.cast.alex), wall.couple(full.cast.ours)):
        rows = list(Note.objects.filter(couple=full.cast.ours)) + notes[:1]
        with CaptureQueriesContext(connection) as seen, context:
            assert told(rows) == {"alex", "alex gave"}
        assert len([one for one in seen if 'FROM "couples_key"' in one["sql"]]) <= 1


def test_an_export_reads_what_the_couple_shared_and_no_more(full, notes):
    cast = full.cast
    leave(cast.member("alex"))
    keys.take(cast.sam.pk, found=member_for(cast.sam).keys)  # as the middleware does for somebody alone
    rows = list(Note.objects.all())
    with wall.export(cast.sam, cast.ours):
        assert told(Note.objects.filter(couple=cast.ours)) == told(rows) == {"alex gave"}
    assert told(Note.objects.all()) == {"sam"}


def test_a_streaming_answer_opens_its_own(full, notes):
    """Its rows are read after the request's transaction has ended, so it says itself for whom it runs."""

    def view(request):
        def lines():
            with wall.person(full.cast.sam) as member:
                for note in Note.objects.visible_to(member).iterator(chunk_size=1):
                    yield f"{note.what}\n"
                yield " ".join(sorted(told(Note.objects.all())))

        return StreamingHttpResponse(lines())

    wanted = {note.what for note in Note.objects.visible_to(full.cast.member("sam"))}
    answer = wall.WallMiddleware(view)(RequestFactory().get("/"))
    *found, end = b"".join(answer.streaming_content).decode().split("\n")
    assert set(found) == wanted
    assert end == "alex gave sam"
