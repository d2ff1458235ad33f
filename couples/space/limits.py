"""Rate limits: how often somebody may try. They count by network address, never by account alone.

Counting by account alone would let anybody keep somebody out who knows their e-mail address, which a partner does.
So a wrong password, or asking for a code or a new password by mail, counts for the address *and* the network it
came from; and in a browser in which this person has signed in before (``couples.space.browsers``) it counts for that
browser, so that there not even a partner in the same home keeps them out. A browser that is new, or whose marks are
void, shares the tries of its network, and so does signing up. The rates are ``ACCOUNT_RATE_LIMITS`` in the settings,
the counts are in the shared cache.
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


def _counted(request: HttpRequest, action: str, email: str) -> tuple[str, str]:
    """Return the action and the key by which something about the account of this address is counted."""
    email = email.lower()
    mark = mark_of(request, email)
    return (f"{action}_known", f"{email} {mark}") if mark else (action, f"{email} {network(request)}")


def spend_try(request: HttpRequest, email: str) -> Any:
    """Count a try to sign in; the result can be rolled back. Raises ImmediateHttpResponse (429) where it is one too many."""
    return spend_for(request, "password_failed", email)


def forget_tries(request: HttpRequest, email: str) -> None:
    """Whoever reads this address's mail has just chosen a new password from here: earlier tries count no more."""
    action, key = _counted(request, "password_failed", email)
    ratelimit.clear(request, app=APP, action=action, key=key)


def spend_for(request: HttpRequest, action: str, email: str) -> Any:
    """Count one of what may be done only so often about one address: by network, or by browser if it is known.

    Raises ImmediateHttpResponse (429) where it is one too many.
    """
    return _spend(request, *_counted(request, action, email))


def spend(request: HttpRequest, action: str) -> None:
    """Count one of what may be done only so often from one network, or by whoever is signed in, GET or POST.

    Raises ImmediateHttpResponse (429) where it is one too many.
    """
    _spend(request, action, network(request))


def _spend(request: HttpRequest, action: str, key: str) -> Any:
    usage = ratelimit.consume(request, app=APP, action=action, key=key, limit_get=True)
    if usage is None:
        raise ImmediateHttpResponse(ratelimit.respond_429(request))
    return usage
