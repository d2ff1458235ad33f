"""Words of a person's life, encrypted: what is stored of them, and how they come back.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits. A key seals far fewer than the 2^32 values that its
section 8.3 allows. What is stored is one line of base64: version, key id, nonce, ciphertext with tag. Bound to it
(associated data) are the model, the field, the owner and the row: moved anywhere else, it can't be opened.
"""

import base64
import binascii
import logging
import os
import uuid
from typing import Any

from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext as _

from couples.core.keys import Held, ring
from couples.core.masters import NONCE, Unopened

VERSION = b"\x01"
HEAD = 1 + 16 + NONCE
log = logging.getLogger("reconnect.words")


class Broken(Exception):  # noqa: N818 (a word that is said)
    """Stored words can't be opened: damaged, moved from elsewhere, or their key is gone."""


def _bound(place: str, owner: uuid.UUID, row: uuid.UUID) -> bytes:
    return place.encode() + b"\0" + owner.bytes + row.bytes


def seal(place: str, key: Held, row: uuid.UUID, text: str) -> str:
    """Return what is stored of a text. ``place`` is model and field, as ``couples.note.what``."""
    nonce = os.urandom(NONCE)
    sealed = key.cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), _bound(place, key.owner, row))
    return base64.b64encode(VERSION + key.pk.bytes + nonce + sealed).decode()


class Sealed:
    """Words as they are stored. ``values()`` and ``values_list()`` give them so: ``of`` opens them."""

    __slots__ = ("place", "stored")

    def __init__(self, stored: str, place: str) -> None:
        self.stored, self.place = stored, place

    def of(self, row: uuid.UUID, owner: uuid.UUID | None = None) -> str:
        """Open the words of the row with this id. Raises Broken, which is logged without a word of them.

        ``owner``: whose the row is, where that is known; under anybody else's key its words are Broken.
        """
        try:
            data = binascii.a2b_base64(self.stored, strict_mode=True)
            if data[:1] != VERSION:
                raise ValueError("not of a version we know")
            key = ring().named(data[1:17])
            bound = _bound(self.place, owner or key.owner, row)
            text = key.cipher.decrypt(data[17:HEAD], data[HEAD:], bound)
            return text.decode("utf-8", "surrogatepass")
        except (InvalidTag, Unopened, ValueError, binascii.Error) as error:
            log.error("%s of %s can't be read: %s", self.place, row, type(error).__name__)
            raise Broken(f"{self.place} of {row}") from error

    @property
    def key(self) -> uuid.UUID | None:
        """The id of the key that sealed them; None for what is no such text."""
        named = self._named
        return uuid.UUID(bytes=named) if named else None

    @property
    def _named(self) -> bytes | None:
        """The key's id as it stands in the first letters; that it is true, only opening tells."""
        try:
            head = binascii.a2b_base64(self.stored[:24], strict_mode=True)
        except (ValueError, binascii.Error):
            return None
        return head[1:17] if head[:1] == VERSION and len(head) > 16 else None

    @property
    def owner(self) -> uuid.UUID | None:
        """Whose key sealed them; None where it isn't at hand."""
        try:
            named = self._named
            return ring().named(named).owner if named else None
        except Unopened:
            return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self.stored, self.place) == (other.stored, other.place)

    def __hash__(self) -> int:
        return hash(self.stored)

    def __str__(self) -> str:
        raise TypeError(f"{self.place} holds sealed words: open them with .of(row id).")

    def __repr__(self) -> str:
        return f"<sealed words of {self.place}>"


def legible(row: Any, name: str) -> str:
    """Return a row's words for a list, where one broken text must not take the others along.

    ``row`` is an instance, or a row of ``values_list(named=True)`` that has ``pk``.
    """
    try:
        words = getattr(row, name)
        return words.of(row.pk) if isinstance(words, Sealed) else words
    except Broken:
        return _("These words can’t be read any more.")
