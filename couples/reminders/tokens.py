"""What stands in the address that turns a kind of reminder off: whose and which, signed; it can do nothing else.

The kind isn't legible: whoever finds the mail learns no more than that its owner is reminded of something.
"""

import base64
import binascii
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from couples.core.reminding import KINDS, ReminderKind

_SALT = "couples.reminders.off"
_SIZE = 8


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")


def _mark(person: uuid.UUID, kind: str) -> bytes:
    return salted_hmac(_SALT, f"{person} {kind}", algorithm="sha256").digest()[:_SIZE]


def make(person: uuid.UUID, kind: str) -> str:
    """Return the token for one kind of one person's; the same every time."""
    said = base64.urlsafe_b64encode(person.bytes + _mark(person, kind)).decode()
    return _signer().sign(said)


def read(token: str) -> tuple[uuid.UUID, ReminderKind] | None:
    """Return whose it is and for which kind; None for what isn't one of ours."""
    try:
        said = base64.urlsafe_b64decode(_signer().unsign(token))
        person = uuid.UUID(bytes=said[:16])
    except (BadSignature, ValueError, binascii.Error):
        return None
    kinds = (kind for kind in KINDS.values() if constant_time_compare(said[16:], _mark(person, kind.slug)))
    return next(((person, kind) for kind in kinds), None)


def address(person: uuid.UUID, kind: str) -> str:
    """Return the full address that turns one kind off."""
    return settings.PUBLIC_URL + reverse("reminders:off", args=[make(person, kind)])
