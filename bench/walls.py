"""What the walls cost: Today and the lists with ten years of data on PostgreSQL, with them and without, side by side.

    make bench-walls ARGS="--years 10 --rounds 9 --requests 200"

All variants serve the same database, each under its own gunicorn; rounds alternate between them, so that a busy machine
slows all alike. A round gives a ratio to the first variant; printed is the median of these, with the least and
the greatest. Exit code 1 where Today takes more than 10 % longer behind all walls.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.pages import Target, measure, project
from tests import postgres as pg

ASKED = 1.10
PAGES = ("/", "/notes/", "/dates/", "/goals/")
ROLE = "reconnect_app"
# Name, module, and whether its connection is one that passes by the policies. The first is what the others are held
# against; the last has all walls.
VARIANTS = (
    ("no wall", "bench.unwalled", True),
    ("row-level security", "reconnect.wsgi", False),
)


def variants(stack: ExitStack, folder: Path, years: int) -> dict[str, list[Target]]:
    """All variants running on one filled database: their pages by name."""
    server = stack.enter_context(pg.running(durable=True))
    server.do(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS", f"CREATE DATABASE reconnect OWNER {ROLE}")
    prepare = [
        ["django", "migrate", "--no-input", "--verbosity=0"],
        ["django", "createcachetable"],
        ["django", "collectstatic", "--no-input", "--verbosity=0"],
        ["django", "demo", "--years", str(years)],
    ]
    found: dict[str, list[Target]] = {}
    for name, module, passes in VARIANTS:
        address = server.url("reconnect") if passes else server.url("reconnect", ROLE)
        given = {"DATA": str(folder), "DATABASE_URL": address}
        first = {**given, "DATABASE_URL": server.url("reconnect", ROLE)}
        if not found:
            stack.enter_context(project("reconnect.settings", module, prepare, first))
            server.do("VACUUM ANALYZE", database="reconnect")
        app, cookie = stack.enter_context(project("reconnect.settings", module, [], given))
        found[name] = [Target(path, app, path, cookie) for path in PAGES]
    return found


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=200)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reconnect-bench-")))
        found = variants(stack, folder, asked.years)
        for number in range(asked.rounds + 1):
            for targets in zip(*found.values(), strict=True):
                for target in targets:
                    measure(target, asked.requests if number else 50, "")
                    if not number:
                        target.wall[""].clear()
                        target.cpu[""].clear()
    sys.exit(report(found))


def report(found: dict[str, list[Target]]) -> bool:
    """Print a line a page and variant; whether Today is too slow."""
    names = list(found)
    print(f"{'':12}{'':22}{'ms':>8}{'cpu ms':>8}{'ratio':>8}  (least to greatest)")
    today = 1.0
    for place, path in enumerate(PAGES):
        plain = found[names[0]][place].wall[""]
        for name in names:
            target = found[name][place]
            ratios = [taken / base for taken, base in zip(target.wall[""], plain, strict=True)]
            ratio = statistics.median(ratios)
            took, cpu = (statistics.median(kind[""]) for kind in (target.wall, target.cpu))
            print(
                f"{path:12}{name:22}{took:8.2f}{cpu:8.2f}{ratio:8.3f}  ({min(ratios):.3f} to {max(ratios):.3f})"
            )
            today = ratio if path == "/" else today
    print(f"\nToday behind all walls: {today:.3f} times; asked is {ASKED} at most")
    return today > ASKED


if __name__ == "__main__":
    main()
