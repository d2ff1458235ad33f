"""Signing in again: what waits for it goes on, and meanwhile nothing secret of it lies in the session."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from couples.core.people import Person
from couples.space.tokens import COOKIE
from tests.conftest import PASSWORD
from tests.space.conftest import partner_of, sign_in

AGAIN = "/accounts/reauthenticate/"
NEW = "another quiet evening"
SET = "/accounts/password/set/"
OTHERS = "/space/doors/others/end/"


@pytest.fixture
def signed_in(cast):
    """Alex, who came by the page for it, a while ago."""

    def enter(agent: str = "") -> Client:
        client = Client(headers={"User-Agent": agent})
        client.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
        return client

    return enter


def kept() -> str:
    """All that lies in all sessions, in plain words."""
    return json.dumps([session.get_decoded() for session in Session.objects.all()])


def test_a_first_password_is_asked_for_after_signing_in_again(cast, monkeypatch):
    """Whoever gets in by a passkey has none; nobody at an unlocked phone may set one, and none lies in the session."""
    cast.alex.set_unusable_password()
    cast.alex.save()
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.get_reauthentication_flows",
        lambda _user: [{"id": "reauthenticate"}],
    )
    alex = sign_in(cast.alex)
    assert alex.get(SET)["Location"].startswith(AGAIN)
    answer = alex.post(SET, {"password1": NEW, "password2": NEW})
    assert answer["Location"] == f"{AGAIN}?next=%2Faccounts%2Fpassword%2Fset%2F"
    assert NEW not in kept()
    assert "password1" not in kept()
    assert not Person.objects.get(pk=cast.alex.pk).has_usable_password()


def test_nothing_of_the_browser_waits_in_the_session(cast):
    robin = Client(headers={"User-Agent": "a browser of its own"})
    robin.post("/accounts/login/", {"login": "robin@example.org", "password": PASSWORD})
    robin.post("/space/invite/")
    assert COOKIE in robin.cookies
    asked = robin.post(
        OTHERS, {"password": NEW}, headers={"X-Odd": "an odd one"}, MASTER_KEY="in the environment"
    )
    assert asked["Location"].startswith(AGAIN)
    for secret in (
        robin.cookies[COOKIE].value,
        NEW,
        "an odd one",
        "in the environment",
        "HTTP_",
        "127.0.0.1",
    ):
        assert secret not in kept(), secret


def test_what_was_asked_goes_on(cast, signed_in):
    alex, other = signed_in(), signed_in("another")
    path = alex.post(OTHERS)["Location"]
    assert other.get("/notes/").status_code == 200
    assert alex.post(path, {"password": "wrong wrong"}).status_code == 422
    assert alex.post(path, {"password": PASSWORD})["Location"] == "/space/doors/"
    assert [one.get("/notes/").status_code for one in (alex, other)] == [200, 302]


def test_what_was_given_up_is_not_done_by_signing_in_for_something_else(cast, signed_in):
    alex = signed_in()
    alex.post("/space/leave/")
    assert alex.post(f"{AGAIN}?next=/more/", {"password": PASSWORD})["Location"] == "/more/"
    assert alex.post(f"{AGAIN}?next=/space/leave/", {"password": PASSWORD})["Location"] == "/space/leave/"
    assert partner_of(cast.alex) == cast.sam
