"""Our script in a real browser, under our own policy: exit, drafts, failures, and the small helps."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.design.stage import browser, play

pytestmark = [pytest.mark.browser, pytest.mark.once]

NEUTRAL = settings.EXIT_URL.rstrip("/")
STATUS = "#exit [role=status]"
DRAFT = """<h1>Write</h1>
<form id="f" method="post" action="/notes/" data-draft="/drafts/notes.new/">
<input type="hidden" name="csrfmiddlewaretoken" value="{{ csrf_token }}">
<label>What <textarea name="what" maxlength="300"></textarea></label>
<label>Place <input type="text" name="place"></label>
<label>Password <input type="password" name="password" autocomplete="off"></label>
<p role="status" data-draft-state></p><button>Send</button></form>"""
HTMX = """<h1>Keep</h1>
<form id="f" method="post" action="/keep/" hx-post="/keep/" hx-target="#out" hx-swap="innerHTML"
 hx-status:422="target:#f swap:outerHTML" hx-sync="this:drop">
<label>What <textarea name="what"></textarea></label><button>Keep</button></form><div id="out"></div>"""
ZONES = '<option value="UTC" selected>UTC</option><option>Europe/Lisbon</option>'
LINK = """<h1>Link</h1><input id="l" readonly value="https://example.org/join/abc/">
<button data-copy="#l" hidden>Copy</button><textarea id="t"></textarea>"""
LONG = "<h1>Ours</h1><p>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</p>"


@pytest.fixture(scope="module")
def stagehand(chromium):
    """The browser in which all scenes are played."""
    with browser(chromium) as started:
        yield started


def press_shift(page, times):
    for _ in range(times):
        page.keyboard.press("Shift")


def test_the_exit_covers_ends_and_replaces(stagehand):
    def scene(stage):
        page = stage.go()
        page.goto(f"{stage.home}/second/")
        page.click("#exit button")
        page.wait_for_url(f"{NEUTRAL}*")
        stage.wait_for_post("/exit/")
        page.go_back()
        assert page.url == f"{stage.home}/"

    play(stagehand, "<h1>Ours</h1>", scene)


def test_the_cover_is_there_before_the_neutral_page(stagehand):
    def scene(stage):
        page = stage.go()
        page.evaluate("document.querySelector('#exit').dataset.exit = '#'")
        page.click("#exit button")
        assert page.title() == "Loading."
        assert page.inner_text("body").strip() == "Loading."
        assert not page.is_visible("h1")
        assert page.evaluate("document.querySelector('.cover').getBoundingClientRect().height") == 844

    play(stagehand, "<h1>Ours</h1>", scene)


def test_the_second_skip_link_exits(stagehand):
    def scene(stage):
        page = stage.go()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to content"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{NEUTRAL}*")
        stage.wait_for_post("/exit/")

    play(stagehand, "<h1>Ours</h1>", scene)


def test_shift_three_times_exits_and_is_announced(stagehand):
    def scene(stage):
        page = stage.go()
        press_shift(page, 1)
        assert "2 more" in page.text_content(STATUS)
        assert page.locator(".lights .on").count() == 1
        press_shift(page, 1)
        assert "1 more" in page.text_content(STATUS)
        press_shift(page, 1)
        page.wait_for_url(f"{NEUTRAL}*")

    play(stagehand, "<h1>Ours</h1>", scene)


def test_shift_as_part_of_typing_never_exits(stagehand):
    def scene(stage):
        page = stage.go()
        for key in ("Shift+A", "Shift+B", "Shift+C", "Shift+D"):
            page.keyboard.press(key)
        press_shift(page, 2)
        page.keyboard.press("x")
        assert "expired" in page.text_content(STATUS)
        press_shift(page, 2)
        assert page.url == f"{stage.home}/"
        assert not stage.posts("/exit/")

    play(stagehand, "<h1>Ours</h1>", scene)


def test_shift_expires_after_five_seconds(stagehand):
    def scene(stage):
        stage.page.clock.install()
        page = stage.go()
        press_shift(page, 2)
        page.clock.run_for(5100)
        assert "expired" in page.text_content(STATUS)
        press_shift(page, 1)
        assert "2 more" in page.text_content(STATUS)

    play(stagehand, "<h1>Ours</h1>", scene)


def test_without_script_the_exit_is_a_form(stagehand):
    def scene(stage):
        page = stage.go()
        page.click("#exit button")
        page.wait_for_url(f"{stage.home}/exit/")
        assert len(stage.posts("/exit/")) == 1

    play(stagehand, "<h1>Ours</h1>", scene, java_script_enabled=False)


def test_drafts_are_kept_while_typing_without_passwords(stagehand):
    def scene(stage):
        page = stage.go()
        page.fill("[name=password]", "secret")
        page.fill("[name=what]", "You made tea.")
        page.fill("[name=place]", "Home")
        (body,) = stage.wait_for_post("/drafts/notes.new/")
        assert "You made tea." in body
        assert "Home" in body
        assert "secret" not in body
        assert "csrfmiddlewaretoken" not in body
        assert stage.sent[0][2] == stage.token
        expect(page.locator("[data-draft-state]")).to_have_text("Kept")
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0

    play(stagehand, DRAFT, scene, {"/drafts/notes.new/": 204})


def test_a_form_is_sent_once_and_its_draft_not_after_it(stagehand):
    def scene(stage):
        page = stage.go()
        page.fill("[name=what]", "Tea")
        page.evaluate("for (let i = 0; i < 3; i++) document.querySelector('#f').requestSubmit()")
        page.wait_for_url(f"{stage.home}/notes/")
        assert len(stage.posts("/notes/")) == 1
        assert not stage.posts("/drafts/notes.new/")

    play(stagehand, DRAFT, scene)


def test_a_draft_is_kept_when_one_leaves(stagehand):
    def scene(stage):
        page = stage.go()
        page.fill("[name=what]", "Half a thought")
        page.goto(f"{stage.home}/second/")
        (body,) = stage.wait_for_post("/drafts/notes.new/")
        assert "Half a thought" in body

    play(stagehand, DRAFT, scene, {"/drafts/notes.new/": 204})


def test_signed_out_meanwhile_keeps_the_words_and_takes_the_new_token(stagehand):
    def scene(stage):
        page = stage.go()
        page.fill("textarea", "Long and dear")
        stage.answers["/keep/"] = 401
        page.click("#f button")
        page.wait_for_selector("#gone[open]")
        link = page.locator("#gone a")
        assert link.get_attribute("href") == "/accounts/login/"
        assert link.get_attribute("target") == "_blank"
        stage.token = "n" * 64
        stage.answers["/keep/"] = (200, "<p>There</p>")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_selector("#gone:not([open])", state="attached")
        assert page.input_value("textarea") == "Long and dear"
        page.click("#f button")
        page.wait_for_selector("#out p")
        assert stage.sent[-1][2] == "n" * 64

    play(stagehand, HTMX, scene)


@pytest.mark.parametrize("status", [500, 404, 403])
def test_a_failure_says_so_and_keeps_the_words(stagehand, status):
    def scene(stage):
        page = stage.go()
        page.fill("textarea", "Dear")
        page.click("#f button")
        page.wait_for_selector(".toast.stay")
        assert "still here" in page.text_content(".toast.stay")
        assert page.input_value("textarea") == "Dear"
        page.click(".toast.stay button")
        assert page.locator(".toast").count() == 0

    play(stagehand, HTMX, scene, {"/keep/": status})


def test_an_invalid_form_is_no_failure_and_gets_the_focus(stagehand):
    wrong = '<form id="f"><textarea name="what" aria-invalid="true">Dear</textarea></form>'

    def scene(stage):
        page = stage.go()
        page.click("#f button")
        expect(page.locator("[aria-invalid]")).to_be_focused()
        assert page.locator(".toast").count() == 0

    play(stagehand, HTMX, scene, {"/keep/": (422, wrong)})


def test_a_question_is_asked_in_our_own_dialog(stagehand):
    main = HTMX.replace("hx-sync", 'hx-confirm="Take it away?" hx-sync')

    def scene(stage):
        page = stage.go()
        page.click("#f button")
        assert page.text_content("#ask-words") == "Take it away?"
        page.keyboard.press("Escape")
        assert not stage.posts("/keep/")
        page.click("#f button")
        page.click("#ask [value=yes]")
        page.wait_for_selector("#out p")
        assert len(stage.posts("/keep/")) == 1

    play(stagehand, main, scene, {"/keep/": (200, "<p>Gone</p>")})


def test_near_the_limit_it_says_how_much_is_left(stagehand):
    def scene(stage):
        page = stage.go()
        page.fill("textarea", "x" * 200)
        assert page.locator(".count").count() == 0
        page.fill("textarea", "x" * 290)
        expect(page.locator(".count")).to_have_text("10 characters left")
        page.fill("textarea", "x")
        expect(page.locator(".count")).to_have_text("")

    play(stagehand, DRAFT, scene, {"/drafts/notes.new/": 204})


def test_the_browsers_time_zone_is_offered_and_a_choice_kept(stagehand):
    main = f"<h1>Zone</h1><select id=a data-timezone>{ZONES}</select>"
    main += f"<select id=b data-timezone=set>{ZONES}</select>"

    def scene(stage):
        page = stage.go()
        assert page.input_value("#a") == "Europe/Lisbon"
        assert page.input_value("#b") == "UTC"

    play(stagehand, main, scene)


def test_a_link_is_copied_even_where_there_is_no_clipboard(stagehand):
    def scene(stage):
        page = stage.go()
        page.click("text=Copy")
        page.wait_for_selector(".toast")
        page.focus("#t")
        page.keyboard.press("Control+V")
        assert page.input_value("#t") == "https://example.org/join/abc/"

    play(stagehand, LINK, scene)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_header_fits_and_its_targets_are_large(stagehand, width):
    def scene(stage):
        stage.page.set_viewport_size({"width": width, "height": 800})
        page = stage.go()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for target in (".word", ".help", "#exit button"):
            assert page.locator(target).bounding_box()["height"] >= 44
        assert len({round(page.locator(each).bounding_box()["y"]) for each in (".word", "#exit button")}) == 1

    play(
        stagehand,
        "<h1>Ours</h1><p>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</p>",
        scene,
    )
