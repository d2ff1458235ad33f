"""Whoever confirms a first address owns the account: what opened it before, by somebody else's doing, opens it no more."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from couples.core.people import Person
from tests.conftest import PASSWORD
from tests.space.authenticator import Passkey, options_of
from tests.space.conftest import code_in, sign_in
from tests.space.test_passkeys import is_in, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mailing")]
ADDRESS = "victim@example.org"
THEIRS = "a password of somebody else"
LOGIN, CONFIRM = "/accounts/login/", "/accounts/confirm-email/"
MAKE = "/accounts/2fa/webauthn/signup/"


@pytest.fixture
def stranger() -> Client:
    """Somebody who begins an account with an address that isn't theirs; the page that waits for its code is open."""
    client = Client()
    answer = client.post("/accounts/signup/", {"name": "A", "email": ADDRESS, "password1": THEIRS})
    assert answer["Location"] == CONFIRM
    return client


def by_code(client: Client) -> str:
    """Sign in with a mailed code; where that leads."""
    client.post("/accounts/login/code/", {"email": ADDRESS})
    answer = client.post("/accounts/login/code/confirm/", {"code": code_in(mail.outbox[-1])})
    return str(answer["Location"])


def by_link(client: Client) -> None:
    """Choose a new password by a mailed link."""
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)
    page = client.get(link[0])["Location"]
    assert client.post(page, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302


def lets_in(password: str) -> bool:
    visitor = Client()
    visitor.post(LOGIN, {"login": ADDRESS, "password": password})
    return is_in(visitor)


def test_a_code_ends_a_password_that_somebody_else_chose(stranger):
    owner = Client()
    assert by_code(owner) == MAKE
    assert "choose your own now" in owner.get(MAKE).content.decode()
    assert not lets_in(THEIRS)
    made = Passkey().made(options_of(owner.get(MAKE).content.decode()))
    assert send(owner, MAKE, made).status_code == 302
    assert is_in(owner)
    assert not lets_in(THEIRS)


def test_a_link_confirms_the_address_and_its_password_opens(stranger):
    by_link(Client())
    assert EmailAddress.objects.get(email=ADDRESS).verified
    assert lets_in(PASSWORD)
    assert not lets_in(THEIRS)


@pytest.mark.parametrize("confirm", [by_code, by_link])
def test_the_page_that_was_left_open_leads_nowhere(stranger, confirm):
    code = code_in(mail.outbox[-1])
    confirm(Client())
    stranger.post(CONFIRM, {"code": code})
    for path in (CONFIRM, LOGIN, "/accounts/signup/", MAKE, "/"):
        stranger.get(path)
        assert not is_in(stranger), path
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("confirm", [by_code, by_link])
def test_sessions_and_passkeys_from_before_there_were_mails_end(cast, confirm):
    person = Person.objects.create_user(email=ADDRESS, password=THEIRS, name="A")
    EmailAddress.objects.create(user=person, email=ADDRESS, primary=True)
    Authenticator.objects.create(user=person, type="webauthn", data={})
    inside = sign_in(person)
    confirm(Client())
    assert not Authenticator.objects.exists()
    inside.get("/")
    assert not is_in(inside)


def test_confirming_where_one_signed_up_keeps_the_password(stranger):
    stranger.post(CONFIRM, {"code": code_in(mail.outbox[-1])})
    assert is_in(stranger)
    assert lets_in(THEIRS)


def test_confirming_while_signed_in_keeps_the_password(cast):
    person = Person.objects.create_user(email=ADDRESS, password=THEIRS, name="A")
    EmailAddress.objects.create(user=person, email=ADDRESS, primary=True)
    inside = sign_in(person)
    inside.post("/accounts/email/", {"action_send": "", "email": ADDRESS})
    inside.post(CONFIRM, {"code": code_in(mail.outbox[-1])})
    assert EmailAddress.objects.get(email=ADDRESS).verified
    assert is_in(inside)
    assert lets_in(THEIRS)


def test_a_later_code_keeps_the_password(stranger):
    stranger.post(CONFIRM, {"code": code_in(mail.outbox[-1])})
    assert by_code(Client()) == "/"
    assert lets_in(THEIRS)
