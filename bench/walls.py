"""What the walls cost: Today and the lists with ten years of data, behind them and without, side by side.

    make bench-walls ARGS="--engine postgres --years 10 --rounds 40 --requests 25"

One variant is the app as it is: words encrypted, and on PostgreSQL row-level security, as a role that passes by no policy.
The other has neither (``bench.unwalled``), and a database of its own. Each runs under its own gunicorn; short rounds alternate
between them, so that a busy machine slows both alike. A round gives a ratio; printed is the median of these. The ratio of
processor time (the app's and the database's) says the same where a machine has too much else to do for times to
mean anything. Exit code 1 where Today takes more than 10 % longer behind the walls.
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
# Name, module, and the command that fills its database. The first is what the other is held against.
VARIANTS = (
    ("no walls", "bench.unwalled", "bench.unwalled"),
    ("both walls", "reconnect.wsgi", "django"),
)


def used(server: pg.Postgres | None, app: App) -> float:
    """Milliseconds of processor that the app's worker, and the database's processes if there are any, have used."""
    children: list[str] = []
    if server is not None:
        postmaster = (server.folder / "cluster" / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    spent = 0
    for pid in [*children, str(worker(app))]:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                spent += int(task.read_text().split()[0])
    return spent / 1e6


def variants(
    stack: ExitStack, server: pg.Postgres | None, folder: Path, years: int
) -> dict[str, list[Target]]:
    """Both variants running, each on a database of its own: their pages by name."""
    if server is not None:
        server.do(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")
    found: dict[str, list[Target]] = {}
    for number, (name, module, filler) in enumerate(VARIANTS):
        given = {"DATA": str(folder / str(number)), "STATIC_ROOT": str(folder / "static")}
        (folder / str(number)).mkdir()
        if server is not None:
            server.do(f"CREATE DATABASE reconnect_{number} OWNER {ROLE}")
            # Without walls nothing says for whom it runs: so it needs a role that passes by the policies.
            given["DATABASE_URL"] = server.url(f"reconnect_{number}", ROLE if number else "postgres")
        prepare = [
            ["django", "migrate", "--no-input", "--verbosity=0"],
            ["django", "createcachetable"],
            ["django", "collectstatic", "--no-input", "--verbosity=0"],
            [filler, "demo", "--years", str(years)],
        ]
        running, cookie = stack.enter_context(project("reconnect.settings", module, prepare, given))
        if server is not None:
            server.do("VACUUM ANALYZE", database=f"reconnect_{number}")
        found[name] = [Target(path, running, path, cookie) for path in PAGES]
    return found


def rounds(server: pg.Postgres | None, found: dict[str, list[Target]], count: int, requests: int) -> None:
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
    parser.add_argument("--engine", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--requests", type=int, default=25)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reconnect-bench-")))
        server = stack.enter_context(pg.running(durable=True)) if asked.engine == "postgres" else None
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
