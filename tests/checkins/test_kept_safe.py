"""What must not be lost, seen or sealed by accident: a moved clock, a second tab, a new week, a space that closes."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.checkins.models import Aside, CheckIn, Choice, id_of
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
    alex.post(reverse("checkins:seal", args=[pk]))
    sealed(browse("sam"))
    assert is_open(pk)
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
    alex.post(reverse("core:draft", args=[f"checkins.new:{pk}"]), {"wish": "half"})
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


def test_a_longer_week_keeps_nothing_sealed_longer_than_was_said(browse, cast, at):
    pk = sealed(browse("alex"))
    assert "by Saturday 20 March" in read(browse("alex"), f"/checkins/{pk}/")
    sent = {"weekday": "5", "every": "7", "version": "0"}
    assert browse("sam").post(reverse("checkins:rhythm"), sent).status_code == 302
    for page in (f"/checkins/{pk}/", "/checkins/", "/"):
        assert "Saturday 20 March" in read(browse("alex"), page), page
    at(dt.datetime(2027, 3, 24, 12, 0, tzinfo=dt.UTC))
    assert cast.member("sam").week.first == dt.date(2027, 3, 14), (
        "the present week lasts until the new day comes"
    )
    sealed(browse("sam"))
    assert not is_open(pk)
    alex = browse("alex")
    for page in (f"/checkins/{pk}/", "/checkins/", "/"):
        assert "Your check-in is sealed" not in read(alex, page), page
    alex.post(reverse("checkins:edit", args=[pk]), CALM)
    alex.post(reverse("checkins:seal", args=[pk]))
    assert is_open(pk), "sealed anew, it is told when it ends, and opens"


def test_a_change_of_day_is_said_beside_the_week(browse):
    browse("alex").post(reverse("checkins:rhythm"), {"weekday": "2", "every": "7", "version": "0"})
    assert "From Wednesday 24 March on, it begins on that day." in read(browse("sam"), "/checkins/")


def test_who_checks_in_every_fortnight_is_asked_how_both_weeks_were(browse, at):
    pages = ("/", "/checkins/", "/checkins/new/")
    browse("alex").post(reverse("checkins:rhythm"), {"weekday": "6", "every": "14", "version": "0"})
    for page in pages:
        assert "How was your week?" in read(browse("sam"), page), page
    at(dt.datetime(2027, 3, 22, 12, 0, tzinfo=dt.UTC))
    for page in pages:
        assert "How were these two weeks?" in read(browse("sam"), page), page


def test_nobody_reads_the_others_answers_for_nothing(browse):
    sealed(browse("sam"))
    alex = browse("alex")
    pk = check_in(alex, wish="mine", keep="wish", note="mine too")
    page = read(alex, f"/checkins/{pk}/")
    assert "Seal it" not in page
    assert "each give one thing at least" in page
    answer = alex.post(reverse("checkins:seal", args=[pk]))
    assert said(answer) == [
        "There is nothing in it for both of you. Give one thing at least, and you can seal it."
    ]
    assert CheckIn.objects.get(pk=pk).couple is None


def test_a_form_that_crosses_another_shows_both_and_lets_one_choose(browse):
    alex = browse("alex")
    pk = check_in(alex, wish="Long and well said", note="a long note")
    for url, sent in (
        (reverse("checkins:new"), {"wish": "From the other page"}),
        (reverse("checkins:edit", args=[pk]), {"wish": "From the other page", "version": "7"}),
    ):
        answer = alex.post(url, sent)
        assert answer.status_code == 409
        page = answer.content.decode()
        for words in (
            "Long and well said",
            "a long note",
            "From the other page",
            "You changed it in another place",
        ):
            assert words in page
        assert CheckIn.objects.get(pk=pk).answers["wish"] == "Long and well said"
    version = CheckIn.objects.get(pk=pk).version
    assert f'name="version" value="{version}"' in page
    sent = {"wish": "From the other page", "version": version}
    assert alex.post(reverse("checkins:edit", args=[pk]), sent).status_code == 302
    assert CheckIn.objects.get(pk=pk).answers == {"wish": "From the other page"}


def test_what_was_begun_in_another_week_or_space_fills_no_form_of_this_one(browse, cast, at):
    alex = browse("alex")
    key = f"checkins.new:{id_of(cast.member('alex'), cast.member('alex').week.first)}"
    assert alex.post(reverse("core:draft", args=[key]), {"wish": "begun in March"}).status_code == 204
    assert "begun in March" in read(alex, "/checkins/new/")
    at(NOW + WEEK)
    assert "begun in March" not in read(browse("alex"), "/checkins/new/")


def test_the_picture_can_be_looked_for_after_quiet_months(browse, at):
    reveal(browse)
    at(NOW + 20 * WEEK)
    for path in ("/checkins/", "/checkins/mine/"):
        page = read(browse("alex"), path)
        assert "Nothing was shared in this time" in page
        assert "?range=all" in page
