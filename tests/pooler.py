"""A real pgbouncer in transaction mode before a PostgreSQL of the tests."""

import os
import runpy
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres as pg

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = """
[databases]
* = host={server}
[pgbouncer]
pool_mode = transaction
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
default_pool_size = {size}
max_client_conn = 100
ignore_startup_parameters = extra_float_digits
server_tls_sslmode = disable
logfile = {folder}/log
"""


def program() -> str:
    """The path of pgbouncer. Raises LookupError, in one sentence, where there is none."""
    found = runpy.run_path(str(ROOT / ".ci" / "pgbouncer.py"))["find"]()
    if not found:
        raise LookupError(
            "The tests of the pooler need pgbouncer: python .ci/pgbouncer.py installs it or says how."
        )
    return str(found)


@contextmanager
def pooled(server: pg.Postgres, *roles: str, size: int = 2) -> Iterator[str]:
    """The address of the pooler, with ``{role}`` and ``{database}`` to fill in.

    It keeps ``size`` connections to the server for each role and database.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="reconnect-pgbouncer-") as made:
        folder = Path(made)
        folder.chmod(0o777)
        (folder / "users").write_text("".join(f'"{role}" ""\n' for role in roles))
        settings = folder / "settings.ini"
        settings.write_text(SETTINGS.format(server=server.folder, port=port, folder=folder, size=size))
        # It refuses to run as root.
        user = "nobody" if os.geteuid() == 0 else None
        process = subprocess.Popen(
            [program(), str(settings)],
            user=user,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait(process, port, folder / "log")
            yield f"postgresql://{{role}}@127.0.0.1:{port}/{{database}}"
        finally:
            process.terminate()
            process.wait(20)


def wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when it listens. Raises RuntimeError with its log where it ended, or is silent for half a minute."""
    pause = threading.Event()
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None:
                break
            pause.wait(0.1)
        else:
            return
    raise RuntimeError(f"pgbouncer didn't start: {log.read_text() if log.exists() else ''}")
