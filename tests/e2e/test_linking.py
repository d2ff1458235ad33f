"""Two people, two browsers: from sign-up to one space, and out of it again; with script and without."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from couples.space.tokens import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
PASSWORD = "a quiet evening in"
UNSCRIPTED = set()
PHONE = {"width": 320, "height": 700}


def clean(page, label):
    """One h1, a title, nothing cut off to the side, and nothing for axe to find (it needs script)."""
    assert page.title().endswith(" · Reconnect"), label
    assert page.locator("h1").count() == 1, label
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), label
    if page in UNSCRIPTED:
        return
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert not [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found], label


def press(page, name):
    page.locator("main").get_by_role("button", name=name).click()
    page.wait_for_load_state()


def sign_up(page, name):
    page.get_by_label("What should your partner call you?").fill(name)
    page.get_by_label("E-mail address").fill(f"{name.lower()}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Create my account")


def be_welcomed(page):
    assert "/welcome/" in page.url
    clean(page, "welcome")
    page.get_by_label("Yes, I agree").check()
    press(page, "Begin")


@pytest.mark.parametrize("script", [True, pytest.param(False, marks=pytest.mark.once)])
def test_two_people_link_and_one_leaves(window, script):
    still = {"java_script_enabled": script, "reduced_motion": "reduce"}
    one = window(viewport=PHONE, timezone_id="Europe/Lisbon", **still)
    two = window(color_scheme="dark", **still)
    ina, lou = one.go("/accounts/signup/"), two.page
    if not script:
        UNSCRIPTED.update((ina, lou))

    sign_up(ina, "Ina")
    press(ina, "Begin")
    assert ina.get_by_label("Yes, I agree").is_visible()
    be_welcomed(ina)
    assert ina.url == f"{one.server}/space/"
    clean(ina, "alone")
    press(ina, "Make a link")
    clean(ina, "link")
    assert ina.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0")
    assert ina.get_by_role("button", name="Copy the link").is_visible() == script
    link = ina.get_by_label("Your link").input_value()

    lou.goto(link)
    clean(lou, "invited")
    lou.locator("main").get_by_role("link", name="Make an account").click()
    sign_up(lou, "Lou")
    be_welcomed(lou)
    assert lou.url == link
    clean(lou, "answer")
    press(lou, "Yes, share a space with Ina")
    clean(lou, "waiting")
    assert lou.get_by_role("heading", name="Your yes is with Ina").is_visible()

    ina.reload()
    clean(ina, "claimed")
    press(ina, "Yes, this is Lou")
    clean(ina, "linked")
    assert ina.get_by_role("heading", name="Ina and Lou").is_visible()
    assert COOKIE not in [cookie["name"] for cookie in one.context.cookies()]
    # With script the page finds out by itself.
    if not script:
        lou.reload()
    expect(lou.get_by_role("heading", name="Lou and Ina")).to_be_visible()
    assert lou.get_by_text("Europe/Lisbon" if script else "UTC").first.is_visible()

    for path, label in (("/space/us/", "us"), ("/space/you/", "you"), ("/space/us/history/", "history")):
        clean(two.go(path), label)
    clean(two.go("/space/leave/"), "leave")
    press(lou, "Leave this space")
    lou.get_by_label("Password").fill(PASSWORD)
    press(lou, "Go on")
    clean(lou, "left")
    if not script:
        ina.reload()
    expect(ina.get_by_role("heading", name="The space you shared has closed")).to_be_visible()
    clean(ina, "closed")


def test_a_no_ends_it(window, transactional_db):
    from tests.conftest import person
    from tests.space.conftest import link_of

    ina, lou = person("ina"), person("lou")
    page = window().sign_in(lou).go(f"/join/{link_of(ina)}/")
    press(page, "No, thank you")
    clean(window(viewport=PHONE).go("/join/nonsense/"), "unknown")
    clean(window().sign_in(ina).go(f"/join/{link_of(ina)}/"), "own")
