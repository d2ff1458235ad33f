"""Who may have a stream: asked when it opens, and again before each thing that it tells."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest

from couples.core.wall import behind, let_in
from couples.live.hub import Seat

# Few, however many streams there are: each may hold a connection to the database.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")


async def seat_of(session: str, gone: Callable[[], bool] = lambda: False) -> Seat | None:
    """Return the seat of whoever is signed in by this session; None where nobody is, or where they have ``gone`` meanwhile.

    Raises PermissionDenied for somebody who hasn't agreed that anything is kept.
    """
    return await asyncio.get_running_loop().run_in_executor(_threads, _ask, session, gone)


def _ask(session: str, gone: Callable[[], bool]) -> Seat | None:
    return None if gone() else _seat_of(session)


def _seat_of(session: str) -> Seat | None:
    request = HttpRequest()
    request.session = SessionStore(session)
    try:
        with behind():
            user = get_user(request)
            if not user.is_authenticated:
                return None
            if not user.agreed:
                raise PermissionDenied
            member = let_in(user, session)
            return Seat(user.pk, member.couple.pk if member.couple else None)
    finally:
        connection.close()
