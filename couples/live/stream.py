"""`/live/`: server-sent events (WHATWG HTML, 9.2) with names of rooms and nothing else, straight on ASGI.

Never a Django view: that would hold a thread and a connection to the database for as long as a page is open. Django's
middleware isn't run, so what counts of it here is done here: host, maintenance, session, headers.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import parse_cookie

from couples.core.live import AGAIN
from couples.live.bus import listen
from couples.live.entry import seat_of
from couples.live.hub import Hub, Seat, Stream
from reconnect.headers import HOSTS, bare_headers

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

PATH = "/live/"
BEAT = 20.0
"""Seconds after which a stream that has nothing to tell says that it is alive; a page gives it up after two of them."""
PATIENCE = 20.0
"""Seconds that one write may take: a page that reads nothing is let go."""
LOOKS_AGAIN = 300.0
"""Seconds after which a stream looks by itself whether its session has run out."""
LINGERS = 90.0
"""Seconds that a hub goes on hearing after its last stream: whoever goes from page to page opens the next at once."""
MOST, MOST_OF_ONE = 5_000, 16
BEATS = b"event: beat\n\n"
FIRST = b"id: 1\n\n"
"""A stream that is opened anew says so by this id, and is told to look again."""


class Live:
    """The app with `/live/` before it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.hub = Hub()
        self.asking = 0
        self.loop: asyncio.AbstractEventLoop | None = None
        self.hearing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request for a stream; hand on all others."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self.app(scope, receive, send)
            return
        arrived = time.monotonic()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refused = _refused(scope["method"], headers) or (503 if self.hub.count + self.asking >= MOST else 0)
        session = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        seat, age = None, _age(headers)
        gone = asyncio.create_task(_until_gone(receive))
        try:
            if not refused:
                seat, refused = await self._ask(session, gone)
            if seat is None:
                await _say(send, refused)
                return
            await self._open(Stream(seat, session), None if age is None else arrived - age, gone, send)
        finally:
            gone.cancel()

    async def _ask(self, session: str, gone: asyncio.Task[None]) -> tuple[Seat | None, int]:
        self.asking += 1
        try:
            return await _seat(session, gone.done)
        finally:
            self.asking -= 1

    def close_all(self) -> None:
        """Let all streams end: the server stops."""
        self.hub.close_all()

    async def _open(self, stream: Stream, made: float | None, gone: asyncio.Task[None], send: Send) -> None:
        self._hear()
        for name in self.hub.missed(stream.seat, made):
            stream.tell(name)
        for oldest in self.hub.streams.get(stream.seat.person, [])[: 1 - MOST_OF_ONE]:
            oldest.close()
        self.hub.join(stream)
        gone.add_done_callback(lambda _: stream.close())
        try:
            with contextlib.suppress(TimeoutError):
                await _talk(stream, send)
        finally:
            self.hub.leave(stream)

    def _hear(self) -> None:
        """Let this process hear, from its first stream on."""
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop, self.hub, self.hearing = loop, Hub(), None
        if self.hearing is None or self.hearing.done():
            self.hearing = loop.create_task(self._hear_while_needed(self.hub))

    async def _hear_while_needed(self, hub: Hub) -> None:
        """Listen until nobody has had a stream for a while."""
        listening = asyncio.create_task(listen(hub))
        idle = 0.0
        try:
            while idle < LINGERS:
                await asyncio.sleep(5)
                idle = 0.0 if hub.count else idle + 5
        finally:
            # Whoever comes from now on hears anew, and doesn't wait for this one to end.
            self.hearing = None
            hub.deaf()
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening


def _refused(method: str, headers: dict[str, str]) -> int:
    """The status of a request that no page of ours sends; 0 for one that may be."""
    if settings.MAINTENANCE:
        return 503
    if HOSTS and headers.get("host") not in HOSTS:
        return 400
    if method != "GET":
        return 405
    return 0 if headers.get("sec-fetch-site", "same-origin") == "same-origin" else 403


async def _seat(session: str, gone: Callable[[], bool] = lambda: False) -> tuple[Seat | None, int]:
    """Whom a stream would be for, or the status that says why there is none."""
    # PostgreSQL can't hold NUL, and nobody has a key of such a length.
    if not session or "\0" in session or len(session) > 64:
        return None, 401
    try:
        return await seat_of(session, gone), 401
    except PermissionDenied:
        return None, 403
    except DatabaseError:
        return None, 503


def _age(headers: dict[str, str]) -> float | None:
    """How many seconds ago the page was fetched, as it says itself; None for a stream that is opened again."""
    told = headers.get("x-age", "")
    if "last-event-id" in headers or not told.isdecimal() or len(told) > 9:
        return None
    return int(told) / 1000 + 1


async def _talk(stream: Stream, send: Send) -> None:
    """Tell a stream what it is to be told, for as long as it may be."""
    head = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no"), *bare_headers()]
    async with asyncio.timeout(PATIENCE):
        await send({"type": "http.response.start", "status": 200, "headers": head})
    said, looked = FIRST, 0.0
    while not stream.closed:
        async with asyncio.timeout(PATIENCE):
            await send({"type": "http.response.body", "body": said, "more_body": True})
        # Not all at the same moment.
        beat = BEAT * random.uniform(0.8, 1.2)  # noqa: S311
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(beat):
                await stream.wake.wait()
        looked += beat
        names = stream.take()
        if not names and looked < LOOKS_AGAIN:
            said = BEATS
            continue
        looked = 0.0
        seat, _status = await _seat(stream.session)
        if seat is None or not _goes_on(stream, seat):
            break
        said = b"".join(f"event: {name}\n\n".encode() for name in sorted(names - {AGAIN})) or BEATS
    async with asyncio.timeout(PATIENCE):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _goes_on(stream: Stream, seat: Seat) -> bool:
    """Whether a stream may go on for whom it is now. Whoever has left a couple opens another one."""
    before, stream.seat = stream.seat, seat
    return seat.person == before.person and before.couple in (None, seat.couple)


async def _until_gone(receive: Receive) -> None:
    """Wait until the page has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, status: int) -> None:
    """Answer with a status alone. The page that asks knows what it means."""
    head = [*bare_headers(), (b"content-length", b"0")]
    if status == 503:
        head.append((b"retry-after", b"30"))
    if status == 405:
        head.append((b"allow", b"GET"))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b""})
