"""The master key, the keys it wraps, and whose they are."""

import base64
import datetime as dt
import stat
import threading

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from couples.core import keys
from couples.core import masters as core_masters
from couples.core.couple import Couple, member_for
from couples.core.keys import HOUSE, Key, house_secret
from couples.core.masters import Master, Masters, Unopened, unwrap, wrap
from couples.core.words import Broken
from couples.notes.models import Note
from tests.conftest import link, person

ENOUGH = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def own_masters(tmp_path, monkeypatch):
    """Master keys of this test alone."""
    fresh = Masters(tmp_path, "")
    monkeypatch.setattr(core_masters, "masters", fresh)
    for module in (keys,):
        monkeypatch.setattr(module, "masters", fresh)
    return fresh


def test_the_file_is_made_on_first_use_for_its_owner_alone(tmp_path):
    made = Masters(tmp_path / "deep", "").newest()
    path = tmp_path / "deep" / "master-key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(made.secret) == 32
    assert Masters(tmp_path / "deep", "").newest() == made
    assert list(path.parent.iterdir()) == [path]


def test_many_that_start_at_once_agree(tmp_path):
    found, barrier = [], threading.Barrier(8)

    def start():
        barrier.wait()
        found.append(Masters(tmp_path, "").newest().secret)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_from_the_environment_nothing_is_written(tmp_path):
    other = base64.b64encode(bytes(32)).decode()
    both = Masters(tmp_path, f"{ENOUGH}, {other}")
    assert both.newest().secret == bytes(range(32))
    assert [one.secret for one in both.read()] == [bytes(range(32)), bytes(32)]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", ["short", ENOUGH[:-4], "ü" * 44, ENOUGH + " yesterday", ENOUGH[::-1]])
def test_what_is_no_key_is_said_in_a_sentence(tmp_path, wrong):
    with pytest.raises(ImproperlyConfigured, match="32 random bytes"):
        Masters(tmp_path, wrong).newest()


def test_a_folder_that_can_t_be_used_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match="master-key"):
        Masters(tmp_path / "file", "").newest()


def test_a_key_says_nothing_of_itself():
    master = Master(bytes(range(32)))
    assert len(master.name) == 16
    assert master.name not in ENOUGH
    assert base64.b64encode(master.secret).decode() not in repr(master.name)


def test_a_wrapped_key_opens_for_its_owner_alone():
    name, wrapped = wrap(b"k" * 32, b"alex")
    assert unwrap(name, wrapped, b"alex") == b"k" * 32
    for wrong in ((name, wrapped, b"sam"), ("0" * 16, wrapped, b"alex"), (name, wrapped[:-8], b"alex")):
        with pytest.raises(Unopened):
            unwrap(*wrong)


@pytest.mark.django_db
def test_keys_are_made_when_they_are_needed_and_once(cast):
    assert not Key.objects.exists()
    note = Note.objects.create(author=cast.alex, what="x")
    Note.objects.create(author=cast.alex, what="y")
    assert Key.objects.get(person=cast.alex).held.secret
    assert Key.objects.get(pk=HOUSE).couple_id is None
    assert Key.objects.count() == 2
    assert Note.objects.get(pk=note.pk).what == "x"


@pytest.mark.django_db
def test_a_key_given_to_another_opens_nothing(cast):
    note = Note.objects.create(author=cast.alex, what="x")
    Note.objects.create(author=cast.sam, what="y")
    mine, theirs = Key.objects.get(person=cast.alex), Key.objects.get(person=cast.sam)
    Key.objects.filter(pk=mine.pk).update(wrapped=theirs.wrapped)
    with keys.held_for():
        keys.ring().forget(cast.alex.pk)
        with pytest.raises(Broken):
            _ = Note.objects.get(pk=note.pk).what


@pytest.mark.django_db
def test_deleting_a_person_or_a_couple_destroys_their_keys(cast):
    Note.objects.create(author=cast.alex, what="x")
    Note.objects.create(author=cast.dana, what="x", couple=cast.theirs, opens_on=dt.date(2020, 1, 1))
    pk = cast.alex.pk
    cast.alex.delete()
    assert not Key.objects.filter(person=pk).exists()
    pk = cast.theirs.pk
    Couple.objects.get(pk=pk).delete()
    assert not Key.objects.filter(couple=pk).exists()
    assert [key.pk for key in Key.objects.all()] == [HOUSE]


@pytest.mark.django_db
def test_a_member_brings_the_keys_of_person_and_couple_and_no_others(cast):
    for owner, couple in (
        (cast.alex, None),
        (cast.sam, None),
        (cast.alex, cast.ours),
        (cast.dana, cast.theirs),
    ):
        day = dt.date(2020, 1, 1) if couple else None
        Note.objects.create(author=owner, what="x", couple=couple, opens_on=day)
    assert {key.owner for key in member_for(cast.alex).keys} == {cast.alex.pk, cast.ours.pk}
    assert {key.owner for key in member_for(cast.kit).keys} == {cast.theirs.pk}
    assert {key.owner for key in member_for(cast.robin).keys} == set()
    Note.objects.create(author=cast.robin, what="x")
    (key,) = member_for(cast.robin).keys
    assert (key.owner, key.secret) == (cast.robin.pk, Key.objects.get(person=cast.robin).held.secret)


@pytest.mark.django_db
def test_a_key_made_by_another_request_meanwhile_is_found(cast):
    token = keys.take(cast.sam.pk, cast.ours.pk, found=member_for(cast.sam).keys)
    try:
        note = Note(author=cast.alex, what="x", couple=cast.ours, opens_on=dt.date(2020, 1, 1))
        with keys.held_for(cast.alex.pk):
            note.save()
        keys.give_back(token)
        token = keys.take(cast.sam.pk, cast.ours.pk)
        assert Note.objects.get(pk=note.pk).what == "x"
    finally:
        keys.give_back(token)


@pytest.mark.django_db
def test_nobody_signed_in_can_use_no_key(cast):
    note = Note.objects.create(author=cast.alex, what="x")
    token = keys.take()
    try:
        with pytest.raises(Broken):
            _ = Note.objects.get(pk=note.pk).what
        with pytest.raises(Unopened), transaction.atomic():
            Note.objects.create(author=cast.alex, what="y")
    finally:
        keys.give_back(token)


@pytest.mark.django_db
def test_a_lost_master_key_is_never_replaced_in_silence(cast, own_masters):
    with keys.held_for():
        Note.objects.create(author=cast.alex, what="x")
        own_masters.path.rename(own_masters.path.with_name("lost"))
        own_masters.read()
        with pytest.raises(Unopened), transaction.atomic():
            Note.objects.create(author=cast.sam, what="y")
        assert not own_masters.path.exists()
        own_masters.path.with_name("lost").rename(own_masters.path)
        Note.objects.create(author=cast.sam, what="y")


@pytest.mark.django_db
def test_the_instance_has_a_secret_for_each_purpose(cast, own_masters):
    with keys.held_for():
        first = house_secret(b"codes")
        assert len(first) == 32
        assert house_secret(b"codes") == first
        assert house_secret(b"other") != first


@pytest.mark.django_db(transaction=True)
def test_two_who_make_a_couple_s_key_at_once_get_the_same():
    ours = link(person("alex"), person("sam"))
    found, barrier = [], threading.Barrier(4)

    def make():
        barrier.wait()
        try:
            found.append(keys.make(ours.pk).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert set(found) == {Key.objects.get(couple=ours).pk}


def test_nonces_never_repeat():
    from couples.core.words import seal

    key = keys.Held(HOUSE, HOUSE, "", "", False)
    key.__dict__["cipher"] = AESGCM(bytes(32))
    texts = [seal("a", key, HOUSE, "x") for _ in range(20_000)]
    assert len({base64.b64decode(text)[17:29] for text in texts}) == len(texts)


def test_a_master_key_that_is_known_is_not_read_again(monkeypatch):
    """Every request unwraps keys: what is known of the file needs no look at it."""
    kept = core_masters.masters
    known = kept.newest()

    def read(self):
        raise AssertionError("the file was read")

    monkeypatch.setattr(type(kept), "read", read)
    assert kept.named(known.name) is known
    with pytest.raises(AssertionError, match="was read"):
        kept.named("another")
