"""Every page, in a real browser: axe finds nothing, one h1, a title, a quiet console, 320 px, both schemes, without script."""

from pathlib import Path

import pytest

from tests.pages import PLAIN, PUBLIC, things

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.fixture
def couple(transactional_db):
    """The demo's couples, as people meet them."""
    from couples.core.couple import member_for
    from couples.core.people import Person
    from couples.management.commands import demo

    demo.make(0)
    return member_for(Person.objects.get(email="alex@example.org"))


def faults(page, name, width):
    """What is wrong with a page: title, headings, width, and what axe finds."""
    found = []
    title = page.title()
    if not title.endswith("· Reconnect") or title.startswith("·"):
        found.append((name, "title", title))
    if page.locator("h1").count() != 1:
        found.append((name, "h1"))
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append((name, "wider than the screen"))
    page.evaluate(AXE)
    return [*found, *axe(page, name, RULES)]


def axe(page, name, rules):
    """What axe finds, once it is on the page."""
    broken = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
    return [(name, rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in broken]


def in_both_schemes(page, name, width):
    """All that may be wrong in the light; in the dark only colours are others."""
    page.emulate_media(color_scheme="light")
    found = faults(page, name, width)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    return [*found, *axe(page, f"{name}, dark", {**RULES, **CONTRAST})]


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_clean(couple, window, width):
    opened = window(viewport={"width": width, "height": 800})
    found = []
    for name, path in PUBLIC.items():
        found += in_both_schemes(opened.go(path), name, width)
    opened.sign_in(couple.person)
    for name, path in {**PLAIN, **things(couple)}.items():
        found += in_both_schemes(opened.go(path), name, width)
    assert not found


def test_pages_stand_without_script(couple, window):
    opened = window(java_script_enabled=False, viewport={"width": 390, "height": 844})
    opened.sign_in(couple.person)
    for name, path in {**PLAIN, **things(couple)}.items():
        page = opened.go(path)
        assert page.locator("h1").count() == 1, name
        for form in page.locator("form").all():
            assert form.get_attribute("method") in ("post", "get", "dialog"), name
            assert form.locator("button, input[type=submit]").count() or form.get_attribute("id") == "exit", (
                name
            )


def test_every_page_is_reached_by_keyboard(couple, window):
    page = window().sign_in(couple.person).go("/notes/new/")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert where.startswith("<body") or outline != "none" or "radio" in where, where
        reached.add(where)
    for wanted in ("Skip to content", "Exit this page", 'name="what"', 'name="meaning"', "See how it looks"):
        assert any(wanted in where for where in reached), wanted
