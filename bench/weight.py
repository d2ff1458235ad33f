"""Bytes over the wire: a page, and all that a browser fetches for it."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin

Fetch = Callable[[str], bytes]
"""The body of an address, compressed as it went over the wire, and as text where that is asked for."""

FIRST_VISIT = 90 * 1024
LATER_PAGE = 12 * 1024
WORKER_KEEPS = 120 * 1024
OWN_SCRIPTS = 31 * 1024
"""15 for the pages; the rest for the service worker, what it needs of the pages, the live page and push."""


class Needs(HTMLParser):
    """The addresses a browser fetches for a page: style, script, icon, manifest, picture, preload."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what this element needs."""
        given = dict(attrs)
        kinds = {"stylesheet", "icon", "manifest", "preload", "modulepreload"}
        if tag == "link" and kinds & set((given.get("rel") or "").split()):
            self.found.append(given.get("href") or "")
        elif tag in ("script", "img", "source"):
            self.found.append(given.get("src") or "")


def needs(html: str, style: Callable[[str], str]) -> list[str]:
    """Everything of one's own server that a page needs, fonts and imports of its style sheets included."""
    parser = Needs()
    parser.feed(html)
    wanted = [address for address in dict.fromkeys(parser.found) if address.startswith("/")]
    for address in wanted:
        if address.split("?")[0].endswith(".css"):
            for inner in re.findall(r"""(?:url\(|@import\s+)["']?([^"')\s;]+)""", style(address)):
                whole = urljoin(address, inner.split("#")[0])
                if whole.startswith("/") and whole not in wanted:
                    wanted.append(whole)
    return wanted
