"""What makes the app installable, and what a browser keeps of it: the same for everybody, and nothing of anybody."""

import json
import re
import struct

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from couples.help.helplines import helplines
from couples.templatetags.page import PAPER
from reconnect import phone
from reconnect.headers import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.django_db
HASHED = re.compile(r"/static/[\w/.-]+\.[0-9a-f]{12}\.(css|js|woff2|png|svg)")
ADDRESSES = ["/manifest.webmanifest", "/sw.js", "/offline/"]


def kept(client: Client) -> dict:
    """What the worker is told to keep."""
    first, _, script = client.get("/sw.js").content.decode().partition("\n")
    assert script == phone.WORKER.read_text()
    return json.loads(first.removeprefix("const kept = ").removesuffix(";"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_everybody_gets_the_same_without_session_or_database(address, browse):
    answers = []
    for who in ("", "alex", "sam", "robin"):
        client = browse(who)
        with CaptureQueriesContext(connection) as queries:
            answers.append(client.get(address))
        assert not queries.captured_queries
        assert not answers[-1].cookies
        assert "Cookie" not in answers[-1].get("Vary", "")
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["Cache-Control"] == "no-store, private"
    for word in (b"Alex", b"Sam", b"Robin", b"csrf", b"/notes/", b"X-CSRFToken"):
        assert word not in answers[0].content


@pytest.mark.parametrize("address", ADDRESSES)
def test_somebody_who_has_not_agreed_gets_it_too(address, browse, cast):
    type(cast.alex).objects.filter(pk=cast.alex.pk).update(consented_on=None, welcomed_on=None)
    assert browse("alex").get(address).status_code == 200


def test_the_manifest_says_what_a_phone_needs(client):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    about = answer.json()
    assert about.pop("icons")
    assert about == {
        "id": "/",
        "name": "Reconnect",
        "short_name": "Reconnect",
        "lang": "en-GB",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER[0],
        "theme_color": PAPER[0],
    }


def test_its_icons_are_there_in_the_sizes_it_says(client):
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for icon in icons:
        assert HASHED.fullmatch(icon["src"])
        answer = client.get(icon["src"])
        assert answer["Content-Type"] == icon["type"] == "image/png"
        assert icon["sizes"] == "{}x{}".format(*struct.unpack(">II", answer.content[16:24]))


@pytest.mark.parametrize("page", ["/", "/offline/", "/nowhere/", "/help/"])
def test_every_page_names_manifest_icon_and_colours(client, page):
    html = client.get(page).content.decode()
    assert html.count('<link rel="manifest" href="/manifest.webmanifest">') == 1
    assert html.count('<meta name="mobile-web-app-capable" content="yes">') == 1
    assert html.count('rel="apple-touch-icon"') == 1
    for scheme, colour in zip(("light", "dark"), PAPER, strict=True):
        tag = f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" content="{colour}">'
        assert html.count(tag) == 1


def test_the_policy_lets_only_our_own_worker_and_manifest_in():
    assert "manifest-src 'self'" in CONTENT_SECURITY_POLICY.split("; ")
    assert "worker-src 'self'" in CONTENT_SECURITY_POLICY.split("; ")


def test_the_worker_keeps_hashed_files_and_the_offline_page_alone(client):
    assert client.get("/sw.js")["Content-Type"] == "text/javascript"
    told = kept(client)
    assert told["offline"] == "/offline/"
    for name in ("css/tokens", "css/dates", "js/reconnect", "vendor/htmx", "icons/icon"):
        assert any(f"/static/{name}." in file for file in told["files"]), name
    for file in told["files"]:
        assert HASHED.fullmatch(file), file
        assert "immutable" in client.get(file)["Cache-Control"]
        assert "/js/sw." not in file
    assert told["icon"] in told["files"]


def test_whatever_changes_makes_a_new_worker(client, monkeypatch):
    before = kept(client)
    assert kept(client) == before
    monkeypatch.setattr(phone, "offline_page", lambda: "another page")
    other_page = kept(client)
    monkeypatch.setattr(phone, "kept_files", lambda: before["files"][1:])
    other_files = kept(client)
    assert len({told["name"] for told in (before, other_page, other_files)}) == 3


def test_while_developing_no_file_is_kept(client, monkeypatch):
    monkeypatch.setattr(phone, "staticfiles_storage", StaticFilesStorage())
    assert kept(client)["files"] == []


def test_a_notification_is_neutral_by_default(client):
    told = kept(client)
    assert (told["title"], told["body"]) == ("Reconnect", "There is something for you in Reconnect.")


def test_the_offline_page_says_whom_to_call(client):
    html = client.get("/offline/").content.decode()
    numbers = {way.to for country in helplines() for way in country.emergency}
    assert numbers >= {"112", "999", "911"}
    for number in numbers:
        assert f'<a href="tel:{number}"><b>{number}</b></a>' in html
    assert 'action="/exit/"' in html
    assert settings.EXIT_URL in html


def test_the_worker_fills_its_cache_when_it_is_installed_and_never_again():
    script = phone.WORKER.read_text()
    assert len(re.findall(r"\.(?:add|addAll|put)\(", script)) == 2
    assert script.index('addEventListener("activate"') > script.index("cache.add(")
    assert "skipWaiting()" not in script
