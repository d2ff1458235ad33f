"""Rate limits: how often somebody may try. They count by network address, never by account alone.

Counting by account alone would let anybody keep somebody out who knows their e-mail address, which a partner does.
So a wrong password counts for the address *and* the network it came from; and in a browser in which this person has
signed in before (``couples.space.browsers``) it counts for that browser, so that not even a partner in the same
home keeps them out. The rates are ``ACCOUNT_RATE_LIMITS`` in the settings, the counts are in the shared cache.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from couples.space.browsers import mark_of

APP = "allauth.account"


def network(request: HttpRequest) -> str:
    """Return the client's address; of IPv6 the /64, which is one household's."""
    return str(ratelimit.get_ip(request))


def try_of(request: HttpRequest, email: str) -> tuple[str, str]:
    """Return the action and the key by which a try to sign in to the account of this address is counted."""
    email = email.lower()
    mark = mark_of(request, email)
    return (
        ("password_failed_known", f"{email} {mark}")
        if mark
        else ("password_failed", f"{email} {network(request)}")
    )


def spend_try(request: HttpRequest, email: str) -> Any:
    """Count a try to sign in; the result can be rolled back. Raises ImmediateHttpResponse (429) where it is one too many."""
    action, key = try_of(request, email)
    return _spend(request, action, key)


def forget_tries(request: HttpRequest, email: str) -> None:
    """Whoever reads this address's mail has just chosen a new password from here: earlier tries count no more."""
    action, key = try_of(request, email)
    ratelimit.clear(request, app=APP, action=action, key=key)


def spend(request: HttpRequest, action: str, *about: str) -> None:
    """Count one of what may be done only so often about something from one network, GET or POST.

    Raises ImmediateHttpResponse (429) where it is one too many.
    """
    _spend(request, action, " ".join([*about, network(request)]).lower())


def _spend(request: HttpRequest, action: str, key: str) -> Any:
    usage = ratelimit.consume(request, app=APP, action=action, key=key, limit_get=True)
    if usage is None:
        raise ImmediateHttpResponse(ratelimit.respond_429(request))
    return usage
