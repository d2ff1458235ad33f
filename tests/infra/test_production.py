"""The very commands of the Dockerfile and docker-compose.yml, run without Docker.

A PostgreSQL with passwords and the roles of .docker/roles.sql; migrations by the role that owns the tables;
pages by gunicorn as the role of the app, with production's settings; a backup, and its return.
"""

import re
import signal
import subprocess

import psycopg
import pytest

from bench.weight import needs
from tests import postgres as pg
from tests.infra import compose
from tests.infra.process import ROOT, app, run

pytestmark = [pytest.mark.once, pytest.mark.postgres]
FILLED = {
    "DOMAIN": "reconnect.example",
    "OPERATOR": "the people of the test",
    "SECRET_KEY": "0123456789abcdef" * 4,
    "MASTER_KEY": "fedcba9876543210" * 4,
    "POSTGRES_PASSWORD": "superuser-word",
    "OWNER_DB_PASSWORD": "owner'word",
    "APP_DB_PASSWORD": "app-word",
}
BEHIND_CADDY = {"Host": "reconnect.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "192.0.2.7"}


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL as the image would have made it: the roles by the script, passwords asked for."""
    with pg.running() as running:
        running.do("CREATE DATABASE reconnect")
        script = run(
            str(ROOT / ".docker" / "roles.sh"),
            POSTGRES_USER="postgres",
            POSTGRES_DB="reconnect",
            PGHOST=str(running.folder),
            ROLES_SQL=str(ROOT / ".docker" / "roles.sql"),
            PATH=f"{running.programs}:/usr/bin:/bin",
            OWNER_DB_PASSWORD=FILLED["OWNER_DB_PASSWORD"],
            APP_DB_PASSWORD=FILLED["APP_DB_PASSWORD"],
        )
        assert (script.returncode, script.stderr) == (0, "")
        rules = "local all postgres,reconnect_backup trust\nlocal all all scram-sha-256\n"
        (running.folder / "cluster" / "pg_hba.conf").write_text(rules)
        running.do("SELECT pg_reload_conf()")
        yield running


def variables(server, name, **more):
    """The environment that compose gives a service; only the database is at another address."""
    given = compose.service(name, compose.example() | FILLED)["environment"]
    role = re.fullmatch(r"postgresql://(\w+):.*@db/reconnect", given["DATABASE_URL"])[1]
    password = FILLED["OWNER_DB_PASSWORD" if role == "reconnect_owner" else "APP_DB_PASSWORD"]
    address = server.url("reconnect", role, password)
    return {**given, "DATABASE_URL": address, "HOME": "/nonexistent", **more}


def command(name):
    """What the container of a service runs."""
    asked = compose.service(name, FILLED)["command"]
    return [*compose.dockerfile("ENTRYPOINT"), *asked]


@pytest.fixture(scope="module")
def migrated(server, tmp_path_factory):
    """The database after the one-shot service, run twice; the static files as the image has them."""
    static = str(tmp_path_factory.mktemp("static"))
    for _ in range(2):
        done = run(*command("migrate"), **variables(server, "migrate"))
        assert done.returncode == 0, done.stderr
    build = compose.dockerfile("RUN")
    secret, *collect = build[: build.index("&&")]
    done = run(*collect, STATIC_ROOT=static, DATA="/nonexistent", SECRET_KEY=secret.partition("=")[2])
    assert done.returncode == 0, done.stderr
    return variables(server, "web", STATIC_ROOT=static, WEB_WORKERS="1", DATA="/nonexistent")


@pytest.fixture(scope="module")
def web(migrated):
    """The app under gunicorn."""
    assert compose.dockerfile("CMD") == compose.service("web", FILLED)["command"]
    with app(*command("web"), **migrated) as running:
        yield running


def as_app(server):
    """A connection as the role of the app."""
    return psycopg.connect(
        server.url("reconnect", "reconnect_app", FILLED["APP_DB_PASSWORD"]), autocommit=True
    )


def test_the_deployment_check_is_clean(migrated):
    """Warnings count."""
    done = run(".docker/start", "check", "--deploy", "--fail-level", "WARNING", **migrated)
    assert done.returncode == 0, done.stderr


def test_the_roles_can_do_no_more_than_they_should(server, migrated):
    """The app is no superuser, can't pass by a policy, changes no table; a backup reads and doesn't write."""
    roles = "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE 'reconnect_%' AND"
    assert server.value(f"{roles} (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication)") is None
    assert server.value(f"{roles} rolbypassrls") == "reconnect_backup"
    owners = "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'"
    assert server.value(owners, "reconnect") == "reconnect_owner"
    with as_app(server) as connection:
        assert connection.execute("SELECT count(*) FROM couples_person").fetchone() == (0,)
        changes = ("CREATE TABLE x (i int)", "DROP TABLE couples_person", "TRUNCATE couples_person")
        for forbidden in (*changes, "CREATE ROLE x"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)
    with (
        psycopg.connect(server.url("reconnect", "reconnect_backup")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM couples_person")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url("reconnect", "reconnect_app", "a wrong word"))


def test_it_is_healthy(web, migrated):
    """As the image's own check sees it; and not when nobody listens."""
    assert web.ask("/healthz")[0] == 200
    assert web.ask("/healthz")[2] == b"ok"
    check = compose.dockerfile("HEALTHCHECK")
    assert run(*check, PORT=str(web.port)).returncode == 0
    assert run(*check, PORT="9").returncode == 1


def test_pages_are_for_https_and_for_its_own_name(web):
    """Headers of production; plain http goes to https; another name is refused."""
    status, headers, _ = web.ask("/", **BEHIND_CADDY)
    assert status == 200
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["Cache-Control"] == "no-store, private"
    status, headers, _ = web.ask("/notes/", Host="reconnect.example")
    assert (status, headers["Location"]) == (301, "https://reconnect.example/notes/")
    assert web.ask("/", Host="somewhere.example", X_Forwarded_Proto="https")[0] == 400


def test_a_form_is_accepted_and_its_cookie_bound(web):
    """A refused sign-in writes into the shared cache (rate limits), as the role of the app."""
    _, headers, body = web.ask("/accounts/login/", **BEHIND_CADDY)
    cookie = headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrf=")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= {
        part.strip().lower() for part in cookie.split(";")
    }
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body.decode())[1]
    form = f"csrfmiddlewaretoken={token}&login=nobody@example.org&password=wrong"
    more = {"Cookie": cookie.split(";")[0], "Content_Type": "application/x-www-form-urlencoded"}
    ours = {**BEHIND_CADDY, **more, "Origin": "https://reconnect.example"}
    theirs = {**BEHIND_CADDY, **more, "Origin": "https://somewhere.example"}
    assert web.ask("/accounts/login/", "POST", form, **ours)[0] in (200, 422)
    assert web.ask("/accounts/login/", "POST", form, **theirs)[0] == 403


def test_static_files_have_hashed_names_and_come_compressed(web):
    """Served by the app itself, to be kept for ever."""
    page = web.ask("/", **BEHIND_CADDY)[2].decode()
    sheet = next(address for address in needs(page, lambda _: "") if address.endswith(".css"))
    assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
    status, headers, _ = web.ask(sheet, Accept_Encoding="gzip, br", **BEHIND_CADDY)
    assert (status, headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in headers["Cache-Control"]


def test_it_ends_gracefully_and_logs_nothing(migrated):
    """Asked to stop, it stops with exit code 0, and no address was written down."""
    with app(*command("web"), **migrated) as second:
        second.ask("/join/a-token/?mail=someone", **BEHIND_CADDY)
        code, said = second.stop(signal.SIGTERM)
    assert code == 0
    assert "a-token" not in said
    assert "someone" not in said


def test_a_backup_by_its_own_role_comes_back(server, migrated):
    """Dumped by the role for backups, restored as docs/operating.md says, readable by the app again."""
    with as_app(server) as connection:
        connection.execute("INSERT INTO django_session VALUES ('kept', 'x', now())")
    environment = {"PGHOST": str(server.folder), "PATH": f"{server.programs}:/usr/bin:/bin"}
    dump = server.folder / "backup.dump"
    manual = (ROOT / "docs" / "operating.md").read_text()
    back = re.search(r"exec -T db (pg_dump [^>\n]+) >", manual)[1].split()
    forth = re.search(r"exec -T db (pg_restore [^<\n]+) <", manual)[1].split()
    with dump.open("wb") as out:
        subprocess.run([str(server.programs / back[0]), *back[1:]], check=True, stdout=out, env=environment)
    with as_app(server) as connection:
        connection.execute("DELETE FROM django_session")
    with dump.open("rb") as saved:
        subprocess.run(
            [str(server.programs / forth[0]), *forth[1:]], check=True, stdin=saved, env=environment
        )
    with as_app(server) as connection:
        assert connection.execute("DELETE FROM django_session RETURNING session_key").fetchall() == [
            ("kept",)
        ]
