"""A passkey of software: says what a browser and its authenticator would say, and whatever else a test wants."""

import hashlib
import json
import os
from html import unescape
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG
HERE, ORIGIN = "testserver", "https://testserver"


class Passkey:
    """One key. ``host`` and ``origin`` are those of the page it believes to be on."""

    def __init__(self, host: str = HERE, origin: str = ORIGIN) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id, self.handle = os.urandom(16), b""
        self.host, self.origin = host, origin
        self.key: Any = ES256.from_cryptography_key(self.private.public_key())
        self.flags = FLAG.UP | FLAG.UV

    @property
    def _host_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def _said(self, kind: Any, challenge: str) -> Any:
        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def _sent(self, **response: bytes) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": {part: websafe_encode(value) for part, value in response.items()},
            "clientExtensionResults": {"credProps": {"rk": True}},
        }

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        """What is sent after making it."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        data = AttestedCredentialData.create(b"\0" * 16, self.id, self.key)
        auth = AuthenticatorData.create(self._host_hash, self.flags | FLAG.AT, 0, data)
        said = self._said(CollectedClientData.TYPE.CREATE, asked["challenge"])
        return self._sent(clientDataJSON=said, attestationObject=AttestationObject.create("none", auth, {}))

    def used(self, options: dict[str, Any]) -> dict[str, Any]:
        """What is sent after using it."""
        said = self._said(CollectedClientData.TYPE.GET, options["publicKey"]["challenge"])
        auth = AuthenticatorData.create(self._host_hash, self.flags, 1)
        signature = self.private.sign(auth + said.hash, ec.ECDSA(SHA256()))
        return self._sent(
            clientDataJSON=said, authenticatorData=auth, signature=signature, userHandle=self.handle
        )


def options_of(page: str) -> dict[str, Any]:
    """What a page asks the browser for."""
    raw = page.split('data-options="', 1)[1].split('"', 1)[0]
    return dict(json.loads(unescape(raw)))
