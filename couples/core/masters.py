"""Where secrets that this app keeps for itself come from."""

from django.conf import settings


def secret_for(purpose: bytes) -> bytes:
    """Return 32 bytes or more to derive the keys of one purpose from. They stand in no database."""
    return purpose + b"\0" + settings.SECRET_KEY.encode()
