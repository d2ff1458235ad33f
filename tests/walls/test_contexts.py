"""An export reads what a person could see of an ended couple, and nothing else."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from couples.core import keys, wall
from couples.core.couple import Couple, Membership
from couples.core.drafts import Draft
from couples.core.people import Person
from couples.notes.models import Answer, Note
from couples.space.actions import leave
from tests.walls.everything import any_key, rows, tables

pytestmark = pytest.mark.django_db
CLOSED = {
    "couples.Draft",
    "couples.Handover",
    "couples.Kept",
    "couples.Due",
    "couples.News",
    "couples.Invitation",
    "sessions.Session",
    "usersessions.UserSession",
    "account.EmailAddress",
    "account.EmailConfirmation",
}


@pytest.fixture
def left(full):
    """Alex and sam's couple has ended today; each has begun something of their own since."""
    alex, sam = full.cast.member("alex"), full.cast.member("sam")
    full.seen = {name: {row.pk: row.what for row in Note.objects.open_to(alex)} for name in ("alex", "sam")}
    full.steps = {step.pk for step in tables()["couples.GoalStep"].objects.open_to(sam)}
    leave(alex)
    Note.objects.create(author=full.cast.sam, what="since then")
    return full


def test_an_export_holds_what_the_person_could_see_on_the_last_day(left):
    cast = left.cast
    for name in ("alex", "sam"):
        with wall.export(getattr(cast, name), cast.ours):
            assert {note.pk: note.what for note in Note.objects.all()} == left.seen[name]
            assert {row.pk for row in tables()["couples.GoalStep"].objects.all()} == left.steps
            assert {row.couple_id for row in rows(tables()["couples.Version"])} == {cast.ours.pk}
            assert [row.pk for row in Couple.objects.all()] == [cast.ours.pk]
            assert {row.person_id for row in Membership.objects.all()} == {cast.alex.pk, cast.sam.pk}
            assert {row.pk for row in Person.objects.all()} == {cast.alex.pk, cast.sam.pk}
            for label in CLOSED:
                assert rows(tables()[label]) == [], label


def test_what_opened_since_and_what_is_private_stays_out(left):
    Note.objects.filter(pk=left.later_note.pk).update(
        couple=left.cast.ours,
        opens_on=left.cast.member("sam").today + dt.timedelta(days=1),
        what="",
        meaning="",
    )
    with wall.export(left.cast.sam, left.cast.ours):
        assert not Note.objects.filter(pk__in=[left.later_note.pk, left.own_note.pk]).exists()
    with wall.export(left.cast.alex, left.cast.ours):
        assert Note.objects.filter(pk=left.later_note.pk).exists()
        assert not Note.objects.filter(pk=left.own_note.pk).exists()


def test_an_export_writes_nothing(left):
    cast, note, every = left.cast, left.note, keys.ring()
    with wall.export(cast.alex, cast.ours), any_key(every):
        for model in (Note, Answer, Person, Couple, Membership, tables()["couples.GoalStep"]):
            assert model._base_manager.all()._raw_delete("default") == 0, model
        assert Note.objects.update(what="") == 0
        assert Answer.objects.update(words="") == 0
        for make in (
            lambda: Note.objects.create(author=cast.alex, what="x"),
            lambda: Note.objects.create(author=cast.alex, couple=cast.ours, opens_on=note.opens_on, what="x"),
            lambda: tables()["couples.GoalStep"].objects.create(goal=left.goal, author=cast.alex, text="x"),
            lambda: Draft.objects.create(owner=cast.alex, key="notes.new:y", words="{}"),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                make()
        with wall.lifted("whole"):
            assert Note.objects.update(what="") == 0


def test_only_who_had_a_seat_and_only_for_thirty_days(left):
    cast = left.cast
    past = Couple.objects.exclude(ended_on=None).exclude(pk=cast.ours.pk).get()
    for who, which in (
        (cast.dana, cast.ours),
        (cast.robin, cast.ours),
        (cast.dana, cast.theirs),
        (cast.ex, past),
        (cast.alex, Couple(pk=uuid.uuid4())),
    ):
        with pytest.raises(PermissionDenied), wall.export(who, which):
            pass
    today = cast.member("alex").today
    for days, may in ((30, True), (31, False)):
        Couple.objects.filter(pk=cast.ours.pk).update(ended_on=today - dt.timedelta(days=days))
        if may:
            with wall.export(cast.sam, cast.ours):
                assert Couple.objects.exists()
        else:
            with pytest.raises(PermissionDenied), wall.export(cast.sam, cast.ours):
                pass


def test_an_export_within_a_request_gives_the_person_back(left):
    with wall.person(left.cast.sam) as member:
        own = set(Note.objects.values_list("pk", flat=True))
        with wall.export(left.cast.sam, left.cast.ours):
            assert set(Note.objects.values_list("pk", flat=True)) != own
        assert set(Note.objects.values_list("pk", flat=True)) == own
        Note.objects.create(author=member.person, what="and on it goes")
