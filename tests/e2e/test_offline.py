"""Without a connection: a kind page, no word lost, and a way out."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from couples.notes.models import Note
from tests.e2e.conftest import PATIENCE
from tests.e2e.people import ON_A_LAPTOP, ON_A_PHONE, follow, main, press, reads, shot, tells, write
from tests.e2e.phone import EMPTY, STORES, registration, under_control
from tests.e2e.test_exit import neutral  # noqa: F401 (a fixture)
from tests.e2e.test_pages import faults
from tests.serving import serving
from tests.world import make_goal

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
WORDS = "Kestrel over the orchard"
NO_CONNECTION = "No connection just now"
UNREACHED = "That didn’t reach us."


def test_the_page_works_where_there_are_no_workers(window, cast):
    """On plain http the browser has none."""
    one = window(**ON_A_LAPTOP).sign_in(cast.alex)
    one.context.add_init_script("delete Navigator.prototype.serviceWorker")
    page = one.go("/notes/")
    assert page.evaluate("navigator.serviceWorker") is None
    follow(page, "Write a note")
    reads(page, "Write Sam a note")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_without_a_connection_a_kind_page_says_so(window, cast, width, scheme):
    one = window(viewport={"width": width, "height": 844}, color_scheme=scheme).sign_in(cast.alex)
    under_control(one.go("/notes/"))
    one.context.set_offline(True)
    page = one.go("/dates/?show=all")
    reads(page, NO_CONNECTION)
    assert page.url.endswith("/dates/?show=all")
    assert "Alex" not in page.content()
    assert not faults(page, "offline", width)
    expect(page.get_by_role("banner").get_by_role("button", name="Exit this page")).to_be_visible()
    expect(page.get_by_role("link", name="999").first).to_have_attribute("href", "tel:999")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(251, 247, 241)", "dark": "rgb(27, 22, 31)"}[scheme]
    assert page.evaluate("document.fonts.check('1em Figtree') && document.fonts.check('600 1em Fraunces')")
    shot(page, f"offline-{width}-{scheme}")
    follow(page, "Try again")
    reads(page, NO_CONNECTION)
    # With script the page that was asked for comes by itself.
    one.context.set_offline(False)
    reads(page, "Dates")


def test_try_again_needs_no_script(window, cast):
    """The worker came while there was script; then the page is asked for without."""
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    page = under_control(one.go("/notes/"))
    tools = one.context.new_cdp_session(page)
    tools.send("Emulation.setScriptExecutionDisabled", {"value": True})
    one.context.set_offline(True)
    page.goto(one.server + "/goals/")
    reads(page, NO_CONNECTION)
    follow(page, "Try again")
    reads(page, NO_CONNECTION)
    one.context.set_offline(False)
    follow(page, "Try again")
    reads(page, "Goals")


def test_a_server_that_is_away_is_as_no_connection_and_comes_back(window, cast):
    one = window(**ON_A_PHONE)
    with serving() as first:
        one.server = first.url
        page = under_control(one.sign_in(cast.alex).go("/notes/"))
    page.goto(one.server + "/goals/")
    reads(page, NO_CONNECTION)
    with serving(first.port):
        follow(page, "Try again")
        reads(page, "Goals")
        page.goto("about:blank")


def test_an_answer_of_the_server_is_never_replaced(window, cast):
    """Only where there is no answer does the offline page stand in for it."""
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    page = under_control(one.go("/notes/"))
    page.goto(one.server + "/nowhere/")
    reads(page, "There’s nothing here")
    Session.objects.all().delete()
    page.goto(one.server + "/notes/")
    reads(page, "Welcome back")


def test_typed_words_stay_while_there_is_no_connection(window, cast):
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    page = under_control(one.go("/notes/new/"))
    write(page, "What Sam did", WORDS)
    expect(main(page).get_by_text("Kept", exact=True)).to_be_visible()
    one.context.set_offline(True)
    write(page, "What it meant to you", "All of it")
    expect(page.locator("[data-draft-state]")).to_contain_text(UNREACHED)
    press(page, "See how it looks")
    expect(page.locator(".toast")).to_contain_text(UNREACHED)
    shot(page, "unsent")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Goals").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    reads(page, "Write Sam a note")
    assert main(page).get_by_label("What Sam did").input_value() == WORDS
    assert main(page).get_by_label("What it meant to you").input_value() == "All of it"

    one.context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_have_text("Kept")
    press(page, "See how it looks")
    reads(page, "This is how Sam will see it")
    tells(page, WORDS, "All of it")
    assert Note.objects.count() == 1


BACK = """() => { window.back = new Promise((done) => addEventListener("online", () => setTimeout(done), {once: true})); }"""


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_connection_that_comes_back_takes_no_typed_word(window, cast, signed_in):
    """Only the page that says there is none is asked for again by itself."""
    one = window(**ON_A_PHONE)
    if signed_in:
        goal = make_goal(cast.member("alex"), "in")
        page = under_control(one.sign_in(cast.alex).go(f"/goals/{goal.pk}/"))
        field = main(page).locator("#goal-steps [name=text]")
    else:
        page = one.go("/accounts/login/")
        field = main(page).locator("[name=login]")
    one.context.set_offline(True)
    field.fill(WORDS)
    page.evaluate(BACK)
    one.context.set_offline(False)
    # A page that was asked for again would have forgotten what it waits for.
    page.evaluate("() => window.back.then(() => fetch('/help/')).then((answer) => answer.text())")
    expect(field).to_have_value(WORDS)
    assert page.evaluate("Boolean(window.back)")


def test_a_form_that_finds_the_connection_again_is_sent_at_once(window, cast):
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    page = under_control(one.go("/notes/new/"))
    one.context.set_offline(True)
    write(page, "What Sam did", WORDS)
    write(page, "What it meant to you", "All of it")
    expect(page.locator("[data-draft-state]")).to_contain_text(UNREACHED)
    one.context.set_offline(False)
    press(page, "See how it looks")
    reads(page, "This is how Sam will see it")
    assert Note.objects.count() == 1


def exited(page: Page, way: str) -> None:
    with page.expect_event("framenavigated"):
        if way == "button":
            page.get_by_role("banner").get_by_role("button", name="Exit this page").click(no_wait_after=True)
        else:
            for _ in range(3):
                page.keyboard.press("Shift")


@pytest.mark.parametrize("way", ["button", "shift"])
@pytest.mark.parametrize("connected", [True, False], ids=["online", "offline"])
def test_the_exit_works_under_the_worker(window, cast, neutral, way, connected):  # noqa: F811
    neutral.let.set()
    one = window(**ON_A_LAPTOP).sign_in(cast.alex)
    one.go("/")
    page = under_control(one.go("/notes/"))
    one.context.set_offline(not connected)
    exited(page, way)
    expect(page.get_by_text("Alex")).to_have_count(0)
    assert one.server not in page.url
    if connected:
        reads(page, "Rain later")
        assert neutral.ended.wait(PATIENCE / 1000)
        page.goto(one.server + "/help/")
        assert page.evaluate(STORES) == EMPTY


# The browser is told, and does nothing: what it does once there is a connection is asked of it below, at a time of ours.
TOLD = "SyncManager.prototype.register = async (tag) => console.info(`for later: ${tag}`)"


@pytest.mark.parametrize("page_left", ["private", "offline"])
def test_an_exit_without_a_connection_ends_the_session_later(window, cast, neutral, page_left):  # noqa: F811
    one = window(**ON_A_LAPTOP).sign_in(cast.alex)
    one.context.add_init_script(TOLD)
    page = under_control(one.go("/notes/new/"))
    other = one.watched(one.context.new_page())
    other.goto(one.server + "/help/")
    tools = one.context.new_cdp_session(other)
    told = {"origin": one.server, "registrationId": registration(tools), "tag": "exit", "lastChance": False}
    one.context.set_offline(True)
    if page_left == "offline":
        reads(one.go("/goals/"), NO_CONNECTION)
    else:
        write(page, "What Sam did", WORDS)
        expect(page.locator("[data-draft-state]")).to_contain_text(UNREACHED)
    with page.expect_console_message(lambda message: message.text == "for later: exit"):
        exited(page, "shift")
    assert one.server not in page.url
    assert Session.objects.exists()
    one.context.set_offline(False)
    tools.send("ServiceWorker.dispatchSyncEvent", told)
    assert neutral.ended.wait(PATIENCE / 1000)
    for _ in range(50):  # until that request has ended as well
        other.goto(one.server + "/more/")
        if not Session.objects.exists():
            break
    assert other.goto(one.server + "/more/").url.startswith(f"{one.server}/accounts/login/")
