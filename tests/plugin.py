"""What every test run needs before Django's settings are read, and what makes a run fail.

- ``ENGINE=sqlite`` (or nothing) and ``ENGINE=postgres`` choose the database. For PostgreSQL a real one is
  started, unless ``DATABASE_URL`` names one; the workers of pytest-xdist share it.
- A folder of its own for data, a fixed key, no mail, a quick password hasher, static files collected once.
- A test that is skipped or expected to fail fails: a missing tool is no reason to know less.
- Whatever is logged is kept, down to DEBUG, and read at the end: a run fails whose logs hold what they never may.
- ``ONCE=done`` leaves out what a run on the other engine had: what browsers make of pages, and tools.
- Fixtures ``postgres`` (a real server whatever ``ENGINE`` says) and ``chromium`` (the path of the browser).
"""

import os
import runpy
import shutil
import signal
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import logs
from tests import postgres as pg
from tests.room import give_room_to_threads, roomy

ROOT = Path(__file__).resolve().parent.parent
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "admin_user", "postgres"}
FORGET = {"PUBLIC_URL", "ALLOWED_HOSTS", "DEBUG", "SIGNUP", "OPERATOR", "EXIT_URL", "TRUSTED_PROXIES"}
FORGET |= {"MAINTENANCE", "MASTER_KEY", "PORT", "HOST", "PUSH_HOSTS", "STATIC_ROOT"}
"""Variables of a running instance that must not reach the tests; those of its mail neither."""

stack = ExitStack()
counts: Counter[str] = Counter()


def log_folder() -> Path:
    """Where every process of this run writes what it logs."""
    return Path(os.environ["DATA"]) / "logs"


def is_worker() -> bool:
    """Whether this process is one of pytest-xdist's, which inherit the environment of the first one."""
    return "PYTEST_XDIST_WORKER" in os.environ


def engine() -> str:
    """``sqlite`` or ``postgres``. Raises UsageError for anything else."""
    chosen = os.environ.get("ENGINE") or ("postgres" if os.environ.get("DATABASE_URL") else "sqlite")
    if chosen not in ("sqlite", "postgres"):
        raise pytest.UsageError(f"ENGINE is sqlite or postgres, not {chosen}.")
    return chosen


def choose_database() -> None:
    """Set ``DATABASE_URL`` as the engine wants it; start a PostgreSQL where none is named."""
    os.environ["ENGINE"] = engine()
    if engine() == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    elif not os.environ.get("DATABASE_URL"):
        server = stack.enter_context(pg.running())
        os.environ["TEST_POSTGRES"] = f"{server.folder}\n{server.programs}"
        os.environ["DATABASE_URL"] = server.url("reconnect")
    if engine() == "postgres":
        os.environ["DATABASE_ACTS_AS"] = pg.ACTS_AS
        pg.make_role(os.environ["DATABASE_URL"])


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Prepare the environment; pytest-django reads the settings right after this."""
    if is_worker():
        return
    for name in [name for name in os.environ if name in FORGET or name.startswith("EMAIL_")]:
        del os.environ[name]
    os.environ["DATA"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="reconnect-test-"))
    os.environ["SECRET_KEY"] = "only-for-tests-" + "k" * 40
    os.environ.pop("TEST_POSTGRES", None)
    os.environ.pop("DATABASE_ACTS_AS", None)
    # A run that is told to end (a time limit) ends as an interrupted one does: its server is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        choose_database()
    except (LookupError, RuntimeError) as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test as pytest does, with room for deep calls."""
    runner = item.config.pluginmanager.get_plugin("runner")
    return bool(roomy(runner.pytest_runtest_protocol, item, nextitem))


def use_sqlite_file() -> None:
    """Test on a file: Django's own choice, in memory, answers a second thread with 'table is locked'."""
    from django.db import connections

    default = connections.settings["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"]["NAME"] = str(Path(os.environ["DATA"]) / "test.sqlite3")
        default["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


def read_static_files_once() -> None:
    """Every test client has middleware of its own, and WhiteNoise would read the whole folder anew for each: 40 ms."""
    from whitenoise import WhiteNoise

    whole, known = WhiteNoise.update_files_dictionary, {}

    def once(self: Any, root: str, prefix: str) -> None:
        if (root, prefix) not in known:
            others, self.files = self.files, {}
            whole(self, root, prefix)
            known[root, prefix], self.files = self.files, others
        self.files |= known[root, prefix]

    WhiteNoise.update_files_dictionary = once


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """A hasher that takes no time, and the static files, once."""
    from django.conf import settings

    from reconnect.static import collect

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    use_sqlite_file()
    read_static_files_once()
    give_room_to_threads()
    if is_worker() or not settings.STATIC_ROOT:
        return
    try:
        collect()
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"The static files can't be collected: {error}") from error


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    """Keep what is logged; Django has set its own logging up by now."""
    logs.Recorder(log_folder()).listen()


def pytest_unconfigure() -> None:
    """Stop what was started."""
    stack.close()


def pytest_report_header() -> str:
    """Which database the run is on."""
    if engine() == "sqlite":
        return f"engine: SQLite {sqlite3.sqlite_version}"
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres") as connection:
        version = connection.info.parameter_status("server_version")
    return f"engine: PostgreSQL {version}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note on each test whether it uses a browser or a database, so that it can be counted where it ran."""
    if os.environ.get("ONCE") == "done":
        left_out = [item for item in items if item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("once")]
    # Within its kind what takes long begins first: no processor waits for it at the end.
    items.sort(key=lambda item: (commits(item), not item.get_closest_marker("slow")))
    for item in items:
        if item.get_closest_marker("browser"):
            item.user_properties.append(("uses", "browser"))
        fixtures = set(getattr(item, "fixturenames", ()))
        if (
            item.get_closest_marker("django_db")
            or item.get_closest_marker("postgres")
            or fixtures & DATABASE_FIXTURES
        ):
            item.user_properties.append(("uses", "database"))


def commits(item: pytest.Item) -> bool:
    """Whether a test commits to the database, or has none: pytest-django lets these come last."""
    mark = item.get_closest_marker("django_db")
    return mark is None or bool(mark.kwargs.get("transaction"))


def as_failure(report: Any) -> None:
    """Turn a report of a skipped test, or of one that was expected to fail, into a failure."""
    expected = getattr(report, "wasxfail", None)
    if report.outcome != "skipped" and expected is None:
        return
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else (expected or report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid}: a test that is skipped or expected to fail counts as failed ({told})"
    if expected is not None:
        del report.wasxfail


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """No skipped tests."""
    report = yield
    as_failure(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """No skipped modules either."""
    report = yield
    as_failure(report)
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what ran."""
    if report.when == "call":
        counts.update({str(value) for name, value in report.user_properties if name == "uses"})


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that should be whole (``WHOLE=1``) fails where no browser or no database test ran."""
    if not is_worker() and os.environ.get("WHOLE") and not (counts["browser"] and counts["database"]):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if not is_worker() and logs.leaked(log_folder()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many tests used a browser and a database; and what leaked into the logs."""
    for leak in logs.leaked(log_folder()):
        terminalreporter.write_line(f"in the logs: {leak}", red=True)
    line = f"{counts['browser']} browser tests and {counts['database']} database tests ran, on {engine()}"
    if os.environ.get("WHOLE") and not (counts["browser"] and counts["database"]):
        terminalreporter.write_line(f"{line}: a whole run needs both", red=True)
    else:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.Postgres]:
    """A real PostgreSQL with its superuser: the one of this run, or else one of this process."""
    if shared := os.environ.get("TEST_POSTGRES"):
        folder, programs = shared.split("\n")
        yield pg.Postgres(Path(folder), Path(programs))
        return
    with pg.running() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; a test that needs one fails where there is none."""
    found = runpy.run_path(str(ROOT / ".ci" / "chromium.py"))["find"]()
    if not found:
        pytest.fail("The browser tests need Chromium: python .ci/chromium.py installs it or says how.")
    return str(shutil.which(found))
