"""How fast the partner's page follows, and what open streams cost.

    make bench-live ARGS="--engine sqlite --streams 2000 --rounds 60"

*Following*: two browsers on one server; one posts, and the clock runs until the other's page shows it (a MutationObserver
there, the same machine's clock in both). *Idle streams*: so many at once in one process, by people of couples of their own:
how much memory each takes, how many connections to the database there are, how long a page takes with them and
without (rounds alternate), and what is left once all have gone. Exit code 1 beyond what is asked.
"""

import argparse
import json
import runpy
import socket
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests import postgres as pg
from tests.infra.process import App, app, run

MEDIAN, NEARLY_ALL, EACH, SLOWER = 100.0, 300.0, 60.0, 1.2
"""Milliseconds at the median and for 95 of 100, kilobytes a stream, times as long as without streams."""
ROOT = Path(__file__).resolve().parent.parent
ROLE = "reconnect_app"
PEOPLE_AT_ONCE = 10
FILL = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
from couples.core.people import CONSENT, Person
from couples.core import wall
import datetime as dt
keys = {}
day = dt.date(2020, 1, 1)
def key(person):
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value
for name in ("alex", "sam"):
    keys[name] = key(Person.objects.get(email=f"{name}@example.org"))
agreed = dict(welcomed_on=day, consented_on=day, consent_version=CONSENT)
keys["many"] = [key(Person.objects.create_user(f"p{n}@example.org", None, name="P", **agreed)) for n in range(int(sys.argv[1]))]
print(json.dumps(keys))
"""


def filled(
    engine: str, stack: ExitStack, folder: str, people: int
) -> tuple[dict[str, str], dict[str, Any], Any]:
    """A demo with so many more people: the environment, their sessions, and the server of the database."""
    given = {
        "DATA": folder,
        "PYTHONWARNINGS": "",
        "DJANGO_SETTINGS_MODULE": "reconnect.settings",
        "PYTHONPATH": ".",
    }
    server = None
    if engine == "postgres":
        server = stack.enter_context(pg.running(durable=True))
        server.do(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS", f"CREATE DATABASE live OWNER {ROLE}")
        given["DATABASE_URL"] = server.url("live", ROLE)
    for command in (
        ["migrate", "-v0"],
        ["createcachetable"],
        ["demo"],
        ["collectstatic", "--no-input", "-v0"],
    ):
        assert run(sys.executable, "manage.py", *command, **given).returncode == 0, command
    made = run(sys.executable, "-c", FILL, str(people), **given)
    assert made.returncode == 0, made.stderr
    return given, json.loads(made.stdout), server


def opened(port: int, session: str) -> socket.socket:
    """One stream."""
    one = socket.create_connection(("127.0.0.1", port), timeout=60)
    one.sendall(
        f"GET /live/ HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: sessionid={session}\r\nX-Age: 0\r\n\r\n".encode()
    )
    return one


def memory(server: App) -> float:
    """Kilobytes that the process holds."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return float(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def connections(database: Any) -> int:
    """How many connections the app holds to PostgreSQL; 0 where there is none."""
    if database is None:
        return 0
    return int(database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = 'live'", "postgres"))


def files(server: App) -> int:
    """How many files and sockets the process has open."""
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def page_time(server: App, session: str, requests: int = 30) -> float:
    """Milliseconds at the median until Today is there."""
    times = []
    for _ in range(requests):
        began = time.perf_counter()
        assert server.ask("/", Cookie=f"sessionid={session}")[0] == 200
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


WATCH = """text => new Promise(done => {
    const look = () => document.body.innerText.includes(text) && done(Date.now());
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
    look();
})"""
POST = """async ([path, body]) => {
    const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
    const began = Date.now();
    const sent = new URLSearchParams({...body, csrfmiddlewaretoken: token});
    const answer = await fetch(path, {method: 'POST', body: sent, redirect: 'manual'});
    return began;
}"""


def following(server: App, keys: dict[str, Any], rounds: int, browser: Any) -> list[float]:
    """Milliseconds from the one's POST until the other's page shows it, round after round."""
    url = f"http://localhost:{server.port}"
    pages = {}
    for name in ("alex", "sam"):
        context = browser.new_context(locale="en-GB")
        context.add_cookies([{"name": "sessionid", "value": keys[name], "url": url}])
        pages[name] = context.new_page()
    sam, alex = pages["sam"], pages["alex"]
    times = []
    for number in range(rounds + 3):
        alex.goto(f"{url}/notes/new/")
        words = f"measured {number}."
        alex.locator("[name=what]").fill(words)
        alex.locator("[name=meaning]").fill("x")
        alex.locator("main form button.primary").click()
        give = alex.locator("form[action$='/give/']")
        path = give.get_attribute("action")
        if not number:
            sam.goto(f"{url}/notes/")
            sam.wait_for_function("() => document.querySelector('#live')?._htmx?.sse?.status === 200")
        sam.evaluate(f"() => {{ window.seen = ({WATCH})({json.dumps(words)}); }}")
        began = alex.evaluate(POST, [path, {"when": "now"}])
        times.append(sam.evaluate("() => window.seen") - began)
    return times[3:]


def idle(server: App, keys: dict[str, Any], count: int, database: Any) -> dict[str, float]:
    """What so many idle streams cost."""
    page_time(server, keys["alex"])
    plain = [page_time(server, keys["alex"])]
    opened(server.port, keys["many"][0]).close()
    before, held, had = memory(server), connections(database), files(server)
    began = time.perf_counter()
    streams = [opened(server.port, keys["many"][number // PEOPLE_AT_ONCE]) for number in range(count)]
    for one in streams:
        assert one.recv(12) == b"HTTP/1.1 200"
    took = time.perf_counter() - began
    each = (memory(server) - before) / count
    during = connections(database)
    with_streams = [page_time(server, keys["alex"]) for _ in range(3)]
    for one in streams:
        one.close()
    gone = time.monotonic() + 60
    while files(server) > had and time.monotonic() < gone:
        time.sleep(0.1)
    plain += [page_time(server, keys["alex"]) for _ in range(3)]
    return {
        "each": each,
        "opened": took,
        "slower": statistics.median(with_streams) / statistics.median(plain),
        "connections": during - held,
        "left": files(server) - had,
    }


def measure(engine: str, streams: int, rounds: int, browser: Any) -> bool:
    """Measure on one engine and say it; whether it is as asked."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        given, keys, database = filled(engine, stack, folder, -(-streams // PEOPLE_AT_ONCE))
        server = stack.enter_context(app(sys.executable, "manage.py", "serve", **given))
        times = sorted(following(server, keys, rounds, browser))
        middle, late = statistics.median(times), times[int(len(times) * 0.95)]
        cost = idle(server, keys, streams, database)
    print(
        f"{engine}: from the POST to the other's page {middle:.0f} ms at the median, "
        f"{late:.0f} ms for 95 of 100 ({rounds} rounds)"
    )
    print(
        f"{engine}: {streams} idle streams {cost['each']:.1f} KB each, opened in {cost['opened']:.1f} s, pages take "
        f"{cost['slower']:.2f} times as long, {cost['connections']:.0f} connections more, "
        f"{cost['left']:.0f} sockets and files more than before once all have gone"
    )
    return (
        middle <= MEDIAN
        and late <= NEARLY_ALL
        and cost["each"] <= EACH
        and cost["slower"] <= SLOWER
        and cost["connections"] <= 2
        and cost["left"] <= 0
    )


def main() -> None:
    """Measure on both engines, or one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=["sqlite", "postgres"])
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = runpy.run_path(str(ROOT / ".ci" / "chromium.py"))["find"]()
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        engines = [options.engine] if options.engine else ["sqlite", "postgres"]
        good = [measure(engine, options.streams, options.rounds, browser) for engine in engines]
        browser.close()
    if not all(good):
        sys.exit(
            f"Asked is {MEDIAN:.0f} ms, {NEARLY_ALL:.0f} ms, {EACH:.0f} KB, {SLOWER} times, "
            "no connection more a stream, and nothing left."
        )


if __name__ == "__main__":
    main()
