"""Claimed, then sent, never twice: two at once, killed in between, clocks that jump, people who travel."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from couples.core import wall
from couples.core.due import Due
from couples.core.news import News
from couples.core.people import Person
from couples.core.reminding import KINDS, Channel
from couples.reminders import claims, rounds
from couples.reminders.models import Hours, Reminder, Sending
from couples.reminders.rounds import remind
from couples.space.models import Consent
from tests.conftest import Cast, link, person
from tests.reminders.conftest import NOON, choose, device_of
from tests.reminders.test_due import LATE, date_at, new_for

DAY = dt.timedelta(days=1)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Real transactions, each scheduler on its own connection."""

    @pytest.fixture
    def everybody(self, clock, service):
        people = {name: person(name) for name in ("alex", "sam", "dana", "kit", "robin", "ex")}
        ours, theirs = link(people["alex"], people["sam"]), link(people["dana"], people["kit"])
        cast = Cast(**people, ours=ours, theirs=theirs)
        for name in ("alex", "sam"):
            choose(people[name], LATE, new="push", date_tomorrow="push")
            device_of(people[name], service, f"/{name}")
            new_for(cast, name)
        date_at(cast, NOON + DAY)
        return cast

    def at_once(self, many):
        """So many schedulers, which begin in the same moment."""
        gate, sent = threading.Barrier(many), []

        def run():
            gate.wait()
            try:
                sent.append(remind())
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run) for _ in range(many)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(sent) == many
        return sum(sent)

    def test_each_is_told_once(self, everybody, service, clock):
        for _ in range(3):
            self.at_once(4)
            clock.go(minutes=10)
        assert sorted(asked.path for asked in service.asked) == ["/alex", "/sam"]

    def test_even_where_both_have_read_that_it_is_time(self, everybody, service, clock, monkeypatch):
        gate, look = threading.Barrier(2, timeout=20), rounds.look

        def together(pk, seen):
            gate.wait()
            return look(pk, seen)

        monkeypatch.setattr(rounds, "look", together)
        assert self.at_once(2) == 2
        assert sorted(asked.path for asked in service.asked) == ["/alex", "/sam"]

    def test_the_row_alone_is_enough(self, everybody, service, clock):
        """Whoever looks: the look is given to both, as if the clock had jumped in between."""
        alex = everybody.alex
        for _ in range(2):
            Hours.objects.filter(owner=alex).update(look_at=NOON)
            claims.look(alex.pk, NOON)
        assert Sending.objects.filter(owner=alex).count() == 2
        Hours.objects.filter(owner=alex).update(look_at=NOON)
        assert claims.look(alex.pk, NOON) == []

    def test_it_is_claimed_for_all_to_see_before_anything_is_sent(
        self, everybody, service, clock, monkeypatch
    ):
        seen = []

        def watch(self, subscription, payload, kept):
            assert not connection.in_atomic_block, "no transaction waits for a push service"
            thread = threading.Thread(
                target=lambda: (seen.append(Sending.objects.count()), connections.close_all())
            )
            thread.start()
            thread.join()
            return rounds.Outcome.SENT

        monkeypatch.setattr("couples.reminders.pushing.Pushes.send", watch)
        assert remind() == 2
        assert seen == [2, 4]

    def test_killed_between_claim_and_send_one_is_lost_and_none_repeated(
        self, everybody, service, clock, monkeypatch
    ):
        class Killed(BaseException):
            """As by SIGKILL: nothing catches it."""

        def die(*_):
            raise Killed

        monkeypatch.setattr("couples.reminders.pushing.Pushes.send", die)
        with pytest.raises(Killed):
            remind()
        monkeypatch.undo()
        monkeypatch.setattr("django.utils.timezone.now", clock)
        for _ in range(20):
            clock.go(minutes=10)
            remind()
        assert len(service.asked) == 1, "the other’s"

    def test_killed_after_it_was_sent_it_is_not_sent_again(self, everybody, service, clock, monkeypatch):
        class Killed(BaseException):
            """As by SIGKILL."""

        send = rounds.Pushes.send

        def die(self, *what):
            send(self, *what)
            raise Killed

        monkeypatch.setattr("couples.reminders.pushing.Pushes.send", die)
        for _ in range(2):
            with pytest.raises(Killed):
                remind()
        assert len(service.asked) == 2
        with_nobody_left = remind()
        assert with_nobody_left == 0
        assert len(service.asked) == 2


@pytest.fixture
def alex(clock, service, cast):
    """Alex, with a device, at any hour."""
    choose(cast.alex, LATE, new="push", date_tomorrow="push", date_look_back="push")
    device_of(cast.alex, service)
    return cast.alex


@pytest.mark.django_db
def test_after_days_off_what_is_still_worth_it_is_told_once(alex, service, cast, clock, soon):
    date_at(cast, NOON + 2 * DAY)
    new_for(cast)
    assert soon(days=9) == 1
    assert {row.kind for row in Sending.objects.all()} == {"new"}
    assert soon() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [dt.timedelta(days=400), dt.timedelta(hours=5), dt.timedelta(days=3)])
def test_a_clock_that_jumps_and_comes_back_repeats_nothing_and_loses_nobody(
    alex, service, cast, clock, soon, jump
):
    choose(alex, LATE, new="push", date_tomorrow="push")
    date_at(cast, NOON + DAY + dt.timedelta(hours=8))
    new_for(cast)
    assert soon() == 1
    clock.now += jump
    assert [soon() for _ in range(3)] == [0] * 3
    clock.now -= jump + dt.timedelta(minutes=30)
    assert [soon() for _ in range(40)] == [0] * 40
    News.objects.all().delete()
    new_for(cast)
    assert sum(soon(hours=6) for _ in range(16)) == 1, "looked at again, by the right clock"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "zone", ["Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu"]
)
def test_whoever_travels_is_told_of_a_thing_once(alex, service, cast, clock, soon, zone):
    date_at(cast, NOON + DAY + dt.timedelta(hours=12))
    new_for(cast)
    sent = 0
    for hour in range(80):
        if hour in (2, 30, 50):
            there = Person.objects.get(pk=alex.pk).time_zone == zone
            Person.objects.filter(pk=alex.pk).update(time_zone="Europe/Berlin" if there else zone)
        sent += soon(hours=1)
    keys = list(Sending.objects.filter(owner=alex).values_list("kind", "key"))
    assert len(keys) == len(set(keys))
    assert 1 <= sent <= len(keys)
    assert [kind for kind, _key in keys].count("date.tomorrow") == 1


@pytest.mark.django_db
def test_a_traveller_is_left_alone_at_night_where_they_are(cast, clock, service, soon):
    choose(cast.alex, new="push")
    device_of(cast.alex, service)
    Person.objects.filter(pk=cast.alex.pk).update(time_zone="America/Los_Angeles")
    new_for(cast)
    assert soon() == 0, "four in the morning there"
    Person.objects.filter(pk=cast.alex.pk).update(time_zone="Europe/Berlin")
    assert sum(soon() for _ in range(13)) == 1, "found within two hours"


@pytest.mark.django_db
def test_a_kind_that_is_on_for_everybody_reaches_whoever_chose_nothing(
    cast, clock, service, soon, monkeypatch
):
    monkeypatch.setitem(KINDS, "goal.step", KINDS["goal.step"])
    kind = KINDS["date.tomorrow"]
    object.__setattr__(kind, "default", Channel.PUSH)
    try:
        device_of(cast.alex, service)
        device_of(cast.sam, service, "/sam")
        date_at(cast, NOON + DAY)
        with wall.person(cast.sam):
            Reminder.objects.create(owner=cast.sam, kind=kind.slug, channel=Channel.OFF)
        assert soon() == 1
        assert [asked.path for asked in service.asked] == ["/one"]
        assert Hours.objects.count() == 6
    finally:
        object.__setattr__(kind, "default", Channel.OFF)


@pytest.mark.django_db
def test_a_round_that_is_told_to_stop_leaves_the_rest_to_the_next(alex, service, cast, clock):
    new_for(cast)
    stop = threading.Event()
    stop.set()
    assert remind(stop) == 0
    assert remind() == 1


@pytest.mark.django_db
def test_what_is_remembered_names_nothing(alex, service, cast, clock, soon):
    plan = date_at(cast, NOON + DAY)
    new_for(cast)
    soon()
    for row in Sending.objects.all():
        assert "canary" not in str(vars(row))
    assert {row.key.partition("@")[0] for row in Sending.objects.filter(kind="date.tomorrow")} == {
        str(plan.pk)
    }
    assert not Consent.objects.filter(owner=alex).exists()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("go"), st.integers(1, 60 * 30)),
        st.tuples(st.just("jump"), st.integers(-60 * 24 * 40, 60 * 24 * 40)),
        st.tuples(
            st.just("zone"), st.sampled_from(["Europe/Berlin", "Pacific/Auckland", "America/New_York"])
        ),
        st.tuples(st.just("news"), st.none()),
        st.tuples(st.just("seen"), st.none()),
        st.tuples(st.just("date"), st.integers(1, 60 * 24 * 4)),
        st.tuples(st.just("off"), st.none()),
        st.tuples(st.just("round"), st.none()),
    ),
    max_size=40,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_nobody_is_told_of_a_thing_twice(steps, cast, clock, service):
    """Each message tells of at least one thing that none before it told of."""
    undo = transaction.savepoint()
    clock.now, service.asked = NOON, []
    choose(cast.alex, new="push", date_tomorrow="push", date_look_back="push")
    device_of(cast.alex, service)
    told, was = set(), set()
    try:
        for what, how in steps:
            _do(what, how, cast, clock)
            messages = len(service.asked)
            remind()
            fresh = set(Sending.objects.values_list("kind", "key")) - was
            was |= fresh
            assert not fresh & told
            assert len(service.asked) - messages == (1 if fresh else 0)
            told |= fresh
    finally:
        transaction.savepoint_rollback(undo)


def _do(what, how, cast, clock):
    if what in ("go", "jump"):
        clock.go(minutes=how)
    elif what == "zone":
        Person.objects.filter(pk=cast.alex.pk).update(time_zone=how)
    elif what == "news":
        new_for(cast)
    elif what == "seen":
        News.objects.filter(owner=cast.alex).delete()
    elif what == "date":
        date_at(cast, clock.now + dt.timedelta(minutes=how))
    elif what == "off":
        Due.objects.filter(kind="date").delete()
