"""One ordinary role that owns the tables and serves the pages; the pool, and pgbouncer in transaction mode."""

import json
import os
import re
import sys
import threading

import pytest

from tests.infra.process import ROOT, App, app, run
from tests.pooler import pooled
from tests.postgres import MAKE_ORDINARY
from tests.postgres import ORDINARY as ROLE

pytestmark = [pytest.mark.once, pytest.mark.postgres]
PASSWORD = "reconnect-demo"
ROUNDS = 40
SERVE = ("gunicorn", "--config", ".docker/gunicorn.conf.py", "--workers=1", "--threads=6", "reconnect.wsgi")
SECRET = "only-for-tests-" + "k" * 40


@pytest.fixture(scope="module")
def database(postgres):
    """The name of a database with the demo in it, all of it done as the one ordinary role."""
    name = f"walls_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    postgres.do(
        MAKE_ORDINARY,
        f"DROP DATABASE IF EXISTS {name}",
        f"CREATE DATABASE {name} OWNER {ROLE}",
    )
    for command in (["migrate", "--no-input"], ["createcachetable"], ["demo"]):
        done = run(sys.executable, "manage.py", *command, **variables(postgres.url(name, ROLE)))
        assert (done.returncode, done.stderr) == (0, "")
    yield name
    postgres.do(f"DROP DATABASE {name} WITH (FORCE)")


def variables(url: str, **more: str) -> dict[str, str]:
    """The environment of an instance on this database."""
    given = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "DATA": os.environ["DATA"]}
    return {**given, "DJANGO_SETTINGS_MODULE": "reconnect.settings", "PYTHONPATH": str(ROOT), **more}


def interleave(url: str) -> None:
    """Two couples at once; nobody may see what is the others', nor anything with nobody let in."""
    done = run(sys.executable, "-m", "tests.walls.interleave", str(ROUNDS), **variables(url))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["wrong"] == []
    ours, theirs = said["seen"]["Alex"], said["seen"]["Dana"]
    assert len(ours) == len(theirs) == 1
    assert (said["seen"]["Sam"], said["seen"]["Kit"]) == (ours, theirs)
    assert ours != theirs


def test_two_couples_over_the_same_pool(postgres, database):
    interleave(postgres.url(database, ROLE))


@pytest.mark.parametrize("size", [1, 3])
def test_two_couples_through_pgbouncer(postgres, database, size):
    """With one connection to the server all four share it, and take turns by transactions."""
    with pooled(postgres, ROLE, size=size) as address:
        interleave(address.format(role=ROLE, database=database))


class Visitor:
    """Somebody who signs in by the form and asks for pages."""

    def __init__(self, server: App) -> None:
        self.server, self.cookies = server, {}

    def ask(self, path: str, method: str = "GET", body: str | None = None) -> tuple[int, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {"Content_Type": "application/x-www-form-urlencoded"} if body else {}
        status, headers, page = self.server.ask(
            path, method, body, Cookie=cookie, Host=f"localhost:{self.server.port}", **more
        )
        for line in headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return status, page.decode()

    def sign_in(self, name: str, password: str = PASSWORD) -> int:
        page = self.ask("/accounts/login/")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = f"csrfmiddlewaretoken={token}&login={name}@example.org&password={password}"
        return self.ask("/accounts/login/", "POST", form)[0]


def visit(server: App, name: str, wanted: str, wrong: list[str]) -> None:
    """Sign in and walk about; note what another couple's name was read on."""
    visitor = Visitor(server)
    if (status := visitor.sign_in(name)) != 302:
        wrong.append(f"{name} got {status} on signing in")
    for _ in range(8):
        for path in ("/", "/notes/", "/dates/", "/goals/", "/space/"):
            status, page = visitor.ask(path)
            others = [other for other in ("Alex", "Sam", "Dana", "Kit") if other not in wanted]
            if status != 200 or any(re.search(rf"\b{other}\b", page) for other in others):
                wrong.append(f"{name} {path} {status}")


@pytest.mark.parametrize("through", ["the pool", "pgbouncer"])
def test_pages_of_two_couples_at_once(postgres, database, through):
    """The whole app, by sign-in form and pages, as the one ordinary role."""
    with pooled(postgres, ROLE, size=2) as address:
        direct = through == "the pool"
        url = postgres.url(database, ROLE) if direct else address.format(role=ROLE, database=database)
        wrong: list[str] = []
        with app(*SERVE, **variables(url)) as server:
            threads = [
                threading.Thread(target=visit, args=[server, name, couple, wrong])
                for name, couple in (("alex", "Alex Sam"), ("dana", "Dana Kit"), ("sam", "Alex Sam"))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert wrong == []


def test_wrong_passwords_tried_at_once_all_count(postgres, database):
    """A request is one transaction, but of many at the same moment none escapes the limit."""
    with app(*SERVE, **variables(postgres.url(database, ROLE))) as server:
        answers: list[int] = []

        def attempt():
            answers.append(Visitor(server).sign_in("kit", "wrong"))

        for _ in range(2):
            threads = [threading.Thread(target=attempt) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert set(answers) <= {200, 422, 429}
        assert Visitor(server).sign_in("kit") != 302, answers
    postgres.do("DELETE FROM cache", database=database)


def test_the_owner_sees_all_rows_while_it_migrates_and_none_after(postgres, database):
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from couples.core import enforce\n"
        "from couples.notes.models import Note\n"
        "print(Note.objects.exists())\n"
        "enforce.relax(connection); print(Note.objects.exists())\n"
        "print(len(enforce.missing(connection)) > 10, len(enforce.apply(connection)) > 10)\n"
        "print(Note.objects.exists(), enforce.missing(connection))\n"
    )
    done = run(sys.executable, "-c", code, **variables(postgres.url(database, ROLE)))
    assert done.stdout.split("\n") == ["False", "True", "True True", "False {}", ""], done.stderr


def test_a_policy_that_was_dropped_or_changed_by_hand_is_put_back(postgres, database):
    postgres.do(
        "DROP POLICY wall_select ON couples_note",
        "ALTER TABLE couples_draft DISABLE ROW LEVEL SECURITY",
        database=database,
    )
    done = run(
        sys.executable, "manage.py", "migrate", "--no-input", **variables(postgres.url(database, ROLE))
    )
    assert done.returncode == 0, done.stderr
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from couples.core import enforce\n"
        "print(enforce.missing(connection))\n"
    )
    done = run(sys.executable, "-c", code, **variables(postgres.url(database, ROLE)))
    assert done.stdout == "{}\n", done.stderr


def test_serving_puts_the_wall_up_and_says_where_it_is_none(postgres, database):
    """`make run` with an ordinary role is silent; with a superuser it says what that means, and serves."""
    serve = (sys.executable, "manage.py", "serve")
    postgres.do("DROP POLICY wall_select ON couples_note", database=database)
    with app(*serve, **variables(postgres.url(database, ROLE))) as server:
        count = "SELECT count(*) FROM pg_policy WHERE polrelid = 'couples_note'::regclass"
        assert postgres.value(count, database) == 4
        assert "passes by" not in server.stop()[1]
    with app(*serve, **variables(postgres.url(database))) as server:
        assert server.ask("/healthz")[0] == 200
        assert "The role postgres passes by row-level security" in server.stop()[1]


def test_it_is_said_plainly_where_the_role_passes_by(postgres, database):
    """As a warning: nothing stops for it."""
    check = (sys.executable, "manage.py", "check", "--database", "default")
    said = run(*check, **variables(postgres.url(database)))
    assert said.returncode == 0
    assert "The role postgres passes by row-level security" in said.stderr
    for url, role in ((postgres.url(database, ROLE), ""), (postgres.url(database), ROLE)):
        said = run(*check, **variables(url, DATABASE_ACTS_AS=role))
        assert (said.returncode, said.stderr) == (0, "")


def test_a_superuser_who_acts_as_an_ordinary_role_serves_pages(postgres, database):
    with app(*SERVE, **variables(postgres.url(database), DATABASE_ACTS_AS=ROLE)) as server:
        wrong: list[str] = []
        visit(server, "alex", "Alex Sam", wrong)
        assert wrong == []
