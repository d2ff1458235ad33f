"""Exit this page: covered at once, gone to a neutral page, signed out, and nothing to come back to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.template.autoreload import reset_loaders
from playwright.sync_api import Page, Route, expect

from couples.notes.models import Note
from reconnect import headers, views
from tests.e2e.conftest import PATIENCE
from tests.e2e.people import ON_A_LAPTOP, ON_A_PHONE, main, reads, shot, write
from tests.world import make_goal

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
SECRET = "only ours"


class Neutral:
    """A page about the weather, on an address of its own. It arrives once ``let`` is set, after ``slow`` seconds.

    ``ended`` is set when the server has ended the session: the browser waits for no answer to that.
    """

    def __init__(self) -> None:
        self.let, self.ended = threading.Event(), threading.Event()
        self.slow = 0.0
        neutral = self

        class Weather(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                neutral.let.wait(60)
                threading.Event().wait(neutral.slow)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(
                    b"<!doctype html><html lang=en><title>Weather</title><link rel=icon href=data:,><h1>Rain later</h1>"
                )

            def log_message(self, *said: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
        self.url = f"http://127.0.0.1:{self.server.server_port}/weather"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def neutral(monkeypatch, settings) -> Iterator[Neutral]:
    """The operator's neutral page."""
    page = Neutral()
    origin = page.url.removesuffix("/weather")
    before = settings.EXIT_URL.rsplit("/", 1)[0]
    policy = headers.CONTENT_SECURITY_POLICY
    assert before in policy
    monkeypatch.setattr(headers, "CONTENT_SECURITY_POLICY", policy.replace(before, origin))
    settings.EXIT_URL = page.url

    def end(request) -> None:
        logout(request)
        transaction.on_commit(page.ended.set)

    monkeypatch.setattr(views, "logout", end)
    reset_loaders()
    yield page
    page.let.set()
    page.server.shutdown()
    page.server.server_close()
    reset_loaders()


@pytest.fixture
def note(cast) -> Note:
    """Something private to stand on the pages."""
    alex = cast.member("alex")
    return Note.objects.create(
        author=cast.sam, couple=cast.ours, opens_on=alex.today, what=SECRET, meaning=SECRET
    )


def walked_in(window, cast, **options) -> Page:
    """Alex has come by two private pages."""
    one = window(**options).sign_in(cast.alex)
    one.go("/")
    page = one.go("/notes/")
    expect(page.get_by_text(SECRET).first).to_be_visible()
    return page


WATCH = """() => new MutationObserver(() => console.info(`seen: ${document.title} ${document.body.innerText.trim()}`))
    .observe(document.body, {childList: true})"""


@contextmanager
def covered(page: Page) -> Iterator[None]:
    """What is done here covers the page, although the neutral one hasn't come yet.

    The page itself says what can be seen on it: Chromium answers no question while another page is on its way.
    """
    page.evaluate(WATCH)
    with page.expect_console_message(lambda message: message.text.startswith("seen:")) as said:
        yield
    assert said.value.text == "seen: Loading. Loading."


def is_away(page: Page, neutral: Neutral) -> None:
    """The neutral page is there, the session has ended, and Back shows nothing private."""
    neutral.let.set()
    reads(page, "Rain later")
    assert page.url == neutral.url
    assert neutral.ended.wait(PATIENCE / 1000)
    assert not Session.objects.exists()
    page.go_back()
    expect(
        page.get_by_role("link", name="Sign in").or_(page.get_by_role("button", name="Sign in")).first
    ).to_be_visible()
    assert SECRET not in page.content()
    assert "Alex" not in page.content()


def test_the_button_covers_the_page_at_once(window, cast, note, neutral):
    page = walked_in(window, cast, **ON_A_PHONE)
    with covered(page):
        page.get_by_role("banner").get_by_role("button", name="Exit this page").click(no_wait_after=True)
    is_away(page, neutral)


@pytest.mark.parametrize("typed", [False, True])
def test_a_page_that_follows_does_not_stand_in_the_way(window, cast, note, neutral, typed):
    """Its stream ends with the session while a slow neutral page is still on its way: nothing else is loaded or shown."""
    alex = window(**ON_A_PHONE).sign_in(cast.alex)
    seen: list[str] = []
    neutral.slow = 3.0
    neutral.let.set()
    alex.go("/")
    page = alex.go(f"/goals/{make_goal(cast.member('alex'), 'in').pk}/")
    page.wait_for_function("() => document.querySelector('#live')?._htmx?.sse?.status === 200")
    if typed:
        page.locator("#goal-steps [name=text]").fill("half a sentence")
    page.on("request", lambda asked: seen.append(asked.url) if asked.is_navigation_request() else None)
    with covered(page):
        page.get_by_role("banner").get_by_role("button", name="Exit this page").click(no_wait_after=True)
    is_away(page, neutral)
    assert seen[0] == neutral.url
    assert f"{alex.server}/accounts/login/" not in seen[:-1]


def test_a_form_that_waits_for_its_draft_does_not_come_after_leaving(window, cast, note, neutral):
    alex = window(**ON_A_PHONE).sign_in(cast.alex)
    alex.go("/")
    page, asked = alex.go("/notes/new/"), []
    neutral.slow = 3.0
    neutral.let.set()
    waiting: list[Route] = []
    page.route("**/drafts/**", lambda route: waiting.append(route))
    with page.expect_request("**/drafts/**"):
        write(page, "What Sam did", SECRET)
    page.on("request", lambda one: asked.append(one.url) if one.is_navigation_request() else None)
    write(page, "What it meant to you", "Only half of it")
    main(page).get_by_role("button", name="See how it looks").click(no_wait_after=True)
    with covered(page):
        page.get_by_role("banner").get_by_role("button", name="Exit this page").click(no_wait_after=True)
        waiting[0].abort()
    is_away(page, neutral)
    assert asked[0] == neutral.url
    assert not [url for url in asked if "/notes/" in url]
    assert Note.objects.count() == 1, "the one there was"


def test_shift_three_times_says_how_often_it_takes(window, cast, note, neutral):
    page = walked_in(window, cast, **ON_A_LAPTOP)
    page.goto(page.url + "new/")
    write(page, "What Sam did", SECRET)
    said = page.get_by_role("banner").get_by_role("status")
    for left in ("Shift, press 2 more times to exit.", "Shift, press 1 more time to exit."):
        page.keyboard.press("Shift")
        expect(said).to_have_text(left)
    shot(page, "shift-twice")
    with covered(page):
        page.keyboard.press("Shift")
    is_away(page, neutral)


def test_the_second_skip_link_leaves_too(window, cast, note, neutral):
    page = walked_in(window, cast, **ON_A_LAPTOP)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Tab")
    skip = page.get_by_role("button", name="Exit this page").first
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    shot(page, "skip-exit")
    with covered(page):
        page.keyboard.press("Enter")
    is_away(page, neutral)


def test_without_script_the_form_does_the_same(window, cast, note, neutral):
    page = walked_in(window, cast, **ON_A_PHONE, java_script_enabled=False)
    neutral.let.set()
    page.get_by_role("banner").get_by_role("button", name="Exit this page").click()
    is_away(page, neutral)
