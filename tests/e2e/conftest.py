"""Two people in two browsers, on a server of the test's own."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.serving import serving

# Playwright's sync API runs a loop in this thread; Django would refuse its database calls beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No request of a test leaves the machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# The browser itself logs every answer of 4xx or 5xx, and htmx a stream or a fetch that failed: tests ask for those.
ASKED_FOR = ("Failed to load resource", "htmx:sse:error", "htmx: htmx:error: Failed to fetch")
PATIENCE = 30_000
"""How long, in milliseconds, a page may take on a machine that has other things to do."""
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}


class Clock:
    """The server's clock, which a test may set forward."""

    ahead = dt.timedelta()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let days go by: the server runs in this process and asks Django for the time."""
    clock, now = Clock(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + clock.ahead)
    return clock


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the whole run."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    """The address of the app, served as ``make run`` does, streams and all."""
    with serving() as served:
        yield served.url


class Window:
    """A person's browser. What it complains of on its console, errors of scripts and policy reports are kept."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.context = context
        self.server = server
        self.complaints: list[str] = []
        self.page = self.watched(context.new_page())

    def watched(self, page: Page) -> Page:
        """Listen to what a page complains of."""
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(asked in text for asked in ASKED_FOR):
            self.complaints.append(text)

    def go(self, path: str) -> Page:
        """Open a path of the app."""
        self.page.goto(self.server + path)
        return self.page

    def sign_in(self, person: Any) -> "Window":
        """Hand the browser a session, without the sign-in page."""
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.server}])
        return self


@pytest.fixture
def window(browser: Browser, server: str) -> Iterator[Callable[..., Window]]:
    """Open a browser window; at the end none may have complained."""
    opened: list[Window] = []

    def open_window(**options: Any) -> Window:
        options.setdefault("viewport", LAPTOP)
        options.setdefault("locale", "en-GB")
        options.setdefault("timezone_id", "Europe/Berlin")
        # With motion, Chromium complains of each page transition that a slow machine makes it give up.
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        opened.append(Window(context, server))
        return opened[-1]

    yield open_window
    complaints = [complaint for one in opened for complaint in one.complaints]
    for one in opened:
        # What a page asks for by itself may still be on its way through a handler of the test.
        one.page.unroute_all(behavior="ignoreErrors")
        one.context.close()
    assert not complaints
