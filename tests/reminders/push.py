"""A push service and the browsers behind it. A browser can open what is sent to it; the service answers as a test says."""

import base64
import hashlib
import json
import socket
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from couples.reminders.subscriptions import Subscription


def text_of(data: bytes) -> str:
    """Base64 as browsers write it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """A browser that has asked its push service for an address."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # Its own, and the same on each run: the names of tests hold it.
        number = int.from_bytes(hashlib.sha256(endpoint.encode()).digest()[:31])
        self.key = ec.derive_private_key(number, ec.SECP256R1())
        self.auth = b"sixteen bytes ok"

    @property
    def fields(self) -> dict[str, str]:
        """What it tells."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": text_of(point), "auth": text_of(self.auth)}

    @cached_property
    def subscription(self) -> Subscription:
        """The same, kept."""
        return Subscription(**self.fields)

    def read(self, body: bytes) -> Any:
        """Open what was pushed to it."""
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth))


@dataclass
class Asked:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """``answers``: what it sends back for a path, raw; None is nothing at all until the test ends."""

    answers: dict[str, bytes | None] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> "Service":
        self._released = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._listening.close()

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def answer(self, path: str, status: int, *headers: str) -> None:
        """From now on answer like this."""
        lines = [f"HTTP/1.1 {status} X", "Content-Length: 2", *headers, "", "{}"]
        self.answers[path] = "\r\n".join(lines).encode()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file:
            line = file.readline().decode()
            if not line:
                return
            headers = {}
            while header := file.readline().decode().strip():
                name, _colon, value = header.partition(":")
                headers[name.lower()] = value.strip()
            body = file.read(int(headers.get("content-length", 0)))
            path = line.split()[1]
            self.asked.append(Asked(path, headers, body))
            answer = self.answers.get(path, b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
            if answer is None:
                self._released.wait(20)
            elif callable(answer):
                answer(connection, self._released)
            else:
                connection.sendall(answer)
