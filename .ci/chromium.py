"""Print the path of a Chromium for the browser tests; where there is none, install Debian's or say how.

Looks at ``CHROMIUM``, then at the usual names on PATH.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Install Debian's Chromium; what apt says goes to standard error."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(command, check=False, env=quiet, stdout=sys.stderr, stdin=subprocess.DEVNULL)


def main() -> None:
    """Find or install, then print the path."""
    named = os.environ.get("CHROMIUM")
    if named and not find():
        sys.exit(f"CHROMIUM names {named}, which is no program here.")
    if not find() and os.geteuid() == 0 and shutil.which("apt-get"):
        install()
    path = find()
    if not path:
        sys.exit(
            "The browser tests need Chromium: sudo apt-get install chromium (or CHROMIUM=/path/to/chromium)."
        )
    print(path)


if __name__ == "__main__":
    main()
