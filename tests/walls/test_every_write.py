"""What each table lets be written without any filter: as one of another couple, as nobody, and while an act is lifted."""

import json
from contextlib import contextmanager, nullcontext
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from couples.core import wall
from couples.core.keys import HOUSE, Key
from couples.core.people import Person
from tests.walls.everything import NAMES, may_see, rows, tables

pytestmark = [pytest.mark.usefixtures("standing"), pytest.mark.django_db]
WRITTEN_BY_NOBODY = {
    "couples.Person",
    "account.EmailAddress",
    "account.EmailConfirmation",
    "usersessions.UserSession",
    "sessions.Session",
    "mfa.Authenticator",
}
"""What signing in, signing up and a new password change before they can say who it is."""
DELETED_BY_NOBODY = WRITTEN_BY_NOBODY - {"couples.Person", "mfa.Authenticator"}
SOME = {
    models.CharField: "''",
    models.TextField: "''",
    models.DateField: "'2026-01-01'",
    models.DateTimeField: "'2026-01-01 12:00+00'",
    models.BooleanField: "true",
    models.JSONField: "'{}'",
    models.PositiveSmallIntegerField: "1",
    models.PositiveIntegerField: "1",
    models.GenericIPAddressField: "'192.0.2.1'",
}
EVERY = pytest.mark.parametrize("label", sorted(tables()))


def do(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def versions(model):
    """Every row as PostgreSQL has it: a row that was written has another place."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {model._meta.pk.column}, ctid::text FROM "{model._meta.db_table}"')
        return dict(cursor.fetchall())


def touched(model, context, *statements):
    """The rows that one of these changes or deletes, whose words name no row: only the policy for writing counts."""
    for sql in statements:
        before = versions(model)
        try:
            with transaction.atomic():
                with context():
                    count = do(sql)
                found = {pk for pk, place in before.items() if versions(model).get(pk) != place}
                assert len(found) == count
                transaction.set_rollback(True)
        except IntegrityError:
            continue
        return found
    raise AssertionError(f"{model._meta.label}: no column that could be set for all")


def updated(model, context):
    """The rows that an update without a filter changes."""
    columns = [
        (field.column, SOME[type(field)])
        for field in model._meta.concrete_fields
        if type(field) in SOME and not field.primary_key and not field.unique
    ]
    columns += [(field.column, "NULL") for field in model._meta.concrete_fields if field.null]
    # Where nothing can be set for all, since each row must differ or keep to the others: what is there already.
    columns += [(model._meta.pk.column, model._meta.pk.column)]
    table = model._meta.db_table
    return touched(model, context, *(f'UPDATE "{table}" SET "{name}" = {value}' for name, value in columns))


def deleted(model, context):
    """The rows that a deletion without a filter takes."""
    return touched(model, context, f'DELETE FROM "{model._meta.db_table}"')


def as_(person, act=""):
    """A context in which this person is let in, and perhaps an act is lifted."""

    @contextmanager
    def context():
        with wall.person(person), wall.lifted(act) if act else nullcontext():
            yield

    return context


def hidden(full, label, name="dana"):
    """The rows of a table that this one of the cast must not see."""
    member = full.cast.member(name)
    return {row.pk for row in rows(tables()[label]) if not may_see(row, member)}


@EVERY
def test_what_one_cannot_see_one_cannot_change_or_delete(full, label):
    model, others = tables()[label], hidden(full, label)
    assert others
    for act in (updated, deleted):
        assert not act(model, as_(full.cast.dana)) & others, act


@EVERY
def test_what_one_cannot_see_one_cannot_make(full, label):
    """A row of others, made once more: the policy speaks before any constraint."""
    model, table = tables()[label], tables()[label]._meta.db_table
    for pk in hidden(full, label):
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE {model._meta.pk.column} = %s', [pk]
            )
            row = json.loads(cursor.fetchone()[0])
        made = f'INSERT INTO "{table}" SELECT * FROM jsonb_populate_record(NULL::"{table}", %s)'
        with (
            wall.person(full.cast.dana),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            do(made, json.dumps(row))


@EVERY
def test_nobody_writes_nothing_but_what_signing_in_needs(full, label):
    model = tables()[label]
    assert bool(updated(model, wall.behind)) is (label in WRITTEN_BY_NOBODY)
    assert bool(deleted(model, wall.behind)) is (label in DELETED_BY_NOBODY)


@EVERY
def test_an_act_opens_no_account_of_others_to_writing(full, label):
    """On the pages of one's account and while linking; sessions get new keys there."""
    if label == "sessions.Session":
        return
    model, others, lifted = tables()[label], hidden(full, label), as_(full.cast.dana, "accounts")
    assert not deleted(model, lifted) & others
    # Of these, the rows of whoever is to be linked are locked, and saying no ends another's invitation.
    if label not in ("couples.Invitation", "couples.Person"):
        assert not updated(model, lifted) & others


@pytest.mark.parametrize("act", ["accounts", "whole"])
def test_an_act_locks_people_and_writes_oneself(full, act):
    dana, kit = full.cast.dana, full.cast.kit
    with as_(dana, act)():
        both = Person.objects.filter(pk__in=(dana.pk, kit.pk)).select_for_update(no_key=True)
        assert both.count() == len(list(both)) == 2
        assert Person.objects.filter(pk=dana.pk).update(password="!") == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Person.objects.filter(pk=kit.pk).update(password="!")
        assert Person.objects.filter(pk=kit.pk)._raw_delete("default") == 0


def test_whoever_runs_the_server_takes_factors_away_behind_the_wall_too(full):
    with wall.behind():
        call_command("factors", "alex@example.org", remove=True, stdout=StringIO())
    left = set(Authenticator.objects.values_list("user_id", flat=True))
    assert left == {getattr(full.cast, name).pk for name in NAMES if name != "alex"}


def test_the_key_of_the_instance_is_read_by_all_and_changed_by_its_rotation_alone(full):
    everybody = {
        "nobody": wall.behind,
        "dana": as_(full.cast.dana),
        "accounts": wall.accounts,
        "couple": lambda: wall.couple(full.cast.ours),
    }
    for name, context in everybody.items():
        with context():
            assert Key.objects.filter(pk=HOUSE).exists(), name
            assert Key.objects.filter(pk=HOUSE).update(master="x") == 0, name
            assert Key.objects.filter(pk=HOUSE).delete()[0] == 0, name
    with wall.house():
        assert {key.pk for key in Key.objects.all()} == {HOUSE}
        assert Key.objects.filter(pk=HOUSE).update(master="x") == 1
        assert Key.objects.filter(pk=HOUSE).delete()[0] == 0
        assert not Person.objects.exists()
