"""Welcome, the space itself, and what one sets."""

import datetime as dt
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from couples.core.people import Person
from tests.conftest import PASSWORD, person
from tests.queries import MOST, asked
from tests.space.conftest import link_of, sign_in

GOOD = {"name": "Jo", "time_zone": "Europe/Lisbon", "together_since": "2015-06-01", "consent": "on"}
WRONG_NAMES = ["", "   ", "\u200b\u200d", "x" * 600, "\x00"]


@pytest.fixture
def new(cast) -> Person:
    """Somebody who has just signed up."""
    return person("jo", welcomed_on=None, time_zone="UTC")


def test_welcome_is_where_one_begins(new):
    jo = sign_in(new)
    for path in ("/space/", "/space/you/"):
        assert jo.get(path)["Location"] == "/welcome/"
    page = jo.get("/welcome/").content.decode()
    assert "data-timezone" in page
    assert "Whoever runs a server could read everything" in page
    answer = jo.post("/welcome/", GOOD)
    assert (answer.status_code, answer["Location"]) == (302, "/space/")
    new.refresh_from_db()
    assert (new.time_zone, new.together_since) == ("Europe/Lisbon", dt.date(2015, 6, 1))
    assert (new.consent_version, new.consented_on) == (1, new.welcomed_on)
    assert new.welcomed_on is not None
    assert jo.post("/welcome/", {**GOOD, "name": "Other"})["Location"] == "/space/"
    new.refresh_from_db()
    assert new.name == "Jo"


def test_the_operator_is_named(new, monkeypatch):
    from couples.core import context

    monkeypatch.setitem(context._KNOWN, "operator", "Aunt Petra")
    assert "run by Aunt Petra" in sign_in(new).get("/welcome/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", name) for name in WRONG_NAMES]
    + [("time_zone", zone) for zone in ("", "Mars/Olympus", "../etc/passwd", "Europe/Lisbon\0", "x" * 9000)]
    + [("together_since", day) for day in ("0001-01-01", "9999-12-31", "2019-02-29", "yesterday", "\0")]
    + [("consent", "")],
)
def test_a_wrong_field_says_so_and_keeps_the_rest(new, field, value):
    answer = sign_in(new).post("/welcome/", {**GOOD, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    if field != "name":
        assert 'value="Jo"' in answer.content.decode()
    new.refresh_from_db()
    assert new.welcomed_on is None


def test_odd_names_are_harmless_text(new):
    jo = sign_in(new)
    jo.post("/welcome/", {**GOOD, "name": "<b hx-get=/>\u202e 👩‍👩‍👧 مريم\nx"})
    new.refresh_from_db()
    assert new.name == "<b hx-get=/> 👩‍👩‍👧 مريم x"
    page = jo.get("/space/").content.decode()
    assert "<b hx-get" not in page
    assert "&lt;b hx-get=/&gt;" in page


def test_an_invitation_is_carried_through_the_welcome(cast, new):
    token = link_of(cast.robin)
    jo = sign_in(new)
    answer = jo.get(f"/join/{token}/", follow=True)
    assert answer.redirect_chain == [(f"/welcome/?next=%2Fjoin%2F{token}%2F", 302)]
    assert f'<input type="hidden" name="next" value="/join/{token}/">' in answer.content.decode()
    assert jo.post(f"/join/{token}/accept/")["Location"].startswith("/welcome/")
    wrong = jo.post("/welcome/", {**GOOD, "name": "", "next": f"/join/{token}/"})
    assert f'value="/join/{token}/"' in wrong.content.decode()
    assert jo.post("/welcome/", {**GOOD, "next": f"/join/{token}/"})["Location"] == f"/join/{token}/"


@pytest.mark.parametrize(
    "wrong",
    [
        "//evil.example/",
        "https://evil.example/join/x/",
        "/accounts/logout/",
        "/join/x/",
        "/join/" + "a" * 43 + "/../",
    ],
)
def test_the_welcome_leads_nowhere_else(new, wrong):
    jo = sign_in(new)
    assert "evil.example" not in jo.get("/welcome/", {"next": wrong}).content.decode()
    assert jo.post("/welcome/", {**GOOD, "next": wrong})["Location"] == "/space/"


def test_alone_it_says_honestly_what_it_is(browse):
    page = browse("robin").get("/space/").content.decode()
    assert "just one of you uses it is weak" in page
    assert "Make a link" in page


def test_linked_it_shows_the_two(browse):
    page = browse("alex").get("/space/").content.decode()
    assert "Alex and Sam" in page
    assert "28 February 2019" in page
    assert "sam@example.org" not in page
    for path in ("/space/leave/", "/space/us/", "/space/you/", "/accounts/email/", "/space/doors/"):
        assert f'href="{path}"' in page


@pytest.mark.parametrize(
    "path", ["/space/", "/space/you/", "/space/us/", "/space/us/history/", "/space/leave/", "/welcome/"]
)
def test_anonymous_is_led_to_sign_in(client, db, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    if path not in ("/space/", "/space/us/history/"):
        assert client.post(path).status_code == 401


@pytest.mark.parametrize("path", ["/space/us/", "/space/us/history/", "/space/leave/"])
def test_alone_has_no_us(browse, path):
    assert browse("robin").get(path)["Location"] == "/space/"
    assert browse("ex").get(path)["Location"] == "/space/"


def test_own_settings(cast, browse):
    alex = browse("alex")
    assert "language" not in alex.get("/space/you/").context["form"].fields
    answer = alex.post("/space/you/", {"name": "Al", "time_zone": "Asia/Tokyo", "email": "x@x.org"})
    assert answer["Location"] == "/space/"
    cast.alex.refresh_from_db()
    assert (cast.alex.name, cast.alex.time_zone, cast.alex.email) == ("Al", "Asia/Tokyo", "alex@example.org")
    assert "Al and Sam" in alex.get("/space/").content.decode()


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_wrong_own_settings(cast, browse, name):
    answer = browse("alex").post("/space/you/", {"name": name, "time_zone": "Asia/Tokyo"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["name"]
    cast.alex.refresh_from_db()
    assert cast.alex.time_zone == "Europe/Berlin"


def test_more_languages_make_a_choice(browse, settings):
    settings.LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
    assert "language" in browse("alex").get("/space/you/").context["form"].fields


def test_the_two_of_you_keeps_versions_that_both_can_read(cast, browse):
    alex = browse("alex")
    assert alex.get("/space/us/").context["form"].initial["together_since"] == dt.date(2019, 2, 28)
    for _time in range(2):
        sent = {"together_since": "2019-03-01", "time_zone": "Europe/Paris", "version": "0"}
        assert alex.post("/space/us/", sent)["Location"] == "/space/"
    cast.ours.refresh_from_db()
    assert (cast.ours.together_since, cast.ours.time_zone) == (dt.date(2019, 3, 1), "Europe/Paris")
    assert cast.ours.version == 1
    page = browse("sam").get("/space/us/history/").content.decode()
    assert "28 February 2019" in page
    assert "Europe/Berlin" in page
    assert "when Alex changed it" in page


def test_a_stale_edit_shows_both_and_lets_one_choose(cast, browse):
    browse("sam").post(
        "/space/us/", {"together_since": "2019-03-01", "time_zone": "Europe/Paris", "version": "0"}
    )
    sent = {"together_since": "2019-04-01", "time_zone": "Europe/Berlin", "version": "0"}
    alex = browse("alex")
    answer = alex.post("/space/us/", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "1 March 2019" in page
    assert 'value="2019-04-01"' in page
    assert 'name="version" value="1"' in page
    assert alex.post("/space/us/", {**sent, "version": "1"}).status_code == 302
    cast.ours.refresh_from_db()
    assert cast.ours.together_since == dt.date(2019, 4, 1)


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 40, "\0"])
def test_a_tampered_version_is_stale(cast, browse, version):
    sent = {"together_since": "2019-04-01", "time_zone": "Europe/Berlin", "version": version}
    assert browse("alex").post("/space/us/", sent).status_code == 409


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "x", "2019-02-30"])
def test_a_wrong_day_for_the_two(browse, day):
    answer = browse("alex").post(
        "/space/us/", {"together_since": day, "time_zone": "Europe/Berlin", "version": "0"}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors["together_since"]


def test_what_one_said_alone_is_offered_to_that_one_only(cast, browse):
    cast.dana.together_since = dt.date(2011, 11, 11)
    cast.dana.save()
    page = browse("dana").get("/space/us/")
    assert "you noted 11 November 2011, and only you see that" in page.content.decode()
    assert page.context["form"].initial["together_since"] is None
    assert "2011" not in browse("kit").get("/space/us/").content.decode()
    assert "2011" not in browse("kit").get("/space/").content.decode()


@pytest.mark.parametrize(
    "path", ["/space/", "/space/us/", "/space/us/history/", "/space/you/", "/space/leave/"]
)
def test_few_queries(cast, browse, path):
    for client in (browse("alex"), browse("robin")):
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path)
        assert len(asked(seen)) <= MOST
        alone = client.session["_auth_user_id"] == str(cast.robin.pk)
        assert answer.status_code == (302 if alone and path not in ("/space/", "/space/you/") else 200)


@pytest.mark.parametrize("email", ["alex@example.org", "Alex@Example.ORG"])
def test_the_operator_sets_a_password_whatever_the_case_of_the_address(cast, monkeypatch, email):
    from django.contrib.auth.management.commands import changepassword

    monkeypatch.setattr(changepassword.Command, "_get_pass", lambda *_asked, **_how: "a brand new evening")
    call_command("changepassword", email, stdout=StringIO())
    cast.alex.refresh_from_db()
    assert cast.alex.check_password("a brand new evening")
    assert not cast.alex.check_password(PASSWORD)
    assert Person.objects.filter(email=email).exists()
    assert not EmailAddress.objects.exists()
