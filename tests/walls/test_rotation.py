"""Changing keys: everything stays readable, whatever happens in between, and the old keys go."""

import datetime as dt
import json
import signal
import subprocess
import sys
import threading
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from couples.core import keys, rotation
from couples.core import masters as core_masters
from couples.core.fields import private_names
from couples.core.keys import HOUSE, Key
from couples.core.masters import Masters
from couples.core.people import Person
from couples.core.rotation import private_models, rotate_data, rotate_master
from couples.management.commands import rotate_keys
from couples.notes.models import Note
from tests.conftest import link, person
from tests.infra.process import ROOT, environment, run
from tests.postgres import MAKE_ORDINARY, ORDINARY
from tests.walls.test_words import put, stored

MODULES = (core_masters, keys, rotation, rotate_keys)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_masters(tmp_path, monkeypatch):
    """Master keys of this test alone."""
    fresh = Masters(tmp_path, "")
    for module in MODULES:
        monkeypatch.setattr(module, "masters", fresh)
    return fresh


def texts():
    """Every private text there is, read afresh with keys looked up afresh."""
    with keys.held_for():
        keys.ring().keys.clear()
        keys.ring().current.clear()
        return {
            (model.__name__, row.pk, name): getattr(row, name)
            for model in private_models()
            for row in model.objects.all()
            for name in private_names(model)
        }


def age(**which):
    """Let keys have been retired an hour ago."""
    Key.objects.filter(retired_at__isnull=False, **which).update(retired_at=timezone.now() - HOUR)


def all_keys():
    return set(Key.objects.exclude(pk=HOUSE).values_list("pk", flat=True))


@pytest.mark.django_db
def test_new_keys_for_all_and_every_word_stays(world):
    before, old = texts(), all_keys()
    ciphertext = stored(world.note, "what")
    report = rotate_data()
    assert report.owners == len(old)
    assert report.texts == len([text for text in before.values() if text])
    assert (report.destroyed, report.waiting, report.broken) == (0, len(old), 0)
    assert texts() == before
    assert stored(world.note, "what") != ciphertext
    age()
    report = rotate_data()
    assert (report.texts, report.destroyed, report.waiting) == (0, len(old), 0)
    assert not all_keys() & old
    assert texts() == before
    put(world.note, "what", ciphertext)
    with pytest.raises(Exception, match=r"couples\.note\.what"):
        texts()


@pytest.mark.django_db
@pytest.mark.parametrize("after", [0, 1, 5, 12])
def test_cut_off_and_begun_again(world, monkeypatch, after):
    before, old = texts(), all_keys()
    done = []
    whole = rotation._renew

    def cut(*args):
        done.append(args)
        if len(done) > after:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(rotation, "_renew", cut)
    with pytest.raises(KeyboardInterrupt):
        rotate_data()
    assert texts() == before
    monkeypatch.setattr(rotation, "_renew", whole)
    rotate_data()
    assert texts() == before
    age()
    rotate_data()
    assert texts() == before
    assert not all_keys() & old


@pytest.mark.django_db
def test_what_a_slow_request_writes_under_an_old_key_is_not_lost(world):
    slow = keys.take(world.cast.alex.pk, found=[Key.objects.get(person=world.cast.alex).held])
    try:
        keys_before = all_keys()
        token = keys.take()
        keys.give_back(token)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keys, "_ring", keys.ContextVar("another", default=None))
            rotate_data()
        late = Note.objects.create(author=world.cast.alex, what="written late")
    finally:
        keys.give_back(slow)
    age()
    rotate_data()
    assert not all_keys() & keys_before
    with keys.held_for():
        keys.ring().keys.clear()
        assert Note.objects.get(pk=late.pk).what == "written late"


@pytest.mark.django_db
def test_a_key_whose_words_can_t_be_read_is_kept_and_told_of(world):
    whole = stored(world.note, "what")
    put(world.note, "what", whole[:-8] + "AAAAAAA=")
    for _ in range(2):
        with pytest.raises(CommandError, match="1 texts can't be read"):
            call_command("rotate_keys", "data", stdout=StringIO())
        age()
    put(world.note, "what", whole)
    assert texts()["Note", world.note.pk, "what"] == "canary what"
    call_command("rotate_keys", "data", stdout=StringIO())
    assert not Key.objects.filter(couple=world.cast.ours, retired_at__isnull=False).exists()


@pytest.mark.django_db
def test_a_new_master_key_for_all(world, own_masters):
    with keys.held_for():
        Note.objects.create(author=world.cast.robin, what="x")
    before, (old,) = texts(), own_masters.read()
    out = StringIO()
    call_command("rotate_keys", "master", stdout=out)
    assert f"{Key.objects.count()} keys wrapped anew" in out.getvalue()
    newest, kept = own_masters.read()
    assert kept == old
    assert {key.master for key in Key.objects.all()} == {newest.name}
    assert texts() == before
    rotate_master()
    assert own_masters.read() == [newest, old]
    rotate_master(minutes=0)
    assert own_masters.read() == [newest]
    assert texts() == before


@pytest.mark.django_db
def test_a_master_key_from_the_environment(world, own_masters, monkeypatch):
    before, (old,) = texts(), own_masters.read()
    text = own_masters.path.read_text().split()[0]
    other = Masters(own_masters.path.parent / "other", "").newest()
    fresh = other.line.split()[0]
    both = Masters(own_masters.path.parent, f"{fresh},{text}")
    for module in MODULES:
        monkeypatch.setattr(module, "masters", both)
    assert texts() == before
    out = StringIO()
    call_command("rotate_keys", "master", stdout=out)
    assert "needs only its first key" in out.getvalue()
    assert {key.master for key in Key.objects.all()} == {other.name}
    alone = Masters(own_masters.path.parent, fresh)
    for module in MODULES:
        monkeypatch.setattr(module, "masters", alone)
    assert texts() == before
    assert old.name != other.name


@pytest.mark.django_db
def test_a_missing_master_key_is_said_in_a_sentence(world, own_masters):
    own_masters.drop({one.name for one in own_masters.read()})
    with pytest.raises(CommandError, match=r"can't be unwrapped|isn't here"):
        call_command("rotate_keys", "master", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("rotate_keys", "data", "--minutes", "-1")


@pytest.mark.django_db(transaction=True)
def test_people_read_and_write_while_keys_change():
    alex, sam = person("alex"), person("sam")
    ours = link(alex, sam)
    day = dt.date(2020, 1, 1)
    Note.objects.bulk_create(
        Note(author=sam, couple=ours, opens_on=day, what=f"note {number}", meaning="m")
        for number in range(60)
    )
    clients = []
    for who in (alex, sam):
        client = Client()
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        clients.append(client)
    over, turns, wrong = threading.Event(), threading.Condition(), []
    done = [0, 0]

    def use(client, number):
        try:
            while not over.is_set():
                page = client.get("/notes/")
                if (
                    page.status_code != 200
                    or b"read any more" in page.content
                    or b"note " not in page.content
                ):
                    wrong.append(page.status_code)
                words = {"what": f"while {number} {done[number]}", "meaning": "m"}
                if client.post("/notes/new/", words).status_code != 302:
                    wrong.append("not written")
                with turns:
                    done[number] += 1
                    turns.notify_all()
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(client, number)) for number, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(6):
            rotate_data()
            rotate_master()
            # No request lasts for an hour: those that run now end before the retired keys are an hour old.
            with turns:
                wanted = [count + 2 for count in done]
                assert turns.wait_for(lambda: all(map(int.__ge__, done, wanted)), timeout=60)  # noqa: B023
            age()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not wrong
    assert all(text is not None for text in texts().values())
    assert sum("while" in text for text in texts().values()) > 10


@pytest.mark.django_db(transaction=True)
def test_what_was_done_before_a_cut_stays_done(monkeypatch):
    """Page by page: no row of an owner stays locked until all of them are done."""
    ours, alex = link(person("alex"), person("sam")), Person.objects.get(name="Alex")
    shown = {"author": alex, "couple": ours, "opens_on": dt.date(2020, 1, 1), "meaning": "m"}
    Note.objects.bulk_create(Note(**shown, what=f"note {number}") for number in range(10))
    notes = list(Note.objects.all())
    before = {note.pk: stored(note, "what") for note in notes}
    monkeypatch.setattr(rotation, "AT_ONCE", 3)
    whole, done = rotation._renew, []

    def cut(*args):
        done.append(args)
        if len(done) == 8:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(rotation, "_renew", cut)
    with pytest.raises(KeyboardInterrupt):
        rotate_data()
    assert sum(stored(note, "what") != before[note.pk] for note in notes) == 6


@pytest.fixture(params=["sqlite", "postgres"])
def instance(request, tmp_path, postgres):
    """An instance of its own with the demo in it: its environment, and the same where everything can be seen."""
    given, name = {"DATA": str(tmp_path)}, f"killed_{uuid.uuid4().hex}"
    every = given
    if request.param == "postgres":
        postgres.do(MAKE_ORDINARY, f"CREATE DATABASE {name} OWNER {ORDINARY}")
        given = {**given, "DATABASE_URL": postgres.url(name, ORDINARY)}
        every = {**given, "DATABASE_URL": postgres.url(name)}
    for command in (["migrate", "-v0"], ["demo"]):
        manage(given, *command)
    yield given, every
    if request.param == "postgres":
        postgres.do(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.once
@pytest.mark.postgres
def test_killed_in_the_middle(instance):
    """A real process, killed with -9 while it rotates, on a real database and as an ordinary role."""
    given, every = instance
    words = told(every)["words"]
    for which, step, after, sort in (
        ("data", "_renew", 12, "keys"),
        ("master", "_wrap_anew", 4, "masters"),
    ):
        old = told(every)
        kill(given, MIDDLE.format(which=which, step=step, after=after))
        halfway = told(every)
        assert halfway["words"] == words
        assert 0 < len(set(halfway[sort]) - set(old[sort])) <= len(old[sort])
        assert set(halfway[sort]) > set(old[sort])
        # Of data keys the second call destroys what the first one had to replace.
        for _ in range(2 if which == "data" else 1):
            manage(given, "rotate_keys", which, "--minutes", "0")
        done = told(every)
        assert done["words"] == words
        assert not set(done[sort]) & set(old[sort])
    assert len(Path(given["DATA"], "master-key").read_text().splitlines()) == 1


def kill(given, script):
    """Run the script until it says that it is in the middle, and end it there."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", script]
    with subprocess.Popen(command, cwd=ROOT, env=calm(given), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "in the middle\n"
        assert process.poll() is None
        process.kill()
    assert process.returncode == -signal.SIGKILL


def calm(given):
    return environment(**given, PYTHONWARNINGS="ignore")


def manage(given, *command):
    """What a command of the instance says."""
    done = run(sys.executable, "manage.py", *command, **given, PYTHONWARNINGS="ignore")
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(every):
    """How many texts an instance has, with a fingerprint of them all; its keys, and the masters that wrap them."""
    return json.loads(manage(every, "shell", "-v0", "-c", TELL))


MIDDLE = """
import signal
from django.core.management import call_command
from couples.core import rotation
rotation.AT_ONCE = 5
whole, done = rotation.{step}, []
def held_up(*args):
    done.append(args)
    if len(done) == {after}:
        print("in the middle", flush=True)
        signal.pause()
    return whole(*args)
rotation.{step} = held_up
call_command("rotate_keys", "{which}")
"""
TELL = """
import hashlib, json
from couples.core.fields import private_names
from couples.core.keys import HOUSE, Key, held_for
from couples.core.rotation import private_models
with held_for():
    words = sorted(
        f"{model.__name__} {row.pk} {name} {getattr(row, name)}"
        for model in private_models() for row in model.objects.all() for name in private_names(model)
    )
keys = Key.objects.exclude(pk=HOUSE)
print(json.dumps({
    "words": [len(words), hashlib.sha256("\\n".join(words).encode()).hexdigest()],
    "keys": [str(key.pk) for key in keys],
    "masters": sorted({key.master for key in Key.objects.all()}),
}))
"""
