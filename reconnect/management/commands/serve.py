"""`manage.py serve`: everything `make run` does, in one process."""

import os
import resource
import signal
import socket
import sys
import tempfile
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import uvicorn
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, connections
from django.db.migrations.executor import MigrationExecutor

from couples.core import enforce
from couples.core.keys import check_master
from couples.reminders.rounds import keep_on
from reconnect.static import collect


class Command(BaseCommand):
    """Brings the database and the static files up to date, then serves until told to stop."""

    help = "Start Reconnect: makes the database ready, prints the address, serves until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and whether to begin with made-up couples."""
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument(
            "--prepared", action="store_true", help="prepare nothing: another process has made all ready"
        )
        parser.add_argument(
            "--demo", action="store_true", help="fill an empty database with two made-up couples"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, prepare, serve. Where it can't: one sentence, exit code 1."""
        try:
            check_data(settings.DATA)
            with listen(options["host"], options["port"]) as listening:
                if not options["prepared"]:
                    self.prepare(demo=options["demo"])
                port = listening.getsockname()[1]
                self.stdout.write(f"Reconnect is at {address(port)} (data in {where()}). Ctrl-C stops it.")
                self.stdout.flush()
                # Where another process prepares, yet another reminds.
                with nullcontext() if options["prepared"] else reminding():
                    serve(listening)
        except CommandError as error:
            sys.exit(str(error))

    def prepare(self, *, demo: bool) -> None:
        """Bring the database and the static files up to date; speak only of what was done."""
        try:
            reach()
            if migrate():
                self.stdout.write("The database is ready.")
            for wrong in check_master(["default"]):
                raise CommandError(wrong.msg)
            if demo and not get_user_model().objects.exists():
                call_command("demo", stdout=self.stdout)
            for found in checks.run_checks(tags=[checks.Tags.database], databases=["default"]):
                self.stdout.write(f"{found.msg} {found.hint or ''}".strip())
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"Reconnect can't use its database: {one_line(error)}") from error
        try:
            collect()
        except OSError as error:
            raise CommandError(
                f"Reconnect can't write to {settings.STATIC_ROOT} ({error.strerror})."
            ) from error
        connections.close_all()


def check_data(folder: Path) -> None:
    """Raise CommandError where the data folder can't be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CommandError(
            f"Reconnect can't write to its data folder {folder} ({error.strerror}). "
            "Choose another with DATA=/some/folder."
        ) from error


def listen(host: str, port: str) -> socket.socket:
    """Take the port before the database is touched. Raises CommandError where it is taken."""
    if not port.isdecimal() or int(port) > 65535:
        raise CommandError(f"PORT is a number from 1 to 65535, not {port}.")
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, int(port)))
        listening.listen(256)
    except OSError as error:
        listening.close()
        reason = "is taken" if error.errno == 98 else f"can't be used on {host} ({error.strerror})"
        raise CommandError(f"Port {port} {reason}. Choose another with PORT={int(port) + 1}.") from error
    return listening


def reach() -> None:
    """Raise OperationalError at once where PostgreSQL doesn't answer; the pool would try for ten seconds."""
    if connections["default"].vendor == "postgresql":
        try:
            psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5).close()
        except psycopg.OperationalError as error:
            raise OperationalError(str(error)) from error


def migrate() -> bool:
    """Apply what is missing to the database, the cache table too; whether there was something to apply."""
    executor = MigrationExecutor(connections["default"])
    pending = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if pending:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    else:
        enforce.apply(connections["default"])
    call_command("createcachetable", stdout=StringIO())
    return pending


def address(port: int) -> str:
    """What one types into a browser."""
    named = os.environ.get("PUBLIC_URL")
    return f"{named.rstrip('/')}/" if named else f"http://localhost:{port}/"


def where() -> str:
    """Where the data is kept, as one would say it. Never a database's address: that may hold a password."""
    if connections["default"].vendor == "postgresql":
        return "PostgreSQL"
    folder = Path(settings.DATA)
    return (
        str(folder.relative_to(settings.BASE_DIR))
        if folder.is_relative_to(settings.BASE_DIR)
        else str(folder)
    )


def one_line(error: Exception) -> str:
    """What a database said, as one sentence."""
    return " ".join(str(error).split()).rstrip(".") + "."


@contextmanager
def reminding(every: float = 60) -> Iterator[None]:
    """Meanwhile, send the reminders that are due. One that is under way is let go: it is claimed, so it may be lost."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_on, args=[every, stop], name="reminders", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(2)


def serve(listening: socket.socket) -> None:
    """Run one uvicorn in this process until a signal asks it to stop."""
    config = uvicorn.Config(
        "reconnect.asgi:application",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        log_level="warning",
        # Streams end at once; pages that are being made have this long.
        timeout_graceful_shutdown=2,
    )
    # Each open page is a socket.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 16_384)), hard))
    # uvicorn raises the signal that stopped it once more when it is done; being asked to stop is no error.
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: None)
    Server(config).run(sockets=[listening])


class Server(uvicorn.Server):  # type: ignore[misc]
    """Ends open streams as soon as it is asked to stop: they would never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; called between two steps of the loop."""
        from reconnect.asgi import application

        application.close_all()
        super().handle_exit(sig, frame)
