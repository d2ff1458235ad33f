"""docker-compose.yml as Compose would read it, without Docker."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")


class MissingError(Exception):
    """A variable without which Compose refuses to start, and what it says."""


def text() -> str:
    """The file as it stands."""
    return (ROOT / "docker-compose.yml").read_text()


def raw() -> dict[str, Any]:
    """The file, its variables not yet filled in."""
    loaded: dict[str, Any] = yaml.safe_load(text())
    return loaded


def fill(value: Any, variables: dict[str, str]) -> Any:
    """Put variables in, by Compose's rules for ``${A}``, ``${A:-default}`` and ``${A:?message}``."""
    if isinstance(value, dict):
        return {key: fill(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [fill(one, variables) for one in value]
    if not isinstance(value, str):
        return value

    def put(found: re.Match[str]) -> str:
        name, rule, word = found.groups()
        if rule == ":?" and not variables.get(name):
            raise MissingError(f"{name}: {word}")
        return variables.get(name) or (word if rule == ":-" else "")

    return REFERENCE.sub(put, value)


def service(name: str, variables: dict[str, str]) -> dict[str, Any]:
    """One service with its variables filled in."""
    found: dict[str, Any] = fill(raw(), variables)["services"][name]
    return found


def example() -> dict[str, str]:
    """The variables of .env.example."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def dockerfile(word: str) -> list[str]:
    """What follows the last instruction of this name in the Dockerfile, continued lines joined."""
    joined = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    found = [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(f"{word} ")]
    array = re.search(r"\[.*\]$", found[-1])
    return json.loads(array[0]) if array else shlex.split(found[-1])
