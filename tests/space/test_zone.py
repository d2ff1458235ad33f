"""The couple's time zone changes: what was open stays open, what was sealed stays sealed, and one can still leave."""

import datetime as dt

import pytest
from django.utils import timezone

from couples.core.couple import Couple, member_for
from couples.core.owners import withdraw_unopened
from couples.goals.models import Goal
from couples.notes.models import Note
from tests.world import make_goal

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2027, 3, 17, 12, tzinfo=dt.UTC)


@pytest.fixture
def at(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(NOON)
    return set_to


@pytest.fixture
def move(cast, browse):
    def to(zone, who="sam"):
        couple = Couple.objects.get(pk=cast.ours.pk)
        data = {"together_since": "", "time_zone": zone, "version": couple.version}
        assert browse(who).post("/space/us/", data).status_code == 302

    return to


def note(cast, days):
    alex = cast.member("alex")
    opens_on = alex.today + dt.timedelta(days=days)
    return Note.objects.create(author=cast.alex, couple=cast.ours, opens_on=opens_on, what="x", meaning="y")


def opens(browse, row):
    return browse("sam").get(f"/notes/{row.pk}/").status_code == 200


def test_nobody_opens_tomorrows_note_by_moving_the_couple_east(cast, browse, at, move):
    tomorrow = note(cast, 1)
    for zone in ("Pacific/Kiritimati", "Asia/Tokyo", "Pacific/Apia", "Pacific/Kiritimati"):
        move(zone)
        assert not opens(browse, tomorrow), zone
    at(NOON + dt.timedelta(hours=10, minutes=59))  # 23:59 in Berlin
    assert not opens(browse, tomorrow)
    at(NOON + dt.timedelta(hours=11, minutes=1))
    assert opens(browse, tomorrow)


def test_after_two_days_the_new_zone_counts_alone(cast, at, move):
    move("Pacific/Kiritimati")
    assert member_for(cast.sam).today == dt.date(2027, 3, 17)
    at(NOON + dt.timedelta(days=2, minutes=1))
    assert member_for(cast.sam).today == dt.date(2027, 3, 20)


def test_what_was_open_stays_open_when_the_couple_moves_west(cast, browse, at, move):
    at(dt.datetime(2027, 3, 17, 3, tzinfo=dt.UTC))
    given, proposed = note(cast, 0), make_goal(cast.member("alex"), "proposed")
    move("Pacific/Honolulu")
    assert member_for(cast.sam).today == dt.date(2027, 3, 16)
    assert opens(browse, given)
    assert browse("sam").get(f"/goals/{proposed.pk}/").status_code == 200
    assert not Note.objects.own_of(member_for(cast.alex)).exists()


def test_leaving_gives_back_even_a_goal_that_has_not_opened(cast):
    alex = cast.member("alex")
    goal = make_goal(alex, "proposed")
    Goal.objects.filter(pk=goal.pk).update(opens_on=alex.today + dt.timedelta(days=1))
    withdraw_unopened(cast.ours, alex.today)
    goal.refresh_from_db()
    assert (goal.couple, goal.state) == (None, "in")
