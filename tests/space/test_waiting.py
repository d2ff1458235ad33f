"""What waits for somebody to sign in again: the page says what it is, and after a while it is nothing any more."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from couples.core.people import Person
from couples.space import waiting
from tests.conftest import PASSWORD
from tests.space.conftest import partner_of, sign_in
from tests.space.test_passkeys import add, again

pytestmark = pytest.mark.django_db
LEAVE = "/space/leave/"
SAID = {
    LEAVE: "leave the space",
    "/space/consent/": "take your consent back",
    "/space/doors/others/end/": "sign out every other browser",
    "/accounts/email/": "change your e-mail address",
    "/accounts/2fa/webauthn/add/": "add a passkey",
    "/accounts/2fa/totp/activate/": "add an app for codes",
}


def asked(client: Client, path: str) -> str:
    """Where somebody is asked to sign in again, after sending this form."""
    where = client.post(path, {"action_add": "", "email": "new@example.org"})["Location"]
    assert "reauthenticate" in where
    return str(where)


@pytest.fixture
def later(monkeypatch):
    """Let time pass."""
    real = time.time
    return lambda seconds: monkeypatch.setattr(waiting.time, "time", lambda: real() + seconds)


@pytest.mark.parametrize("path", SAID)
def test_the_page_says_what_it_is_for(cast, path):
    alex = sign_in(cast.alex)
    where = asked(alex, path)
    assert SAID[path] in alex.get(where).content.decode()
    wrong = alex.post(where, {"password": "wrong wrong", "next": path})
    assert SAID[path] in wrong.content.decode()


def test_so_do_the_pages_for_codes_and_passkeys(cast):
    Authenticator.objects.create(user=cast.alex, type="totp", data={"secret": "x"})
    add(again(sign_in(cast.alex), cast.alex))
    for page in ("/accounts/2fa/reauthenticate/", "/accounts/2fa/webauthn/reauthenticate/"):
        assert "leave the space" in sign_in(cast.alex).get(page, {"next": LEAVE}).content.decode()


@pytest.mark.parametrize("path", ["", "/nowhere/", "//x/", "/space/", "/\0", "/" + "x" * 5000])
def test_what_is_nothing_in_particular_is_said_in_general(cast, path):
    page = sign_in(cast.alex).get("/accounts/reauthenticate/", {"next": path})
    assert page.status_code in (200, 404)
    assert "about to" not in page.content.decode()


@pytest.mark.parametrize("between", [0, 299])
def test_for_five_minutes_it_waits(cast, later, between):
    alex = sign_in(cast.alex)
    where = asked(alex, LEAVE)
    alex.get(where)
    later(between)
    alex.post(where, {"password": PASSWORD, "next": LEAVE})
    assert partner_of(cast.alex) is None


@pytest.mark.parametrize("reloaded", [False, True])
def test_after_that_nothing_is_done(cast, later, reloaded):
    alex = sign_in(cast.alex)
    where = asked(alex, LEAVE)
    alex.get(where)
    later(301)
    if reloaded:
        alex.get(where)
    answer = alex.post(where, {"password": PASSWORD, "next": LEAVE})
    assert answer.status_code == 302
    assert partner_of(cast.alex) == Person.objects.get(pk=cast.sam.pk)
    assert reloaded or "nothing was done" in alex.get(answer["Location"]).content.decode()


def test_what_was_asked_for_anew_waits_anew(cast, later):
    alex = sign_in(cast.alex)
    alex.get(asked(alex, LEAVE))
    later(301)
    where = asked(alex, LEAVE)
    alex.get(where)
    alex.post(where, {"password": PASSWORD, "next": LEAVE})
    assert partner_of(cast.alex) is None
