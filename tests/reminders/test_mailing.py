"""Mails to a real mail server: taken, refused for now, refused for good, gone, silent; tried again, given up."""

import logging
import socket
import threading
from itertools import pairwise

import pytest
from django.core.mail import EmailMessage

from couples.core.news import News
from couples.reminders.mailing import Mails
from couples.reminders.models import Sending
from couples.reminders.outcomes import Outcome
from tests.reminders.conftest import choose, confirm, leave_alone
from tests.reminders.smtp import free_port
from tests.reminders.test_due import LATE, new_for

pytestmark = pytest.mark.django_db
DAYS = [10] * 6 * 24 + [60] * 24 * 2
"""Three days in minutes: round by round as long as anything is tried again, then by the hour."""


@pytest.fixture
def told(clock, smtp, cast):
    """Something is new for alex, who wants a mail of it, and is the only one who is looked at."""
    leave_alone(cast)
    confirm(cast.alex)
    choose(cast.alex, LATE, new="mail")
    return new_for(cast)


def tries(smtp, soon, times=DAYS):
    """After how many minutes each it was tried, in the next three days."""
    found, passed = [], 0
    for minutes in times:
        before = smtp.tries
        soon(minutes=minutes)
        passed += minutes
        found += [passed] * (smtp.tries - before)
    return found


def test_it_is_taken_once(told, smtp, soon):
    assert len(tries(smtp, soon)) == len(smtp.got) == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["451 try later", "421 too many"])
def test_refused_for_now_is_tried_again_less_and_less_often_for_a_day(told, smtp, soon, step, answer):
    smtp.answers = {step: answer}
    found = tries(smtp, soon)
    gaps = [after - before for before, after in pairwise(found)]
    assert gaps == sorted(gaps)
    assert gaps[:3] == [10, 30, 60]
    assert found[-1] - found[0] < 24 * 60
    assert 5 <= len(found) <= 9
    assert not smtp.got
    assert not Sending.objects.exclude(next_at=None).exists()


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_taken_at_the_second_try_it_is_sent_once(told, smtp, soon, step):
    smtp.answers = {step: "450 busy"}
    assert soon() == 0
    smtp.answers = {}
    assert soon() == 1
    assert [soon() for _ in range(50)] == [0] * 50
    assert len(smtp.got) == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_refused_for_good_is_not_tried_again(told, smtp, soon, step):
    smtp.answers = {step: "550 never heard of"}
    assert len(tries(smtp, soon)) == 1
    assert not smtp.got


def test_a_server_that_is_silent_after_it_has_the_mail_is_never_sent_it_again(told, smtp, soon, settings):
    smtp.silent_after_data = True
    settings.EMAIL_TIMEOUT = 0.3
    assert len(tries(smtp, soon)) == 1
    assert len(smtp.got) == 1


def test_a_server_that_is_down_is_asked_once_a_round_and_comes_back(
    told, smtp, soon, settings, cast, monkeypatch
):
    for one in (cast.sam, cast.dana):
        confirm(one)
        choose(one, LATE, new="mail")
    new_for(cast, "sam")
    asked = []
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: asked.append(a) or connect(*a, **k))
    settings.EMAIL_PORT = free_port()
    assert soon() == 0
    assert len(asked) == 1
    settings.EMAIL_PORT = smtp.port
    assert soon() == 2
    assert sorted(message["To"] for message in smtp.got) == ["alex@example.org", "sam@example.org"]


def test_a_server_that_says_nothing_at_all_is_certainly_not_sent_to(told, smtp, soon, settings):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = mute.getsockname()[1], 0.2
        assert soon() == 0
    settings.EMAIL_PORT = smtp.port
    assert soon() == 1


@pytest.mark.parametrize("greeting", [b"220 x\r\n", b"\xff\xfe nonsense\r\n", b"554 go away\r\n"])
def test_a_server_that_breaks_off_or_talks_nonsense(told, smtp, soon, settings, greeting):
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def talk():
            connection, _ = rude.accept()
            connection.sendall(greeting)
            connection.close()

        thread = threading.Thread(target=talk)
        thread.start()
        settings.EMAIL_PORT = rude.getsockname()[1]
        assert soon() == 0
        thread.join()
    settings.EMAIL_PORT = smtp.port
    assert soon() == 1


def test_one_refusal_keeps_nobody_else_from_theirs(told, smtp, soon, cast):
    confirm(cast.sam)
    choose(cast.sam, LATE, new="mail")
    new_for(cast, "sam")
    smtp.unknown = {"alex@example.org"}
    assert soon() == 1
    assert [message["To"] for message in smtp.got] == ["sam@example.org"]


def test_what_was_seen_meanwhile_is_not_tried_again(told, smtp, soon, cast):
    smtp.answers = {"RCPT": "450 busy"}
    assert soon() == 0
    smtp.answers = {}
    News.objects.settle(cast.member("alex"), told.about)
    assert [soon() for _ in range(20)] == [0] * 20


def test_what_was_switched_off_meanwhile_is_not_tried_again(told, smtp, soon, cast):
    smtp.answers = {"RCPT": "450 busy"}
    assert soon() == 0
    smtp.answers = {}
    choose(cast.alex, LATE)
    assert [soon() for _ in range(20)] == [0] * 20


def test_the_log_tells_the_kind_of_error_and_nothing_of_whom(told, smtp, soon, caplog):
    smtp.answers = {"RCPT": "550 <alex@example.org> unknown here"}
    with caplog.at_level(logging.DEBUG, logger="couples"):
        assert soon() == 0
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("couples"))
    assert "SMTPRecipientsRefused 550" in ours
    assert "alex" not in ours
    assert "unknown here" not in ours


def test_an_address_that_cannot_be_written_fails_for_good(smtp):
    mails = Mails()
    assert mails.send(EmailMessage("x", "y", to=["a\nb@example.org"])) is Outcome.FAILED
    mails.close()


def test_a_day_later_it_is_given_up_even_if_nobody_looked_meanwhile(told, smtp, soon, caplog):
    smtp.answers = {"RCPT": "450 busy"}
    assert soon() == 0
    smtp.answers = {}
    assert soon(days=2) == 0
    assert "given up" in caplog.text
    assert Sending.objects.get().next_at is None
