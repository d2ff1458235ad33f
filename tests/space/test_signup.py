"""Sign-up as the operator set it, and what follows it."""

import pytest
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from couples.core.people import Person
from couples.space.actions import revoke
from couples.space.adapter import AccountAdapter
from tests.conftest import PASSWORD
from tests.crawl import bare
from tests.space.conftest import code_in, link_of, newest, partner_of

NEW = {"email": "New@Example.org", "password1": PASSWORD, "name": "Noa"}


def new() -> Person | None:
    return Person.objects.filter(email="new@example.org").first()


def test_open_sign_up_leads_to_the_welcome(client, db):
    answer = client.post("/accounts/signup/", NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/")
    assert new().name == "Noa"
    assert client.get("/welcome/").status_code == 200


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 600])
def test_sign_up_asks_for_a_name(client, db, name):
    answer = client.post("/accounts/signup/", {**NEW, "name": name})
    assert answer.status_code != 302
    assert answer.context["form"].errors["name"]
    assert new() is None


@pytest.mark.parametrize("path", ["signup", "login", "login/code", "password/reset"])
def test_what_is_no_address_is_told_in_our_words(client, db, mailing, path):
    answer = client.post(f"/accounts/{path}/", {**NEW, "email": "noa", "login": "noa", "password": "x"})
    assert "doesn’t look like an e-mail address" in answer.content.decode()


def test_closed_means_nobody(client, cast, settings):
    settings.SIGNUP = "closed"
    token = link_of(cast.robin)
    client.post("/accounts/signup/", {**NEW, "next": f"/join/{token}/"})
    assert new() is None
    page = client.get(f"/join/{token}/").content.decode()
    assert "/accounts/signup/" not in page
    assert "/accounts/login/" in page


def test_by_invitation_needs_a_good_one(client, cast, settings):
    settings.SIGNUP = "invitation"
    token = link_of(cast.robin)
    revoked = link_of(cast.ex)
    revoke(newest(cast.ex))
    for wrong in (
        "",
        "/",
        f"/join/{'a' * 43}/",
        f"/join/{revoked}/",
        f"//x/join/{token}/",
        f"/join/{token}/x",
    ):
        client.post("/accounts/signup/", {**NEW, "next": wrong})
        assert new() is None
    answer = client.post("/accounts/signup/", {**NEW, "next": f"/join/{token}/"})
    assert answer["Location"] == f"/join/{token}/"
    assert new() is not None


def test_an_invitation_is_carried_from_sign_up_to_the_answer(client, cast):
    token = link_of(cast.robin)
    answer = client.post("/accounts/signup/", {**NEW, "next": f"/join/{token}/"})
    answer = client.get(answer["Location"])
    assert answer["Location"] == f"/welcome/?next=%2Fjoin%2F{token}%2F"
    sent = {"name": "Noa", "time_zone": "Europe/Rome", "consent": "on", "next": f"/join/{token}/"}
    assert client.post("/welcome/", sent)["Location"] == f"/join/{token}/"
    assert client.post(f"/join/{token}/accept/")["Location"] == f"/join/{token}/"
    assert newest(cast.robin).claimed_by == new()


def test_an_invitation_is_carried_through_the_confirmation_of_the_address(client, cast, mailing):
    path = f"/join/{link_of(cast.robin, 'new@example.org')}/"
    answer = client.post("/accounts/signup/", {**NEW, "next": path})
    assert answer["Location"].startswith("/accounts/confirm-email/")
    assert client.post("/accounts/confirm-email/", {"code": "wrong"}).status_code == 422
    assert client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[0])})["Location"] == path
    sent = {"name": "Noa", "time_zone": "Europe/Rome", "consent": "on", "next": path}
    assert client.post("/welcome/", sent)["Location"] == path
    assert client.post(f"{path}accept/")["Location"] == "/space/"
    assert partner_of(new()) == cast.robin


def test_with_a_mail_server_sign_up_does_not_tell_who_has_an_account(cast, mailing):
    told = []
    for email in ("alex@example.org", "nobody@example.org"):
        visitor = Client()
        answer = visitor.post("/accounts/signup/", {**NEW, "email": email})
        page = visitor.get(answer["Location"]).content.decode().replace(email, "")
        told.append((answer.status_code, answer["Location"], bare(page)))
    assert told[0] == told[1]


BAD = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:///evil",
    "///evil",
]


@pytest.mark.parametrize("wrong", [*BAD, "http://testserver/space/", "evil"])
def test_next_leads_nowhere_else(client, cast, wrong):
    answer = client.post(
        "/accounts/login/", {"login": "alex@example.org", "password": PASSWORD, "next": wrong}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("wrong", BAD)
def test_next_after_sign_up_leads_nowhere_else(client, db, wrong):
    assert client.post("/accounts/signup/", {**NEW, "next": wrong})["Location"] == "/welcome/"


def test_signing_in_takes_any_case_and_a_good_next(client, cast):
    sent = {"login": "ALEX@example.org", "password": PASSWORD, "next": "/space/"}
    assert client.post("/accounts/login/", sent)["Location"] == "/space/"


def test_the_same_form_twice_at_once_makes_one(client, db, monkeypatch):
    def taken(self, request, user, form, commit=True):
        raise IntegrityError

    monkeypatch.setattr(AccountAdapter.__mro__[1], "save_user", taken)
    answer = client.post("/accounts/signup/", NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")


def test_signing_in_says_the_same_of_a_stranger_and_a_wrong_password(client, cast):
    said = [
        client.post("/accounts/login/", {"login": one, "password": "wrong wrong"}).context["form"].errors
        for one in ("alex@example.org", "nobody@example.org")
    ]
    assert said[0] == said[1]
