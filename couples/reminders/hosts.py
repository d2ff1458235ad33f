"""Which push services are spoken to: the known ones, and those that the operator adds (``PUSH_HOSTS``).

A browser tells the address itself, so it could be any: whatever isn't one of these is neither kept nor asked.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings

KNOWN = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
LONGEST = 2000
_PLAIN = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_DOTS = re.compile(r"/(\.|%2e){1,2}(/|$)", re.IGNORECASE)


def is_allowed(endpoint: str) -> bool:
    """Whether this is an address at a push service that we speak to, in the one spelling in which browsers tell it.

    (WHATWG URL, serialised: host in small letters, no port that goes without saying, no dots to be followed.)
    """
    if len(endpoint) > LONGEST or not _PLAIN.fullmatch(endpoint) or "\\" in endpoint:
        return False
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return False
    if parts.fragment or not parts.path.startswith("/") or endpoint.endswith("?") or _DOTS.search(parts.path):
        return False
    if f"{parts.scheme}://{parts.netloc}" in settings.PUSH_HOSTS:
        return True
    return parts.scheme == "https" and bool(_NAME.fullmatch(parts.netloc)) and _is_known(parts.netloc)


def _is_known(host: str) -> bool:
    """Whether the host is one of the names, or below one that begins with ``*.``. A number is no name of these."""
    names = [name.lower() for name in (*KNOWN, *settings.PUSH_HOSTS) if "/" not in name]
    return any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in names)
