"""Reads what was logged, and says what in it should never have been."""

import logging
import os
import re
from pathlib import Path

from reconnect.logs import Quiet

WORDS = ("canary", "a quiet evening", "another quiet evening", "secret thing", "secret meaning", "t" * 43)
"""What the tests' people write, their passwords and their invitation's token."""
PATTERNS = {
    "an address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a query": re.compile(r"/\S*\?\S+"),
    "a token": re.compile(r"(?=[\w-]*\d)(?<![\w/.-])[A-Za-z0-9_-]{32,}"),
    "a canary": re.compile(r"zq[0-9a-f]{6}|kanarie"),
    "a page": re.compile(r"/(?:join|accounts|notes|goals|dates|space|news|drafts)/[\w-]{20,}"),
}


def leaks(text: str) -> list[str]:
    """Return each line that holds content, a password, an address, a token or a query, with what it is."""
    found = []
    for line in text.splitlines():
        what = [word for word in WORDS if word in line.lower()]
        what += [name for name, pattern in PATTERNS.items() if pattern.search(line)]
        if what:
            found.append(f"{', '.join(what)}: {line[:300]}")
    return found


class Recorder(logging.FileHandler):
    """Writes every record of every logger, down to DEBUG, as the app's own handler would, to a file of this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / f"{os.getpid()}.log", encoding="utf-8", errors="backslashreplace")
        self.setFormatter(Quiet())

    def listen(self) -> None:
        """Hear every logger, those too that keep what they say to themselves."""
        for handler in logging.getLogger().handlers:
            handler.setLevel(max(handler.level, logging.WARNING))
        logging.getLogger().setLevel(logging.DEBUG)
        logging.getLogger().addHandler(self)
        for logger in list(logging.Logger.manager.loggerDict.values()):
            if isinstance(logger, logging.Logger) and not logger.propagate:
                logger.addHandler(self)
                logger.setLevel(logging.DEBUG)


def leaked(folder: Path) -> list[str]:
    """Return what leaked into the logs of all processes and of the database's server, each line once."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.log")))
    found = {leak for text in texts for leak in leaks(text)}
    if server := os.environ.get("TEST_POSTGRES"):
        log = Path(server.split("\n")[0]) / "log"
        found |= {f"values: {line[:300]}" for line in _values(log.read_text(errors="replace"))}
    return sorted(found)


def _values(text: str) -> list[str]:
    """The lines of PostgreSQL's log that hold what was to be stored: the statement that failed, and the detail of why."""
    return [line for line in text.splitlines() if re.search(r"\b(?:STATEMENT|DETAIL|CONTEXT): ", line)]
