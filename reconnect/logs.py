"""What a log line may hold: that something failed, where in the code, and nothing of whom or what it was about.

No content, no e-mail address, no token, no query, no address of a page beyond its first part. What other people's
code reports comes without its arguments, and an error without its message: a database repeats in it what was typed.
Knows nothing of Django, so that a server can use it before there is an app.
"""

import logging
import re
import traceback
from pathlib import Path
from typing import Any

OURS = ("couples", "reconnect", "strategies")
ROOT = Path(__file__).resolve().parent.parent
FRAMES = 12
_PLACES = re.compile(r"%%|%(?:\(\w+\))?[#0\- +]*[\d*]*(?:\.[\d*]+)?[hlL]?[diouxXeEfFgGcrsa]")
_RULES = (
    (re.compile(r"[^\s@<>\"'(\[]+@[^\s@<>\"')\]]+"), "[address]"),
    (re.compile(r"\?\S*"), ""),
    (re.compile(r"(?<![\w.])(/[\w.-]+)/[^\s\"')]+"), r"\1/…"),
    (re.compile(r"(?=[\w-]*\d)[\w-]{20,}|[\w-]{40,}"), "[token]"),
)


def redact(text: str) -> str:
    """Return a text without addresses, queries, tokens, and without paths beyond their first part."""
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


def where(error: BaseException) -> str:
    """Return what kind of error it is, what caused it, and the places in the code it came through; no words of it."""
    lines: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        frames = traceback.extract_tb(cause.__traceback__)[-FRAMES:]
        lines.append(type(cause).__name__)
        lines += [f"  {_file(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines)


def _file(name: str) -> str:
    path = Path(name)
    if path.is_relative_to(ROOT):
        path = path.relative_to(ROOT)
    return path.as_posix().rpartition("site-packages/")[2]


class Quiet(logging.Formatter):
    """Formats a record as one line, with the places of an error beneath it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. The record stays as it is: other handlers may want it."""
        line = f"{record.levelname} {record.name}: {redact(self._said(record))}"
        error = record.exc_info[1] if record.exc_info else None
        return f"{line}\n{where(error)}" if error is not None else line

    @staticmethod
    def _said(record: logging.LogRecord) -> str:
        if not isinstance(record.msg, str):
            return type(record.msg).__name__
        if record.name.partition(".")[0] in OURS:
            return record.getMessage()
        return (
            _PLACES.sub(lambda place: "%" if place[0] == "%%" else "…", record.msg)
            if record.args
            else record.msg
        )


def configuration() -> dict[str, Any]:
    """Return Django's ``LOGGING``: to the terminal, quietly."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": "reconnect.logs.Quiet"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            # What failed on our side is told, by kind and place; what somebody asked for in vain isn't.
            "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
            "django.security": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
        },
    }
