"""Pin what pyproject.toml asks for: `python .ci/lock.py` writes both locks, `--check` judges them.

Each lock begins with a hash of what was asked for, so that the check needs no network.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["--group", "dev"]}
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet"]


def asked() -> str:
    """A hash of everything in pyproject.toml that decides what is installed."""
    project = tomllib.loads(Path("pyproject.toml").read_text())
    wanted = [
        project["project"]["requires-python"],
        sorted(project["project"]["dependencies"]),
        {name: sorted(group) for name, group in project["dependency-groups"].items()},
    ]
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def header() -> str:
    """The first line of a lock that is up to date."""
    return f"# asked for: {asked()} (make lock)\n"


def check() -> None:
    """End with one sentence where a lock is out of date."""
    late = [name for name in LOCKS if not Path(name).read_text().startswith(header())]
    if late:
        sys.exit(f"{' and '.join(late)} is not what pyproject.toml asks for any more: make lock")


def resolver() -> list[str]:
    """The command of uv; installed into .venv where it is missing."""
    if found := shutil.which("uv"):
        return [found]
    if subprocess.run([sys.executable, "-m", "uv", "--version"], check=False, capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    return [sys.executable, "-m", "uv"]


def write() -> None:
    """Resolve anew, keeping the versions that are pinned already unless `--upgrade` is given."""
    uv = resolver()
    for name, group in LOCKS.items():
        extra = [argument for argument in sys.argv[1:] if argument.startswith("--upgrade")]
        command = [*uv, "pip", "compile", "pyproject.toml", *group, *OPTIONS, *extra, "--output-file", name]
        if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
            sys.exit(f"{name} could not be made, for the reason above.")
        Path(name).write_text(header() + Path(name).read_text())


if __name__ == "__main__":
    check() if "--check" in sys.argv else write()
