"""Start the app as it is started in real life, and talk to it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.logs import leaks

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
OURS = {
    "ENGINE",
    "DATABASE_ACTS_AS",
    "DATABASE_URL",
    "DATA",
    "SECRET_KEY",
    "DJANGO_SETTINGS_MODULE",
    "TEST_POSTGRES",
    "WHOLE",
}


def environment(**variables: str) -> dict[str, str]:
    """The environment without what the test run itself set, and with ``variables``."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in OURS and not key.startswith(("PYTEST", "COV", "DJANGO_", "EMAIL_", "MAKE", "MFLAGS"))
    }
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "error", **variables}


def run(*command: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; what it said is kept."""
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class App:
    """A running app."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One request: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                method, path, body, {key.replace("_", "-"): value for key, value in headers.items()}
            )
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def wait(self) -> None:
        """Return when it answers. Raises AssertionError where it ended, or is silent for a minute."""
        pause = threading.Event()
        for _ in range(600):
            if self.process.poll() is not None:
                raise AssertionError(f"it ended: {self.process.communicate()}")
            try:
                self.ask("/healthz")
            except OSError:
                pause.wait(0.1)
            else:
                return
        raise AssertionError("no answer within a minute")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; its exit code and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            said, _ = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            said, _ = self.process.communicate()
        assert not leaks(said)
        return self.process.returncode, said


@contextmanager
def app(*command: str, cwd: Path = ROOT, **variables: str) -> Iterator[App]:
    """Start a command that serves on ``PORT``; it is stopped at the end if it still runs."""
    port = int(variables.setdefault("PORT", str(free_port())))
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = App(process, port)
    try:
        running.wait()
        yield running
    finally:
        running.stop()
