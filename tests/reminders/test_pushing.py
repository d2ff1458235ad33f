"""Pushing to devices: what is sent, what each answer means, and where nothing is ever sent."""

import logging
import socket
import threading
import time as machine

import pytest
from py_vapid import Vapid02

from couples.core.news import News
from couples.core.people import Person
from couples.reminders import pushing, vapid
from couples.reminders.actions import Quiet
from couples.reminders.models import Device, Sending
from tests.reminders.conftest import choose, device_of
from tests.reminders.test_due import LATE, new_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(clock, service, cast):
    """Something is new for alex, who wants to see that on a device."""
    choose(cast.alex, LATE, new="push")
    return new_for(cast)


@pytest.fixture
def browser(told, service, cast):
    """Alex's device."""
    return device_of(cast.alex, service)


def test_it_is_encrypted_and_says_nothing_but_that_there_is_something(browser, service, soon):
    assert soon() == 1
    (asked,) = service.asked
    assert browser.read(asked.body) == {
        "title": "Reconnect",
        "body": "There is something for you.",
        "url": "/",
    }
    assert b"something" not in asked.body
    assert asked.headers["content-encoding"] == "aes128gcm"
    assert asked.headers["urgency"] == "normal"
    assert asked.headers["topic"] == "reconnect"
    assert 0 < int(asked.headers["ttl"]) <= 12 * 3600
    assert Vapid02.verify(asked.headers["authorization"])
    assert vapid.public_text() in asked.headers["authorization"]
    for header in ("user-agent", "cookie", "referer"):
        assert header not in asked.headers
    assert [soon() for _ in range(10)] == [0] * 10


def test_it_is_kept_no_longer_than_until_the_quiet_hours(browser, service, cast, soon):
    choose(cast.alex, Quiet(), new="push")
    assert soon(hours=6) == 1
    assert int(service.asked[0].headers["ttl"]) == 3 * 3600, "six in the evening in Berlin"


def test_every_device_is_told(browser, service, cast, soon):
    device_of(cast.alex, service, "/two")
    assert soon() == 1
    assert {asked.path for asked in service.asked} == {"/one", "/two"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(browser, service, cast, soon, status):
    service.answer("/one", status)
    device_of(cast.alex, service, "/two")
    assert soon() == 1
    assert Device.objects.count() == 1
    service.answer("/two", status)
    new_for(cast)
    soon(days=1)
    assert not Device.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_the_service_refuses_for_now_is_tried_again(browser, service, soon, status):
    service.answer("/one", status, "Retry-After: 1")
    assert soon() == 0
    service.answers = {}
    assert soon() == 1
    assert len(service.asked) == 2
    assert [soon() for _ in range(20)] == [0] * 20


def test_refused_all_day_it_is_given_up(browser, service, soon):
    service.answer("/one", 503)
    for _ in range(6 * 24 * 3):
        soon()
    assert 5 <= len(service.asked) <= 9
    assert not Sending.objects.exclude(next_at=None).exists()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(browser, service, soon, status):
    service.answer("/one", status, f"Location: {service.origin}/elsewhere")
    assert [soon() for _ in range(10)] == [0] * 10
    assert [asked.path for asked in service.asked] == ["/one"]


@pytest.mark.parametrize("status", [400, 401, 403, 413, 502, 504])
def test_what_is_refused_for_good_or_unclear_is_not_tried_again(browser, service, soon, status):
    service.answer("/one", status)
    assert [soon() for _ in range(10)] == [0] * 10
    assert len(service.asked) == 1
    assert Device.objects.exists()


NONSENSE = [
    b"",
    b"\x00\xff\xfe\r\n\r\n",
    b"SSH-2.0-OpenSSH\r\n",
    b"HTTP/1.1 abc\r\n\r\n",
    b"HTTP/1.1 99999999 x\r\n\r\n",
    b"HTTP/1.1 201 " + b"x" * 100_000 + b"\r\n\r\n",
    b"HTTP/1.1 201 Created\r\n" + b"X: y\r\n" * 500 + b"\r\n",
]


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_may_have_been_a_yes_so_it_is_not_tried_again(browser, service, soon, answer):
    service.answers["/one"] = answer
    assert [soon() for _ in range(10)] == [0] * 10
    assert len(service.asked) == 1


def test_the_body_of_an_answer_is_never_read(browser, service, soon):
    read = threading.Event()

    def pour(connection, released):
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100000000000\r\n\r\n")
        try:
            while not released.is_set():
                connection.sendall(b"x" * 65536)
        except OSError:
            read.set()

    service.answers["/one"] = pour
    assert soon() == 1
    assert read.wait(10), "we hung up"


def test_one_that_says_nothing_is_cut_off_and_not_asked_again_this_round(
    browser, service, cast, soon, monkeypatch
):
    monkeypatch.setattr(pushing, "PATIENCE", 0.2)
    service.answers["/one"] = service.answers["/two"] = None
    device_of(cast.alex, service, "/two")
    assert soon() == 0
    assert len(service.asked) == 1
    assert [soon() for _ in range(10)] == [0] * 10
    assert len(service.asked) == 1, "it may have been shown"


def test_one_that_answers_a_byte_at_a_time_is_cut_off(browser, service, soon, monkeypatch):
    monkeypatch.setattr(pushing, "ALTOGETHER", 0.5)

    def drip(connection, released):
        try:
            while not released.wait(0.05):
                connection.sendall(b"1")
        except OSError:
            pass

    service.answers["/one"] = drip
    began = machine.monotonic()
    assert soon() == 0
    assert machine.monotonic() - began < 5


def test_one_that_is_down_is_tried_again(browser, service, soon, settings, monkeypatch):
    connect = socket.create_connection
    down = True

    def refuse(address, *args, **kwargs):
        if down:
            raise ConnectionRefusedError
        return connect(address, *args, **kwargs)

    monkeypatch.setattr("socket.create_connection", refuse)
    assert soon() == 0
    down = False
    assert soon() == 1


def test_reminded_on_one_device_is_reminded(browser, service, cast, soon):
    device_of(cast.alex, service, "/two")
    service.answer("/one", 503)
    assert soon() == 1
    assert [soon() for _ in range(10)] == [0] * 10
    assert sorted(asked.path for asked in service.asked) == ["/one", "/two"]


def test_without_a_device_nothing_is_claimed(told, service, cast, soon):
    assert soon() == 0
    assert not Sending.objects.exists()
    device_of(cast.alex, service)
    assert soon() == 1


def test_a_service_that_was_taken_off_the_list_is_asked_no_more(browser, service, soon, settings):
    settings.PUSH_HOSTS = []
    assert soon() == 0
    assert not service.asked


def test_an_ended_device_hears_nothing(browser, service, cast, soon):
    Device.objects.all().delete()
    assert soon() == 0
    assert not service.asked


def test_what_was_seen_between_claim_and_send_is_not_sent(browser, service, cast, soon, monkeypatch, told):
    from couples.reminders import rounds

    look = rounds.look

    def seen_just_now(pk, seen):
        batches = look(pk, seen)
        News.objects.settle(cast.member("alex"), told.about)
        return batches

    monkeypatch.setattr(rounds, "look", seen_just_now)
    assert soon() == 0
    assert Sending.objects.count() == 1
    assert not service.asked


def test_a_person_who_goes_between_claim_and_send(browser, service, cast, soon, monkeypatch):
    from couples.reminders import rounds

    monkeypatch.setattr(rounds, "read", lambda _pk: None)
    assert soon() == 0
    assert not service.asked


def test_the_log_holds_no_endpoint(browser, service, soon, caplog):
    service.answer("/one", 503)
    with caplog.at_level(logging.INFO):
        soon()
    assert "503" in caplog.text
    assert "127.0.0.1" not in caplog.text
    assert "/one" not in caplog.text


def test_one_person_s_trouble_is_nobody_elses(browser, service, cast, soon, monkeypatch, caplog):
    from couples.reminders import rounds

    choose(cast.sam, LATE, new="push")
    new_for(cast, "sam")
    device_of(cast.sam, service, "/sam")
    look = rounds.look

    def fail(pk, seen):
        if pk == cast.alex.pk:
            raise RuntimeError("secret thing")
        return look(pk, seen)

    monkeypatch.setattr(rounds, "look", fail)
    assert soon() == 1
    assert [asked.path for asked in service.asked] == ["/sam"]
    assert "RuntimeError" in caplog.text


def test_the_key_is_the_same_for_good_and_in_no_row(cast):
    assert vapid.public_text() == vapid.public_text()
    assert len(vapid.public_text()) == 87
    assert vapid.private_key().private_numbers().private_value.bit_length() <= 256


def test_who_it_comes_from(settings):
    settings.HTTPS, settings.PUBLIC_HOST = True, "reconnect.example"
    assert pushing.contact() == "https://reconnect.example"
    settings.HTTPS = False
    settings.DEFAULT_FROM_EMAIL = "Reconnect <reconnect@localhost>"
    assert pushing.contact() == "mailto:reconnect@localhost"


def test_a_person_without_consent_is_pushed_nothing(browser, service, cast, soon):
    Person.objects.filter(pk=cast.alex.pk).update(consented_on=None)
    assert soon() == 0
    assert not service.asked
