"""``manage.py remind``, once and round after round; and that it runs beside the server of ``make run``."""

import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest
from django.core.management import call_command

from couples.reminders import rounds
from tests.infra.process import ROOT, app, environment, run
from tests.reminders.conftest import choose, device_of
from tests.reminders.smtp import Server, words
from tests.reminders.test_due import LATE, new_for

REMIND = (sys.executable, "manage.py", "remind")
HEALTH = (sys.executable, ".docker/health")
CHOOSE = """
from couples.core.people import Person
from couples.core import wall
from couples.core.reminding import Channel
from couples.reminders.actions import Quiet, save
from couples.reminders.ready import kinds
alex = Person.objects.get(email="alex@example.org")
with wall.person(alex) as member:
    save(member, {"new": Channel.MAIL}, Quiet(None, None))
"""


def mail_of(server):
    """The environment in which mails go to this server."""
    return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port), "EMAIL_USE_TLS": "0"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The demo, in which something is new for alex, who wants a mail of it."""
    data = tmp_path_factory.mktemp("demo") / "data"
    for command in (["migrate"], ["createcachetable"], ["demo"], ["shell", "-c", CHOOSE]):
        done = run(sys.executable, "manage.py", *command, DATA=str(data), EMAIL_HOST="mail.example")
        assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def demo(made, tmp_path):
    """A copy of it, and a mail server."""
    data = shutil.copytree(made, tmp_path / "data")
    with Server() as server:
        yield server, {"DATA": str(data), **mail_of(server)}


def test_once(demo):
    server, known = demo
    for _ in range(2):
        done = run(*REMIND, **known)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [message["To"] for message in server.got] == ["alex@example.org"]
    assert "There is something for you in Reconnect." in words(server.got[0])


def test_beside_the_server_by_itself_and_it_stops_with_it(demo):
    server, known = demo
    with app(sys.executable, "manage.py", "serve", **known) as serving:
        assert server.arrived.wait(60)
        assert serving.ask("/")[0] == 200
        code, said = serving.stop()
    assert code == 0
    assert len(said.splitlines()) == 1, said
    assert len(server.got) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_round_after_round_until_it_is_told_to_stop(demo, tmp_path, how):
    server, known = demo
    alive = tmp_path / "alive"
    command = [*REMIND, "--every", "0.2", "--alive", str(alive)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(**known),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.arrived.wait(60)
        pause = threading.Event()
        for _ in range(300):
            if alive.exists() or pause.wait(0.1):
                break
        assert run(*HEALTH, str(alive)).returncode == 0
        process.send_signal(how)
        said, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, said) == (0, "")
    assert len(server.got) == 1


def test_two_at_once_as_processes(demo):
    server, known = demo
    both = [subprocess.Popen(REMIND, cwd=ROOT, env=environment(**known)) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(server.got) == 1


def test_not_healthy_once_nothing_goes_on(tmp_path):
    alive = tmp_path / "alive"
    assert run(*HEALTH, str(alive)).returncode == 1
    alive.touch()
    assert run(*HEALTH, str(alive)).returncode == 0
    os.utime(alive, (0, 0))
    assert "not healthy" in run(*HEALTH, str(alive)).stderr


@pytest.mark.django_db
def test_called_by_cron(cast, clock, service):
    choose(cast.alex, LATE, new="push")
    device_of(cast.alex, service)
    new_for(cast)
    for _ in range(2):
        call_command("remind")
    assert len(service.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_a_round_that_fails_is_followed_by_the_next_and_leaves_no_connection(monkeypatch, caplog):
    stop, done = threading.Event(), []

    def fail(_stop=None):
        done.append(1)
        if len(done) == 3:
            stop.set()
        raise RuntimeError("secret thing")

    monkeypatch.setattr(rounds, "remind", fail)
    thread = threading.Thread(target=rounds.keep_on, args=[0, stop])
    thread.start()
    thread.join(20)
    assert len(done) == 3
    assert "RuntimeError" in caplog.text
