"""Passkeys: beginning with one, signing in by one, keeping them; and whatever may be sent in place of one."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from couples.core.people import Person
from tests.conftest import PASSWORD
from tests.space.authenticator import FLAG, Passkey, options_of
from tests.space.conftest import code_in, link_of, partner_of, sign_in

pytestmark = pytest.mark.django_db
ADD = "/accounts/2fa/webauthn/add/"
LOGIN = "/accounts/2fa/webauthn/login/"
AGAIN = "/accounts/2fa/webauthn/reauthenticate/"
CODES = "/accounts/2fa/recovery-codes/"
NOT_MADE = "couldn’t be kept"
NOT_TAKEN = "isn’t one we know"
GARBLED = [
    "",
    "null",
    "[]",
    "7",
    '"x"',
    "{}",
    "{",
    "[" * 40_000,
    '{"id":"x"}',
    '{"id":"eA","rawId":"eQ"}',
    '{"rawId":"eA","response":null}',
    '{"rawId":"eA","response":{"clientDataJSON":"e30","attestationObject":"AA"}}',
    '{"rawId":"eA","response":{"clientDataJSON":"e30","authenticatorData":"","signature":"","userHandle":"eA"}}',
    '{"rawId":"\\u0000","type":{"a":[NaN]}}',
    json.dumps({"rawId": "x" * 60_000}),
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]


def again(client: Client, person: Person) -> Client:
    """Sign in again by the password."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def send(client: Client, path: str, credential: dict | str, **more: str):
    sent = credential if isinstance(credential, str) else json.dumps(credential)
    return client.post(path, {"credential": sent, **more})


def add(client: Client, name: str = "", **traits: str) -> Passkey:
    """Make a passkey and keep it, as somebody who signed in again."""
    passkey = Passkey(**traits)
    made = passkey.made(options_of(client.get(ADD).content.decode()))
    answer = send(client, ADD, made, name=name)
    assert answer.status_code == 302, answer.content.decode()
    return passkey


def asked(client: Client) -> dict:
    """What the sign-in page asks the browser for."""
    return client.get(LOGIN, headers={"Accept": "application/json"}).json()["request_options"]


@pytest.fixture
def alex(cast) -> Client:
    """Alex, who has just signed in again."""
    return again(sign_in(cast.alex), cast.alex)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_adding_leads_to_the_codes_and_then_signs_in(cast, alex):
    assert send(alex, ADD, Passkey().made(options_of(alex.get(ADD).content.decode())))["Location"] == CODES
    page = alex.get(CODES).content.decode()
    assert len(re.findall(r"^\d{8}$", page, re.MULTILINE)) >= 8
    Authenticator.objects.all().delete()
    passkey = add(again(alex, cast.alex), "My phone")
    visitor = Client()
    answer = send(visitor, LOGIN, passkey.used(asked(visitor)), next="/space/")
    assert (answer.status_code, answer["Location"]) == (302, "/space/")
    assert visitor.get("/space/").status_code == 200
    assert "My phone" in alex.get("/accounts/2fa/webauthn/").content.decode()


@pytest.mark.parametrize("name", ["", "  ", "\0", "x" * 600, "\u202eyek", "<b>", "\ud83d"])
def test_a_passkey_is_kept_whatever_its_name(cast, alex, name):
    made = Passkey().made(options_of(alex.get(ADD).content.decode()))
    answer = alex.generic(
        "POST",
        ADD,
        b"name=" + name.encode("utf-8", "surrogatepass") + b"&credential=" + json.dumps(made).encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in (302, 422)
    for path in ("/accounts/2fa/", "/accounts/2fa/webauthn/"):
        page = alex.get(path)
        assert page.status_code == 200
        assert "<b>" not in page.content.decode()


@pytest.mark.parametrize("sent", GARBLED)
def test_garble_is_answered_by_a_sentence(cast, alex, sent):
    answer = send(alex, ADD, sent)
    assert answer.status_code == 422
    assert NOT_MADE in answer.content.decode()
    visitor = Client()
    asked(visitor)
    answer = send(visitor, LOGIN, sent, next="/space/")
    assert answer["Location"] == "/accounts/login/?next=%2Fspace%2F"
    assert NOT_TAKEN in visitor.get(answer["Location"]).content.decode()
    add(alex)
    answer = send(alex, AGAIN, sent, next="/space/leave/")
    assert answer["Location"] == f"{AGAIN}?next=%2Fspace%2Fleave%2F"
    assert NOT_TAKEN in alex.get(answer["Location"]).content.decode()
    visitor.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    answer = send(visitor, "/accounts/2fa/authenticate/", sent)
    assert answer.status_code == 422
    assert NOT_TAKEN in answer.content.decode()
    assert not is_in(visitor)


def test_what_is_stored_is_only_what_is_needed(cast, alex):
    made = Passkey().made(options_of(alex.get(ADD).content.decode()))
    made["response"]["more"] = made["extra"] = "\0 canary"
    made["clientExtensionResults"] = {"credProps": {"rk": "canary"}, "canary": 1}
    assert send(alex, ADD, made).status_code == 302
    kept = Authenticator.objects.get(type="webauthn").data
    assert "canary" not in json.dumps(kept)
    assert kept["credential"]["clientExtensionResults"] == {"credProps": {"rk": True}}


def _another_site(passkey):
    passkey.host, passkey.origin = "evil.example", "https://evil.example"


def _another_origin(passkey):
    passkey.origin = "https://evil.example"


def _another_host(passkey):
    passkey.origin = "https://other.testserver"


def _plain_http(passkey):
    passkey.origin = "http://testserver"


def _nobody_verified(passkey):
    passkey.flags = FLAG.UP


def _nobody_there(passkey):
    passkey.flags = FLAG.UV


def _another_key(passkey):
    passkey.private = Passkey().private


def _another_id(passkey):
    passkey.id = b"another"


def _nobodys(passkey):
    passkey.handle = b"00000000-0000-4000-8000-000000000000"


def _no_handle(passkey):
    passkey.handle = b"\0\xff"


FOREIGN = [_another_site, _another_origin, _another_host, _plain_http, _nobody_verified, _nobody_there]


@pytest.mark.parametrize("change", FOREIGN)
def test_a_passkey_made_elsewhere_or_by_nobody_is_not_kept(alex, change):
    passkey = Passkey()
    change(passkey)
    answer = send(alex, ADD, passkey.made(options_of(alex.get(ADD).content.decode())))
    assert answer.status_code == 422
    assert NOT_MADE in answer.content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("change", [*FOREIGN, _another_key, _another_id, _nobodys, _no_handle])
def test_a_passkey_used_elsewhere_or_by_another_lets_nobody_in(alex, change):
    passkey = add(alex)
    change(passkey)
    visitor = Client()
    send(visitor, LOGIN, passkey.used(asked(visitor)))
    assert not is_in(visitor)


def test_an_unusable_key_is_not_kept(alex):
    passkey = Passkey()
    passkey.key = type(passkey.key)({**passkey.key, 3: -65535})
    assert send(alex, ADD, passkey.made(options_of(alex.get(ADD).content.decode()))).status_code == 422
    passkey.key = type(passkey.key)({**passkey.key, 3: -7, -2: b"\1" * 32})
    assert send(alex, ADD, passkey.made(options_of(alex.get(ADD).content.decode()))).status_code == 422


def test_nothing_counts_twice(cast, alex):
    made = Passkey().made(options_of(alex.get(ADD).content.decode()))
    assert send(alex, ADD, made).status_code == 302
    assert send(alex, ADD, made).status_code == 422
    passkey = add(alex)
    visitor = Client()
    used = passkey.used(asked(visitor))
    for stranger in (Client(), Client()):
        asked(stranger)
        send(stranger, LOGIN, used)
        assert not is_in(stranger)
    send(visitor, LOGIN, used)
    assert is_in(visitor)
    visitor.post("/accounts/logout/")
    send(visitor, LOGIN, used)
    assert not is_in(visitor)


def test_another_persons_passkey_is_no_second_factor_of_ones_own(cast, alex):
    add(alex)
    theirs = add(again(sign_in(cast.dana), cast.dana))
    visitor = Client()
    visitor.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    page = visitor.get("/accounts/2fa/authenticate/").content.decode()
    assert send(visitor, "/accounts/2fa/authenticate/", theirs.used(options_of(page))).status_code == 422
    assert not is_in(visitor)


@pytest.mark.parametrize("act", ["remove", "edit"])
def test_another_persons_passkey_is_none(cast, alex, act):
    add(again(sign_in(cast.dana), cast.dana), "hers")
    theirs = Authenticator.objects.get(type="webauthn")
    for pk in (theirs.pk, theirs.pk + 99, 10**30):
        for method in (alex.get, alex.post):
            answer = method(f"/accounts/2fa/webauthn/keys/{pk}/{act}/", {"name": "mine"})
            assert answer.status_code == 404
            assert "hers" not in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.data["name"] == "hers"


def test_renaming_and_removing(cast, alex):
    add(alex, "Phone")
    path = f"/accounts/2fa/webauthn/keys/{Authenticator.objects.get(type='webauthn').pk}/"
    for wrong in ("", "   ", "x" * 61):
        assert alex.post(f"{path}edit/", {"name": wrong}).status_code == 422
    assert alex.post(f"{path}edit/", {"name": "Tablet\0"})["Location"] == "/accounts/2fa/webauthn/"
    assert "Tablet" in alex.get(f"{path}remove/").content.decode()
    assert alex.post(f"{path}remove/")["Location"] == "/accounts/2fa/webauthn/"
    assert not Authenticator.objects.exists()
    assert alex.post(f"{path}remove/").status_code == 404
    visitor = Client()
    answer = visitor.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_changes_ask_to_sign_in_again(cast):
    alex = sign_in(cast.alex)
    for path in (ADD, "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/generate/"):
        for method in (alex.get, alex.post):
            assert method(path)["Location"].startswith("/accounts/reauthenticate/")


def test_ten_are_enough(cast, alex):
    for _one in range(10):
        add(alex)
    made = Passkey().made(options_of(alex.get(ADD).content.decode()))
    answer = send(alex, ADD, made)
    assert answer.status_code == 422
    assert "ten passkeys" in answer.content.decode()


def begin(client: Client, path: str = "") -> Passkey:
    """Begin with a passkey, up to the page that shows the codes."""
    sent = {"name": "Noa", "email": "noa@example.org", "next": path}
    assert client.post("/accounts/signup/passkey/", sent)["Location"].startswith("/accounts/confirm-email/")
    answer = client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[-1])})
    assert answer["Location"] == "/accounts/2fa/webauthn/signup/"
    passkey = Passkey()
    page = client.get(answer["Location"]).content.decode()
    answer = send(client, "/accounts/2fa/webauthn/signup/", passkey.made(options_of(page)), name="Phone")
    assert answer["Location"].startswith(f"{CODES}?next=%2F")
    return passkey


def test_beginning_with_a_passkey_leads_over_the_codes_to_the_invitation(client, cast, mailing):
    path = f"/join/{link_of(cast.robin, 'noa@example.org')}/"
    passkey = begin(client, path)
    page = client.get(CODES, {"next": path}).content.decode()
    assert f'href="{path}"' in page
    sent = {"name": "Noa", "time_zone": "Europe/Rome", "consent": "on", "next": path}
    assert client.post("/welcome/", sent)["Location"] == path
    noa = Person.objects.get(email="noa@example.org")
    assert not noa.has_usable_password()
    client.post(f"{path}accept/")
    assert partner_of(noa) == cast.robin
    # Whoever has no password leaves, as everybody, after signing in again: by the passkey.
    visitor = Client()
    send(visitor, LOGIN, passkey.used(asked(visitor)))
    answer = visitor.post("/space/leave/", follow=True)
    assert partner_of(noa) == cast.robin
    again_at = answer.redirect_chain[-1][0]
    assert again_at == f"{AGAIN}?next=%2Fspace%2Fleave%2F"
    page = answer.content.decode()
    assert "Use a code" in page
    answer = send(visitor, AGAIN, passkey.used(options_of(page)), next="/space/leave/")
    assert answer["Location"] == "/space/"
    assert partner_of(noa) is None


@pytest.mark.parametrize("wrong", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_codes_lead_nowhere_else(client, mailing, wrong):
    begin(client)
    page = client.get(CODES, {"next": wrong}).content.decode()
    assert "evil" not in page
    assert "alert(1)" not in page


@pytest.mark.parametrize("sent", GARBLED)
def test_beginning_with_garble(client, mailing, sent):
    client.post("/accounts/signup/passkey/", {"name": "Noa", "email": "noa@example.org"})
    client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[-1])})
    answer = send(client, "/accounts/2fa/webauthn/signup/", sent)
    assert answer.status_code == 422
    assert NOT_MADE in answer.content.decode()
    assert not is_in(client)


def test_who_left_off_before_the_passkey_is_asked_for_it_again(client, mailing):
    client.post("/accounts/signup/passkey/", {"name": "Noa", "email": "noa@example.org"})
    client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[-1])})
    visitor = Client()
    visitor.post("/accounts/login/code/", {"email": "noa@example.org"})
    answer = visitor.post("/accounts/login/code/confirm/", {"code": code_in(mail.outbox[-1])})
    assert answer["Location"] == "/accounts/2fa/webauthn/signup/"
    assert not is_in(visitor)
    # Or a password instead.
    answer = visitor.post("/accounts/logout/", {"next": "/accounts/password/reset/"})
    assert answer["Location"] == "/accounts/password/reset/"
    visitor.post("/accounts/password/reset/", {"email": "noa@example.org"})
    key = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    form = visitor.get(key)["Location"]
    visitor.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    answer = visitor.post("/accounts/login/", {"login": "noa@example.org", "password": PASSWORD})
    assert answer["Location"] == "/"
    assert is_in(visitor)


def test_the_only_way_in_stays(client, mailing):
    begin(client)
    passkey = Authenticator.objects.get(type="webauthn")
    path = f"/accounts/2fa/webauthn/keys/{passkey.pk}/remove/"
    assert "only way" in client.post(path, follow=True).content.decode()
    assert Authenticator.objects.filter(pk=passkey.pk).exists()
    add(client)
    assert "is removed" in client.post(path, follow=True).content.decode()
    assert not Authenticator.objects.filter(pk=passkey.pk).exists()


def test_without_a_mail_server_an_account_begins_with_a_password(client, db):
    page = client.get("/accounts/signup/").content.decode()
    assert "You can add one as soon as you’re in" in page
    assert client.get("/accounts/signup/passkey/").status_code == 404


def test_mails_about_it_carry_nothing_of_it(cast, mailing):
    from allauth.account.models import EmailAddress

    for one in (cast.alex, cast.sam):
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
    alex = again(sign_in(cast.alex), cast.alex)
    add(alex, "canary")
    alex.post(f"/accounts/2fa/webauthn/keys/{Authenticator.objects.get(type='webauthn').pk}/remove/")
    assert [message.subject for message in mail.outbox] == ["A passkey was added", "A passkey was removed"]
    for message in mail.outbox:
        assert message.to == ["alex@example.org"]
        assert "canary" not in message.body
        assert "Sam" not in message.body


def test_an_unconfirmed_address_gets_no_passkey(cast, mailing):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=cast.alex, email=cast.alex.email, verified=False, primary=True)
    alex = again(sign_in(cast.alex), cast.alex)
    answer = alex.get(ADD, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "Confirm your e-mail address first" in answer.content.decode()


def test_the_pages_cost_the_same_with_one_and_with_ten(alex):
    def queries(path: str) -> int:
        alex.get(path)  # what was said of the last one is taken up
        with CaptureQueriesContext(connection) as caught:
            assert alex.get(path).status_code == 200
        return len(caught)

    pages = ("/accounts/2fa/", "/accounts/2fa/webauthn/", ADD, AGAIN)
    add(alex)
    alex.get(CODES)
    before = [queries(path) for path in pages]
    for _one in range(9):
        add(alex)
    assert [queries(path) for path in pages] == before
