"""The master key: it wraps every other key, and is kept apart from the database.

It comes from ``MASTER_KEY`` or from the file ``DATA/master-key``, one key a line (32 random bytes in base64 or as
hexadecimal digits), the newest first. Older ones open what they once wrapped, until `manage.py rotate_keys master`
has wrapped all anew.
"""

import base64
import datetime as dt
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SIZE = 32
NONCE = 12
LINE = re.compile(r"^(?:(?P<key>[A-Za-z0-9+/]{43}=)|(?P<hex>[0-9a-fA-F]{64}))(?:\s+(?P<made>\S+))?$")


class Unopened(Exception):  # noqa: N818 (a word that is said)
    """A key can't be unwrapped: the master key is missing or another one, or the key was tampered with."""


@dataclass(frozen=True)
class Master:
    """One master key. ``made`` (UTC) is None for one from the environment."""

    secret: bytes
    made: dt.datetime | None = None

    @cached_property
    def name(self) -> str:
        """What a wrapped key remembers of it: 16 digits that tell nothing of the key."""
        return hashlib.sha256(b"reconnect master key" + self.secret).hexdigest()[:16]

    @cached_property
    def cipher(self) -> AESGCM:
        """Ready for use."""
        return AESGCM(self.secret)

    @property
    def line(self) -> str:
        """As the file has it."""
        return f"{base64.b64encode(self.secret).decode()} {self.made:%Y-%m-%dT%H:%M:%S+00:00}\n"


def _parse(text: str, where: str) -> list[Master]:
    found = []
    for line in filter(None, (one.strip() for one in text.replace(",", "\n").splitlines())):
        match = LINE.match(line)
        try:
            if match is None:
                raise ValueError
            digits = match["hex"]
            secret = bytes.fromhex(digits) if digits else base64.b64decode(match["key"], validate=True)
            made = dt.datetime.fromisoformat(match["made"]) if match["made"] else None
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{where} is no master key: 32 random bytes in base64, or 64 hexadecimal digits."
            ) from error
        found.append(Master(secret, made))
    return found


class Masters:
    """The master keys of this process, read again when a key asks for one that isn't known yet."""

    def __init__(self, folder: Path, given: str) -> None:
        self.path, self.given = folder / "master-key", given
        self._known: list[Master] | None = None

    @property
    def from_environment(self) -> bool:
        """Whether ``MASTER_KEY`` is set, so that there is no file."""
        return bool(self.given.strip())

    def read(self) -> list[Master]:
        """Read the keys afresh, newest first; none where none was made yet. Raises ImproperlyConfigured for garbage."""
        if self.from_environment:
            self._known = _parse(self.given, "MASTER_KEY")
        else:
            try:
                self._known = _parse(self.path.read_text(), "DATA/master-key")
            except FileNotFoundError:
                self._known = []
            except (OSError, UnicodeDecodeError) as error:
                raise ImproperlyConfigured("DATA/master-key can't be read.") from error
        return self._known

    def named(self, name: str) -> Master:
        """Return the key with this name. Raises Unopened where there is none."""
        found = _among(self._known or [], name) or _among(self.read(), name)
        if found is None:
            raise Unopened("The master key that wrapped this key isn't here.")
        return found

    def newest(self) -> Master:
        """Return the key that wraps what is new, made (mode 0600) where there was none. Always read afresh.

        Raises ImproperlyConfigured where the file can't be written.
        """
        known = self.read()
        return known[0] if known else self._first()

    def _first(self) -> Master:
        try:
            fresh = self._written([_made_now()])
            try:
                # Of two processes that start at once one wins, and the other reads.
                self.path.hardlink_to(fresh)
            except FileExistsError:
                pass
            finally:
                fresh.unlink(missing_ok=True)
            _settle(self.path.parent)
        except OSError as error:
            raise ImproperlyConfigured(f"DATA/master-key can't be written ({error.strerror}).") from error
        return self.read()[0]

    def _written(self, masters: list[Master]) -> Path:
        """A new file beside, which nobody else can read, safely on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="master-key.", dir=self.path.parent)
        with os.fdopen(handle, "w") as out:
            out.writelines(master.line for master in masters)
            out.flush()
            os.fsync(out.fileno())
        return Path(name)

    def add(self) -> Master:
        """Make a new newest key; the older ones stay. Only for keys in the file."""
        return self._replace([_made_now(), *self.read()])[0]

    def drop(self, names: set[str]) -> None:
        """Forget keys, which nothing may need any more. Only for keys in the file."""
        self._replace([master for master in self.read() if master.name not in names])

    def _replace(self, masters: list[Master]) -> list[Master]:
        """Write the file anew, whole or not at all."""
        self._written(masters).replace(self.path)
        _settle(self.path.parent)
        return self.read()


def _among(known: list[Master], name: str) -> Master | None:
    return next((master for master in known if master.name == name), None)


def _settle(folder: Path) -> None:
    """See to it that a power cut doesn't take a new name out of a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _made_now() -> Master:
    return Master(AESGCM.generate_key(SIZE * 8), dt.datetime.now(dt.UTC).replace(microsecond=0))


masters = Masters(settings.DATA, settings.MASTER_KEY)


def wrap(secret: bytes, bound: bytes) -> tuple[str, str]:
    """Wrap a key under the newest master key, bound to whose it is. Returns the master's name and the wrapped key."""
    master = masters.newest()
    nonce = os.urandom(NONCE)
    return master.name, base64.b64encode(nonce + master.cipher.encrypt(nonce, secret, bound)).decode()


def unwrap(name: str, wrapped: str, bound: bytes) -> bytes:
    """Return the key. Raises Unopened where its master key isn't here, or it isn't this owner's."""
    try:
        data = base64.b64decode(wrapped, validate=True)
        return masters.named(name).cipher.decrypt(data[:NONCE], data[NONCE:], bound)
    except (InvalidTag, ValueError) as error:
        raise Unopened("A key can't be unwrapped: it was changed, or is another owner's.") from error
