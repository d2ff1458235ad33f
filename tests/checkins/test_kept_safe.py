"""What must not be lost, seen or sealed by accident: a moved clock, a second tab, a new week, a space that closes."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.checkins.models import Aside, CheckIn, Choice
from couples.core.drafts import Draft
from couples.core.edits import Version
from couples.space.actions import leave
from tests.checkins.conftest import NOW
from tests.checkins.doing import CALM, both_say, check_in, is_open, read, reveal, said, say, sealed

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(weeks=1)


def move(client, couple, zone):
    """Move the space to another time zone."""
    couple.refresh_from_db()
    data = {"together_since": "", "time_zone": zone, "version": couple.version}
    assert client.post(reverse("space:us"), data).status_code == 302


@pytest.mark.parametrize("moves", [["America/Los_Angeles"], ["America/New_York", "America/Los_Angeles"]])
def test_what_has_lapsed_is_not_revealed_by_moving_the_clock_west(browse, cast, at, moves):
    pk = sealed(browse("alex"))
    at(dt.datetime(2027, 3, 21, 1, 0, tzinfo=dt.UTC))  # Sunday in Berlin, Saturday in America
    assert cast.member("sam").week.first == dt.date(2027, 3, 21)
    for zone in moves:
        move(browse("sam"), cast.ours, zone)
    at(dt.datetime(2027, 3, 21, 4, 0, tzinfo=dt.UTC))
    assert cast.member("sam").week.first == dt.date(2027, 3, 14)
    sealed(browse("sam"))
    assert not is_open(pk)
    assert CheckIn.objects.get(pk=pk).couple is None
    assert "A walk by the river" in read(browse("alex"), f"/checkins/{pk}/")


def test_what_both_waited_for_too_long_stays_shut_when_the_clock_moves_west(browse, cast, at):
    say(browse("alex"), "goals", "focus")
    at(dt.datetime(2027, 3, 31, 1, 0, tzinfo=dt.UTC))
    move(browse("sam"), cast.ours, "America/Los_Angeles")
    at(dt.datetime(2027, 3, 31, 4, 0, tzinfo=dt.UTC))
    say(browse("sam"), "goals", "focus")
    assert not Choice.objects.filter(opens_on__isnull=False).exists()


def test_nothing_is_sealed_that_one_has_not_looked_at(browse):
    alex = browse("alex")
    pk = check_in(alex)
    shown = CheckIn.objects.get(pk=pk).version
    alex.post(reverse("checkins:edit", args=[pk]), {"wish": "Something else"})
    answer = alex.post(reverse("checkins:seal", args=[pk]), {"version": shown})
    assert said(answer) == [
        "You changed it in another place meanwhile. This is how it looks now; seal it, if it’s right."
    ]
    assert CheckIn.objects.get(pk=pk).couple is None
    assert 'name="version" value="1"' in read(alex, f"/checkins/{pk}/")
    alex.post(reverse("checkins:seal", args=[pk]), {"version": "1"})
    assert CheckIn.objects.get(pk=pk).couple is not None


def test_nobody_can_tell_how_often_it_was_changed(browse):
    alex = browse("alex")
    pk = sealed(alex)
    alex.post(reverse("checkins:edit", args=[pk]), {"wish": "Another"})
    sealed(browse("sam"))
    assert set(CheckIn.objects.values_list("version", flat=True)) == {0}


def test_a_form_that_is_sent_in_another_week_says_so_and_keeps_its_words(browse, at):
    alex = browse("alex")
    at(NOW + WEEK)
    answer = alex.post(reverse("checkins:new"), {"week": "2027-03-14", "wish": "Typed before midnight"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A new week has begun" in page
    assert "Typed before midnight" in page
    assert 'name="week" value="2027-03-21"' in page
    assert not CheckIn.objects.exists()
    assert alex.post(reverse("checkins:new"), {"week": "2027-03-21", "wish": "x"}).status_code == 302


@pytest.mark.parametrize("week", ["", "nonsense", "9999-99-99", "0001-01-01"])
def test_a_week_that_is_none_is_no_fault(browse, week):
    answer = browse("alex").post(reverse("checkins:new"), {"week": week, "wish": "x"})
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize("route", ["new", "edit"])
def test_what_was_typed_too_late_is_shown_once_more(browse, route):
    pk, _theirs = reveal(browse)
    url = reverse("checkins:new") if route == "new" else reverse("checkins:edit", args=[pk])
    alex = browse("alex")
    alex.post(reverse("core:draft", args=["checkins.new"]), {"wish": "half"})
    answer = alex.post(url, {"wish": "Too late, and not lost", "note": "nor this"})
    assert answer.status_code == 409
    for words in ("Too late, and not lost", "nor this", "so it stays as it is"):
        assert words in answer.content.decode()
    assert CheckIn.objects.get(pk=pk).answers["wish"] == CALM["wish"]
    assert Draft.objects.filter(owner__name="Alex").exists()


def test_what_one_kept_outlives_the_space(browse, cast):
    reveal(browse, {**CALM, "keep": "stress", "note": "mine to keep"})
    leave(cast.member("sam"))
    page = read(browse("alex"), "/checkins/mine/")
    assert "mine to keep" in page
    assert "From 14 March 2027" in page
    assert "mine to keep" not in read(browse("sam"), "/checkins/mine/")


def test_the_reveal_says_the_same_whether_or_not_something_was_kept(browse):
    said_of = []
    for note in ("", "a secret of one’s own"):
        pk, _theirs = reveal(browse, {**CALM, "note": note})
        said_of.append(read(browse("alex"), f"/checkins/{pk}/").count("kept"))
        CheckIn.objects.all().delete()
        Aside.objects.all().delete()
    assert said_of[0] == said_of[1]


def test_a_broken_check_in_can_still_be_thrown_away(browse):
    from tests.walls.test_words import put

    alex = browse("alex")
    pk = check_in(alex, **CALM, note="x")
    put(CheckIn.objects.get(pk=pk), "words", "AQAA")
    put(Aside.objects.get(about=pk), "words", "AQAA")
    page = read(alex, f"/checkins/{pk}/")
    assert page.count("These words can’t be read any more.") == 2
    assert "can’t be read" not in read(alex, f"/checkins/{pk}/edit/")
    assert alex.post(reverse("checkins:remove", args=[pk])).status_code == 302
    assert not CheckIn.objects.exists()


def test_both_can_read_what_was_said_before_of_a_strategy(browse):
    both_say(browse, "goals", "focus", "fine")
    say(browse("alex"), "goals", "no")
    for name, who in (("alex", "You"), ("sam", "Alex")):
        page = read(browse(name), "/strategies/goals/")
        assert "What you said before" in page
        assert f"{who}: Our focus" in page
    both_say(browse, "goals")
    assert Version.objects.exists()
    browse("sam").post(reverse("checkins:rest", args=["goals"]))
    assert not Version.objects.exists()
    assert "What you said before" not in read(browse("alex"), "/strategies/goals/")


def test_it_speaks_in_the_words_of_its_button(browse):
    say(browse("alex"), "acknowledge", "focus")
    assert "You said: We want to work on this." in read(browse("alex"), "/strategies/acknowledge/")


def test_an_unknown_choice_leads_nowhere(browse):
    assert browse("alex").get(reverse("checkins:choice", args=[uuid.uuid4()])).status_code == 404
