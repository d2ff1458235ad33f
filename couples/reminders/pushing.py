"""Sending a reminder to a browser by its push service (RFC 8030, 8291, 8292).

The service is asked once, within seconds: no redirect is followed and no answer is read beyond its status.
"""

import contextlib
import datetime as dt
import logging
import socket
import threading
from email.utils import parseaddr
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from couples.reminders import vapid
from couples.reminders.outcomes import Outcome
from couples.reminders.subscriptions import Subscription

log = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds for each step, a connection or a piece of an answer."""
ALTOGETHER = 8.0
"""Seconds for all of it: one who answers a byte at a time is cut off."""
LONGEST_KEPT = dt.timedelta(hours=12)
"""How long a push service keeps it for a device that is switched off."""
SIGNED_FOR = dt.timedelta(hours=12)
REFUSED = (429, 500, 503)
"""It says that it took nothing. What a gateway says (502, 504) of the service behind it may be wrong."""


class Unreached(Exception):  # noqa: N818 (a word that is said)
    """There was no connection: nothing can have been sent."""


class Wire:
    """What ``pywebpush`` posts with: one connection, one answer, of which the status alone is read."""

    def post(self, endpoint: str, *, data: bytes, headers: dict[str, str], timeout: float) -> Any:
        """Post, and return something that has a status. Raises Unreached, OSError or HTTPException."""
        parts = urlsplit(endpoint)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=timeout)
        cut = threading.Timer(ALTOGETHER, _cut, [connection])
        cut.daemon = True
        cut.start()
        try:
            try:
                connection.connect()
            except (OSError, UnicodeError) as error:
                raise Unreached from error
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, data, dict(headers))
            return SimpleNamespace(status_code=connection.getresponse().status, text="", headers={})
        finally:
            cut.cancel()
            connection.close()


def _cut(connection: HTTPConnection) -> None:
    found = connection.sock
    if found is not None:
        with contextlib.suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)


class Pushes:
    """The push services for one round. One that is silent is not asked again until the next.

    The key is worked out once, and only where something is pushed.
    """

    def __init__(self) -> None:
        self._key: Any = None
        self._silent: set[str] = set()

    def send(self, subscription: Subscription, payload: bytes, kept: dt.timedelta) -> Outcome:
        """Push to one browser; the service keeps it for so long. Says how it went."""
        service = urlsplit(subscription.endpoint).netloc
        if service in self._silent:
            return Outcome.REFUSED
        headers = {**self._signed(subscription.endpoint), "urgency": "normal", "topic": "reconnect"}
        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        from pywebpush import WebPusher  # it brings much along that nobody needs until something is pushed

        pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys}, cast(Any, Wire()))
        seconds = max(int(min(kept, LONGEST_KEPT).total_seconds()), 1)
        try:
            answer: Any = pusher.send(payload, headers, ttl=seconds, timeout=PATIENCE)
        except Unreached as error:
            log.warning("A push service can't be reached: %s", type(error.__cause__).__name__)
            self._silent.add(service)
            return Outcome.REFUSED
        except (OSError, HTTPException) as error:
            log.warning("A push service gave no answer: %s", type(error).__name__)
            self._silent.add(service)
            return Outcome.UNCERTAIN
        return outcome_of(answer.status_code)

    def _signed(self, endpoint: str) -> dict[str, str]:
        """The header that says who sends this, for this service alone."""
        from py_vapid import Vapid02

        self._key = self._key or Vapid02(vapid.private_key())
        parts = urlsplit(endpoint)
        until = int((timezone.now() + SIGNED_FOR).timestamp())
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until, "sub": contact()}
        return dict(self._key.sign(claims))


def contact() -> str:
    """Where a push service finds whoever runs this server: its address, or where it has none, that of its mails."""
    if settings.HTTPS:
        return f"https://{settings.PUBLIC_HOST}"
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def outcome_of(status: int) -> Outcome:
    """How it went, by the status of the answer."""
    if 200 <= status < 300:
        return Outcome.SENT
    if status in (404, 410):
        return Outcome.GONE
    log.warning("A push service refused: %s", status)
    if status in REFUSED:
        return Outcome.REFUSED
    return Outcome.UNCERTAIN if status >= 500 else Outcome.FAILED
