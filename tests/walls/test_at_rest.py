"""No word in what can be stolen: the database, its journal, a dump, the data folder. Both engines."""

import json
import subprocess
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from couples.core import keys
from couples.core.fields import private_names
from couples.core.rotation import private_models
from couples.notes.models import Answer
from tests.conftest import Cast, link, person
from tests.walls.test_words import put
from tests.world import build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def living():
    """Alex and sam with one of everything, committed."""
    names = ("alex", "sam", "dana", "kit", "robin", "ex")
    people = {name: person(name) for name in names}
    cast = Cast(
        **people, ours=link(people["alex"], people["sam"]), theirs=link(people["dana"], people["kit"])
    )
    world = build(cast)
    Answer.objects.create(
        note=world.note, author=cast.sam, words="thank you", answered_on=world.note.opens_on
    )
    return world


def signed_in(who):
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def plant(world):
    """Put a word of its own into every private field of every model, by saving rows; some by the pages, too."""
    words = []

    def word():
        words.append(f"kanarie{uuid.uuid4().hex}")
        return words[-1]

    client = signed_in(world.cast.alex)
    assert client.post(reverse("core:draft", args=["notes.new"]), {"what": word()}).status_code < 400
    client.post(reverse("notes:search"), {"words": word()})
    client.post(reverse("goals:step_plan", args=[world.step.pk]))
    secret = word()
    again = client.post(reverse("account_set_password"), {"password1": secret, "password2": secret})
    assert "reauthenticate" in again["Location"]
    url = reverse("goals:edit", args=[world.goal.pk])
    data = {"title": word(), "why": word(), "horizon": "long", "whose": "ours", "version": world.goal.version}
    assert client.post(url, data).status_code == 302
    note = {"what": word(), "meaning": word(), "once": str(uuid.uuid4())}
    kept = client.post("/notes/new/", note)
    assert client.post(f"{kept.url}give/", {"when": "now"}).url == kept.url
    planted = set()
    for model in private_models():
        for row in model.objects.all():
            for name in private_names(model):
                holds_json = model.__name__ in ("Draft", "Handover", "Version")
                setattr(row, name, json.dumps({"what": [word()]}) if holds_json else word())
                planted.add((model, name))
            row.save()
    assert planted == {(model, name) for model in private_models() for name in private_names(model)}
    return words


def found_in(data, words):
    return [word for word in words if word.encode() in data]


def files(folder):
    """All that lies in a folder, as one heap of bytes a file."""
    for path in Path(folder).rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def test_a_dump_its_journal_and_the_data_folder_hold_no_word(living, postgres):
    words = plant(living)
    assert len(words) > 20
    # Sessions are packed, so a dump doesn't show what lies in them.
    unpacked = json.dumps([session.get_decoded() for session in Session.objects.all()]).encode()
    assert b"_auth_user_id" in unpacked
    heaps = [("sessions", unpacked), *files(settings.DATA)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
        name = connection.settings_dict["NAME"]
        dump = subprocess.run(
            [str(postgres.programs / "pg_dump"), postgres.url(name)], check=True, capture_output=True
        )
        heaps += [("dump", dump.stdout), *files(postgres.folder / "cluster")]
    else:
        heaps += [("dump", "\n".join(connection.connection.iterdump()).encode())]
    for path, data in heaps:
        assert not found_in(data, words), path
    # It would have been found: names aren't private text, and a word written past the field is seen.
    assert any(b"robin@example.org" in data for _path, data in heaps)
    put(living.note, "what", words[0])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
        heaps = list(files(postgres.folder / "cluster"))
    else:
        heaps = list(files(settings.DATA))
    assert any(found_in(data, words) for _path, data in heaps)


def test_a_dump_and_its_wrapped_keys_open_nothing_without_the_master_key(living, tmp_path, monkeypatch):
    from couples.core import masters as core_masters
    from couples.core.masters import Masters
    from couples.core.words import Broken
    from couples.notes.models import Note

    stolen = Masters(tmp_path, "")
    stolen.newest()
    monkeypatch.setattr(core_masters, "masters", stolen)
    with keys.held_for():
        keys.ring().keys.clear()
        with pytest.raises(Broken):
            _ = Note.objects.get(pk=living.note.pk).what


def test_the_key_file_is_the_owner_s_alone(living):
    path = Path(settings.DATA) / "master-key"
    assert path.exists()
    assert path.stat().st_mode & 0o077 == 0
