"""A mail server, by aiosmtpd: it takes, refuses, is silent or breaks off, as a test says."""

import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Server:
    """``answers``: what it says to a step (``RCPT``, ``DATA``) in place of yes. ``got``: every mail that it took."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.got: list[EmailMessage] = []
        self.tries = 0
        self.unknown: set[str] = set()
        self.silent_after_data = False
        self.released = threading.Event()
        self.arrived = threading.Event()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def __enter__(self) -> "Server":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Somebody wants to send to an address."""
        self.tries += 1
        if address in self.unknown or "RCPT" in self.answers:
            return self.answers.get("RCPT", "550 unknown")
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        """A mail has arrived, whatever is answered."""
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        self.arrived.set()
        if self.silent_after_data:
            await server.loop.run_in_executor(None, self.released.wait, 20)
        return "250 OK"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def words(message: EmailMessage) -> str:
    """The text of a mail."""
    return str(message.get_content()).replace("\r\n", "\n")
