"""What Alex on a phone and Sam on a laptop do on every page, by what they see and hear of it."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import LAPTOP, PHONE, Window

PASSWORD = "a quiet evening in"
ON_A_PHONE: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "color_scheme": "dark"}
ON_A_LAPTOP: dict[str, Any] = {"viewport": LAPTOP, "color_scheme": "light"}
SHOTS = os.environ.get("E2E_SHOTS", "")
"""A folder for pictures of the moments that tests call ``shot`` at; without it none is taken."""


def two(window: Callable[..., Window], **options: Any) -> tuple[Window, Window]:
    """Alex's phone and Sam's laptop."""
    return window(**ON_A_PHONE, **options), window(**ON_A_LAPTOP, **options)


def shot(page: Page, name: str) -> None:
    """Take a picture of the whole page, where somebody wants to look."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def main(page: Page) -> Locator:
    """What a page is about, without what stands around it."""
    return page.locator("main")


def reads(page: Page, heading: str | re.Pattern[str]) -> None:
    """The page has this heading, of the first rank."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def tells(page: Page, *texts: str) -> None:
    """Each of these texts stands on the page, for the eyes."""
    for text in texts:
        expect(main(page).get_by_text(text).first).to_be_visible()


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button."""
    main(page).get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link."""
    main(page).get_by_role("link", name=name, exact=True).click()


def tab(page: Page, name: str) -> None:
    """Go to one of the rooms by the tabs."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
    reads(page, re.compile("Good .*") if name == "Today" else name)


def write(page: Page, label: str, text: str) -> None:
    """Type into the field with this label."""
    main(page).get_by_label(label).fill(text)


def about(act: str, what: str) -> re.Pattern[str]:
    """The name of a button or link that says for those who don't see the page what it is about."""
    return re.compile(f"^{re.escape(act)} ?: {re.escape(what)}$")


def choose(page: Page, name: str) -> None:
    """Choose one of several, by pressing on its words."""
    main(page).locator("label").filter(has_text=name).first.click()
    expect(main(page).get_by_role("radio", name=name).first).to_be_checked()


def sign_in(page: Page, name: str) -> None:
    """Through the page for it."""
    write(page, "E-mail address", f"{name}@example.org")
    write(page, "Password", PASSWORD)
    press(page, "Sign in")


def sign_up(page: Page, name: str) -> None:
    """Make an account and be welcomed; with the consent that the page asks for."""
    write(page, "What should your partner call you?", name)
    write(page, "E-mail address", f"{name.lower()}@example.org")
    write(page, "Password", PASSWORD)
    press(page, "Create my account")
    reads(page, f"Welcome, {name}")
    page.get_by_label("Your time zone").select_option("Europe/Berlin")
    page.get_by_label("Yes, I agree").check()
    shot(page, f"welcome-{name}")
    press(page, "Begin")
