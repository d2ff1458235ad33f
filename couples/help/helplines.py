"""The helplines on /help/: a file that whoever runs the server can replace, read once and checked whole.

The path is ``settings.HELPLINES``; where that is empty, the file beside this module.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
PACKAGED = Path(__file__).resolve().parent / "helplines.toml"
NUMBER = re.compile(r"\+?[0-9](?:[ ()\-]*[0-9])*")
ADDRESS = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[\w./-]*)?")
SCHEMES = {"call": "tel:", "tty": "tel:", "text": "sms:", "web": "https://"}


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach a line: ``by`` call, tty, text or web; ``to`` as shown; ``word`` is what to text."""

    by: str
    to: str
    word: str = ""

    @property
    def href(self) -> str:
        """A link that dials, writes or opens it; a number in it is digits and at most a leading plus."""
        return SCHEMES[self.by] + (self.to if self.by == "web" else re.sub(r"[^0-9+]", "", self.to))


@dataclass(frozen=True, slots=True)
class Line:
    """One helpline, with the source of its number and the day on which somebody last checked it."""

    who: str
    what: str
    hours: str
    source: str
    checked: date
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """A country's emergency numbers and helplines; ``note`` and both lists may be empty."""

    name: str
    note: str
    emergency: tuple[Way, ...]
    lines: tuple[Line, ...]


def helplines() -> tuple[Country, ...]:
    """Return all countries in the file's order. Raises ImproperlyConfigured, in one sentence, if it's bad."""
    return load(Path(getattr(settings, "HELPLINES", "") or PACKAGED))


@cache
def load(path: Path) -> tuple[Country, ...]:
    """Read and check one file. Raises ImproperlyConfigured with the place of the first fault."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_each(content, "country", _country, "the file"))
    except OSError as error:
        fault = f"can't be read ({error.strerror})"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = f"isn't valid TOML ({error})"
    except _FaultError as error:
        fault = f"needs a change: {error}"
    raise ImproperlyConfigured(f"The helplines file {path} {fault}.")


class _FaultError(Exception):
    """What is wrong in the file, and where."""


def _country(row: dict[str, Any], place: str) -> Country:
    row = {"note": "", "emergency": [], "line": []} | row
    _only(row, {"name", "note", "emergency", "line"}, place)
    emergency = row["emergency"]
    if not isinstance(emergency, list):
        raise _FaultError(f"{place}, emergency has to be a list of numbers")
    return Country(
        name=_words(row, "name", place),
        note=_words(row, "note", place, empty=True),
        emergency=tuple(_way({"by": "call", "to": number}, f"{place}, emergency") for number in emergency),
        lines=tuple(_each(row, "line", _line, place, empty=True)),
    )


def _line(row: dict[str, Any], place: str) -> Line:
    _only(row, {field.name for field in fields(Line)}, place)
    words = {name: _words(row, name, place) for name in ("who", "what", "hours", "source")}
    checked = row.get("checked")
    if type(checked) is not date:
        raise _FaultError(f"{place}, checked has to be a day such as 2026-11-23, without quotes")
    return Line(checked=checked, ways=tuple(_each(row, "ways", _way, place)), **words)


def _way(row: dict[str, Any], place: str) -> Way:
    _only(row, {"by", "to", "word"}, place)
    by, to = _words(row, "by", place), _words(row, "to", place)
    if by not in SCHEMES:
        raise _FaultError(f"{place}, by has to be one of {', '.join(SCHEMES)}")
    if not (ADDRESS if by == "web" else NUMBER).fullmatch(to):
        kind = "a web address without https://" if by == "web" else "a telephone number"
        raise _FaultError(f"{place}, “{to}” isn't {kind}")
    return Way(by, to, _words({"word": ""} | row, "word", place, empty=True))


def _each(
    row: dict[str, Any],
    name: str,
    read: Callable[[dict[str, Any], str], T],
    place: str,
    *,
    empty: bool = False,
) -> list[T]:
    found = row.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found) or not (found or empty):
        raise _FaultError(f"{place} has to have at least one {name}")
    return [read(one, f"{place}, {name} {number}") for number, one in enumerate(found, 1)]


def _only(row: dict[str, Any], known: set[str], place: str) -> None:
    if unknown := sorted(row.keys() - known):
        raise _FaultError(f"{place} has “{unknown[0]}”, which isn't known here")


def _words(row: dict[str, Any], name: str, place: str, *, empty: bool = False) -> str:
    words = row.get(name)
    if not isinstance(words, str) or not (words.strip() or empty):
        raise _FaultError(f"{place}, {name} is missing or isn't text")
    return words.strip()
