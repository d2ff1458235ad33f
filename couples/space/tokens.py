"""Where a raw token may be: in the address of the invitee's page, and for an hour in its maker's browser."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from couples.space.models import Invitation, fingerprint

SHOWN_FOR = 60 * 60
COOKIE = "__Host-invitation" if settings.HTTPS else "invitation"
_SALT = "couples.space.invitation"
_JOIN = re.compile(r"/join/([A-Za-z0-9_-]{43})/\Z")


def joined_at(path: str) -> str:
    """Return the token in the address of an invitee's page, or the empty string for any other address."""
    found = _JOIN.match(path)
    return found[1] if found else ""


def remember(response: HttpResponse, invitation: Invitation, token: str) -> None:
    """Let the maker's browser keep the token for an hour, so that the link can be shown: we don't keep it."""
    response.set_signed_cookie(
        COOKIE,
        f"{invitation.pk}:{token}",
        salt=_SALT,
        max_age=SHOWN_FOR,
        path="/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def recall(request: HttpRequest, invitation: Invitation) -> str:
    """Return the token of this invitation if the browser still has it, else the empty string."""
    kept = str(request.get_signed_cookie(COOKIE, "", salt=_SALT, max_age=SHOWN_FOR))
    pk, _colon, token = kept.partition(":")
    ours = pk == str(invitation.pk) and constant_time_compare(fingerprint(token), invitation.token_hash)
    return token if ours else ""


def forget(response: HttpResponse) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(COOKIE, path="/", samesite="Lax")
