"""ASGI entry for uvicorn, the default server of one process."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconnect.settings")

from reconnect.headers import readable

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_BYTES = 2 * 1024 * 1024


def bounded(app: Any) -> App:
    """Refuse bodies over 2 MB: Django would write any size to the disk before it looks at it.

    A content type that can't be read is none: Django would fail on it before any of our code runs.
    """

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if not readable(headers.get(b"content-type", b"").decode("latin-1")):
            scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"content-type"]}
        told = headers.get(b"content-length", b"0")
        if not told.isdigit() or int(told) > MOST_BYTES:
            await send(
                {"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"text/plain")]}
            )
            await send({"type": "http.response.body", "body": b"That is more than fits here."})
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            return message if seen <= MOST_BYTES else {"type": "http.disconnect"}

        await app(scope, counted, send)

    return application


application = bounded(get_asgi_application())
