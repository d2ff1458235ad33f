"""What stands in the address that turns reminders off: whose and of which kinds, signed; it can do nothing else.

The kinds aren't legible: whoever finds the mail learns no more than that its owner is reminded of something.
"""

import base64
import binascii
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac

from couples.core.reminding import KINDS, ReminderKind

_SALT = "couples.reminders.off"
_SIZE = 8


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")


def _mark(person: uuid.UUID, kind: str) -> bytes:
    return salted_hmac(_SALT, f"{person} {kind}", algorithm="sha256").digest()[:_SIZE]


def make(person: uuid.UUID, *kinds: str) -> str:
    """Return the token for these kinds of one person's; the same every time."""
    marks = b"".join(_mark(person, kind) for kind in sorted(set(kinds)))
    return _signer().sign(base64.urlsafe_b64encode(person.bytes + marks).decode().rstrip("="))


def read(token: str) -> tuple[uuid.UUID, list[ReminderKind]] | None:
    """Return whose it is and for which kinds, as far as there still are such; None for what isn't one of ours."""
    try:
        text = _signer().unsign(token)
        said = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        person = uuid.UUID(bytes=said[:16])
    except (BadSignature, ValueError, binascii.Error):
        return None
    marks = {said[at : at + _SIZE] for at in range(16, len(said), _SIZE)}
    kinds = [kind for kind in KINDS.values() if _mark(person, kind.slug) in marks]
    return (person, kinds) if kinds else None


def address(person: uuid.UUID, *kinds: str) -> str:
    """Return the full address that turns these kinds off."""
    return settings.PUBLIC_URL + reverse("reminders:off", args=[make(person, *kinds)])
