"""Streams as a page has them: over HTTP, from a server of the test's own."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.test import Client

from tests.conftest import Cast
from tests.serving import Served, serving

PATIENCE = 15.0


@pytest.fixture
def served(transactional_db: None) -> Iterator[Served]:
    """A server."""
    with serving() as one:
        yield one


def session_of(person: object) -> str:
    """The key of a session in which somebody is signed in."""
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Listener:
    """One open stream, or the refusal of one."""

    def __init__(self, port: int, session: str = "", method: str = "GET", **headers: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        lines = [f"{method} /live/ HTTP/1.1", f"Host: localhost:{port}"]
        if session:
            lines.append(f"Cookie: {settings.SESSION_COOKIE_NAME}={session}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.bytes = b""
        head = self._until(b"\r\n\r\n").decode()
        self.status = int(head.split(" ", 2)[1])
        self.headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.bytes:
            some = self.socket.recv(65536)
            if not some:
                raise EOFError(self.bytes)
            self.bytes += some
        found, self.bytes = self.bytes.split(mark, 1)
        return found

    def next(self) -> str:
        """The name of the next event, but for beats; empty where the stream ends."""
        while True:
            size = int(self._until(b"\r\n"), 16)
            if not size:
                return ""
            while len(self.bytes) < size + 2:
                self.bytes += self.socket.recv(65536)
            said, self.bytes = self.bytes[:size].decode(), self.bytes[size + 2 :]
            names = [
                part.removeprefix("event: ") for part in said.split("\n\n") if part.startswith("event: ")
            ]
            self.waiting = [name for name in names if name != "beat"]
            if self.waiting:
                return " ".join(self.waiting)

    def said(self, *expected: str) -> None:
        """Wait until all of these were said, and nothing else."""
        missing = set(expected)
        while missing:
            names = set(self.next().split() or [""])
            assert names <= missing, (names, missing)
            missing -= names

    def close(self) -> None:
        """The page goes."""
        self.socket.close()


@pytest.fixture
def listen(served: Served) -> Iterator[Callable[..., Listener]]:
    """Open a stream as somebody (by name out of the cast, or with a session's key); at the end all are closed."""
    with ExitStack() as stack:

        def open_stream(session: str = "", *, age: int | None = 0, **headers: str) -> Listener:
            if age is not None:
                headers["X_Age"] = str(age)
            one = Listener(served.port, session, **headers)
            stack.callback(one.close)
            return one

        yield open_stream


@pytest.fixture
def follow(served: Served, listen: Callable[..., Listener], cast: Cast) -> Callable[[str], Listener]:
    """Open a stream of one of the cast, on a server that hears already."""

    def open_for(name: str) -> Listener:
        one = listen(session_of(getattr(cast, name)), age=None)
        assert one.status == 200
        one.said("resync")
        return one

    return open_for
