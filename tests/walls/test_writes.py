"""What the database refuses to write, whoever asks; and what is lifted for a moment."""

import datetime as dt
import uuid
from contextlib import ExitStack

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, models, transaction

from couples.core import keys, wall
from couples.core.couple import Couple, Membership
from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.edits import Version
from couples.core.news import News
from couples.core.people import Person
from couples.goals.models import Goal, GoalStep
from couples.notes.models import GIVEN, Answer, Note
from tests.walls.everything import any_key

pytestmark = pytest.mark.django_db
NO_WORDS = {"what": "", "meaning": ""}
NO_GOAL = {"title": "", "why": "", "unit": "", "answer": "", "closing": ""}


def act():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.act', true), ''), current_user")
        return cursor.fetchone()


def refused(make):
    """The database refuses it by its policy, not by something else."""
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        make()


def test_nothing_is_written_into_another_couple_or_for_another_person(full):
    cast, today, every = full.cast, dt.date(2026, 1, 1), keys.ring()
    about = uuid.uuid4()
    attempts = {
        "a note of another couple": lambda: Note.objects.create(
            author=cast.dana, couple=cast.ours, opens_on=today, what="x"
        ),
        "a note by somebody else": lambda: Note.objects.create(author=cast.alex, what="x"),
        "an answer to what one can't see": lambda: Answer.objects.create(
            note=full.own_note, author=cast.dana, answered_on=today
        ),
        "a step of what one can't see": lambda: GoalStep.objects.create(
            goal=full.goal, author=cast.dana, text="x"
        ),
        "a draft of somebody else": lambda: Draft.objects.create(
            owner=cast.alex, key="notes.new:x", words="{}"
        ),
        "a version for another couple": lambda: Version.objects.create(
            couple=cast.ours, about=about, number=1, edited_on=today, words="{}"
        ),
        "news for another couple": lambda: News.objects.create(
            owner=cast.alex, couple=cast.ours, kind=GIVEN.slug, about=about, opens_on=today
        ),
        "news for the partner, untold": lambda: News.objects.create(
            owner=cast.kit, couple=cast.theirs, kind=GIVEN.slug, about=about, opens_on=today
        ),
        "what waits for the partner, unlifted": lambda: Due.objects.create(
            owner=cast.kit,
            couple=cast.theirs,
            kind="x",
            about=about,
            at=full.plan.starts_at,
            shows_from=full.plan.starts_at,
        ),
        "what waits for oneself in another couple": lambda: Due.objects.create(
            owner=cast.dana,
            couple=cast.ours,
            kind="x",
            about=about,
            at=full.plan.starts_at,
            shows_from=full.plan.starts_at,
        ),
        "a note that the partner is said to have given": lambda: Note.objects.create(
            author=cast.kit, couple=cast.theirs, opens_on=today, what="x"
        ),
        "a couple": lambda: Couple.objects.create(),
        "a seat": lambda: Membership.objects.create(couple=cast.ours, person=cast.dana, seat=2),
    }
    with wall.person(cast.dana), any_key(every):
        for make in attempts.values():
            refused(make)
        with wall.lifted("tell"):
            refused(attempts["news for another couple"])
            attempts["news for the partner, untold"]()
            attempts["what waits for the partner, unlifted"]()


def test_nothing_of_others_is_changed_or_deleted(full):
    cast = full.cast
    with wall.person(cast.dana):
        assert Note.objects.filter(pk=full.note.pk).update(what="") == 0
        assert Goal.objects.filter(author=cast.alex).delete()[0] == 0
        assert Draft.objects.filter(owner=cast.alex).delete()[0] == 0
        assert Couple.objects.filter(pk=cast.ours.pk).update(time_zone="UTC") == 0
        assert Membership.objects.filter(person=cast.dana).update(ended_on=dt.date(2026, 1, 1)) == 0
        assert Person.objects.filter(pk=cast.kit.pk).update(email="mine@example.org") == 0
        assert Person.objects.filter(pk=cast.dana.pk).update(name="Dana D.") == 1
    full.note.refresh_from_db()
    assert full.note.what == "canary what"


def test_nobody_deletes_what_the_partner_gave(full):
    with wall.person(full.cast.sam):
        assert Note.objects.visible_to(full.cast.member("sam")).filter(pk=full.note.pk).exists()
        assert models.QuerySet(Note).filter(pk=full.note.pk)._raw_delete("default") == 0
    assert Note.objects.filter(pk=full.note.pk).exists()


def test_one_cannot_push_ones_own_row_into_another_couple(full):
    with wall.person(full.cast.alex):
        refused(lambda: Note.objects.filter(pk=full.note.pk).update(couple=full.cast.theirs, **NO_WORDS))
        refused(lambda: Note.objects.filter(pk=full.own_note.pk).update(author=full.cast.sam, **NO_WORDS))
        refused(
            lambda: Goal.objects.filter(pk=full.goal.pk).update(author=full.cast.dana, couple=None, **NO_GOAL)
        )


def test_the_partner_cannot_open_what_is_sealed(full):
    with wall.person(full.cast.sam):
        assert Note.objects.filter(pk=full.later_note.pk).update(opens_on=dt.date(2020, 1, 1)) == 0
        assert News.objects.filter(about=full.later_note.pk).update(opens_on=dt.date(2020, 1, 1)) == 0


def test_nobody_writes_nothing_that_is_intimate(full):
    with wall.behind():
        refused(lambda: Note.objects.create(author=full.cast.alex, what="x"))
        refused(lambda: Couple.objects.create())
        assert Note.objects.update(what="") == 0


def test_lifted_is_lifted_for_these_lines_alone(full):
    with wall.person(full.cast.alex):
        before = act()
        with wall.lifted("tell"):
            assert act() == ("tell", before[1])
            with wall.lifted("whole"):
                with wall.lifted("tell"):
                    assert act()[0] == "whole"
                assert act()[0] == "whole"
            assert act()[0] == "tell"
        assert act() == before


@pytest.mark.parametrize("inside", [True, False])
def test_an_error_ends_what_was_lifted(full, inside):
    """Whether the savepoint that undoes it lies within the lifted lines or around them."""

    with wall.person(full.cast.alex):
        before = act()
        with ExitStack() as stack:
            stack.enter_context(pytest.raises(IntegrityError))
            for context in (wall.lifted("tell"), transaction.atomic())[:: 1 if inside else -1]:
                stack.enter_context(context)
            Note.objects.create(pk=full.note.pk, author=full.cast.alex, what="x")
        assert act() == before
        with pytest.raises(ValueError), wall.lifted("tell"):
            raise ValueError
        assert act() == before


def test_an_error_ends_a_context_and_what_held_before_holds_again(full):
    before = act()
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(DatabaseError))
        stack.enter_context(wall.couple(full.cast.ours))
        assert act() == ("whole", "reconnect_test_app")
        Note.objects.create(pk=full.note.pk, author=full.cast.alex, what="x")
    assert act() == before
    with wall.person(full.cast.alex), wall.couple(full.cast.theirs):
        assert not Note.objects.filter(author=full.cast.alex).exists()
    assert act() == before
