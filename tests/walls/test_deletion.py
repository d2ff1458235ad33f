"""Deleting an account, behind the wall: what goes and what stays is what each model declares."""

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from couples.core.couple import Couple
from couples.core.declared import Declaration
from couples.core.drafts import Draft
from couples.core.fields import private_names
from couples.core.people import Person
from couples.core.shared import Part
from couples.core.wall import lifted, person
from couples.notes.models import Kept
from couples.space.models import Invitation, Stage
from tests.walls.everything import rows, tables, whole_of

OF = ("owner_id", "author_id", "person_id", "user_id", "pk")


def owner_of(row):
    """Whose it is, by the first of these columns that it has."""
    return next(getattr(row, name) for name in OF if hasattr(row, name))


def goes(row, who):
    """Whether the account of this person takes a row along, as its model declares."""
    if isinstance(row, Kept) and goes(row.note, who):
        return True  # a mark on nothing
    when = row.declared.deletion
    if when == "with_whole":
        return goes(whole_of(row), who)
    if when == "with_either":
        return who.pk in (row.inviter_id, row.claimed_by_id)
    return when == "with_owner" and owner_of(row) == who.pk


def words_of(row):
    """What a row's private texts say."""
    return {name: getattr(row, name) for name in private_names(type(row))}


@pytest.mark.parametrize("name", ["dana", "kit"])
def test_an_account_takes_along_what_is_declared_and_nothing_else(full, name):
    cast = full.cast
    who = getattr(cast, name)
    Draft.objects.create(owner=who, key="notes.other", words="{}")
    for number, (inviter, guest) in enumerate([(who, cast.ex), (cast.ex, who)]):
        Invitation.objects.create(
            inviter=inviter,
            claimed_by=guest,
            stage=Stage.DECLINED,
            token_hash=str(number),
            created_at=timezone.now(),
            expires_at=timezone.now(),
        )
    models = [
        model for model in tables().values() if isinstance(getattr(model, "declared", None), Declaration)
    ]
    before = {model: {row.pk: row for row in rows(model)} for model in models}
    leaves = {model: {pk for pk, row in found.items() if goes(row, who)} for model, found in before.items()}
    said = {model: {pk: words_of(row) for pk, row in found.items()} for model, found in before.items()}
    with person(who), lifted("whole"):
        Person.objects.get(pk=who.pk).delete()
    for model, found in before.items():
        after = {row.pk: row for row in rows(model)}
        assert set(found) - set(after) == leaves[model], model.__name__
        for pk, row in after.items():
            assert words_of(row) == said[model][pk], model.__name__
            if isinstance(row, Part):
                author = found[pk].author_id
                assert row.author_id == (None if author == who.pk else author), model.__name__
    gone = {model.__name__ for model in leaves if leaves[model]}
    assert gone >= {"Person", "Membership", "Key", "Consent", "Invitation"}
    assert Couple.objects.filter(pk=cast.theirs.pk).exists()


def test_second_factors_go_with_their_account(full):
    """Whichever of them goes first: nobody's sessions are left to end, and nobody is left to tell."""
    alex = Person.objects.get(pk=full.cast.alex.pk)
    assert Authenticator.objects.filter(user=alex).exists()
    alex.delete()
    assert not Authenticator.objects.filter(user_id=full.cast.alex.pk).exists()
