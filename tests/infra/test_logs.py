"""Logs tell that something failed and where, never whom or what it was about; and the test of it can fail."""

import logging
import sys

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from reconnect.logs import Quiet, where
from tests.infra.process import app, run
from tests.logs import leaked, leaks

pytestmark = pytest.mark.once

TOKEN = "R2x_" + "k9Q-" * 9 + "abc"
BAD = [
    "wrote: canary what",
    "no mail to alex@example.org",
    "Not Found: /join/" + TOKEN,
    "GET /notes/?after=3",
    f"session {TOKEN} ended",
    "with a quiet evening in as password",
]


@pytest.mark.parametrize("bad", BAD)
def test_what_never_may_stand_in_a_log_is_found(bad):
    assert leaks(f"INFO x: fine\n{bad}\nINFO y: fine")


def test_what_may_stand_there_is_not():
    fine = "WARNING couples.space.mail: The mail server refused a mail: SMTPServerDisconnected\n"
    fine += (
        "ERROR django.request: Internal Server Error: …\nIntegrityError\n  couples/notes/actions.py:12 give\n"
    )
    fine += "Reconnect is at http://localhost:8000/ (data in /home/us/our data). Ctrl-C stops it."
    assert not leaks(fine)


def record(name, message, *args, error=None):
    """A record as a logger would make it."""
    told = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, told)


@pytest.mark.parametrize(
    ("name", "message", "args", "said"),
    [
        ("django.request", "Not Found: %s", ("/join/secret/",), "Not Found: …"),
        ("django.db.backends", "(%.3f) %s; args=%s", (0.1, "SELECT", "canary"), "(…) …; args=…"),
        ("other", "%(name)s at 5%% of %5.2f", ({"name": "canary"},), "… at 5% of …"),
        ("other", f"asked /join/{TOKEN}/?x=1 by alex@example.org", (), "asked /join/… by [address]"),
        (
            "couples.space.mail",
            "refused by %s for %s",
            ("OSError", "a@b.org"),
            "refused by OSError for [address]",
        ),
        ("couples.notes", "key %s", (TOKEN,), "key [token]"),
        ("other", ValueError("canary"), (), "ValueError"),
    ],
)
def test_lines_hold_no_more_than_they_should(name, message, args, said):
    assert Quiet().format(record(name, message, *args)) == f"ERROR {name}: {said}"


def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_words():
    def fail():
        try:
            raise IntegrityError("Key (email)=(alex@example.org) already exists: canary")
        except IntegrityError as error:
            raise ValidationError(f"no such invitation {TOKEN}") from error

    with pytest.raises(ValidationError) as caught:
        fail()
    said = Quiet().format(record("django.request", "Internal Server Error: %s", "/x/", error=caught.value))
    assert said.startswith("ERROR django.request: Internal Server Error: …\nValidationError\n  tests/infra/")
    assert "\nIntegrityError\n" in said
    assert not leaks(said)
    loop = ValueError("x")
    loop.__context__ = ValueError("y")
    loop.__context__.__context__ = loop
    assert where(loop) == "ValueError\nValueError"


def test_all_processes_are_read(tmp_path):
    (tmp_path / "1.log").write_text("fine\n")
    assert not leaked(tmp_path)
    (tmp_path / "2.log").write_text("canary\ncanary\n")
    assert leaked(tmp_path) == ["canary: canary"]


LOGGERS = ("couples.notes", "django.request", "uvicorn.error")


@pytest.mark.parametrize(("word", "code"), [("canary words", 1), ("words", 0)])
def test_a_run_fails_whose_logs_leak(tmp_path, word, code):
    """Even at DEBUG, by a logger that keeps what it says to itself."""
    test = tmp_path / "test_it.py"
    lines = "".join(f"    logging.getLogger({name!r}).debug({word!r})\n" for name in LOGGERS)
    test.write_text(f"import logging\ndef test_it():\n{lines}")
    done = run(sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-q", str(test), PYTHONWARNINGS="")
    assert done.returncode == code, done.stdout + done.stderr
    for name in LOGGERS:
        assert (f"in the logs: canary: DEBUG {name}: canary" in done.stdout) is bool(code)


BROKEN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "reconnect.settings"
import django
django.setup()
import reconnect.views
def broken(*args, **more):
    raise ValueError("canary for alex@example.org")
reconnect.views.connection = type("Broken", (), {"cursor": broken})()
sys.argv = ["manage.py", "serve"]
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""


def test_a_failure_is_told_by_the_running_app_without_words(tmp_path):
    with app(sys.executable, "-c", BROKEN, DATA=str(tmp_path)) as server:
        assert server.ask("/healthz?canary=1")[0] == 500
        _, said = server.stop()
    assert "ERROR django.request: …: …\nValueError\n" in said
    assert "reconnect/views.py" in said
