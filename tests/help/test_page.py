"""The help page: the same for everybody, and without a trace."""

import logging

import pytest
from django.conf import settings

from couples.help.helplines import helplines


def test_signed_out_it_asks_no_database_sets_no_cookie_and_logs_nothing(client, caplog):
    # No database mark: a query would be an error here.
    with caplog.at_level(logging.DEBUG):
        page = client.get("/help/")
    assert page.status_code == 200
    assert not page.cookies
    assert "Set-Cookie" not in page.headers
    assert "no-store" in page.headers["Cache-Control"]
    assert [record for record in caplog.records if not record.name.startswith("django.template")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["", "alex", "robin", "ex"])
def test_it_is_open_to_everybody(browse, who):
    page = browse(who).get("/help/")
    assert page.status_code == 200
    assert page.content.count(b"<h1") == 1
    # Signed in, the header's buttons need the token that this browser has anyway.
    assert set(page.cookies) <= ({settings.CSRF_COOKIE_NAME} if who else set())


def test_every_country_and_number_is_on_the_one_page(client):
    text = client.get("/help/").content.decode()
    for country in helplines():
        assert country.name in text
        for line in country.lines:
            assert line.who in text
            assert f"Source: {line.source}. Checked on 23 November 2026." in text
            for way in line.ways:
                assert f'href="{way.href}"' in text
    assert "Text START to 88788" in text


def test_fear_and_emergency_come_before_everything_else(client):
    text = client.get("/help/").content.decode()
    order = [
        "If you’re afraid",
        'href="tel:999"',
        "It doesn’t erase your history",
        "Helplines, by country",
        "Signs that",
    ]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


@pytest.mark.parametrize(
    ("operator", "sentence"), [("", "whoever runs this server"), ("Jo & Co", "Jo &amp; Co, who runs")]
)
def test_it_says_whom_to_tell_about_a_wrong_number(client, settings, operator, sentence):
    settings.OPERATOR = operator
    assert sentence in client.get("/help/").content.decode()


def test_there_is_no_address_that_tells_a_country(client):
    assert client.get("/help/germany/").status_code == 404
    assert client.post("/help/").status_code == 405
