"""Weeks that go by, leaving, being alone: what was never revealed is its author's, and stays so."""

import datetime as dt

import pytest
from django.urls import reverse

from couples.checkins.models import Aside, CheckIn
from couples.core.couple import Couple
from couples.core.news import News
from couples.core.people import Person
from couples.space.actions import leave
from tests.checkins.conftest import NOW
from tests.checkins.doing import CALM, check_in, is_open, link_again, read, reveal, sealed, to
from tests.walls.test_words import key_of, put

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)
OVER = "That week is over, so this check-in stays only yours."
WISH = {
    "closeness": "2",
    "wish": "Come along to the sea",
    "appreciation": "The soup",
    "keep": ["appreciation"],
}


def path(pk, route="detail"):
    return reverse(f"checkins:{route}", args=[pk])


def test_once_its_week_is_over_a_check_in_is_sealed_no_more(browse, at):
    pk = check_in(browse("alex"), **WISH)
    at(NOW + WEEK)
    alex = browse("alex")
    page = read(alex, path(pk))
    assert "Its week is over, or you wrote it alone." in page
    assert "Seal it" not in page
    assert OVER in to(alex, "seal", pk)
    assert CheckIn.objects.get().couple is None
    assert alex.post(path(pk, "edit"), {**CALM, "note": ""}).status_code == 302
    assert CheckIn.objects.get().answers["wish"] == "A walk by the river"


def test_sealed_and_never_answered_it_is_its_authors_alone_once_the_week_is_over(cast, browse, at):
    pk = sealed(browse("alex"), **WISH)
    row = CheckIn.objects.get()
    assert row.sees(cast.member("alex")) == "sealed"
    assert key_of(row, "words").couple == cast.ours
    at(NOW + WEEK)
    assert row.sees(cast.member("alex")) == "only_you"
    page = read(browse("alex"), path(pk))
    assert "Come along to the sea" in page
    assert "Its week is over, or you wrote it alone." in page
    assert "Your check-in is sealed" not in page
    assert CheckIn.objects.get().couple == cast.ours  # nobody has written anything yet
    new = check_in(browse("alex"), **CALM)
    row = CheckIn.objects.get(pk=pk)
    assert new != pk
    assert (row.couple, row.opens_on) == (None, None)
    assert key_of(row, "words").person == cast.alex
    assert "Come along to the sea" in read(browse("alex"), path(pk))


@pytest.mark.parametrize("weeks", [1, 2, 60])
def test_what_went_by_is_never_revealed_also_when_the_other_answers_later(browse, at, weeks):
    late = sealed(browse("alex"), **WISH)
    at(NOW + weeks * WEEK)
    theirs = sealed(browse("sam"))
    assert not is_open(late)
    assert not is_open(theirs)
    assert browse("sam").get(path(late)).status_code == 404
    mine = sealed(browse("alex"), **CALM)
    assert is_open(mine)
    assert is_open(theirs)
    assert not is_open(late)
    assert browse("sam").get(path(late)).status_code == 404
    assert "Come along to the sea" not in read(browse("sam"), path(theirs))


def test_what_went_by_can_be_taken_back_changed_and_thrown_away(browse, at):
    pk = sealed(browse("alex"), **WISH)
    at(NOW + WEEK)
    alex = browse("alex")
    assert alex.post(path(pk, "edit"), {**WISH, "wish": "Another", "note": ""}).status_code == 302
    assert OVER not in to(alex, "take_back", pk)
    assert CheckIn.objects.get().couple is None
    to(alex, "remove", pk)
    assert not CheckIn.objects.exists()
    assert not Aside.objects.exists()


def test_the_last_moment_of_the_week_still_counts_and_the_next_does_not(browse, at):
    last = dt.datetime(2027, 3, 20, 22, 59, 59, tzinfo=dt.UTC)  # 23:59:59 in Berlin
    pk = sealed(browse("alex"))
    at(last)
    other = check_in(browse("sam"))
    at(last + dt.timedelta(seconds=1))
    assert OVER in to(browse("sam"), "seal", other)
    at(last)
    to(browse("sam"), "seal", other)
    assert is_open(pk)


@pytest.mark.parametrize("who", ["alex", "sam"])
def test_leaving_between_the_two_answers_reveals_nothing_ever(cast, browse, who):
    pk = sealed(browse("alex"), **WISH)
    theirs = check_in(browse("sam"))
    leave(cast.member(who))
    for one in (pk, theirs):
        assert CheckIn.objects.get(pk=one).couple is None
    assert "Come along to the sea" in read(browse("alex"), path(pk))
    assert browse("sam").get(path(pk)).status_code == 404
    assert browse("sam").post(path(theirs, "seal")).url == reverse("space:home")
    link_again(cast)
    for one, name in ((pk, "alex"), (theirs, "sam")):
        to(browse(name), "seal", one)
        assert CheckIn.objects.get(pk=one).couple is None
    assert sealed(browse("sam")) not in (pk, theirs)
    assert browse("sam").get(path(pk)).status_code == 404
    assert not News.objects.exists()
    mine = sealed(browse("alex"), **CALM)
    assert is_open(mine)
    assert not is_open(pk)


def test_after_leaving_the_week_begins_anew_and_every_page_says_so(cast, browse):
    sealed(browse("alex"), **WISH)
    leave(cast.member("sam"))
    for page in ("/", "/checkins/", "/checkins/mine/"):
        assert "Begin your check-in" in read(browse("alex"), page), page


def test_of_what_was_revealed_nothing_opens_after_leaving(cast, browse):
    pk, theirs = reveal(browse, WISH)
    leave(cast.member("sam"))
    for name in ("alex", "sam"):
        assert browse(name).get(path(pk)).status_code == 404
        assert browse(name).get(path(theirs)).status_code == 404


def test_alone_one_has_a_page_of_ones_own_and_is_told_that_it_is_made_for_two(browse):
    robin = browse("robin")
    assert "Begin your check-in" in read(robin, "/checkins/")
    pk = check_in(robin, **WISH, stress="4", note="mine")
    page = read(robin, path(pk))
    assert "It’s kept for you" in page
    assert "Seal it" not in page
    for address in ("/checkins/", "/checkins/mine/"):
        own = read(robin, address)
        assert "Made for two" in own
        assert "there is little to show that it helps one person alone" in own
        assert 'href="/space/"' in own
        assert "You’ve begun your check-in" in own
        assert "Stress" in own
        assert "1 of 1" in own
        assert "How close it felt to you" in own
    assert "sealed" not in read(robin, "/checkins/new/").lower()
    assert robin.post(path(pk, "seal")).url == reverse("space:home")
    for route in ("say", "unsay", "begin", "rest"):
        assert robin.post(f"/checkins/strategy/goals/{route}/", {"says": "no"}).url == reverse("space:home")
    assert robin.get("/checkins/day/").url == reverse("space:home")
    assert CheckIn.objects.get().couple is None


def test_what_was_written_alone_never_enters_the_picture_of_two_nor_blocks_the_week(cast, browse):
    leave(cast.member("sam"))
    alone, other = check_in(browse("alex"), **WISH), check_in(browse("sam"), closeness="7")
    link_again(cast)
    assert "Begin your check-in" in read(browse("alex"), "/checkins/")
    assert "Begin your check-in" in read(browse("alex"), "/")
    to(browse("alex"), "seal", alone)
    to(browse("sam"), "seal", other)
    assert set(CheckIn.objects.values_list("couple", "opens_on")) == {(None, None)}
    assert '<svg class="chart' not in read(browse("sam"), "/checkins/?range=all")
    mine, theirs = reveal(browse, {"closeness": "4", "note": ""}, {"closeness": "5", "note": ""})
    assert len({alone, other, mine, theirs}) == 4
    for name in ("alex", "sam"):
        home = read(browse(name), "/checkins/?range=all")
        table = home[home.index("<tbody>") : home.index("</tbody>")]
        assert table.count("<tr>") == 1
        assert table.count("<td>4") == table.count("<td>5") == 1
    assert browse("sam").get(path(alone)).status_code == 404
    for page in ("?range=3m", "?range=all"):
        assert browse("alex").get(reverse("checkins:mine") + page).status_code == 200


def test_the_week_goes_over_new_year(browse, at):
    at(dt.datetime(2026, 12, 30, 20, tzinfo=dt.UTC))
    assert "Open until Saturday 2 January" in read(browse("alex"), "/checkins/new/")
    pk = sealed(browse("alex"))
    at(dt.datetime(2027, 1, 2, 21, tzinfo=dt.UTC))
    assert "by Saturday 2 January" in read(browse("alex"), path(pk))
    assert is_open(sealed(browse("sam")))
    assert is_open(pk)


@pytest.mark.parametrize("sunday", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
def test_the_week_in_which_the_clocks_change_begins_and_ends_at_the_couples_midnight(
    cast, browse, at, sunday
):
    zone, second = cast.ours.zone, dt.timedelta(seconds=1)
    for midnight in (sunday, sunday + WEEK):
        begins = dt.datetime.combine(midnight, dt.time(), tzinfo=zone).astimezone(dt.UTC)
        at(begins - second)
        assert cast.member("alex").week.first == midnight - WEEK
        before = check_in(browse("alex"))
        at(begins)
        assert cast.member("sam").week.first == midnight
        assert check_in(browse("alex")) != before


def test_the_clock_of_the_space_counts_wherever_the_two_are_and_the_page_says_so(cast, browse, at):
    Person.objects.filter(pk=cast.sam.pk).update(time_zone="America/Los_Angeles")
    Couple.objects.filter(pk=cast.ours.pk).update(time_zone="Asia/Tokyo")
    at(dt.datetime(2027, 3, 20, 16, tzinfo=dt.UTC))  # Saturday for both of them, Sunday for their space
    for name in ("alex", "sam"):
        page = read(browse(name), "/checkins/")
        assert "21 March to Saturday 27 March" in page
        assert "Your week begins on Sunday, by the clock of your space (Asia/Tokyo)." in page
    mine, _theirs = reveal(browse)
    assert {row.week for row in CheckIn.objects.all()} == {dt.date(2027, 3, 21)}
    assert is_open(mine)


def test_a_broken_text_takes_neither_the_list_nor_the_picture_along(cast, browse, at):
    reveal(browse, {**CALM, "closeness": "6"})
    at(NOW + WEEK)
    mine, theirs = reveal(browse, {**WISH, "note": "mine alone"}, {**CALM, "closeness": "3"})
    put(CheckIn.objects.get(pk=mine), "words", "AQAA")
    put(Aside.objects.get(about=mine), "words", "AQAA")
    for name in ("alex", "sam"):
        client = browse(name)
        assert "The week from 21 March 2027" in read(client, "/checkins/")
        assert '<svg class="chart' in read(client, "/checkins/?range=all")
        assert client.get("/").status_code == client.get("/checkins/mine/").status_code == 200
        for pk in (mine, theirs):
            page = client.get(path(pk))
            assert page.status_code == 200
            assert "Not said" in page.content.decode()
    assert "These words can’t be read any more." in read(browse("alex"), "/checkins/mine/")
    at(NOW + 2 * WEEK)
    reveal(browse)
    assert browse("sam").get("/checkins/").status_code == 200


@pytest.mark.parametrize("state", ["own", "sealed", "revealed"])
def test_nobody_else_finds_anything(browse, state):
    alex = browse("alex")
    pk = check_in(alex) if state == "own" else sealed(alex)
    if state == "revealed":
        sealed(browse("sam"))
    for name in ("dana", "robin", "ex"):
        client = browse(name)
        for route in ("detail", "edit", "remove"):
            assert client.get(path(pk, route)).status_code == 404, route
        for route in ("edit", "take_back", "remove"):
            assert client.post(path(pk, route), CALM).status_code == 404, route
        assert client.post(path(pk, "seal")).status_code == (404 if name == "dana" else 302)
        assert "river" not in read(client, "/checkins/")
    assert browse("").get(path(pk)).status_code == 302
