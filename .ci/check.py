"""Everything but the tests: style, types, templates, migrations, layers, deployment."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
DJANGO = (sys.executable, "-W", "error", "manage.py")
PRODUCTION = {"PUBLIC_URL": "https://reconnect.example", "SECRET_KEY": "only-for-this-check-" + "k7" * 25}
CODE = ("couples", "strategies", "reconnect", "tests", "bench", "manage.py")

CHECKS: dict[str, tuple[str, ...]] = {
    "lock": (sys.executable, ".ci/lock.py", "--check"),
    "style": (str(BIN / "ruff"), "check", ".", ".ci"),
    "format": (str(BIN / "ruff"), "format", "--check", ".", ".ci"),
    "types": (str(BIN / "mypy"), *CODE),
    "types of .ci": (
        str(BIN / "mypy"),
        "--config-file=",
        "--strict",
        # A cache of its own: both run at once, and mypy fails where two write into a new one.
        "--cache-dir=.mypy_cache/ci",
        *sorted(map(str, Path(".ci").glob("*.py"))),
    ),
    "layers": (str(BIN / "lint-imports"), "--no-cache"),
    "templates": (str(BIN / "djlint"), "templates", "--lint", "--quiet"),
    "templates compile": (sys.executable, ".ci/templates.py"),
    "content": (*DJANGO, "content"),
    "migrations": (*DJANGO, "makemigrations", "--check", "--dry-run"),
    "deployment": (*DJANGO, "check", "--deploy", "--fail-level", "WARNING"),
}


def run(name: str, folder: str) -> tuple[str, bool, float, str]:
    """Run one check; its name, whether it passed, seconds, and what it said."""
    began = time.monotonic()
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DEBUG", "DATABASE_URL", "ALLOWED_HOSTS")
    }
    environment = {**kept, **PRODUCTION, "DATA": folder, "PYTHONWARNINGS": ""}
    done = subprocess.run(
        CHECKS[name], check=False, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL
    )
    return name, done.returncode == 0, time.monotonic() - began, (done.stdout + done.stderr).strip()


def main() -> None:
    """Run all, two at a time; show what the failed ones said."""
    wanted = sys.argv[1:] or list(CHECKS)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda name: run(name, folder), wanted))
    failed = [result for result in results if not result[1]]
    for name, _, _, said in failed:
        print(f"\n--- {name}\n{said}")
    print(
        "\n"
        + "\n".join(f"{'ok  ' if good else 'FAIL'} {name} ({took:.1f} s)" for name, good, took, _ in results)
    )
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
