"""What was written before there were keys is encrypted by the migration, on both engines."""

import datetime as dt
import json
import re
import sqlite3
import sys
import uuid

import psycopg
import pytest

from tests.infra.process import run

TODAY = dt.date(2026, 11, 1)
NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
MORE = {
    "couples_person": {
        "password": "!",
        "time_zone": "UTC",
        "language": "en-gb",
        "consent_version": 1,
        "is_active": True,
        "joined_on": TODAY,
    },
    "couples_couple": {"time_zone": "UTC", "since": TODAY, "version": 0, "former_zone": ""},
    "couples_note": {"created_at": NOW, "version": 0},
    "couples_answer": {"created_at": NOW, "reaction": "", "answered_on": TODAY},
    "couples_goal": {
        "created_at": NOW,
        "version": 0,
        "horizon": "long",
        "whose": "ours",
        "state": "in",
        "supported": False,
        "unit": "",
        "answer": "",
        "closing": "",
    },
    "couples_goalstep": {"created_at": NOW, "version": 0},
    "couples_dateplan": {
        "created_at": NOW,
        "version": 0,
        "kind": "date_night",
        "state": "proposed",
        "round": 1,
        "starts_at": NOW,
        "ends_at": NOW + dt.timedelta(hours=1),
    },
    "couples_plantask": {"created_at": NOW, "done": False},
    "couples_lookback": {"created_at": NOW, "version": 0},
    "couples_draft": {"changed_at": NOW},
    "couples_handover": {},
    "couples_version": {"number": 1, "edited_on": TODAY},
}
SHOW = """
import json
from couples.core.fields import private_names
from couples.core.keys import Key
from couples.core.rotation import private_models
from couples.core.words import Sealed
found = {}
for model in private_models():
    for row in model.objects.all():
        for name in private_names(model):
            key = row.__dict__[name].key if row.__dict__[name] else None
            owner = Key.objects.get(pk=key).held.owner if key else None
            found[f"{model._meta.db_table}.{name}.{row.pk}"] = [getattr(row, name), str(owner)]
print(json.dumps(found))
"""


class Plain:
    """A database as it was before, written to by SQL."""

    def __init__(self, connection, mark):
        self.connection, self.mark, self.want = connection, mark, {}

    def put(self, table, owner=None, texts=None, **columns):
        """Insert a row; remember under whose key its ``texts`` should be."""
        pk = uuid.uuid4()
        row = {"id": pk, **MORE[table], **columns, **(texts or {})}
        values = [self.value(value) for value in row.values()]
        marks = ", ".join([self.mark] * len(row))
        self.connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", values)
        for name, text in (texts or {}).items():
            self.want[f"{table}.{name}.{pk}"] = [text, str(owner) if text else "None"]
        return pk

    def value(self, value):
        if self.mark == "%s":
            return value
        if isinstance(value, uuid.UUID):
            return value.hex
        return str(value) if isinstance(value, dt.date) else value


def fill(plain):
    """One of everything: alone, shared, part of either, with quotes and percent signs and nothing."""
    alex = plain.put("couples_person", email="a@example.org", name="Alex")
    sam = plain.put("couples_person", email="s@example.org", name="Sam")
    ours = plain.put("couples_couple")
    odd = "it's 100% \\ “odd” 🫖\n" + "long " * 400
    alone = plain.put("couples_note", alex, {"what": odd, "meaning": ""}, author_id=alex)
    given = {"author_id": sam, "couple_id": ours, "opens_on": TODAY}
    note = plain.put("couples_note", ours, {"what": "what", "meaning": "meaning"}, **given)
    plain.put("couples_answer", ours, {"words": "thanks"}, note_id=note, author_id=alex)
    goal = plain.put("couples_goal", alex, {"title": "mine", "why": odd}, author_id=alex)
    plain.put("couples_goalstep", alex, {"text": "my step"}, goal_id=goal, author_id=alex)
    goal = plain.put("couples_goal", ours, {"title": "ours", "why": ""}, **given)
    plain.put("couples_goalstep", ours, {"text": "our step"}, goal_id=goal, author_id=alex)
    words = {"title": "plan", "place": "", "notes": odd, "closing": ""}
    plan = plain.put("couples_dateplan", ours, words, **given)
    plain.put("couples_plantask", ours, {"text": "task"}, plan_id=plan, author_id=sam)
    plain.put("couples_lookback", ours, {"line": "line", "best": "best"}, plan_id=plan, author_id=sam)
    plain.put("couples_draft", alex, {"words": '{"a": ["b"]}'}, owner_id=alex, key="notes.new")
    plain.put("couples_handover", sam, {"words": "{}"}, owner_id=sam, room="dates")
    plain.put("couples_version", ours, {"words": '{"title": "old"}'}, couple_id=ours, about=goal)
    assert alone
    return plain.want


def manage(*command, **given):
    done = run(sys.executable, "manage.py", *command, PYTHONWARNINGS="ignore", **given)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.once
@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_plain_words_become_encrypted_and_stay_whole(engine, tmp_path, postgres):
    given = {"DATA": str(tmp_path)}
    name = f"before_{uuid.uuid4().hex}"
    if engine == "postgres":
        postgres.do(f"CREATE DATABASE {name}")
        given["DATABASE_URL"] = postgres.url(name)
    manage("migrate", "couples", "0001", "-v0", **given)
    if engine == "postgres":
        with psycopg.connect(postgres.url(name)) as connection:
            want = fill(Plain(connection, "%s"))
    else:
        with sqlite3.connect(tmp_path / "reconnect.sqlite3") as connection:
            want = fill(Plain(connection, "?"))
    manage("migrate", "-v0", **given)
    found = json.loads(manage("shell", "-v0", "-c", SHOW, **given).strip().splitlines()[-1])
    assert {key: value for key, value in found.items() if key in want} == want
    assert not [key for key in set(found) - set(want) if found[key][0]]
    if engine == "sqlite":
        text = "\n".join(sqlite3.connect(tmp_path / "reconnect.sqlite3").iterdump())
        assert not re.findall("our step|my step|thanks|“odd”", text)
    else:
        postgres.do(f"DROP DATABASE {name} WITH (FORCE)")
