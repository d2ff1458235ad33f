"""The key by which push services know this instance (VAPID, RFC 8292).

It is worked out of the instance's own secret: made on first use, the same for good, in no file and no row of its own. So
nothing is made twice where two processes begin at once, it comes back with a backup and the master key, and
subscriptions, which are bound to it, go on when the master key is replaced.
"""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from couples.core.keys import house_secret

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many scalars there are on P-256."""
_SIZE = 48
"""16 bytes more than a scalar has, so that each is as likely as the next (FIPS 186-5, A.2.1)."""


def private_key() -> ec.EllipticCurvePrivateKey:
    """Return the key. One query. Raises Unopened where the master key isn't here."""
    seed = HKDFExpand(hashes.SHA256(), _SIZE, b"P-256").derive(house_secret(b"web push"))
    return ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())


def public_text() -> str:
    """Return the public key as a browser wants it: an uncompressed point in base64, for addresses."""
    point = private_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
