"""Take the 10,000 steps of the proof, half of them on each database at once, and write their figures into docs/proof.md.

STEPS= is how many, SEED= which (said at the start, so that a run can be had again), ENGINE= one database for all.
"""

import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

PAGE = Path("docs/proof.md")
MARK = "<!-- What follows is written by make proof. -->\n"
ENOUGH = 2_000
"""Steps from which on each act has to have been done, and each private field to have had a canary."""
RUN = ("-m", "pytest", "tests/proof", "-q", "-n", "0", "-k", "test_steps")


def commit() -> str:
    """The commit that is proved, and whether anything but the figures was changed since."""
    git = ("git", "-C", ".")
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    status = [*git, "status", "--porcelain", "--untracked-files=no", "--", ".", f":!{PAGE}"]
    changed = subprocess.run(status, capture_output=True, text=True, check=False).stdout
    return (head.stdout.strip() or "unknown") + (" with changes" if changed else "")


def rows(figures: Counter[str], sort: str) -> str:
    """A table of the figures of a sort."""
    found = sorted(name.removeprefix(sort) for name in figures if name.startswith(sort))
    return "".join(f"| {name} | {figures[sort + name]:,} |\n" for name in found)


def report(figures: dict[str, Counter[str]], seed: int, seconds: float) -> str:
    """What is written into the page."""
    lines = [
        f"{dt.datetime.now(tz=dt.UTC).date()}, commit {commit()}, seed {seed}, {seconds / 60:.0f} minutes.\n"
    ]
    for engine, found in figures.items():
        lines.append(
            f"- {engine}: {found['steps']:,} steps, {found['canaries']:,} canaries planted, "
            f"{found['pages']:,} pages read, violations: 0."
        )
    total = sum(figures.values(), Counter[str]())
    lines.append("\n| step | times |\n| --- | --- |\n" + rows(total, "step "))
    lines.append("| private field | canaries that stood in it |\n| --- | --- |\n" + rows(total, "field "))
    return "\n".join(lines)


def main() -> None:
    """Run it on all engines at once; the figures are written where all of them end well."""
    engines = (os.environ.get("ENGINE") or "sqlite postgres").split()
    steps = int(os.environ.get("STEPS") or 10_000)
    seed = int(os.environ.get("SEED") or random.randrange(2**32))  # noqa: S311
    print(f"{steps} steps on {' and '.join(engines)}; SEED={seed} takes the same again", flush=True)
    began, failed = time.monotonic(), False
    with tempfile.TemporaryDirectory() as folder:
        files = {engine: Path(folder) / engine for engine in engines}
        runs = {}
        for number, (engine, file) in enumerate(files.items()):
            share = str(-(-steps // len(engines)))
            told = {"ENGINE": engine, "STEPS": share, "SEED": str(seed + 1_000 * number)}
            runs[engine] = subprocess.Popen(
                [sys.executable, *RUN],
                env={**os.environ, **told, "FIGURES": str(file)},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        for engine, process in runs.items():
            said = process.communicate()[0]
            if process.returncode:
                failed = True
                print(f"--- {engine}\n{said}")
        if failed:
            sys.exit(1)
        figures = {engine: Counter[str](json.loads(file.read_text())) for engine, file in files.items()}
    never = sorted(
        name for name in set().union(*figures.values()) if not any(found[name] for found in figures.values())
    )
    if never and steps >= ENOUGH:
        print(f"Nobody ever did, or nothing was ever planted in: {', '.join(never)}")
        sys.exit(1)
    text = report(figures, seed, time.monotonic() - began)
    PAGE.write_text(PAGE.read_text().partition(MARK)[0] + MARK + "\n" + text)
    print(text.partition("\n| step")[0] + f"\nWritten into {PAGE}.")


if __name__ == "__main__":
    main()
