"""An authenticator app and recovery codes: each code counts once, and their secrets stand nowhere in the clear."""

import hashlib
import hmac
import json
import re
import time
from base64 import b32decode

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from couples.space.mfa import decrypt, encrypt
from tests.conftest import PASSWORD
from tests.space.conftest import code_in, partner_of, sign_in, verify

pytestmark = pytest.mark.django_db
ON, OFF = "/accounts/2fa/totp/activate/", "/accounts/2fa/totp/deactivate/"
STEP = "/accounts/2fa/authenticate/"
AGAIN = "/accounts/2fa/reauthenticate/"
CODES = "/accounts/2fa/recovery-codes/"
NASTY = ["", "  ", "x", "\0", "٣٤٥٦٧٨", "x" * 30_000, "'; DROP TABLE x; --", "-1", "000000", "👩‍❤️‍👩"]


def code_of(secret: str, ahead: int = 0) -> str:
    """What an app shows, now or half minutes ahead (RFC 6238)."""
    count = int(time.time()) // 30 + ahead
    digest = hmac.new(b32decode(secret), count.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def secret_on(page: str) -> str:
    return re.search(r'<textarea id="totp-key"[^>]*>([A-Z2-7]{32})</textarea>', page)[1]


def codes_on(page: str) -> list[str]:
    return re.findall(r"\b\d{8}\b", page.split("<textarea", 1)[1].split("</textarea>")[0])


def step_one() -> Client:
    """A visitor who has typed alex's password."""
    visitor = Client()
    answer = visitor.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    assert answer["Location"] == STEP
    return visitor


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture(autouse=True)
def _moment(monkeypatch):
    """One moment, in the middle of a code's half minute."""
    now = time.time() // 30 * 30 + 15
    monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture
def alex(cast) -> Client:
    """Alex, who has just signed in again."""
    alex = sign_in(cast.alex)
    alex.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return alex


@pytest.fixture
def enrolled(alex) -> tuple[Client, str, list[str]]:
    """Alex with an app: the client, the app's secret, and the recovery codes."""
    secret = secret_on(alex.get(ON).content.decode())
    assert alex.post(ON, {"code": code_of(secret)})["Location"] == CODES
    return alex, secret, codes_on(alex.get(CODES).content.decode())


def test_setting_up_shows_what_the_app_needs(alex):
    page = alex.get(ON).content.decode()
    secret = secret_on(page)
    assert '<svg role="img"' in page
    assert f"otpauth://totp/alex%40example.org?secret={secret}&amp;issuer=Reconnect" in page


@pytest.mark.parametrize("wrong", NASTY)
def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(alex, wrong):
    secret = secret_on(alex.get(ON).content.decode())
    answer = alex.post(ON, {"code": wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"]
    assert secret_on(answer.content.decode()) == secret
    assert not Authenticator.objects.exists()


def test_the_app_is_asked_for_and_each_code_counts_once(enrolled):
    _alex, secret, _codes = enrolled
    first, second = step_one(), step_one()
    assert not is_in(first)
    spaced = f"{code_of(secret)[:3]} {code_of(secret)[3:]}"
    assert first.post(STEP, {"code": spaced})["Location"] == "/"
    assert is_in(first)
    answer = second.post(STEP, {"code": code_of(secret)})
    assert answer.status_code == 422
    assert "used already" in answer.content.decode()
    # A neighbouring code is good too, for those whose clock is a little off; and then for as long not again.
    assert second.post(STEP, {"code": code_of(secret, 1)}).status_code == 302
    third = step_one()
    cache.delete_many(
        [f"allauth.mfa.totp.used?user={_alex.session['_auth_user_id']}&code={code_of(secret, 1)}"]
    )
    assert third.post(STEP, {"code": code_of(secret, 1)}).status_code == 422
    assert third.post(STEP, {"code": code_of(secret, 3)}).status_code == 422
    assert not is_in(third)


@pytest.mark.parametrize("wrong", NASTY)
def test_a_wrong_code_lets_nobody_in(enrolled, wrong):
    visitor = step_one()
    answer = visitor.post(STEP, {"code": wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"]
    assert visitor.get("/notes/")["Location"].startswith("/accounts/login/")


def test_guessing_ends_soon(enrolled):
    _alex, secret, _codes = enrolled
    visitor = step_one()
    for _try in range(5):
        visitor.post(STEP, {"code": "000000"})
    assert visitor.post(STEP, {"code": code_of(secret)}).status_code == 422
    assert not is_in(visitor)


def test_a_recovery_code_counts_once(enrolled):
    alex, _secret, codes = enrolled
    assert len(codes) == len(set(codes)) == 10
    visitor = step_one()
    assert visitor.post(STEP, {"code": f"{codes[3][:4]}-{codes[3][4:]}"})["Location"] == "/"
    other = step_one()
    assert other.post(STEP, {"code": codes[3]}).status_code == 422
    assert other.post(STEP, {"code": codes[4]}).status_code == 302
    assert "You have 8 left" in alex.get("/accounts/2fa/").content.decode()


def test_recovery_codes_are_shown_once_and_made_anew(enrolled):
    alex, _secret, codes = enrolled
    page = alex.get(CODES).content.decode()
    assert not any(code in page for code in codes)
    assert "can’t be shown again" in page
    assert alex.get("/accounts/2fa/recovery-codes/download/")["Location"] == CODES
    assert alex.post(f"{CODES}generate/")["Location"] == CODES
    page = alex.get(CODES).content.decode()
    fresh = codes_on(page)
    assert not set(fresh) & set(codes)
    assert f'href="data:text/plain,{"%0A".join(fresh)}"' in page
    visitor = step_one()
    assert visitor.post(STEP, {"code": codes[0]}).status_code == 422
    assert visitor.post(STEP, {"code": fresh[0]}).status_code == 302


def test_codes_are_for_those_who_have_something_to_lose(alex):
    assert alex.get(CODES).status_code == 404
    answer = alex.post(f"{CODES}generate/")
    assert answer.status_code == 422
    assert "Add one of these first" in answer.content.decode()


def test_signing_in_again_takes_a_code_and_then_leaving_goes_on(cast, enrolled):
    _alex, secret, codes = enrolled
    for code in (code_of(secret), codes[0]):
        assert partner_of(cast.alex) == cast.sam
        cast.alex.refresh_from_db()
        client = sign_in(cast.alex)
        assert client.post("/space/leave/").status_code == 302
        assert client.post(AGAIN, {"code": "1", "next": "/space/leave/"}).status_code == 422
        mark = transaction.savepoint()
        assert client.post(AGAIN, {"code": code, "next": "/space/leave/"})["Location"] == "/space/"
        assert partner_of(cast.alex) is None
        transaction.savepoint_rollback(mark)


def test_a_mailed_code_goes_on_to_the_second_factor(cast, enrolled, mailing):
    _alex, secret, _codes = enrolled
    verify(cast.alex)
    visitor = Client()
    visitor.post("/accounts/login/code/", {"email": "alex@example.org"})
    answer = visitor.post(
        "/accounts/login/code/confirm/", {"code": code_in(mail.outbox[-1]), "next": "/notes/"}
    )
    assert answer["Location"] == STEP
    assert not is_in(visitor)
    assert visitor.post(STEP, {"code": code_of(secret)})["Location"] == "/notes/"


def test_stopping_to_use_it(enrolled):
    alex, _secret, _codes = enrolled
    assert alex.get(ON)["Location"] == OFF
    assert alex.post(OFF)["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.exists()
    assert alex.get(OFF).status_code == alex.get(CODES).status_code == 404
    answer = Client().post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_without_the_first_step_there_is_no_second(cast, enrolled):
    visitor = Client()
    for method in (visitor.get, visitor.post):
        assert method(STEP)["Location"] == "/accounts/login/"
    assert sign_in(cast.sam).get(STEP)["Location"] == "/"


def test_a_code_that_came_too_late_is_not_shown_again(cast):
    for path in (ON, AGAIN, "/accounts/2fa/webauthn/add/"):
        answer = Client().post(path, {"code": "canary", "credential": "canary", "name": "Phone"})
        assert answer.status_code == 401
        assert "canary" not in answer.content.decode()
        assert "Phone" in answer.content.decode()
    answer = Client(enforce_csrf_checks=True).post(STEP, {"code": "canary", "credential": "canary"})
    assert answer.status_code == 403
    assert "canary" not in answer.content.decode()


# ---- At rest.


def test_secrets_are_sealed_in_the_database_while_setting_up_and_after(alex):
    secret = secret_on(alex.get(ON).content.decode())
    (waiting,) = [row.get_decoded() for row in Session.objects.all()]
    assert secret not in json.dumps(waiting)
    alex.post(ON, {"code": code_of(secret)})
    for row in Authenticator.objects.all():
        assert set(row.data) <= {"secret", "seed", "used_mask", "viewed_at"}
        assert row.data.get("secret", row.data.get("seed")).startswith("1:")
        assert secret not in json.dumps(row.data)
    assert decrypt(Authenticator.objects.get(type="totp").data["secret"]) == secret


def test_a_sealed_text_is_another_each_time_and_opens_only_whole():
    sealed = encrypt("dear")
    assert sealed != encrypt("dear")
    assert decrypt(sealed) == "dear"
    for wrong in (
        "",
        "dear",
        sealed[:-4],
        sealed[2:],
        sealed[:9] + "A" + sealed[10:] + "=",
        "1:",
        "1:AAAA",
        "1:ä",
    ):
        with pytest.raises(ValueError):
            decrypt(wrong)


@pytest.mark.parametrize("broken", ["another key", "garbage", "plain"])
def test_a_secret_that_cannot_be_opened_is_said_kindly_and_lets_nobody_in(
    enrolled, monkeypatch, broken, caplog
):
    alex, secret, codes = enrolled
    if broken == "another key":
        monkeypatch.setattr("couples.space.mfa.house_secret", lambda _purpose: b"k" * 32)
    else:
        for row in Authenticator.objects.all():
            part = "secret" if row.type == "totp" else "seed"
            row.data[part] = "1:AAAA" if broken == "garbage" else ""
            row.save()
    visitor = step_one()
    for code in (code_of(secret), codes[0], code_of("A" * 32), "000000"):
        answer = visitor.post(STEP, {"code": code})
        assert answer.status_code == 422
    assert not is_in(visitor)
    assert "it’s not your doing" in answer.content.decode() or "too many" in answer.content.decode().lower()
    page = alex.get("/accounts/2fa/")
    assert page.status_code == 200
    assert "it’s not your doing" in page.content.decode()
    Authenticator.objects.filter(type="recovery_codes").update(data={"seed": "1:AAAA", "used_mask": 0})
    page = alex.get(CODES)
    assert page.status_code == 200
    assert "Make new ones" in page.content.decode()
    assert "<textarea" not in page.content.decode()
    alex.post(f"{CODES}generate/")
    fresh = codes_on(alex.get(CODES).content.decode())
    cache.clear()
    assert visitor.post(STEP, {"code": fresh[0]}).status_code == 302
    assert secret not in caplog.text


def test_a_key_that_is_lost_while_setting_up_gives_a_new_one(alex, settings):
    secret = secret_on(alex.get(ON).content.decode())
    session = alex.session
    session["mfa.totp.secret"] = "1:AAAA"
    session.save()
    answer = alex.post(ON, {"code": code_of(secret)})
    assert answer.status_code == 422
    assert secret_on(answer.content.decode()) != secret


# ---- Lost altogether: whoever runs the server helps.


def test_whoever_runs_the_server_can_take_it_away(cast, enrolled, capsys):
    call_command("factors", "alex@example.org")
    assert "recovery_codes, totp" in capsys.readouterr().out
    inside = sign_in(cast.alex)
    call_command("factors", "ALEX@example.org", remove=True)
    assert not Authenticator.objects.exists()
    assert inside.get("/notes/").status_code == 302
    answer = Client().post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    assert answer["Location"] == "/"
    call_command("factors", "alex@example.org")
    assert "Nothing" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("factors", "nobody@example.org", remove=True)
