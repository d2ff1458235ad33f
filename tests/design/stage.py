"""A stage for the scripts: pages rendered from our templates, in a real browser, with a tiny server.

The browser works in a thread of its own: Playwright allows one a thread, and another test may hold one.
"""

import mimetypes
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context, Template
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from reconnect.headers import CONTENT_SECURITY_POLICY

THREAD = ThreadPoolExecutor(1)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


class Stage:
    """One window, and what its server answers: a status or (status, html) by path, else our page."""

    def __init__(self, main: str, answers: dict[str, Any]) -> None:
        self.main = main
        self.token = "t" * 64
        self.answers = answers
        self.sent: list[tuple[str, str, str]] = []
        self.news = threading.Condition()
        self.complaints: list[str] = []
        self.home = ""
        self.page: Page

    def html(self) -> str:
        """The page as the base template gives it to somebody signed in."""
        user = SimpleNamespace(is_authenticated=True)
        context = Context({"user": user, "csrf_token": self.token, "messages": []})
        source = f'{{% extends "base.html" %}}{{% block main %}}{self.main}{{% endblock %}}'
        return str(Template(source).render(context))

    def answer(self, method: str, path: str, body: str, token: str) -> tuple[int, str, bytes]:
        """Return status, type and body of an answer."""
        if path.startswith(settings.STATIC_URL):
            name = path.removeprefix(settings.STATIC_URL)
            found = staticfiles_storage.path(name) if settings.STATIC_ROOT else finders.find(name)
            with open(found, "rb") as file:  # noqa: PTH123 (a finder gives a string)
                return 200, mimetypes.guess_type(path)[0] or "font/woff2", file.read()
        if path == "/sw.js":  # a worker that does nothing: these scenes are about the page's own script
            return 200, "text/javascript", b""
        if method == "POST":
            with self.news:
                self.sent.append((path, body, token))
                self.news.notify_all()
        answer = self.answers.get(path, 200)
        status, html = answer if isinstance(answer, tuple) else (answer, self.html() if answer == 200 else "")
        return status, "text/html; charset=utf-8", html.encode()

    def open(self, context: BrowserContext) -> None:
        """Open the window; the neutral page is the only one outside that exists."""
        context.route("https://**/*", lambda route: route.fulfill(body="neutral", content_type="text/html"))
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def go(self, path: str = "/") -> Page:
        """Open a path."""
        self.page.goto(self.home + path)
        return self.page

    def posts(self, path: str) -> list[str]:
        """Bodies that were posted to a path so far."""
        return [body for where, body, _ in self.sent if where == path]

    def wait_for_post(self, path: str) -> list[str]:
        """Wait until something was posted to a path, five seconds at most, and return its bodies."""
        with self.news:
            assert self.news.wait_for(lambda: self.posts(path), timeout=5), f"Nothing was posted to {path}"
        return self.posts(path)


def serve(stage: Stage) -> ThreadingHTTPServer:
    """Start the server of a stage; its address goes to ``stage.home``."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            path = urlsplit(self.path).path
            status, kind, content = stage.answer(
                self.command, path, body, self.headers.get("X-CSRFToken", "")
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(b"" if status == 204 else content)

        do_GET = do_POST = _any  # noqa: N815 (names that http.server looks for)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stage.home = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def browser(chromium: str) -> Iterator[Browser]:
    """The browser of all scenes."""
    holder = ExitStack()

    def begin() -> Browser:
        playwright = holder.enter_context(sync_playwright())
        return holder.enter_context(playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS))

    yield THREAD.submit(begin).result()
    THREAD.submit(holder.close).result()


def play(
    browser: Browser,
    main: str,
    scene: Callable[[Stage], None],
    answers: dict[str, Any] | None = None,
    **options: Any,
) -> None:
    """Play a scene in a fresh window; nothing may have complained on its console."""
    stage = Stage(main, answers or {})
    # A window closed in the middle of a page transition complains of it: without motion there is none.
    options = {"reduced_motion": "reduce", "timezone_id": "Europe/Lisbon", **options}
    options.setdefault("viewport", {"width": 390, "height": 844})

    def work() -> None:
        context = browser.new_context(**options)
        try:
            context.set_default_timeout(10_000)
            stage.open(context)
            scene(stage)
        finally:
            context.close()
        if stage.complaints:
            raise AssertionError(stage.complaints)

    server = serve(stage)
    try:
        THREAD.submit(work).result()
    finally:
        server.shutdown()
        server.server_close()
