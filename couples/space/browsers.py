"""Browsers in which somebody has signed in before. A cookie remembers it; the server keeps nothing.

The cookie holds marks, one a person, which only this server can make or tell apart: no name, no address. All of a
person's marks are void once all their sessions were ended (a change of password, address or second step).
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from couples.core.people import Person

COOKIE = "__Host-browser" if settings.HTTPS else "browser"
A_YEAR = 60 * 60 * 24 * 365
MOST = 4


def _mark(pk: Any, session_round: int) -> str:
    return salted_hmac("couples.space.browsers", f"{pk}:{session_round}", algorithm="sha256").hexdigest()[:32]


def _marks(request: HttpRequest) -> list[str]:
    return request.COOKIES.get(COOKIE, "").split(".")[:MOST]


def _found(request: HttpRequest, wanted: str) -> bool:
    return any(constant_time_compare(mark, wanted) for mark in _marks(request))


def knows(request: HttpRequest, person: Person) -> bool:
    """Whether this person has signed in in this browser before, since all their sessions were last ended."""
    return _found(request, _mark(person.pk, person.session_round))


def mark_of(request: HttpRequest, email: str) -> str:
    """Return the mark that this browser has of the person with this address, or the empty string.

    A browser without any marks costs no query; for one with marks it is one, whether the address is known or not.
    """
    if not request.COOKIES.get(COOKIE):
        return ""
    known = Person.objects.filter(email=email).values_list("pk", "session_round").first()
    mark = _mark(*known) if known else _mark("nobody", 0)
    return mark if _found(request, mark) and known else ""


def remember(request: HttpRequest, response: HttpResponseBase, person: Person) -> None:
    """Let the browser keep that this person has signed in in it, for a year."""
    mark = _mark(person.pk, person.session_round)
    marks = [mark, *(one for one in _marks(request) if one and one != mark)][:MOST]
    response.set_cookie(
        COOKIE,
        ".".join(marks),
        max_age=A_YEAR,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
