"""The stream itself: who gets one, what it tells, and when it ends."""

import asyncio
import re
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from couples.core import live
from couples.core.couple import member_for
from couples.core.people import Person
from couples.live import bus, entry, stream
from couples.notes import actions
from couples.notes.models import NOTES, Note
from couples.space.actions import leave
from couples.space.consent import withdraw
from couples.space.sessions import end_all
from tests.conftest import PASSWORD
from tests.live.conftest import Listener, session_of

pytestmark = pytest.mark.django_db(transaction=True)


def give(cast, name="alex"):
    """Let one give the other a note."""
    member = cast.member(name)
    note = Note.objects.create(author=member.person, what="canary", meaning="canary")
    actions.give(member, note, None)
    return note


def test_what_one_does_is_told_to_the_other_alone(cast, follow):
    sam, alex, dana, robin = (follow(name) for name in ("sam", "alex", "dana", "robin"))
    give(cast)
    sam.said("notes")
    give(cast, "dana")
    give(cast, "sam")
    # Had they heard of more, it would come before this.
    alex.said("notes")
    live.linked(cast.robin.pk, cast.dana.pk)
    robin.said("space")
    dana.said("space")


def test_it_tells_names_and_nothing_else(cast, follow):
    sam = follow("sam")
    note = give(cast)
    line = sam._until(b"\r\n")
    said = sam.bytes[: int(line, 16)]
    assert said == b"event: notes\n\n"
    assert str(note.pk).encode() not in said


def test_what_is_rolled_back_was_never_told(cast, follow):
    sam = follow("sam")
    with transaction.atomic():
        give(cast)
        transaction.set_rollback(True)
    live.linked(cast.sam.pk)
    sam.said("space")


def test_every_header_is_there(cast, listen):
    for one in (listen(session_of(cast.alex)), listen()):
        for name in (
            "content-security-policy",
            "permissions-policy",
            "cross-origin-resource-policy",
            "cross-origin-opener-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
        ):
            assert one.headers[name], name
        assert one.headers["cache-control"] == "no-store, private"
    assert listen(session_of(cast.alex)).headers["content-type"] == "text/event-stream"


# --- who gets one


@pytest.mark.parametrize("session", ["", "x" * 32, "x" * 5000, "é", "a;b", '"\\000"', "../../etc"])
def test_nobody_gets_one_without_a_session(cast, listen, session):
    assert listen(session).status == 401


def test_an_expired_session_gets_none(cast, listen):
    from django.contrib.sessions.models import Session

    session = session_of(cast.alex)
    Session.objects.update(expire_date="2020-01-01T00:00Z")
    assert listen(session).status == 401


def test_whoever_has_not_agreed_gets_none(cast, listen):
    Person.objects.filter(pk=cast.alex.pk).update(consent_version=0)
    assert listen(session_of(cast.alex)).status == 403


def test_another_site_gets_none(cast, listen):
    session = session_of(cast.alex)
    assert listen(session, Sec_Fetch_Site="cross-site").status == 403
    assert listen(session, Sec_Fetch_Site="same-site").status == 403
    assert listen(session, Sec_Fetch_Site="same-origin").status == 200
    assert listen(session, method="POST", Content_Length="0").status == 405


def test_while_the_house_is_closed_there_is_none(cast, listen, settings):
    settings.MAINTENANCE = True
    one = listen(session_of(cast.alex))
    assert (one.status, one.headers["retry-after"]) == (503, "30")


def test_one_person_has_so_many_and_the_oldest_goes(cast, served, follow, monkeypatch):
    monkeypatch.setattr(stream, "MOST_OF_ONE", 3)
    first, *others = (follow("alex") for _ in range(4))
    assert first.next() == ""
    give(cast, "sam")
    for one in others:
        one.said("notes")


def test_a_process_has_so_many(cast, served, follow, listen, monkeypatch):
    monkeypatch.setattr(stream, "MOST", 1)
    follow("alex")
    assert listen(session_of(cast.sam)).status == 503


# --- when it ends


def posted(served, session, path, look_at="/more/"):
    """Press a button as a browser does, over HTTP: a client of Django’s has no server around its pages."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    page = urllib.request.Request(served.url + look_at, headers={"Cookie": cookie})
    with urllib.request.urlopen(page, timeout=10) as answer:
        token = re.search(r'"X-CSRFToken":"(\w+)"', answer.read().decode())[1]
        given = answer.headers.get_all("Set-Cookie") or []
    cookies = "; ".join([cookie, *(one.split(";")[0] for one in given)])
    headers = {"Cookie": cookies, "Origin": served.url, "X-CSRFToken": token}
    form = urllib.request.Request(served.url + path, data=b"", headers=headers)
    with pytest.raises(urllib.error.HTTPError) as answer:
        QUIET.open(form, timeout=10)
    assert answer.value.code in (302, 303)
    answer.value.close()


class Stays(urllib.request.HTTPRedirectHandler):
    """Goes nowhere."""

    def redirect_request(self, *_):
        return None


QUIET = urllib.request.build_opener(Stays)


def new_password(cast, served, session):
    """By the form, in another browser."""
    client = Client()
    client.post("/accounts/login/", {"login": cast.alex.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    fresh = "a quieter evening in"
    sent = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert client.post("/accounts/password/change/", sent).status_code == 302


ENDS = {
    "signing out": lambda _cast, served, session: posted(served, session, "/accounts/logout/"),
    "exit": lambda _cast, served, session: posted(served, session, "/exit/"),
    "a new password": new_password,
    "all sessions ended": lambda cast, *_: end_all(cast.alex),
    "the consent taken back": lambda cast, *_: withdraw(cast.member("alex")),
    "leaving": lambda cast, *_: leave(cast.member("alex")),
    "being left": lambda cast, *_: leave(cast.member("sam")),
}


@pytest.mark.parametrize("how", ENDS)
def test_it_ends_with(cast, served, follow, listen, how):
    follow("sam")
    session = session_of(cast.alex)
    one = listen(session, age=None)
    one.said("resync")
    ENDS[how](cast, served, session)
    assert one.next() == ""
    after = {"the consent taken back": 403, "leaving": 200, "being left": 200}
    assert listen(session).status == after.get(how, 401)


def test_signing_out_in_one_browser_ends_no_stream_of_another(cast, served, follow):
    alex = follow("alex")
    posted(served, session_of(cast.alex), "/accounts/logout/")
    give(cast, "sam")
    alex.said("notes")


def test_a_session_that_ends_unheard_is_told_nothing_more(cast, follow):
    alex = follow("alex")
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()
    give(cast, "sam")
    assert alex.next() == ""


def test_it_says_that_it_is_alive(cast, follow, monkeypatch):
    monkeypatch.setattr(stream, "BEAT", 0.05)
    one = follow("alex")
    assert [one._until(b"event: beat\n\n\r\n") for _ in range(3)]


def test_it_looks_by_itself_whether_the_session_has_run_out(cast, follow, monkeypatch):
    from django.contrib.sessions.models import Session

    monkeypatch.setattr(stream, "BEAT", 0.1)
    monkeypatch.setattr(stream, "LOOKS_AGAIN", 0.3)
    alex = follow("alex")
    Session.objects.all().delete()
    assert alex.next() == ""


def test_after_leaving_the_next_one_tells_nothing_of_the_former(cast, follow):
    alex, sam = cast.member("alex"), follow("sam")
    leave(alex)
    assert sam.next() == ""
    again = follow("sam")
    live.changed(alex, NOTES)
    live.linked(cast.sam.pk)
    again.said("space")


def test_linking_is_told_and_the_stream_goes_on(cast, follow):
    from couples.space.actions import accept, confirm
    from couples.space.models import Invitation
    from tests.space.conftest import link_of, newest

    leave(member_for(cast.dana))
    robin, dana = follow("robin"), follow("dana")
    accept(cast.dana, Invitation.objects.of_token(link_of(cast.robin)))
    robin.said("space")
    confirm(newest(cast.robin))
    dana.said("space")
    robin.said("space")
    give(cast, "robin")
    dana.said("notes")


# --- what was missed


@pytest.fixture
def hearing(served, follow):
    """The server has heard for half a minute."""
    follow("dana")
    served.do(lambda: setattr(served.live.hub, "since", served.live.hub.since - 30))


def test_a_page_that_was_just_fetched_is_told_what_happened_since_and_no_more(cast, hearing, listen):
    give(cast)
    one = listen(session_of(cast.sam), age=500)
    one.said("notes")
    live.linked(cast.sam.pk)
    one.said("space")


def test_a_page_that_missed_nothing_is_told_nothing(cast, hearing, listen):
    one = listen(session_of(cast.sam), age=0)
    live.linked(cast.sam.pk)
    one.said("space")


@pytest.mark.parametrize("age", [90_000, 10**8])
def test_a_page_that_is_older_than_what_is_remembered_looks_again(cast, hearing, listen, age):
    listen(session_of(cast.sam), age=age).said("resync")


@pytest.mark.parametrize("age", ["", "-5", "x", "1e9", "9" * 40, "٣"])
def test_an_age_that_is_none_looks_again(cast, follow, listen, age):
    follow("dana")
    listen(session_of(cast.sam), age=None, X_Age=age.encode().decode("latin-1")).said("resync")


def test_a_stream_that_is_opened_again_looks_again(cast, follow, listen):
    follow("dana")
    listen(session_of(cast.sam), Last_Event_ID="1").said("resync")


# --- faults


def test_what_is_none_of_ours_is_not_heard(cast, follow):
    """Whoever may connect to the database can notify anything."""
    sam = follow("sam")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            odd = f"{cast.sam.pk} -"
            for told in ("", "x", "a b c d", f"{cast.sam.pk} x notes", f"{odd} nowhere", f"{odd} x\ndata:x"):
                cursor.execute("SELECT pg_notify(%s, %s)", [live.CHANNEL, told])
    give(cast)
    sam.said("notes")


def test_many_at_once_are_all_answered_and_all_are_told(cast, served, follow, listen, monkeypatch):
    monkeypatch.setattr(stream, "MOST_OF_ONE", 1000)
    follow("dana")
    sessions = [session_of(cast.sam) for _ in range(3)]
    streams = [listen(sessions[number % 3], age=None) for number in range(300)]
    assert {one.status for one in streams} == {200}
    give(cast)
    for one in streams:
        one.said("resync", "notes")


def test_nothing_is_looked_up_for_whoever_has_hung_up(cast, served, listen, monkeypatch):
    """A crowd without a session that asks and goes doesn't keep others waiting."""
    gate, asked, real = threading.Event(), [], entry._seat_of

    def slow(session):
        asked.append(session)
        gate.wait(15)
        return real(session)

    monkeypatch.setattr(entry, "_seat_of", slow)
    crowd = [socket.create_connection(("127.0.0.1", served.port), timeout=15) for _ in range(40)]
    line = (
        f"GET /live/ HTTP/1.1\r\nHost: localhost\r\nCookie: {settings.SESSION_COOKIE_NAME}={'z' * 32}\r\n\r\n"
    )
    for one in crowd:
        one.sendall(line.encode())
    _until(lambda: served.live.asking == 40)
    for one in crowd:
        one.close()
    _until(lambda: not served.server.server_state.connections)
    gate.set()
    assert listen(session_of(cast.sam)).status == 200
    assert asked.count("z" * 32) <= 2


def test_of_more_than_can_be_asked_at_once_some_come_again(cast, served, listen, monkeypatch):
    monkeypatch.setattr(stream, "MOST", 0)
    assert listen(session_of(cast.sam)).status == 503


def test_hearing_goes_on_whatever_goes_wrong(cast, served, listen, monkeypatch):
    name = "_postgres" if connection.vendor == "postgresql" else "_sqlite"
    real, asked = getattr(bus, name), []

    async def odd(hub):
        asked.append(True)
        if len(asked) == 1:
            raise RuntimeError
        await real(hub)

    monkeypatch.setattr(bus, name, odd)
    monkeypatch.setattr(bus, "FIRST_WAIT", 0.05)
    listen(session_of(cast.sam)).said("resync")


@pytest.mark.parametrize(
    "options", [{}, {"sslmode": "verify-full", "pool": {"min_size": 1}, "connect_timeout": 3}]
)
def test_it_listens_as_the_pages_connect(monkeypatch, options):
    known = {"NAME": "r", "USER": "app", "PASSWORD": "p w", "HOST": "db", "PORT": "", "OPTIONS": options}
    given = SimpleNamespace(DATABASES={"default": known}, LIVE_DATABASE_URL="")
    monkeypatch.setattr(bus, "settings", given)
    told = psycopg.conninfo.conninfo_to_dict(bus._address())
    kept = {name: str(value) for name, value in options.items() if name != "pool"}
    assert told == {"dbname": "r", "user": "app", "password": "p w", "host": "db", **kept}
    given.LIVE_DATABASE_URL = "postgresql://app@direct/r"
    assert bus._address() == "postgresql://app@direct/r"


def test_a_session_that_ends_while_its_stream_opens_ends_it(cast, hearing, listen, monkeypatch):
    """Between the look at the session and joining the others nothing is lost."""
    session = session_of(cast.sam)
    asked, real = [], entry._seat_of

    def ending(key):
        seat = real(key)
        if key == session and not asked:
            asked.append(key)
            end_all(cast.sam)
        return seat

    monkeypatch.setattr(entry, "_seat_of", ending)
    assert listen(session, age=500).next() == ""


def test_a_listener_that_lost_its_database_hears_again_and_lets_all_look_again(
    cast, served, follow, postgres, monkeypatch
):
    sam = follow("sam")
    if connection.vendor == "postgresql":
        postgres.do(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (query LIKE 'LISTEN%' OR query = 'SELECT 1')"
            f" AND datname = '{connection.settings_dict['NAME']}'"
        )
    else:
        failures, real = [sqlite3.OperationalError("disk I/O error")], bus._value
        monkeypatch.setattr(bus, "_value", lambda *about: _raised(failures) or real(*about))
    sam.said("resync")
    give(cast)
    sam.said("notes")


def _raised(failures):
    if failures:
        raise failures.pop()


def test_what_another_process_writes_is_heard(cast, follow, monkeypatch):
    """It says nothing to this one: on SQLite the file tells, on PostgreSQL the server."""
    sam = follow("sam")
    monkeypatch.setattr(live, "_wake", lambda: None)
    give(cast)
    sam.said("notes")


def test_whoever_looks_too_late_to_hear_all_looks_again_at_everything(cast, follow, monkeypatch):
    """On SQLite only so many ripples are kept. PostgreSQL keeps all for whoever listens."""
    monkeypatch.setattr(live, "KEPT", 3)
    sam, kit = follow("sam"), follow("kit")
    with transaction.atomic():
        for _ in range(10):
            live.changed(cast.member("alex"), NOTES)
    if connection.vendor == "postgresql":
        sam.said("notes")
        return
    sam.said("notes", "resync")
    kit.said("resync")


def test_a_database_that_is_away_at_the_start_is_asked_again(cast, served, listen, monkeypatch):
    asked = []

    async def away(hub):
        asked.append(True)
        if len(asked) < 3:
            raise OSError
        await real(hub)

    name = "_postgres" if connection.vendor == "postgresql" else "_sqlite"
    real = getattr(bus, name)
    monkeypatch.setattr(bus, name, away)
    monkeypatch.setattr(bus, "FIRST_WAIT", 0.05)
    listen(session_of(cast.sam)).said("resync")
    assert len(asked) == 3


def test_a_page_that_never_reads_makes_nothing_grow(cast, served, follow, listen, monkeypatch):
    deaf = listen(session_of(cast.sam))
    sam = follow("sam")
    for _ in range(200):
        live.changed(cast.member("alex"), NOTES)
    sam.next()
    of_sam = served.do(lambda: list(served.live.hub.streams[cast.sam.pk]))
    assert len(of_sam) == 2
    assert all(len(one.pending) <= 1 for one in of_sam)
    deaf.close()


@pytest.mark.parametrize("which", ["http.response.start", "http.response.body"])
def test_a_write_that_takes_too_long_lets_the_page_go(cast, monkeypatch, which):
    """A send that never ends is what a full buffer looks like from here."""
    from couples.live.hub import Seat, Stream

    monkeypatch.setattr(stream, "PATIENCE", 0.05)

    async def never(message):
        if message["type"] == which:
            await asyncio.Event().wait()

    async def talk():
        await stream._talk(Stream(Seat(uuid.uuid4(), None), "x"), never)

    with pytest.raises(TimeoutError):
        _elsewhere(talk)


def _elsewhere(talk):
    """In a thread of its own: in this one a browser of other tests may keep a loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(talk())).result()


def test_after_all_have_left_nothing_is_left(cast, served, follow, monkeypatch):
    everybody = [follow(name) for name in ("alex", "sam", "dana") for _ in range(3)]
    assert served.do(lambda: served.live.hub.count) == 9
    for one in everybody:
        one.close()
    _until(lambda: served.do(lambda: (served.live.hub.count, dict(served.live.hub.streams))) == (0, {}))


def test_a_hub_that_nobody_needs_stops_hearing(cast, served, listen, monkeypatch):
    monkeypatch.setattr(stream, "LINGERS", 0.0)
    listen(session_of(cast.alex)).close()
    _until(lambda: served.live.hearing is None and served.live.hub.since is None and live.WAKE == [])


def _until(true):
    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.05)


def test_a_server_that_stops_ends_its_streams_at_once(cast, served, follow):
    sam = follow("sam")
    began = time.monotonic()
    served.stop()
    assert sam.next() == ""
    assert time.monotonic() - began < 3


def test_pages_are_served_beside_streams(cast, served, follow):
    follow("sam")
    with urllib.request.urlopen(f"{served.url}/help/", timeout=10) as answer:
        assert answer.status == 200


# --- nothing crosses


def test_two_couples_at_once_for_a_thousand_events_never_meet(cast, follow):
    """Each couple acts 500 times at the same time as the other: each hears of its own and of nothing else."""
    sam, kit = follow("sam"), follow("kit")
    alex, dana = cast.member("alex"), cast.member("dana")

    def act(member, room):
        try:
            for _ in range(500):
                live.changed(member, room)
            live.changed(member, live.SPACE)
        finally:
            connection.close()

    from couples.dates.kinds import DATES

    threads = [threading.Thread(target=act, args=pair) for pair in ((alex, NOTES), (dana, DATES))]
    for thread in threads:
        thread.start()
    heard = {one: set(_all(one)) for one in (sam, kit)}
    for thread in threads:
        thread.join()
    assert heard == {sam: {"notes", "space"}, kit: {"dates", "space"}}


def _all(one: Listener):
    """Everything that is said, until the space has changed."""
    while True:
        names = one.next().split()
        yield from names
        if "space" in names:
            return
