"""The link in each mail: one press, by a person or a mail program, switches that kind off and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from couples.core.people import Person
from couples.reminders import tokens
from couples.reminders.models import Reminder
from couples.reminders.ready import chosen
from tests.reminders.conftest import NOON, choose, confirm
from tests.reminders.smtp import words
from tests.reminders.test_due import DAY, LATE, date_at, new_for

pytestmark = pytest.mark.django_db
ONE_CLICK = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}


def ways(person):
    return {slug: str(way) for slug, way in chosen(person).items() if way != "off"}


@pytest.fixture
def mail(clock, smtp, cast, soon):
    """A mail that alex got."""
    confirm(cast.alex)
    choose(cast.alex, LATE, new="mail", date_tomorrow="push")
    choose(cast.sam, LATE, new="mail")
    new_for(cast)
    assert soon() == 1
    return smtp.got[0]


def link_of(mail, settings):
    """The path of its link."""
    header = mail["List-Unsubscribe"]
    assert header.startswith(f"<{settings.PUBLIC_URL}/reminders/off/")
    assert header.endswith("/>")
    return header[1 + len(settings.PUBLIC_URL) : -1]


def test_the_headers_are_those_of_rfc_8058_and_the_link_is_in_the_text(mail, settings):
    path = link_of(mail, settings)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert settings.PUBLIC_URL + path in words(mail)


def test_a_mail_program_switches_it_off_with_one_request_and_nothing_else(mail, settings, cast, soon):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(link_of(mail, settings), **ONE_CLICK)
    assert answer.status_code == 200
    assert not answer.cookies
    assert ways(cast.alex) == {"date.tomorrow": "push"}
    assert ways(cast.sam) == {"new": "mail"}
    new_for(cast)
    assert [soon(hours=8) for _ in range(9)] == [0] * 9


def test_a_mail_about_several_things_switches_all_of_them_off_and_no_other(clock, smtp, cast, soon, settings):
    confirm(cast.alex)
    choose(cast.alex, LATE, new="mail", date_tomorrow="mail", goal_step="mail")
    new_for(cast)
    date_at(cast, NOON + DAY)
    assert soon() == 1
    assert "=" not in link_of(smtp.got[0], settings)
    assert Client().post(link_of(smtp.got[0], settings), **ONE_CLICK).status_code == 200
    assert ways(cast.alex) == {"goal.step": "mail"}


def test_a_person_sees_one_button_first_and_looking_changes_nothing(mail, settings, cast):
    path, visitor = link_of(mail, settings), Client()
    for _ in range(2):
        page = visitor.get(path)
        assert page.status_code == 200
        assert ways(cast.alex) == {"new": "mail", "date.tomorrow": "push"}
    assert b"No more of these?" in page.content
    assert page.content.count(b"<button") - page.content.count(b"Exit this page") <= 2
    for name in (b"Alex", b"alex@", b"Something new", b"date"):
        assert name not in page.content.split(b"<main")[1].split(b"</main>")[0]
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    for _ in range(2):
        assert b"They\xe2\x80\x99re off now" in visitor.post(path).content
    assert Reminder.objects.get(owner=cast.alex, kind="new").channel == "off"


@pytest.mark.parametrize("who", ["alex", "sam", "dana", "robin"])
def test_whoever_is_signed_in_in_that_browser(mail, settings, cast, browse, who):
    client = browse(who)
    assert client.post(link_of(mail, settings)).status_code == 200
    assert ways(cast.alex) == {"date.tomorrow": "push"}
    assert client.get("/notes/").status_code == 200


def test_another_method_is_none(mail, settings):
    for method in ("put", "patch", "delete"):
        assert getattr(Client(), method)(link_of(mail, settings)).status_code == 405


def test_it_works_for_whoever_took_their_consent_back_and_is_nothing_once_the_account_is_gone(
    mail, settings, cast
):
    Person.objects.filter(pk=cast.alex.pk).update(consented_on=None)
    assert Client().post(link_of(mail, settings)).status_code == 200
    cast.alex.delete()
    assert Client().post(link_of(mail, settings)).status_code == 404


GARBLED = ["x", "a" * 4000, "%00", "é", "😀", "..", "a.b", "%2e%2e", "AAAA.AAAA", "\u202e", "-" * 43]


@pytest.mark.parametrize("token", GARBLED)
def test_what_is_garbled_is_a_kind_page_that_tells_nothing(cast, token):
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/reminders/off/{token}/")
        assert answer.status_code == 404
        assert b"There\xe2\x80\x99s nothing here" in answer.content


def test_nothing_of_another_token_fits(cast):
    mine, other = tokens.make(cast.alex.pk, "new"), tokens.make(cast.sam.pk, "date.tomorrow")
    said, signed = mine.split("."), other.split(".")
    assert tokens.read(mine)[0] == cast.alex.pk
    for mixed in (f"{said[0]}.{signed[1]}", f"{signed[0]}.{said[1]}", mine[:-1], mine + "A", mine.swapcase()):
        assert tokens.read(mixed) is None


def test_the_kind_is_not_legible_and_one_that_is_no_more_opens_nothing(cast, monkeypatch):
    import base64

    token = tokens.make(cast.alex.pk, "date.tomorrow")
    assert b"date" not in base64.urlsafe_b64decode(token.split(".")[0])
    monkeypatch.setattr(tokens, "KINDS", {})
    assert tokens.read(token) is None


def test_a_token_of_another_purpose_opens_nothing(cast):
    from django.core.signing import Signer

    said = tokens.make(cast.alex.pk, "new").split(".")[0]
    assert tokens.read(Signer(salt="couples.space.invitation", sep=".").sign(said)) is None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=120))
def test_no_text_opens_anything(cast, text):
    assert tokens.read(text) is None


def test_it_sets_no_more_than_one_row(mail, settings, cast):
    before = set(Reminder.objects.values_list("owner", "kind"))
    for _ in range(3):
        Client().post(link_of(mail, settings))
    assert set(Reminder.objects.values_list("owner", "kind")) == before
    assert reverse("reminders:off", args=["x"]) == "/reminders/off/x/"
