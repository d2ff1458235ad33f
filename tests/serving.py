"""The app as `make run` serves it: one uvicorn, in a thread of the test's own process."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from django.core.cache import cache

from couples.live.stream import Live
from reconnect.management.commands.serve import listen


class Served:
    """A server that runs until it is stopped."""

    def __init__(self, port: int = 0) -> None:
        # Only now: it reads the static files, which are collected after the conftests of a path on the line are read.
        from reconnect.asgi import pages

        self.live = Live(pages)
        self.socket = listen("127.0.0.1", str(port))
        self.port = self.socket.getsockname()[1]
        config = uvicorn.Config(
            self.live, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        await self.server.serve(sockets=[self.socket])
        # Whoever doesn't hear that it ends: a process would take its sockets along.
        for connection in list(self.server.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        # Cancelled in the middle of connecting, psycopg would leave a connection open.
        end = time.monotonic() + 5
        while self.live.hearing is not None and self.live.hub.since is None and time.monotonic() < end:
            await asyncio.sleep(0.02)

    @property
    def url(self) -> str:
        """Where it is. By name, so that a browser takes it for a safe place."""
        return f"http://localhost:{self.port}"

    def do(self, act):
        """Run something in the server's own loop, and return what it returns."""

        async def run():
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self.live.loop).result(10)

    def stop(self) -> None:
        """End it as a signal would."""
        if self.live.loop is not None and self.thread.is_alive():
            self.live.loop.call_soon_threadsafe(self.live.close_all)
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


@contextmanager
def serving(port: int = 0) -> Iterator[Served]:
    """A server for as long as this lasts. What was tried too often is forgotten."""
    cache.clear()
    served = Served(port)
    try:
        yield served
    finally:
        served.stop()
