"""Passkeys, the app and recovery codes in a real browser, with an authenticator of its own."""

import re
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.test import Client
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD
from tests.e2e.conftest import LAPTOP, PHONE, Window
from tests.e2e.people import about, follow, main, press, reads, shot, sign_in, tells, write
from tests.e2e.test_pages import in_both_schemes
from tests.space.conftest import code_in
from tests.space.test_passkeys import add
from tests.space.test_second_factor import code_of, codes_on

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
SHORT = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
ABLE = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}


class Device:
    """The part of a phone that holds passkeys."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.renew()

    def renew(self, **traits: Any) -> None:
        """Another device in its place, without any passkey."""
        if hasattr(self, "id"):
            self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})
        options = {**SHORT, **ABLE, **traits}
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def knows(self, yes: bool) -> None:
        """Whether it recognises its owner from now on."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


def sign_out(page: Page) -> None:
    """By the page for it."""
    page.goto(re.sub(r"(://[^/]+/).*", r"\1accounts/logout/", page.url))
    press(page, "Sign out")
    expect(page.get_by_text("You’ve signed out.")).to_be_visible()


def fresh(window: Window, person: Any) -> Client:
    """Sign a window in as somebody who has just signed in again; the same as a client."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    window.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": window.server}])
    return client


def test_somebody_begins_with_a_passkey_and_comes_back_by_it(window, mailing):
    opened = window(viewport=PHONE, is_mobile=True, has_touch=True, color_scheme="dark")
    page = opened.go("/accounts/signup/")
    device = Device(page)
    shot(page, "mfa-signup-mail")
    follow(page, "With a passkey instead")
    reads(page, "Begin with a passkey")
    shot(page, "mfa-signup-passkey")
    write(page, "What should your partner call you?", "Noa")
    write(page, "E-mail address", "noa@example.org")
    press(page, "Create my account")
    reads(page, "Type the code from your mail")
    shot(page, "mfa-mail-code")
    write(page, "Code", code_in(mail.outbox[-1]))
    press(page, "Go on")
    reads(page, "Now your passkey")
    shot(page, "mfa-signup-make")
    write(page, "What shall we call it?", "Phone")
    press(page, "Make my passkey")
    reads(page, "Your recovery codes")
    shot(page, "mfa-codes")
    with page.expect_download() as kept:
        follow(page, "Download")
    written = Path(kept.value.path()).read_text()
    assert written.split() == codes_on(page.content())
    follow(page, "I’ve kept them")
    reads(page, "Welcome, Noa")
    page.get_by_label("Yes, I agree").check()
    press(page, "Begin")

    # Signed out, and in again by the passkey alone; where one was going is kept.
    sign_out(page)
    opened.go("/notes/")
    shot(page, "mfa-sign-in")
    press(page, "Sign in with a passkey")
    reads(page, "Notes")

    # Not recognised: said, and nothing else happens.
    sign_out(page)
    opened.go("/accounts/login/")
    device.knows(False)
    press(page, "Sign in with a passkey")
    tells(page, "No passkey was used")
    shot(page, "mfa-sign-in-none")
    device.knows(True)
    press(page, "Sign in with a passkey")
    page.wait_for_url(opened.server + "/")

    # Another one, from another device; the same device has one already.
    opened.go("/space/")
    follow(page, "Passkeys, app and recovery codes")
    shot(page, "mfa-index")
    follow(page, "Add another")
    reads(page, "Sign in again")
    shot(page, "mfa-again")
    press(page, "Use my passkey")
    reads(page, "Add a passkey")
    press(page, "Make it on this device")
    tells(page, "This device has a passkey for your account already.")
    shot(page, "mfa-add-again")
    device.renew()
    write(page, "What shall we call it?", "Tablet")
    press(page, "Make it on this device")
    reads(page, "How you sign in")
    follow(page, "Rename or remove")
    tells(page, "Phone", "Tablet")
    shot(page, "mfa-list")

    # The first goes: its device is no longer let in, the second is.
    main(page).get_by_role("link", name=about("Remove", "Phone")).click()
    reads(page, "Remove this passkey?")
    shot(page, "mfa-remove")
    press(page, "Remove it")
    expect(main(page).get_by_text("Phone")).to_have_count(0)
    main(page).get_by_role("link", name=about("Remove", "Tablet")).click()
    press(page, "Remove it")
    tells(page, "It’s the only way into your account.")
    sign_out(page)
    opened.go("/accounts/login/")
    press(page, "Sign in with a passkey")
    page.wait_for_url(opened.server + "/")


def test_an_app_and_recovery_codes(window, cast):
    opened = window(viewport=LAPTOP)
    page = opened.go("/accounts/login/")
    sign_in(page, "alex")
    opened.go("/space/")
    follow(page, "Passkeys, app and recovery codes")
    follow(page, "Set one up")
    write(page, "Password", PASSWORD)
    press(page, "Go on")
    reads(page, "Set up an authenticator app")
    page.get_by_text("Or type the key").click()
    shot(page, "mfa-totp")
    secret = page.get_by_label("Key").input_value()
    write(page, "The code that the app shows now", "000000")
    press(page, "Set it up")
    tells(page, "That code isn’t right")
    shot(page, "mfa-totp-wrong")
    assert page.locator("#totp-key").input_value() == secret
    write(page, "The code that the app shows now", code_of(secret))
    press(page, "Set it up")
    reads(page, "Your recovery codes")
    shot(page, "mfa-codes-laptop")
    codes = codes_on(page.content())
    for code, lands in (("app", True), (codes[0], True), (codes[0], False), (codes[1], True)):
        if page.get_by_role("navigation", name="Main").count():
            sign_out(page)
            opened.go("/accounts/login/?next=/goals/")
            sign_in(page, "alex")
        reads(page, "One more step")
        write(page, "The code that your app shows", code_of(secret) if code == "app" else code)
        press(page, "Sign in")
        if lands:
            reads(page, "Goals")
        else:
            tells(page, "used already")
            shot(page, "mfa-step-wrong")


def test_a_mailed_code_alone_is_not_enough(window, cast, mailing):
    EmailAddress.objects.create(user=cast.alex, email=cast.alex.email, verified=True, primary=True)
    opened = window()
    page = opened.page
    fresh(opened, cast.alex)
    opened.go("/accounts/2fa/webauthn/add/")
    device = Device(page)
    shot(page, "mfa-add")
    press(page, "Make it on this device")
    reads(page, "Your recovery codes")
    sign_out(page)
    opened.go("/accounts/login/")
    shot(page, "mfa-sign-in-mail")
    follow(page, "Send me a code instead")
    write(page, "E-mail address", "alex@example.org")
    press(page, "Send me the code")
    write(page, "Code", code_in(mail.outbox[-1]))
    press(page, "Go on")
    reads(page, "One more step")
    shot(page, "mfa-step")
    device.knows(False)
    press(page, "Use my passkey")
    tells(page, "No passkey was used")
    device.knows(True)
    press(page, "Use my passkey")
    reads(page, re.compile("Good .*"))


def test_without_script_the_passkey_pages_say_so(window, cast):
    opened = window(java_script_enabled=False)
    fresh(opened, cast.alex)
    page = opened.go("/accounts/2fa/webauthn/add/")
    tells(page, "Passkeys need JavaScript")
    expect(page.get_by_role("button", name="Make it on this device")).to_be_hidden()
    opened.context.clear_cookies()
    page = opened.go("/accounts/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(page, "alex")
    reads(page, re.compile("Good .*"))


def test_where_there_are_no_passkeys_the_page_says_so(window, cast):
    opened = window()
    fresh(opened, cast.alex)
    opened.context.add_init_script("delete window.PublicKeyCredential")
    page = opened.go("/accounts/2fa/webauthn/add/")
    tells(page, "This browser can’t use passkeys here.")
    expect(page.get_by_role("button", name="Make it on this device")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_it_are_clean(window, cast, width):
    opened = window(viewport={"width": width, "height": 800})
    client = fresh(opened, cast.alex)
    found = []

    def look(*names: str) -> None:
        for name in names:
            found.extend(in_both_schemes(opened.go(f"/accounts/2fa/{name}"), name, width))

    look("", "webauthn/", "webauthn/add/", "totp/activate/", "recovery-codes/generate/")
    add(client, "A phone with quite a long name for a phone", host="localhost", origin="http://localhost")
    key = f"webauthn/keys/{Authenticator.objects.get(type='webauthn').pk}/"
    look("recovery-codes/", "recovery-codes/", "", "webauthn/", f"{key}edit/", f"{key}remove/")
    look("webauthn/reauthenticate/", "reauthenticate/")
    visitor = Client(SERVER_NAME="localhost")
    visitor.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    value = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    opened.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": opened.server}])
    look("authenticate/")
    assert opened.page.locator("h1").inner_text() == "One more step"
    assert not found
