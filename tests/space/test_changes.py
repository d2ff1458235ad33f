"""When a way into an account changes: it asks to sign in again, others are signed out, and mails tell of it."""

import re
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.http import urlencode

from couples.core.people import Person
from couples.space import changes
from couples.space.adapter import AccountAdapter
from tests.conftest import PASSWORD
from tests.space.conftest import code_in, partner_of, sign_in
from tests.space.test_passkeys import add
from tests.space.test_second_factor import ON, code_of, secret_on
from tests.test_access import names

NEW = "another quiet evening"
CHANGE = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
AGAIN = "/accounts/reauthenticate/"


@pytest.fixture
def confirmed(cast):
    """Everybody's address is confirmed."""
    for name in ("alex", "sam", "robin"):
        one = getattr(cast, name)
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)


def enter(name: str = "alex", password: str = PASSWORD, *, again: bool = True, **more: str) -> Client:
    """Somebody signed in by the page for it, and perhaps once more."""
    client = Client(headers={"User-Agent": FIREFOX}, **more)
    client.post("/accounts/login/", {"login": f"{name}@example.org", "password": password})
    assert "_auth_user_id" in client.session
    if again:
        client.post(AGAIN, {"password": password})
    return client


def is_in(client: Client) -> bool:
    """Whether somebody is signed in."""
    return client.get("/notes/").status_code == 200


# --- it asks to sign in again


@pytest.mark.parametrize("action", ["action_add", "action_remove"])
def test_changing_the_address_asks_to_sign_in_again(cast, confirmed, mailing, action):
    alex = enter(again=False)
    EmailAddress.objects.create(user=cast.alex, email="new@example.org")
    before = set(EmailAddress.objects.values_list("email", "verified"))
    sent = {"email": "new@example.org" if action == "action_remove" else "other@example.org", action: ""}
    assert alex.post("/accounts/email/", sent)["Location"].startswith(AGAIN)
    assert set(EmailAddress.objects.values_list("email", "verified")) == before


def test_changing_the_password_asks_for_the_old_one(cast):
    alex = enter(again=False)
    answer = alex.post("/accounts/password/change/", {**CHANGE, "oldpassword": "wrong wrong"})
    assert answer.context["form"].errors["oldpassword"]
    assert Person.objects.get(pk=cast.alex.pk).check_password(PASSWORD)


def test_leaving_asks_to_sign_in_again(cast):
    assert enter(again=False).post("/space/leave/")["Location"].startswith(AGAIN)
    assert partner_of(cast.alex) == cast.sam


FREELY = {"mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_trust"}
FREELY |= {"mfa_login_webauthn", "mfa_signup_webauthn", "mfa_list_webauthn", "mfa_download_recovery_codes"}
"""Routes by which one signs in, or that only show what there is or lead on."""


def test_every_page_that_changes_a_second_step_asks_to_sign_in_again(cast):
    """All of allauth.mfa that is in the URLconf, for somebody who has all of it; a new route is looked at by itself."""
    alex = enter()
    add(alex)
    alex.post(ON, {"code": code_of(secret_on(alex.get(ON).content.decode()))})
    rows = Authenticator.objects.order_by("pk")
    before = list(rows.values())
    assert [one["type"] for one in before] == ["webauthn", "recovery_codes", "totp"]
    found = {name for name in names(get_resolver().url_patterns) if name.startswith("mfa_")} - FREELY
    assert found > {"mfa_remove_webauthn", "mfa_deactivate_totp", "mfa_generate_recovery_codes"}
    later = sign_in(cast.alex)
    for name in found:
        of_one = name in ("mfa_remove_webauthn", "mfa_edit_webauthn")
        path = reverse(name, kwargs={"pk": before[0]["id"]} if of_one else {})
        ask = later.get if name == "mfa_view_recovery_codes" else later.post
        answer = ask(path, {"name": "x"})
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(f"{AGAIN}?{urlencode({'next': path})}"), name
    assert list(rows.values()) == before


# --- others are signed out


def test_a_new_password_ends_all_other_sessions(cast):
    alex, other, unlisted, sam = enter(), enter(), sign_in(cast.alex), enter("sam")
    alex.post("/accounts/password/change/", CHANGE)
    assert [is_in(one) for one in (alex, other, unlisted, sam)] == [True, False, False, True]
    assert "This one" in alex.get("/space/doors/").content.decode()
    assert "Sign out all the others" not in alex.get("/space/doors/").content.decode()


def test_a_new_address_without_mail_ends_all_other_sessions(cast):
    EmailAddress.objects.create(user=cast.alex, email=cast.alex.email, primary=True)
    alex, other = enter(), enter()
    alex.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert Person.objects.get(pk=cast.alex.pk).email == "new@example.org"
    assert [is_in(one) for one in (alex, other)] == [True, False]


def confirm(client: Client) -> None:
    """Type the code of the newest mail in this browser."""
    client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[-1])})


def change_address(alex: Client) -> None:
    """Begin to change the address."""
    alex.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})


def test_a_new_address_confirmed_by_its_own_browser_ends_the_others(cast, confirmed, mailing):
    alex, other = enter(), enter()
    change_address(alex)
    assert [is_in(one) for one in (alex, other)] == [True, True]
    confirm(alex)
    assert [is_in(one) for one in (alex, other)] == [True, False]
    assert Person.objects.get(pk=cast.alex.pk).email == "new@example.org"


def test_a_new_address_confirmed_elsewhere_ends_all(cast, confirmed, mailing, rf):
    """Nobody knows then which session is its person's own."""
    alex, other = enter(), enter()
    request = rf.post("/")
    request.user = AnonymousUser()
    with request_context(request):
        changes.on_address(request, cast.alex, EmailAddress(user=cast.alex, email="old@example.org"))
    assert [is_in(one) for one in (alex, other)] == [False, False]


def test_confirming_a_first_address_ends_nothing(cast, mailing):
    client = Client()
    client.post("/accounts/signup/", {"email": "noa@example.org", "password1": PASSWORD, "name": "Noa"})
    confirm(client)
    assert client.get("/welcome/").status_code == 200
    assert len(mail.outbox) == 1


def test_a_password_chosen_by_a_mailed_link_ends_all(cast, confirmed, mailing):
    alex, guest = enter(), Client()
    guest.post("/accounts/password/reset/", {"email": "alex@example.org"})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    guest.post(guest.get(link)["Location"], {"password1": NEW, "password2": NEW})
    assert [is_in(one) for one in (alex, guest)] == [False, False]
    assert is_in(enter(password=NEW))


def test_a_changed_second_step_ends_all_other_sessions(cast, rf):
    """Here without the pages for it; those are tried where second steps are switched on."""
    alex, other = enter(), enter()
    request = rf.post("/")
    request.session, request.user = alex.session, Person.objects.get(pk=cast.alex.pk)
    with request_context(request):
        changes.second_step(cast.sam)
        assert is_in(other)
        changes.second_step(cast.alex)
    request.session.save()
    alex.cookies["sessionid"] = request.session.session_key
    assert [is_in(one) for one in (alex, other)] == [True, False]


@pytest.mark.parametrize(("kind", "stays"), [("totp", False), ("webauthn", False), ("recovery_codes", True)])
def test_what_is_added_and_removed_is_a_change_and_what_comes_along_is_not(monkeypatch, kind, stays):
    told = []
    monkeypatch.setattr(changes, "second_step", told.append)
    one = SimpleNamespace(type=kind, user="alex")
    changes.on_made(instance=one, created=False)
    assert not told
    changes.on_made(instance=one, created=True)
    assert told == ([] if stays else ["alex"])
    told.clear()
    changes.on_gone(instance=one)
    assert told == ["alex"]


# --- mails tell of it


def told() -> list[tuple[str, str]]:
    """To whom mails went, and their subjects."""
    return [(message.to[0], message.subject) for message in mail.outbox]


def neutral(message) -> None:
    """No name, no address, no couple, no network, no time of day in a mail."""
    words = message.subject + message.body + message.from_email
    for secret in ("Alex", "Sam", "alex", "sam", "new@", "127.0.0.1", "partner", "couple", "Mozilla"):
        assert secret not in words.replace("testserver", ""), secret
    assert not re.search(r"\d:\d\d", words)
    assert "&" not in words


def test_a_sign_in_from_a_new_browser_is_told_once(cast, confirmed, mailing):
    alex = enter(again=False)
    assert told() == [("alex@example.org", "A new sign-in to your account")]
    assert "Firefox on Linux" in mail.outbox[0].body
    neutral(mail.outbox[0])
    alex.post("/accounts/logout/")
    alex.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    assert len(mail.outbox) == 1
    alex.post("/accounts/logout/")
    alex.post("/accounts/login/", {"login": "sam@example.org", "password": PASSWORD})
    assert told()[1:] == [("sam@example.org", "A new sign-in to your account")]


def test_a_browser_is_new_again_after_all_were_signed_out(cast, confirmed, mailing):
    """Whoever had the old password, and the cookie that came with it, can't come back unseen with the new one."""
    spy = enter(again=False)
    enter().post("/accounts/password/change/", CHANGE)
    mail.outbox.clear()
    spy.post("/accounts/login/", {"login": "alex@example.org", "password": NEW})
    assert told() == [("alex@example.org", "A new sign-in to your account")]


def test_a_new_password_is_told(cast, confirmed, mailing):
    alex = enter()
    mail.outbox.clear()
    alex.post("/accounts/password/change/", CHANGE)
    assert told() == [("alex@example.org", "Your password was changed")]
    neutral(mail.outbox[0])


def test_a_new_address_is_told_to_the_old_and_the_new(cast, confirmed, mailing):
    alex = enter()
    change_address(alex)
    asked = len(mail.outbox)
    confirm(alex)
    subject = "Your e-mail address was changed"
    assert sorted(told()[asked:]) == [("alex@example.org", subject), ("new@example.org", subject)]
    for message in mail.outbox[asked:]:
        neutral(message)


def test_without_a_mail_server_nothing_is_sent(cast):
    enter().post("/accounts/password/change/", CHANGE)
    assert not mail.outbox


def test_what_is_rolled_back_tells_nobody(cast, rf, mailing):
    request = rf.post("/")
    request.user = cast.alex

    @transaction.atomic
    def tell_and_fail():
        AccountAdapter(request).send_notification_mail("account/email/password_changed", cast.alex)
        raise ZeroDivisionError

    with request_context(request), pytest.raises(ZeroDivisionError):
        tell_and_fail()
    Client().get("/help/")
    assert not mail.outbox


def test_what_is_told_after_the_request_is_told_too(cast, rf, mailing):
    """Where a request is one transaction, allauth speaks of some changes when it is over."""
    request = rf.post("/")
    request.user = cast.alex
    with request_context(request):
        adapter = AccountAdapter(request)
    adapter.send_notification_mail("account/email/password_changed", cast.alex)
    Client().get("/help/")
    assert told() == [("alex@example.org", "Your password was changed")]


def test_a_failing_mail_server_breaks_nothing(cast, confirmed, mailing, settings, caplog):
    settings.EMAIL_BACKEND = "tests.space.broken.Backend"
    alex = enter()
    assert alex.post("/accounts/password/change/", CHANGE).status_code == 302
    assert is_in(alex)
    answer = Client().post(
        "/accounts/signup/", {"email": "noa@example.org", "password1": PASSWORD, "name": "Noa"}
    )
    assert answer.status_code == 302
    assert "refused a mail: SMTPServerDisconnected" in caplog.text
    assert "example.org" not in caplog.text
