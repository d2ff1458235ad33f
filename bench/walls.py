"""What the walls cost: Today and the lists with ten years of data on PostgreSQL, with them and without, side by side.

    make bench-walls ARGS="--years 10 --rounds 40 --requests 25"

All variants serve the same database, each under its own gunicorn; short rounds alternate between them, so that a busy
machine slows all alike. A round gives a ratio to the first variant; printed is the median of these. The ratio of
processor time (the app's and the database's) says the same where a machine has too much else to do for times to
mean anything. Exit code 1 where Today takes more than 10 % longer behind all walls.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from bench.pages import Target, measure, project, worker
from tests import postgres as pg
from tests.infra.process import App

ASKED = 1.10
PAGES = ("/", "/notes/", "/dates/", "/goals/")
ROLE = "reconnect_app"
# Name, module, and whether its connection is one that passes by the policies. The first is what the others are held
# against; the last has all walls.
VARIANTS = (
    ("no wall", "bench.unwalled", True),
    ("row-level security", "reconnect.wsgi", False),
)


def used(server: pg.Postgres, app: App) -> float:
    """Milliseconds of processor that the database's processes and the app's worker have used."""
    postmaster = (server.folder / "cluster" / "postmaster.pid").read_text().split()[0]
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    spent = 0
    for pid in [*children, str(worker(app))]:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                spent += int(task.read_text().split()[0])
    return spent / 1e6


def variants(stack: ExitStack, server: pg.Postgres, folder: Path, years: int) -> dict[str, list[Target]]:
    """All variants running on one filled database: their pages by name."""
    server.do(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS", f"CREATE DATABASE reconnect OWNER {ROLE}")
    prepare = [
        ["django", "migrate", "--no-input", "--verbosity=0"],
        ["django", "createcachetable"],
        ["django", "collectstatic", "--no-input", "--verbosity=0"],
        ["django", "demo", "--years", str(years)],
    ]
    owner = {"DATA": str(folder), "DATABASE_URL": server.url("reconnect", ROLE)}
    with project("reconnect.settings", "reconnect.wsgi", prepare, owner):
        server.do("VACUUM ANALYZE", database="reconnect")
    found: dict[str, list[Target]] = {}
    for name, module, passes in VARIANTS:
        given = {**owner, "DATABASE_URL": server.url("reconnect")} if passes else owner
        running, cookie = stack.enter_context(project("reconnect.settings", module, [], given))
        found[name] = [Target(path, running, path, cookie) for path in PAGES]
    return found


def rounds(server: pg.Postgres, found: dict[str, list[Target]], count: int, requests: int) -> None:
    """Measure all, by turns; the first round only warms up. Processor time goes into ``cpu``, of app and database."""
    for number in range(count + 1):
        for targets in zip(*found.values(), strict=True):
            for target in targets:
                before = used(server, target.server)
                measure(target, requests if number else 40, "")
                target.cpu[""][-1] = (used(server, target.server) - before) / requests
                if not number:
                    target.wall[""].clear()
                    target.cpu[""].clear()


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--requests", type=int, default=25)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reconnect-bench-")))
        server = stack.enter_context(pg.running(durable=True))
        found = variants(stack, server, folder, asked.years)
        rounds(server, found, asked.rounds, asked.requests)
    sys.exit(report(found))


def report(found: dict[str, list[Target]]) -> bool:
    """Print a line a page and variant; whether Today is too slow."""
    first = next(iter(found))
    print(f"{'':12}{'':22}{'ms':>8}{'ratio':>8}{'cpu ms':>9}{'ratio':>8}")
    today = 1.0
    for place, path in enumerate(PAGES):
        for name, targets in found.items():
            line = f"{path:12}{name:22}"
            ratios = []
            for kind in ("wall", "cpu"):
                taken, plain = (getattr(of[place], kind)[""] for of in (targets, found[first]))
                ratios.append(statistics.median(one / base for one, base in zip(taken, plain, strict=True)))
                line += f"{statistics.median(taken):8.2f}{ratios[-1]:8.3f} "
            print(line)
            today = ratios[0] if path == "/" else today
    print(f"\nToday behind all walls: {today:.3f} times; asked is {ASKED} at most")
    return today > ASKED


if __name__ == "__main__":
    main()
