"""What is left in a browser, in every store it has: while signed in nothing of anybody, after signing out nothing at all."""

import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, Page, expect

from tests.e2e.conftest import ARGUMENTS, PATIENCE, Window
from tests.e2e.people import ON_A_PHONE, main, press, reads, sign_in, tab, tells, write
from tests.e2e.phone import EMPTY, STORES, by_devtools, cached, only_what_is_public, under_control

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
CANARY = "Kestrel over the orchard"


def lived_through(one: Window) -> Page:
    """Sign in by the page for it, write the word into a note and a date, give the note, and come by every room."""
    page = one.go("/accounts/login/")
    sign_in(page, "alex")
    reads(page, re.compile("Good .*"))
    under_control(page)
    page.goto(one.server + "/notes/new/")
    write(page, "What Sam did", CANARY)
    write(page, "What it meant to you", CANARY)
    expect(main(page).get_by_text("Kept", exact=True)).to_be_visible()
    press(page, "See how it looks")
    tells(page, CANARY)
    press(page, "Give it to Sam")
    reads(page, "Your note to Sam")
    page.goto(one.server + "/dates/new/")
    for label in ("What you’ll do", "Where"):
        main(page).get_by_label(label).press_sequentially(CANARY)
    with page.expect_navigation():  # sent without a day: it comes back to be completed
        press(page, "See how it looks")
    expect(main(page).get_by_label("Where")).to_have_value(CANARY)
    for name in ("Today", "Dates", "Notes", "Goals", "More"):
        tab(page, name)
    page.goto(one.server + "/notes/")
    tells(page, CANARY)
    return page


def test_while_signed_in_the_caches_hold_nothing_of_anybody(window, cast):
    one = window(**ON_A_PHONE)
    page = lived_through(one)
    only_what_is_public(page)
    assert not [path for path, text in cached(page) if CANARY in text or "Alex" in text]
    stores = page.evaluate(STORES)
    assert {**stores, "caches": [], "workers": [], "pushed": []} == EMPTY
    assert stores["pushed"] == [[None]]
    assert [len(stores[name]) for name in ("caches", "workers")] == [1, 1]
    assert set(by_devtools(one.context, page)["cookies"]) == {"sessionid", "csrftoken", "browser"}


def test_after_signing_out_no_store_of_the_browser_holds_anything(window, cast):
    one = window(**ON_A_PHONE)
    page = lived_through(one)
    page.goto(one.server + "/accounts/logout/")
    press(page, "Sign out")
    reads(page, re.compile("Find your way.*"))
    assert page.evaluate(STORES) == EMPTY
    left = by_devtools(one.context, page)
    cookies = left.pop("cookies")
    assert cookies.keys() <= {"sessionid", "csrftoken", "browser"}
    assert not [one for one in Session.objects.all() if "_auth_user_id" in one.get_decoded()]
    assert left == {"caches": [], "databases": [], "stored": []}
    for _ in range(4):
        page.go_back()
        expect(main(page)).to_be_visible()
        assert CANARY not in page.content()
        assert "Alex" not in page.content()
    one.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.go_back()
    assert one.context.storage_state(indexed_db=True)["origins"] == []


def test_it_can_be_installed_and_a_profile_on_disk_holds_no_word(browser, chromium, server, cast, tmp_path):
    """A browser with a profile, as on a phone: installable without a fault, and afterwards searched byte by byte."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium, args=ARGUMENTS, locale="en-GB", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    one = Window(context, server)
    page = lived_through(one)
    tools = context.new_cdp_session(page)
    assert tools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = tools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["manifest"]["id"] == manifest["manifest"]["startUrl"] == f"{server}/"
    assert held_by(tmp_path, "/notes/"), "the search would find what is there: the history"
    page.goto(server + "/accounts/logout/")
    press(page, "Sign out")
    reads(page, re.compile("Find your way.*"))
    context.close()
    assert not one.complaints
    # What a browser notes to open its tabs again has what was typed into forms; no page gets at it (docs/security.md).
    assert {path.parent.name for path in held_by(tmp_path, CANARY)} <= {"Sessions"}


def held_by(profile: Path, text: str) -> list[Path]:
    """The files of a browser's profile that hold a text."""
    codes = [text.encode("utf-8"), text.encode("utf-16-le")]
    files = [path for path in profile.rglob("*") if path.is_file()]
    return [path for path in files if any(code in what_is_in(path) for code in codes)]


def what_is_in(path: Path) -> bytes:
    """The bytes of a file; none where the browser, which still runs, has just thrown it away."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def test_nobody_gets_a_worker_before_signing_in(window, cast):
    one = window(**ON_A_PHONE)
    for path in ("/", "/help/", "/strategies/", "/accounts/login/", "/offline/", "/nowhere/"):
        page = one.go(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(STORES) == EMPTY, path
