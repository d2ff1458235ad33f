"""Private words: encrypted when they are saved, opened when they are read, refused everywhere else."""

import datetime as dt
import logging
import uuid
from copy import copy

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Case, F, Max, OuterRef, Subquery, Value, When, Window
from django.db.models.functions import Concat, Length, Rank, Substr, Upper
from django.urls import reverse

from couples.core.drafts import Draft
from couples.core.edits import Version
from couples.core.fields import PrivateTextField, private_names, sealed
from couples.core.keys import Key
from couples.core.owners import hand_over
from couples.core.rotation import private_models, rotate_data
from couples.core.words import Broken, Sealed, legible
from couples.goals.models import Goal, GoalStep
from couples.notes.models import Answer, Note
from tests.world import World

pytestmark = pytest.mark.django_db


def stored(row, name):
    """What stands in the database."""
    with connection.cursor() as cursor:
        key = row._meta.pk.get_db_prep_value(row.pk, connection)
        cursor.execute(f"SELECT {name} FROM {row._meta.db_table} WHERE id = %s", [key])
        return cursor.fetchone()[0]


def put(row, name, value):
    """Change what stands in the database, as somebody with access to it could."""
    with connection.cursor() as cursor:
        key = row._meta.pk.get_db_prep_value(row.pk, connection)
        cursor.execute(f"UPDATE {row._meta.db_table} SET {name} = %s WHERE id = %s", [value, key])


def again(row):
    """The row as it is read afresh."""
    return type(row).objects.get(pk=row.pk)


def key_of(row, name):
    """The key that sealed a text."""
    return Key.objects.get(pk=Sealed(stored(row, name), "").key)


@pytest.fixture
def note(cast):
    return Note.objects.create(author=cast.alex, what="Tea at six", meaning="I felt seen")


def test_what_is_stored_tells_nothing_and_comes_back_whole(note):
    for text in ("Tea at six", "ß", "नमस्ते 🫖\n\nzwei", "x" * 2000, " "):
        note.what = text
        note.save()
        assert text not in stored(note, "what")
        assert stored(note, "what").isascii()
        assert again(note).what == text
    first = stored(note, "what")
    again(note).save()
    assert stored(note, "what") == first  # what nobody opened is saved as it was
    note.save()
    assert stored(note, "what") != first  # the same words never look the same twice


def test_the_empty_text_stays_empty(note):
    note.what = ""
    note.save()
    assert stored(note, "what") == ""
    assert again(note).what == ""


def test_words_are_opened_only_when_they_are_read(note):
    found = again(note)
    assert isinstance(found.__dict__["what"], Sealed)
    assert found.what == "Tea at six"
    assert found.__dict__["what"] == "Tea at six"
    assert isinstance(found.__dict__["meaning"], Sealed)


def test_deferred_words_are_fetched_and_opened(note):
    assert Note.objects.defer("what").get(pk=note.pk).what == "Tea at six"
    assert Note.objects.only("pk").get(pk=note.pk).meaning == "I felt seen"
    found = again(note)
    found.refresh_from_db()
    assert found.what == "Tea at six"


def test_each_owner_has_a_key_of_their_own(world: World):
    cast = world.cast
    assert key_of(world.own_note, "what").person == cast.alex
    assert key_of(world.note, "what").couple == cast.ours
    assert key_of(world.own_step, "text").person == cast.alex
    assert key_of(world.step, "text").couple == cast.ours
    draft = Draft.objects.create(owner=cast.sam, key="notes.new", words="{}")
    assert key_of(draft, "words").person == cast.sam


def test_every_model_with_private_words_says_whose_they_are():
    assert {model.__name__ for model in private_models()} >= {"Note", "Draft", "Version", "GoalStep"}
    for model in private_models():
        assert isinstance(model.key_owner, property), model


LOOKUPS = ["exact", "iexact", "contains", "icontains", "startswith", "endswith", "regex", "in", "gt", "range"]


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_no_lookup_but_isnull(note, lookup):
    with pytest.raises(FieldError, match="private text"):
        Note.objects.filter(**{f"what__{lookup}": "Tea"}).first()
    assert Note.objects.filter(what__isnull=False).get() == note
    assert not Answer.objects.filter(note__what__isnull=True).exists()


def test_transforms_order_and_functions_are_refused(note):
    tries = [
        lambda: Note.objects.filter(what__length=3),
        lambda: list(Note.objects.order_by("what")),
        lambda: list(Note.objects.order_by(F("what").desc())),
        lambda: list(Note.objects.order_by(Length("what"))),
        lambda: list(Note.objects.filter(meaning=F("what"))),
        lambda: list(Note.objects.annotate(n=Length("what")).filter(n__gt=3)),
        lambda: Note.objects.distinct("what").count() if connection.vendor == "postgresql" else 1 / 0,
    ]
    for one in tries:
        with pytest.raises((FieldError, ZeroDivisionError)):
            one()


def test_values_are_sealed_and_say_so(note):
    for row in (Note.objects.values("pk", "what").get(), {"what": Note.objects.values_list("what").get()[0]}):
        assert isinstance(row["what"], Sealed)
        assert row["what"].of(note.pk) == "Tea at six"
        with pytest.raises(TypeError, match="sealed words"):
            str(row["what"])
    named = Note.objects.values_list("pk", "what", named=True).get()
    assert legible(named, "what") == "Tea at six"
    assert "Tea" not in repr(named)
    copied = Note.objects.annotate(other=F("what")).get()
    assert copied.other.of(note.pk) == "Tea at six"
    within = Subquery(Note.objects.filter(pk=OuterRef("pk")).values("what"))
    assert Note.objects.annotate(other=within).get().other.of(note.pk) == "Tea at six"


FUNCTIONS = [
    lambda rows: rows.annotate(n=Length("what")).values("n").get(),
    lambda rows: rows.annotate(made=Upper("what")).get(),
    lambda rows: rows.annotate(made=Substr("what", 1, 4)).values_list("made", flat=True).get(),
    lambda rows: rows.annotate(made=Case(When(pk__isnull=False, then=F("what")))).get(),
    lambda rows: rows.annotate(made=Window(Rank(), order_by="what")).get(),
    lambda rows: rows.annotate(n=Subquery(rows.annotate(n=Length("what")).values("n"))).get(),
    lambda rows: rows.annotate(made=Max("what")).get(),
    lambda rows: rows.aggregate(n=Max(Length("what"))),
    lambda rows: rows.aggregate(n=Max("what")),
    lambda rows: rows.annotate(n=Length("what")).filter(n__gt=3).delete(),
    lambda rows: rows.annotate(n=Length("what")).filter(n__gt=3).update(meaning=""),
]


@pytest.mark.parametrize("look", FUNCTIONS)
def test_no_function_looks_into_them(note, look):
    with pytest.raises((FieldError, DatabaseError), match=r"private.text"), transaction.atomic():
        look(Note.objects.filter(pk=note.pk))
    assert again(note).what == "Tea at six"


def test_what_a_query_may_do_with_them_is_to_select(note):
    """Under another name too; by that name, or in a union, it orders by what is stored, which tells nothing of the words."""
    rows = Note.objects.annotate(other=F("what"))
    for one in (
        rows.order_by("other"),
        rows.filter(what__isnull=False).distinct(),
        Note.objects.union(Note.objects.all()).order_by("what"),
        Note.objects.filter(pk__in=rows.values("pk")),
    ):
        assert one.get().what == "Tea at six"
    assert rows.values("other").distinct().count() == 1


def test_update_takes_sealed_words_and_nothing_else(note):
    rows = Note.objects.filter(pk=note.pk)
    other = Note.objects.create(author=note.author, what="other", meaning="m")
    changes = [
        "plain",
        F("meaning"),
        Upper("meaning"),
        Value("plain"),
        Concat(Value("pl"), Value("ain")),
        Case(When(pk__isnull=False, then=Value("plain"))),
        Subquery(Note.objects.filter(pk=other.pk).values("what")),
    ]
    before = stored(note, "what")
    for change in changes:
        with pytest.raises(FieldError, match="private text"), transaction.atomic():
            rows.update(what=change)
        assert stored(note, "what") == before
    rows.update(**sealed(note, what="Coffee"))
    assert again(note).what == "Coffee"
    rows.update(what="")
    assert again(note).what == ""


@pytest.mark.parametrize("words", [F("meaning"), Value("plain"), Upper("meaning")])
def test_no_expression_is_saved_as_if_it_were_words(note, words):
    note.what = words
    for save in (
        note.save,
        lambda: Note.objects.create(author=note.author, what=words),
        lambda: Note.objects.bulk_create([Note(author=note.author, what=words)]),
        lambda: Note.objects.update_or_create(pk=note.pk, defaults={"what": words}),
    ):
        with pytest.raises(FieldError, match="private text"), transaction.atomic():
            save()
    assert again(note).what == "Tea at six"
    assert Note.objects.count() == 1


def test_an_upsert_that_would_put_words_into_another_row_is_refused(cast):
    """They would be bound to the id of a row that is not made."""
    draft = Draft.objects.create(owner=cast.alex, key="a", words="one")
    conflict = {"update_conflicts": True, "unique_fields": ["owner", "key"]}
    for number in (1, 2):
        rows = [Draft(owner=cast.alex, key="a", words="two") for _ in range(number)]
        with pytest.raises(FieldError, match="private text"), transaction.atomic():
            Draft.objects.bulk_create(rows, **conflict, update_fields=["words"])
    Draft.objects.bulk_create(
        [Draft(owner=cast.alex, key="a", words="two")], **conflict, update_fields=["changed_at"]
    )
    assert again(draft).words == "one"


def test_bulk_create_encrypts_and_bulk_update_refuses(cast):
    notes = Note.objects.bulk_create(Note(author=cast.alex, what=f"n{i}", meaning="m") for i in range(3))
    assert sorted(again(note).what for note in notes) == ["n0", "n1", "n2"]
    assert "n1" not in stored(notes[1], "what")
    notes[0].what = "changed"
    with pytest.raises(FieldError, match="private text"):
        Note.objects.bulk_update(notes, ["what"])


def test_get_or_create_and_update_or_create_encrypt(cast):
    draft, _made = Draft.objects.update_or_create(owner=cast.alex, key="a", defaults={"words": "one"})
    Draft.objects.update_or_create(owner=cast.alex, key="a", defaults={"words": "two"})
    assert again(draft).words == "two"
    assert "two" not in stored(draft, "words")


def test_fixtures_go_out_and_come_in(note):
    text = serializers.serialize("json", [again(note)])
    assert "Tea at six" in text  # whoever can decrypt can export: docs/security.md says so
    Note.objects.all().delete()
    for made in serializers.deserialize("json", text):
        made.save()
    assert again(note).what == "Tea at six"
    assert "Tea" not in stored(note, "what")


def test_a_text_moved_anywhere_else_fails_loudly(world: World, caplog):
    other = Note.objects.create(author=world.cast.alex, what="other", meaning="m")
    foreign = Note.objects.create(author=world.cast.dana, what="danas", meaning="m")
    moves = [
        (world.own_note, "what", stored(other, "what")),  # another row
        (world.own_note, "meaning", stored(world.own_note, "what")),  # another field
        (world.own_note, "what", stored(foreign, "what")),  # another owner
        (world.note, "what", stored(world.own_note, "what")),
        (world.goal, "title", stored(world.note, "what")),  # another model
    ]
    for row, name, text in moves:
        before = stored(row, name)
        put(row, name, text)
        caplog.clear()
        with pytest.raises(Broken):
            getattr(again(row), name)
        assert f"couples.{row._meta.model_name}.{name}" in caplog.text
        assert "canary" not in caplog.text
        put(row, name, before)
        assert getattr(again(row), name)


def test_a_row_that_changed_hands_past_us_fails_loudly(world: World):
    """Its words stay where they were; it alone says now that it is somebody else's."""
    cast = world.cast
    draft = Draft.objects.create(owner=cast.alex, key="a", words="canary draft")
    Note.objects.bulk_create(
        [
            Note(author=cast.sam, what="x"),
            Note(author=cast.dana, couple=cast.theirs, opens_on=dt.date(2020, 1, 1), what="x"),
        ]
    )
    version = Version.objects.create(
        couple=cast.ours,
        about=world.goal.pk,
        number=1,
        editor=cast.alex,
        edited_on=cast.member("alex").today,
        words="canary version",
    )
    changes = [
        (world.own_note, "what", {"author": cast.sam}, world.own_note),
        (world.own_note, "what", {"couple": cast.ours, "opens_on": dt.date(2020, 1, 1)}, world.own_note),
        (world.goal, "title", {"couple": None, "opens_on": None}, world.goal),
        (draft, "words", {"owner": cast.sam}, draft),
        (version, "words", {"couple": cast.theirs}, version),
        (world.own_step, "text", {"couple": cast.ours, "opens_on": dt.date(2020, 1, 1)}, world.own_goal),
        (world.own_step, "text", {"goal": world.goal}, world.own_step),
    ]
    for row, name, change, changed in changes:
        before = stored(row, name)
        rows = models.QuerySet(type(changed)).filter(pk=changed.pk)
        assert rows.update(**change)
        with pytest.raises(Broken):
            getattr(again(row), name)
        with pytest.raises(Broken), transaction.atomic():
            again(row).save()
        assert stored(row, name) == before
        assert rotate_data().broken
        rows.update(**{one: getattr(changed, one) for one in change})
        assert getattr(again(row), name).startswith("canary")


def test_what_was_read_before_and_after_sharing_is_looked_up_again(world: World):
    step = GoalStep.objects.get(pk=world.own_step.pk)
    whole = step.goal
    shared = {"couple": world.cast.ours, "opens_on": world.cast.member("alex").today}
    early = again(world.own_goal)
    assert hand_over(Goal.objects.all(), copy(world.own_goal), shared)
    late = again(step)
    late.goal = whole
    assert step.text == late.text == "canary own step"
    early.couple = world.cast.ours
    assert early.title.startswith("canary")


def damages(text):
    """Ways in which a stored text can go wrong."""
    return [
        text[:-4],
        text[:8],
        "plain words",
        "====",
        "A" * len(text),
        text[:40] + "AAAA" + text[44:],
        "ü",
        "AQ==",
    ]


def test_a_damaged_text_is_broken_and_never_something_else(note):
    for damage in damages(stored(note, "what")):
        put(note, "what", damage)
        with pytest.raises(Broken):
            _ = again(note).what
        assert again(note).meaning == "I felt seen"
        assert legible(again(note), "what") == "These words can’t be read any more."


def test_a_broken_text_shows_a_kind_page_and_takes_nothing_along(world: World, browse, caplog):
    put(world.note, "what", stored(world.note, "meaning"))
    caplog.set_level(logging.DEBUG)
    for who in ("alex", "sam"):
        client = browse(who)
        page = client.get(reverse("notes:detail", args=[world.note.pk]))
        assert page.status_code == 500
        assert "Some words here can’t be read" in page.content.decode()
        for path in ("/", "/notes/", "/goals/", "/dates/"):
            answer = client.get(path)
            assert answer.status_code == 200, path
        listed = client.get("/notes/").content.decode()
        assert "These words can’t be read any more." in listed
        assert "canary meaning" in listed
    assert "canary" not in caplog.text


def test_what_was_typed_stands_on_the_kind_page_and_nothing_is_half_written(world: World, browse):
    put(world.goal, "title", "damaged")
    data = {
        "title": "a new beginning",
        "why": "of it all",
        "horizon": "long",
        "whose": "ours",
        "version": "0",
    }
    answer = browse("alex").post(reverse("goals:edit", args=[world.goal.pk]), data)
    assert answer.status_code == 500
    assert "a new beginning" in answer.content.decode()
    assert "of it all" in answer.content.decode()
    goal = again(world.goal)
    assert (goal.version, goal.horizon, goal.why) == (world.goal.version, world.goal.horizon, world.goal.why)


def test_a_key_that_does_not_open_keeps_what_was_typed_on_the_page(world: World, browse, caplog):
    key, before = Key.objects.get(person=world.cast.alex), Note.objects.count()
    Key.objects.filter(pk=key.pk).update(wrapped=Key.objects.get(couple=world.cast.ours).wrapped)
    answer = browse("alex").post("/notes/new/", {"what": "you waited", "meaning": "held"})
    assert answer.status_code == 500
    said = answer.content.decode()
    assert "Some words here can’t be read" in said
    assert "you waited" in said
    assert "held" in said
    assert "can't be unwrapped" in caplog.text
    assert "waited" not in caplog.text
    assert Note.objects.count() == before


def test_every_private_field_may_be_broken_and_no_list_dies(world: World, browse):
    rows = [row for model in private_models() for row in model.objects.all()]
    assert len(rows) > 10
    for row in rows:
        for name in private_names(type(row)):
            if stored(row, name):
                put(row, name, "damaged")
    for who in ("alex", "sam"):
        for path in (
            "/",
            "/notes/",
            "/notes/?show=mine",
            "/goals/",
            "/goals/over/",
            "/dates/",
            "/notes/new/",
        ):
            answer = browse(who).get(path)
            assert answer.status_code in (200, 404), (who, path)


def test_a_broken_draft_begins_an_empty_form(cast, browse):
    client = browse("alex")
    client.post(reverse("core:draft", args=["notes.new"]), {"what": "begun"})
    put(Draft.objects.get(), "words", "damaged")
    assert client.get("/notes/new/").status_code == 200
    client.post(reverse("core:draft", args=["notes.new"]), {"what": "begun anew"})
    assert "begun anew" in client.get("/notes/new/").content.decode()


def test_sharing_encrypts_anew_for_the_couple_parts_and_all(world: World, browse):
    cast = world.cast
    alex = browse("alex")
    alex.post(reverse("notes:give", args=[world.own_note.pk]), {"when": "now"})
    alex.post(reverse("goals:share", args=[world.own_goal.pk]))
    alex.post(reverse("dates:propose", args=[world.own_plan.pk]), {"seen": again(world.own_plan).standing})
    shared = [
        *((world.own_note, name) for name in ("what", "meaning")),
        (world.own_goal, "title"),
        (world.own_step, "text"),
        (world.own_plan, "title"),
        (world.own_task, "text"),
    ]
    for row, name in shared:
        assert key_of(row, name).couple == cast.ours, (row, name)
        assert getattr(again(row), name).startswith("canary")
    page = browse("sam").get(reverse("goals:detail", args=[world.own_goal.pk])).content.decode()
    assert "canary own step" in page


def test_taking_back_and_leaving_encrypt_anew_for_the_author(world: World, browse):
    cast = world.cast
    browse("alex").post(reverse("goals:take_back", args=[world.goal.pk]))
    goal = again(world.goal)
    if goal.couple_id is None:
        assert key_of(goal, "title").person == cast.alex
        assert key_of(world.step, "text").person == cast.alex
    sams = Note.objects.create(
        author=cast.sam,
        couple=cast.ours,
        opens_on=cast.member("sam").today.replace(year=2099),
        what="later",
        meaning="m",
    )
    from couples.space.actions import leave

    assert leave(cast.member("alex"))
    assert key_of(sams, "what").person == cast.sam
    assert key_of(world.later_note, "what").person == cast.alex
    assert again(sams).what == "later"
    answer = browse("sam").get("/notes/?show=mine").content.decode()
    assert "later" in answer


def test_a_change_of_owner_can_t_forget_the_words(world: World):
    cast = world.cast
    draft = Draft.objects.create(owner=cast.alex, key="a", words="x")
    own, ours, step = world.own_note, {"couple": cast.ours, "opens_on": dt.date(2020, 1, 1)}, world.step
    changes = [
        (own, ours),
        (own, {"couple_id": cast.ours.pk, "opens_on": dt.date(2020, 1, 1)}),
        (own, {"author": cast.sam}),
        (own, {"author_id": cast.sam.pk}),
        (draft, {"owner": cast.sam}),
        (step, {"goal": world.own_goal}),
        (Version(about=own.pk), {"couple": cast.theirs}),
    ]
    for row, change in changes:
        with pytest.raises(FieldError, match="hand_over"):
            type(row).objects.filter(pk=row.pk).update(**change)
        for name, value in change.items():
            setattr(row, name, value)
        with pytest.raises(FieldError, match="hand_over"):
            row.save(update_fields=[*change])


def test_handing_over_keeps_what_can_t_be_read_as_it_is(world: World):
    put(world.own_note, "meaning", "damaged")
    changes = {"couple": world.cast.ours, "opens_on": world.cast.member("alex").today}
    assert hand_over(Note.objects.all(), copy(world.own_note), changes)
    assert again(world.own_note).what == "canary what"
    assert stored(world.own_note, "meaning") == "damaged"


def test_a_request_can_use_no_stranger_s_key(world: World, browse, cast):
    """Even a query without any filter opens nothing of others."""
    foreign = Note.objects.create(author=cast.dana, what="danas", meaning="m")
    from couples.core import keys
    from couples.core.couple import member_for

    member = member_for(cast.alex)
    token = keys.take(cast.alex.pk, cast.ours.pk, found=member.keys)
    try:
        assert again(world.own_note).what
        with pytest.raises(Broken):
            _ = again(foreign).what
    finally:
        keys.give_back(token)


def test_versions_and_histories_are_readable(world: World, browse):
    goal = again(world.goal)
    url = reverse("goals:edit", args=[goal.pk])
    data = {
        "title": "changed",
        "why": "",
        "horizon": goal.horizon,
        "whose": goal.whose,
        "version": goal.version,
    }
    assert browse("alex").post(url, data).status_code == 302
    version = Version.objects.get()
    assert key_of(version, "words").couple == world.cast.ours
    page = browse("sam").get(reverse("goals:history", args=[goal.pk])).content.decode()
    assert "canary" in page


def test_models_can_be_copied_pickled_and_compared(note):
    import pickle

    found = pickle.loads(pickle.dumps(again(note)))
    assert found.what == "Tea at six"
    assert copy(again(note)) == note


def test_made_up_models_refuse_to_save_words_without_an_owner():
    class Stray(models.Model):  # noqa: DJ008
        words = PrivateTextField()

        class Meta:
            app_label = "walls_test"

    with pytest.raises(AttributeError, match="key_owner"):
        Stray(pk=uuid.uuid4(), words="x")._meta.get_field("words").pre_save(Stray(words="x"), True)
