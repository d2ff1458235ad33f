"""Make ``.venv`` hold exactly what a lock file names.

Called as ``sh .ci/python .ci/setup.py [requirements.lock]``. What was installed is remembered in ``.venv`` by
the hash of the lock, so that a second call with the same lock does nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
EVERYTHING = Path("requirements-dev.lock")
RUNNING = Path("requirements.lock")


def stamp(lock: Path) -> Path:
    """The file that remembers which ``lock`` is installed."""
    return VENV / f".installed-{lock.stem}"


def digest(lock: Path) -> str:
    """The SHA-256 of a lock file, as hex."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def is_installed(lock: Path) -> bool:
    """Whether ``.venv`` works, and holds what ``lock`` names."""
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    return inside and stamp(lock).is_file() and stamp(lock).read_text() == digest(lock)


def call(*command: str) -> None:
    """Run a command; where it fails, end with one sentence after what it said itself."""
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"Reconnect could not be set up: '{' '.join(command[:4])} …' failed, for the reason above.")


def make_environment(uv: str | None) -> None:
    """Create ``.venv`` anew from the Python that runs this script."""
    shutil.rmtree(VENV, ignore_errors=True)
    if uv:
        call(uv, "venv", "--quiet", "--python", sys.executable, str(VENV))
        return
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"Reconnect could not make a virtual environment with {sys.executable}; "
            "on Debian and Ubuntu, 'apt install python3-venv' adds what is missing."
        )


def install(lock: Path, uv: str | None) -> None:
    """Install what ``lock`` names, every file checked against its hash."""
    wanted = ("--require-hashes", "--no-deps", "--requirement", str(lock))
    if uv:
        call(uv, "pip", "install", "--quiet", "--python", str(PYTHON), *wanted)
    else:
        os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        call(str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", *wanted)


def has_pip() -> bool:
    """Whether ``.venv`` has its own pip (one that uv made has not)."""
    return any((VENV / "lib").glob("python*/site-packages/pip"))


def main() -> None:
    """Install the named lock, or all that is needed for working on Reconnect, where it is not there yet."""
    lock = Path(sys.argv[1]) if len(sys.argv) > 1 else EVERYTHING
    if is_installed(lock):
        return
    uv = shutil.which("uv")
    print(f"Installing what {lock} names into {VENV}/ …", flush=True)
    if Path(sys.prefix).resolve() != VENV.resolve():
        make_environment(uv)
    elif not (uv or has_pip()):
        sys.exit(
            "The folder .venv was made by uv, which is not on PATH any more; remove .venv and try again."
        )
    install(lock, uv)
    stamp(lock).write_text(digest(lock))
    if lock == EVERYTHING:
        stamp(RUNNING).write_text(digest(RUNNING))


if __name__ == "__main__":
    main()
