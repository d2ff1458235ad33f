"""Changing keys: everything stays readable, whatever happens in between, and the old keys go."""

import datetime as dt
import sqlite3
import subprocess
import sys
import threading
import time
from io import StringIO

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
from couples.core.rotation import private_models, rotate_data, rotate_master
from couples.management.commands import rotate_keys
from couples.notes.models import Note
from tests.conftest import link, person
from tests.infra.process import ROOT, environment, run
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


def test_killed_in_the_middle(tmp_path):
    """A real process, killed with -9 while it rotates, on a real file."""
    given = {"DATA": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    done = run(sys.executable, "manage.py", "migrate", "-v0", **given)
    assert done.returncode == 0, done.stderr
    done = run(sys.executable, "manage.py", "demo", "--years", "1", **given)
    assert done.returncode == 0, done.stderr
    before = told(given)
    command = [sys.executable, "manage.py", "rotate_keys", "data"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(**given), stdout=subprocess.DEVNULL)
    database = sqlite3.connect(f"file:{tmp_path}/reconnect.sqlite3?mode=ro", uri=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if database.execute("SELECT 1 FROM couples_key WHERE retired_at IS NOT NULL").fetchone():
            break
    process.kill()
    process.wait()
    database.close()
    assert told(given) == before
    for _ in range(2):
        done = run(sys.executable, "manage.py", "rotate_keys", "data", "--minutes", "0", **given)
        assert done.returncode == 0, done.stderr
        assert told(given) == before


TELL = """
import hashlib
from couples.core.fields import private_names
from couples.core.keys import held_for
from couples.core.rotation import private_models
with held_for():
    words = sorted(
        f"{model.__name__} {row.pk} {name} {getattr(row, name)}"
        for model in private_models() for row in model.objects.all() for name in private_names(model)
    )
print(len(words), hashlib.sha256("\\n".join(words).encode()).hexdigest())
"""


def told(given):
    """How many texts there are, and a fingerprint of them all."""
    done = run(sys.executable, "manage.py", "shell", "-v0", "-c", TELL, **given)
    assert done.returncode == 0, done.stderr
    return done.stdout
