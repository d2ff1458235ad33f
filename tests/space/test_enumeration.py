"""With a mail server nobody can tell who has an account: not by a page, a mail, or the work that is done."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from couples.core.people import Person
from tests.conftest import PASSWORD
from tests.crawl import bare
from tests.space.conftest import sign_in

pytestmark = pytest.mark.usefixtures("mailing")
KNOWN, UNKNOWN = "alex@example.org", "nobody@example.org"
KEYS = re.compile(r"/invitation/[0-9a-f-]{36}/")


@pytest.fixture(autouse=True)
def confirmed(cast):
    """Everybody's address is confirmed."""
    for one in Person.objects.all():
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)


@pytest.fixture
def hashes(monkeypatch):
    """Every password that was hashed."""
    found = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: found.append(1) or encode(*given))
    return found


def without(text: str, address: str) -> str:
    """A page without its tokens and the address that was typed."""
    return KEYS.sub("", bare(text)).replace(address, "ADDRESS")


def seen(client: Client, path: str, data: dict[str, str], address: str) -> list[object]:
    """All that a browser is told: status, where to, headers and cookies but for tokens, body, and the page it leads to."""
    answer = client.post(path, data)
    told: list[object] = [
        answer.status_code,
        answer.get("Location", ""),
        sorted(answer.headers),
        sorted(answer.cookies),
    ]
    told.append(without(answer.content.decode(), address))
    if answer.status_code == 302:
        page = client.get(answer["Location"])
        told += [page.status_code, without(page.content.decode(), address)]
    return told


def sign_in_with(address):
    return Client(), "/accounts/login/", {"login": address, "password": "wrong wrong"}


def sign_up_with(address):
    return Client(), "/accounts/signup/", {"email": address, "password1": PASSWORD, "name": "N"}


def begin_with_a_passkey(address):
    return Client(), "/accounts/signup/passkey/", {"email": address, "name": "N"}


def forget(address):
    return Client(), "/accounts/password/reset/", {"email": address}


def ask_for_a_code(address):
    return Client(), "/accounts/login/code/", {"email": address}


def change_to(address):
    robin = sign_in(Person.objects.get(name="Robin"))
    robin.post("/accounts/reauthenticate/", {"password": PASSWORD})
    robin.get("/accounts/email/")
    return robin, "/accounts/email/", {"email": address, "action_add": ""}


def invite(address):
    return sign_in(Person.objects.get(name="Robin")), "/space/invite/mail/", {"email": address}


WAYS = [sign_in_with, sign_up_with, begin_with_a_passkey, forget, ask_for_a_code, change_to, invite]
MAILS = {sign_in_with: 0}
MORE = {sign_up_with: 3, begin_with_a_passkey: 3}
"""A code confirms an address: short look-ups of the account just made, of fifty-odd queries and a hash."""


@pytest.mark.parametrize("way", WAYS)
def test_no_page_no_mail_and_no_work_tells_who_has_an_account(cast, hashes, way):
    found = []
    for address in (KNOWN, UNKNOWN):
        undo = transaction.savepoint()
        client, path, data = way(address)
        mail.outbox.clear()
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            told = seen(client, path, data, address)
        found.append((told, [message.to for message in mail.outbox], len(hashes), len(queries)))
        transaction.savepoint_rollback(undo)
    known, unknown = found
    for ours, theirs in zip(known[0], unknown[0], strict=True):
        assert ours == theirs
    assert len(known[1]) == len(unknown[1]) == MAILS.get(way, 1)
    assert known[2] == unknown[2]
    assert abs(known[3] - unknown[3]) <= MORE.get(way, 0)


def test_a_wrong_code_is_wrong_for_both(cast):
    told = []
    for address in (KNOWN, UNKNOWN):
        client, path, data = ask_for_a_code(address)
        client.post(path, data)
        told.append([seen(client, "/accounts/login/code/confirm/", {"code": "x"}, address) for _ in range(4)])
    assert told[0] == told[1]


def test_signing_in_with_what_one_just_signed_up_with_tells_nothing(cast, hashes):
    """Else one could sign up with an address and try that password: it fits only where there was no account."""
    told = []
    for address in (KNOWN, UNKNOWN):
        client, path, data = sign_up_with(address)
        client.post(path, data)
        mail.outbox.clear()
        hashes.clear()
        other = Client()
        with CaptureQueriesContext(connection) as queries:
            said = [
                seen(
                    other, "/accounts/login/", {"login": address, "password": "a quiet evening  in"}, address
                )
                if address == KNOWN
                else seen(other, "/accounts/login/", {"login": address, "password": PASSWORD}, address)
                for _ in range(6)
            ]
        told.append((said, len(mail.outbox), len(hashes), len(queries)))
    assert told[0] == told[1]
    assert told[0][0][-1][0] == 429


def test_somebody_unconfirmed_gets_as_far_as_a_way_in_of_their_own_by_a_code(cast):
    client, path, data = sign_up_with(UNKNOWN)
    client.post(path, data)
    person = Client()
    page = person.post("/accounts/login/", {"login": UNKNOWN, "password": PASSWORD}).content.decode()
    assert "A code by mail helps with both" in page
    assert 'href="/accounts/login/code/"' in page
    person.post("/accounts/login/code/", {"email": UNKNOWN})
    code = re.search(r"^([A-Z0-9-]{6,12})$", mail.outbox[-1].body, re.MULTILINE)[1]
    answer = person.post("/accounts/login/code/confirm/", {"code": code})
    # Whoever began the account elsewhere may be somebody else: its owner chooses a way in anew.
    assert "choose your own now" in person.get(answer["Location"]).content.decode()
    assert EmailAddress.objects.get(email=UNKNOWN).verified


def test_an_address_that_somebody_else_is_changing_to_tells_nothing(cast, hashes):
    """Robin may claim any address and then try the own password with it: it never fits."""
    told = []
    for address in (KNOWN, UNKNOWN):
        client, path, data = change_to(address)
        client.post(path, data)
        hashes.clear()
        sent = {"login": address, "password": PASSWORD + "x" * (address == KNOWN)}
        told.append((seen(Client(), "/accounts/login/", sent, address), len(hashes)))
    assert told[0] == told[1]


def test_without_a_mail_server_a_taken_address_is_told(cast, settings):
    """Nobody could be mailed: docs/operating.md says so."""
    settings.HAS_MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = False, "none"
    client, path, data = sign_up_with(KNOWN)
    assert client.post(path, data).context["form"].errors["email"]
