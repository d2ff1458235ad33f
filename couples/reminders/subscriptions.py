"""What a browser says of itself when it wants to be reminded: where, and the keys that only it can open."""

import base64
import binascii
import json
import re
from dataclasses import asdict, dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from couples.reminders.hosts import is_allowed

POINT, AUTH = 65, 16
_BASE64 = re.compile(r"[A-Za-z0-9_-]+={0,2}")


@dataclass(frozen=True)
class Subscription:
    """A push subscription (RFC 8030, RFC 8291). Raises ValueError for an address or keys that can't be right."""

    endpoint: str
    p256dh: str
    auth: str

    def __post_init__(self) -> None:
        if not is_allowed(self.endpoint):
            raise ValueError("No push service that we speak to.")
        EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(self.p256dh, POINT))
        _bytes(self.auth, AUTH)

    @property
    def text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> "Subscription":
        """Read what was kept. Raises ValueError where it is none, or its service is none of ours any more."""
        try:
            found = json.loads(text)
            return cls(str(found["endpoint"]), str(found["p256dh"]), str(found["auth"]))
        except (TypeError, KeyError) as error:
            raise ValueError("No subscription.") from error


def _bytes(text: str, size: int) -> bytes:
    if not _BASE64.fullmatch(text):
        raise ValueError("Not base64.")
    try:
        found = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error as error:
        raise ValueError("Not base64.") from error
    if len(found) != size:
        raise ValueError("Not as long as it must be.")
    return found
