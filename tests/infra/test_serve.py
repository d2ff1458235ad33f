"""`manage.py serve`, which is what `make run` calls."""

import re
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing, suppress

import pytest

from bench.weight import needs
from tests.infra.process import app, run
from tests.live.conftest import Listener

pytestmark = pytest.mark.once

SERVE = (sys.executable, "manage.py", "serve")


def refused(result):
    """A command that could not do its work: one sentence, no traceback."""
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def test_a_taken_port_is_one_sentence(tmp_path):
    """And nothing was made yet."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused(run(*SERVE, DATA=str(tmp_path / "data"), PORT=port))
    assert f"Port {port} is taken. Choose another with PORT={int(port) + 1}." in said
    assert not (tmp_path / "data" / "reconnect.sqlite3").exists()


def test_a_port_that_is_none_is_one_sentence(tmp_path):
    """A word, a number too high."""
    assert "PORT is a number" in refused(run(*SERVE, DATA=str(tmp_path), PORT="eighty"))
    assert "PORT is a number" in refused(run(*SERVE, DATA=str(tmp_path), PORT="80000"))


@pytest.mark.parametrize("key", [{}, {"SECRET_KEY": "given" * 12}])
def test_an_unwritable_folder_is_one_sentence(tmp_path, key):
    """Here a file is in the way; whether a key is given or has to be made makes no difference."""
    (tmp_path / "data").write_text("not a folder")
    assert "can't write to its data folder" in refused(run(*SERVE, DATA=str(tmp_path / "data"), **key))


def test_an_unreachable_database_is_one_sentence(tmp_path):
    """With no address of it, which may hold a password."""
    address = "postgresql://someone:hidden-word@127.0.0.1:9/reconnect"
    said = refused(run(*SERVE, DATA=str(tmp_path), DATABASE_URL=address, PORT="0"))
    assert "can't use its database" in said
    assert "hidden-word" not in said


@pytest.mark.parametrize(
    "address", ["sqlite:////tmp/x.sqlite3", "mysql://a:hidden-word@h/x", "hidden-word", "://"]
)
def test_a_database_of_another_kind_is_one_sentence(tmp_path, address):
    said = refused(run(*SERVE, DATA=str(tmp_path), DATABASE_URL=address, PORT="0"))
    assert "DATABASE_URL is an address of PostgreSQL" in said
    assert "hidden-word" not in said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_well(tmp_path, how):
    """From an empty folder with a space in its name; a second start has nothing to do."""
    folder = tmp_path / "our data"
    with app(*SERVE, DATA=str(folder)) as server:
        assert server.ask("/")[0] == 200
        code, said = server.stop(how)
    assert code == 0
    assert said == (
        "The database is ready.\n"
        f"Reconnect is at http://localhost:{server.port}/ (data in {folder}). Ctrl-C stops it.\n"
    )
    assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600
    with app(*SERVE, DATA=str(folder)) as server:
        code, said = server.stop(how)
    assert code == 0
    assert "The database is ready." not in said


def test_forms_and_static_files_work_on_any_port(tmp_path):
    """A form is accepted, a hashed file comes compressed, and nothing is logged."""
    with app(*SERVE, DATA=str(tmp_path)) as server:
        _, headers, body = server.ask("/accounts/login/")
        assert "Server" not in headers
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body.decode())[1]
        cookie = headers["Set-Cookie"].split(";")[0]
        form = f"csrfmiddlewaretoken={token}&login=nobody@example.org&password=wrong"
        status, _, _ = server.ask(
            "/accounts/login/",
            "POST",
            form,
            Cookie=cookie,
            Host=f"localhost:{server.port}",
            Origin=f"http://localhost:{server.port}",
            Content_Type="application/x-www-form-urlencoded",
        )
        assert status in (200, 422)
        sheet = next(
            address
            for address in needs(server.ask("/")[2].decode(), lambda _: "")
            if address.endswith(".css")
        )
        status, headers, _ = server.ask(sheet, Accept_Encoding="gzip, br")
        assert (status, headers["Content-Encoding"]) == (200, "br")
        assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
        code, said = server.stop()
    assert code == 0
    assert len(said.splitlines()) == 2, said


def sign_in(server) -> str:
    """Sign a person of the demo in; the cookie."""
    _, headers, body = server.ask("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body.decode())[1]
    sent = {"Cookie": headers["Set-Cookie"].split(";")[0], "Host": f"localhost:{server.port}"}
    sent |= {"Origin": f"http://localhost:{server.port}", "Content_Type": "application/x-www-form-urlencoded"}
    form = f"csrfmiddlewaretoken={token}&login=alex@example.org&password=reconnect-demo"
    status, headers, _ = server.ask("/accounts/login/", "POST", form, **sent)
    assert status == 302
    return next(one.split(";")[0] for one in headers.get_all("Set-Cookie") if one.startswith("sessionid="))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_three_seconds_with_streams_open(tmp_path, how):
    """Pages that follow never end their streams by themselves."""
    for command in ("migrate", "createcachetable", "demo"):
        assert run(sys.executable, "manage.py", command, DATA=str(tmp_path)).returncode == 0
    with app(*SERVE, DATA=str(tmp_path)) as server:
        session = sign_in(server).partition("=")[2]
        streams = [Listener(server.port, session) for _ in range(5)]
        assert {one.status for one in streams} == {200}
        began = time.monotonic()
        code, _said = server.stop(how)
        assert time.monotonic() - began < 3
        assert code == 0
        for one in streams:
            with suppress(EOFError, ConnectionError):
                while one.next():
                    pass
            one.close()


def test_prepared_it_makes_nothing(tmp_path):
    """As the process of streams in production, where another one migrates."""
    with app(*SERVE, "--prepared", DATA=str(tmp_path)) as server:
        assert server.ask("/live/")[0] == 401
        assert "The database is ready" not in server.stop()[1]
    with closing(sqlite3.connect(tmp_path / "reconnect.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_wrong_master_key_is_one_sentence(tmp_path):
    """Before anything is written under another one."""
    data = str(tmp_path / "data")
    with app(*SERVE, DATA=data) as server:
        assert server.ask("/")[0] == 200
    assert run(sys.executable, "manage.py", "demo", DATA=data).returncode == 0
    for given in ({"MASTER_KEY": "0" * 64}, {"MASTER_KEY": "no key at all"}):
        assert "master key" in refused(run(*SERVE, DATA=data, **given)).lower().replace("_", " ")
    (tmp_path / "data" / "master-key").unlink()
    assert "doesn't fit this database" in refused(run(*SERVE, DATA=data))
    assert not (tmp_path / "data" / "master-key").exists()
