"""Second steps and doors: what comes and goes ends other sessions, is told by mail, and is listed."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from tests.conftest import PASSWORD
from tests.space.conftest import sign_in
from tests.space.test_second_factor import CODES, ON, code_of, secret_on

OFF = "/accounts/2fa/totp/deactivate/"


@pytest.fixture
def alex(cast):
    """Alex, who has just signed in again."""
    EmailAddress.objects.create(user=cast.alex, email=cast.alex.email, verified=True, primary=True)
    alex = sign_in(cast.alex)
    alex.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return alex


def is_in(client):
    """Whether somebody is signed in."""
    return client.get("/notes/").status_code == 200


def test_an_app_switched_on_and_off_ends_the_others(cast, alex):
    first, second = sign_in(cast.alex), None
    secret = secret_on(alex.get(ON).content.decode())
    assert alex.post(ON, {"code": code_of(secret)})["Location"] == CODES
    assert [is_in(alex), is_in(first)] == [True, False]
    page = alex.get("/space/doors/").content.decode()
    assert "An app that shows codes" in page
    assert "Recovery codes" in page
    second = sign_in(cast.alex)
    assert is_in(second)
    alex.post(OFF)
    assert [is_in(alex), is_in(second)] == [True, False]


def test_recovery_codes_made_anew_end_the_others(cast, alex):
    secret = secret_on(alex.get(ON).content.decode())
    alex.post(ON, {"code": code_of(secret)})
    other = sign_in(cast.alex)
    alex.post("/accounts/2fa/recovery-codes/generate/")
    assert [is_in(alex), is_in(other)] == [True, False]


def test_mails_tell_of_it(cast, alex, mailing):
    secret = secret_on(alex.get(ON).content.decode())
    alex.post(ON, {"code": code_of(secret)})
    alex.post(OFF)
    assert [message.to for message in mail.outbox] == [["alex@example.org"]] * 2
    for message in mail.outbox:
        words = message.subject + message.body.replace("testserver", "")
        assert "127.0.0.1" not in words
        assert "Sam" not in words


def test_who_has_no_passkey_is_offered_one(cast, alex):
    page = alex.get("/space/doors/").content.decode()
    assert "None yet" in page
    assert "Add a passkey" in page
    assert "0 set up" not in page
