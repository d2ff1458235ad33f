"""How often one may try; and that nobody, least of all a partner, can keep somebody out by it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from tests.conftest import PASSWORD
from tests.space.conftest import link_of

HERE, THERE, HOME = "198.51.100.7", "203.0.113.9", "192.0.2.1"
LOGIN = "/accounts/login/"
WRONG = {200, 422}


def at(address: str, **more: str) -> Client:
    """A browser at a network address."""
    return Client(REMOTE_ADDR=address, **more)


def try_it(client: Client, password: str, name: str = "alex", **more: str):
    """Try to sign in."""
    return client.post(LOGIN, {"login": f"{name}@example.org", "password": password}, **more)


def wear_out(client: Client, name: str = "alex", **more: str) -> None:
    """Guess until no more guesses are let through."""
    for _ in range(5):
        assert try_it(client, "wrong wrong", name, **more).status_code in WRONG
    assert try_it(client, "wrong wrong", name, **more).status_code == 429


def test_guessing_ends_and_keeps_what_was_typed_but_the_password(cast):
    guesser = at(THERE)
    wear_out(guesser)
    answer = try_it(guesser, PASSWORD)
    page = answer.content.decode()
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 300
    assert "That was too often for now" in page
    assert '<input type="hidden" name="login" value="alex@example.org">' in page
    assert PASSWORD not in page
    assert 'name="password"' not in page
    assert f'action="{LOGIN}"' in page


def test_somebody_at_another_address_keeps_nobody_out(cast):
    wear_out(at(THERE))
    assert try_it(at(HERE), PASSWORD).status_code == 302


def test_somebody_in_the_same_home_keeps_out_no_browser_that_was_used_before(cast):
    own = at(HOME)
    assert try_it(own, PASSWORD).status_code == 302
    own.post("/accounts/logout/")
    wear_out(at(HOME))
    for name in ("sam", "dana", "kit") * 6:
        try_it(at(HOME), "wrong wrong", name)
    assert try_it(at(HOME), PASSWORD).status_code == 429
    assert try_it(own, PASSWORD).status_code == 302


def test_a_known_browser_has_its_limit_too(cast):
    own = at(HOME)
    try_it(own, PASSWORD)
    own.post("/accounts/logout/")
    for _ in range(10):
        assert try_it(own, "wrong wrong").status_code in WRONG
    assert try_it(own, PASSWORD).status_code == 429


def test_a_browser_known_to_one_person_is_a_stranger_to_another(cast):
    sams = at(HOME)
    try_it(sams, PASSWORD, "sam")
    sams.post("/accounts/logout/")
    wear_out(sams)


@pytest.mark.parametrize("cookie", ["x", "." * 50, "a" * 32, "é", "0" * 4000])
def test_a_made_up_mark_opens_no_further_tries(cast, cookie):
    guesser = at(THERE)
    guesser.cookies["browser"] = cookie
    wear_out(guesser)


def test_a_mark_is_void_once_all_sessions_were_ended(cast):
    from couples.space.sessions import end_all

    own = at(HOME)
    try_it(own, PASSWORD)
    end_all(cast.alex)
    wear_out(own)


def test_one_network_guesses_at_few_accounts(cast):
    guesser = at(THERE)
    for name in ("alex", "sam", "dana", "kit"):
        for _ in range(5):
            assert try_it(guesser, "wrong wrong", name).status_code in WRONG
    assert try_it(guesser, "wrong wrong", "robin").status_code == 429


def test_signing_in_rightly_is_not_counted_as_a_guess(cast):
    for _ in range(12):
        assert try_it(at(HERE), PASSWORD).status_code == 302


def test_the_households_of_ipv6_are_networks(cast):
    wear_out(at("2001:db8:1:1::1"))
    assert try_it(at("2001:db8:1:1:ffff::2"), PASSWORD).status_code == 429
    assert try_it(at("2001:db8:1:2::1"), PASSWORD).status_code == 302


def test_without_a_proxy_a_made_up_address_counts_for_nothing(cast):
    guesser = at(THERE)
    for number in range(5):
        try_it(guesser, "wrong wrong", headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert try_it(guesser, "wrong wrong", headers={"X-Forwarded-For": HERE}).status_code == 429


def test_behind_a_proxy_only_what_it_added_counts(cast, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    proxy = at("127.0.0.1")
    for number in range(5):
        try_it(proxy, "wrong wrong", headers={"X-Forwarded-For": f"192.0.2.{number}, {THERE}"})
    spoofed = {"X-Forwarded-For": f"{HERE}, {THERE}"}
    assert try_it(proxy, PASSWORD, headers=spoofed).status_code == 429
    assert try_it(proxy, PASSWORD, headers={"X-Forwarded-For": HERE}).status_code == 302


@pytest.mark.parametrize("told", ["", "nonsense", "1.2.3.4:99999", "[::1", ",", "unknown", "x" * 5000])
@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_odd_addresses_break_nothing(cast, settings, told, proxies):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert try_it(at(HERE), PASSWORD, headers={"X-Forwarded-For": told}).status_code == 302


def test_a_connection_without_an_address_is_let_in(cast):
    assert try_it(at(""), PASSWORD).status_code == 302


def used_before(client: Client, cast) -> Client:
    """A browser in which alex, whose address is confirmed, has signed in before."""
    EmailAddress.objects.create(user=cast.alex, email="alex@example.org", verified=True, primary=True)
    assert try_it(client, PASSWORD).status_code == 302
    client.post("/accounts/logout/")
    return client


@pytest.mark.parametrize("sent", [{}, {"login": "", "password": ""}, {"login": "a@b.org", "password": "x"}])
def test_no_flood_of_sign_ins_from_the_same_home_keeps_out_a_browser_that_was_used_before(cast, sent):
    own, other = used_before(at(HOME), cast), at(HOME)
    for _ in range(40):
        other.post(LOGIN, sent)
    assert try_it(own, PASSWORD).status_code == 302


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
@pytest.mark.parametrize("address", ["alex@example.org", "x{}@example.com"])
def test_the_same_home_keeps_no_mail_from_a_browser_that_was_used_before(cast, mailing, path, address):
    own = used_before(at(HOME), cast)
    answers = [at(HOME).post(path, {"email": address.format(number)}).status_code for number in range(22)]
    assert answers[-1] == 429
    mail.outbox.clear()
    assert own.post(path, {"email": "Alex@example.org"}).status_code == 302
    assert [message.to for message in mail.outbox] == [["alex@example.org"]]


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_a_browser_that_was_used_before_has_few_mails_too(cast, mailing, path):
    own = used_before(at(HOME), cast)
    answers = []
    for _ in range(6):
        own.cookies.pop("sessionid", None)
        answers.append(own.post(path, {"email": "alex@example.org"}).status_code)
    assert answers == [302] * 5 + [429]
    assert own.post(path, {"email": "sam@example.org"}).status_code == 302


def test_nobody_in_the_same_home_uses_up_a_link_or_a_passkey(cast, mailing):
    own, other = used_before(at(HOME), cast), at(HOME)
    own.post("/accounts/password/reset/", {"email": "alex@example.org"})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    for _ in range(22):
        other.post("/accounts/password/reset/key/x-y/", {"password1": "x", "password2": "x"})
        assert other.post("/accounts/2fa/webauthn/login/", {"credential": "{}"}).status_code != 429
    new = {"password1": "another quiet evening", "password2": "another quiet evening"}
    assert own.post(own.get(link)["Location"], new).status_code == 302
    assert try_it(own, "another quiet evening").status_code == 302


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
@pytest.mark.parametrize("address", ["alex@example.org", "nobody@example.org"])
def test_mails_to_an_address_are_few_from_one_network_and_others_can_still_ask(cast, mailing, path, address):
    for _ in range(5):
        assert at(THERE).post(path, {"email": address}).status_code == 302
    refused = at(THERE).post(path, {"email": address.upper()})
    assert refused.status_code == 429
    assert f'name="email" value="{address.upper()}"' in refused.content.decode()
    assert len(mail.outbox) == 5
    assert at(HERE).post(path, {"email": address}).status_code == 302
    assert len(mail.outbox) == 6


def test_sign_ups_are_few_from_one_network(db):
    for number in range(20):
        sent = {"email": f"n{number}@example.org", "password1": PASSWORD, "name": "N"}
        assert at(THERE).post("/accounts/signup/", sent).status_code == 302
    refused = at(THERE).post("/accounts/signup/", {**sent, "email": "last@example.org"})
    assert refused.status_code == 429
    assert 'value="last@example.org"' in refused.content.decode()
    assert PASSWORD not in refused.content.decode()


def test_made_up_invitations_are_asked_for_only_so_often(cast, browse):
    guesser = at(THERE)
    for number in range(30):
        assert guesser.get(f"/join/{number:043}/").status_code == 404
    assert guesser.get(f"/join/{'x' * 43}/").status_code == 429
    assert at(HERE).get(f"/join/{'x' * 43}/").status_code == 404
    assert guesser.get(f"/join/{link_of(cast.robin)}/").status_code == 200


def test_the_password_is_asked_for_only_so_often_within_a_session(cast, browse):
    alex = browse("alex")
    answers = [
        alex.post("/accounts/reauthenticate/", {"password": "wrong wrong"}).status_code for _ in range(7)
    ]
    assert set(answers[:5]) <= WRONG
    assert answers[5:] == [429, 429]


def test_a_new_password_by_mail_lets_one_in_again(cast, mailing):
    EmailAddress.objects.create(user=cast.alex, email="alex@example.org", verified=True, primary=True)
    alex = at(HERE)
    wear_out(alex)
    alex.post("/accounts/password/reset/", {"email": "alex@example.org"})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    new = {"password1": "another quiet evening", "password2": "another quiet evening"}
    alex.post(alex.get(link)["Location"], new)
    assert try_it(alex, "another quiet evening").status_code == 302


def test_who_comes_by_ipv4_is_no_one_household_where_the_server_listens_for_both(cast):
    wear_out(at(f"::ffff:{THERE}"))
    for number in range(20):
        try_it(at(f"::ffff:{THERE}"), "wrong wrong", f"nobody{number}")
    assert try_it(at(f"::ffff:{HERE}"), PASSWORD).status_code == 302


def test_nobody_in_the_same_home_keeps_somebody_from_a_new_address(cast, mailing):
    for name in ("alex", "sam"):
        one = getattr(cast, name)
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)

    def change(client: Client, address: str) -> int:
        answer = client.post("/accounts/email/", {"email": address, "action_add": ""})
        if "reauthenticate" in answer.get("Location", ""):
            answer = client.post(answer["Location"], {"password": PASSWORD})
        return answer.status_code

    sam, alex = at(HOME), at(HOME)
    assert [try_it(sam, PASSWORD, "sam").status_code, try_it(alex, PASSWORD).status_code] == [302, 302]
    assert 429 in {change(sam, f"sam{number}@example.net") for number in range(7)}
    assert change(alex, "alex@example.net") == 302
    assert mail.outbox[-1].to == ["alex@example.net"]
