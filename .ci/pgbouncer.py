"""Print the path of pgbouncer for the tests; where there is none, install Debian's or say how.

Looks at ``PGBOUNCER``, then on PATH and where Debian puts it. Its service is not started.
"""

import os
import shutil
import subprocess
import sys

PLACES = ("pgbouncer", "/usr/sbin/pgbouncer")


def find() -> str | None:
    """The path of pgbouncer, or None."""
    named = os.environ.get("PGBOUNCER")
    if named:
        return shutil.which(named)
    return next((path for name in PLACES if (path := shutil.which(name))), None)


def install() -> None:
    """Install Debian's pgbouncer without letting it start; what apt says goes to standard error."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "--yes", "--no-install-recommends", "pgbouncer"],
    ):
        subprocess.run(command, check=False, env=quiet, stdout=sys.stderr, stdin=subprocess.DEVNULL)


def main() -> None:
    """Find or install, then print the path."""
    named = os.environ.get("PGBOUNCER")
    if named and not find():
        sys.exit(f"PGBOUNCER names {named}, which is no program here.")
    if not find() and os.geteuid() == 0 and shutil.which("apt-get"):
        install()
    path = find()
    if not path:
        sys.exit(
            "The tests of the pooler need pgbouncer: sudo apt-get install pgbouncer (or PGBOUNCER=/path/to/pgbouncer)."
        )
    print(path)


if __name__ == "__main__":
    main()
