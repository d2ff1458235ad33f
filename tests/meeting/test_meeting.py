"""A meeting from its beginning to the page that is kept of it."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.core.drafts import Draft
from couples.core.edits import Version
from couples.core.handover import Handover
from couples.core.news import News
from couples.core.practice import Done
from couples.meeting.gather import standing
from couples.meeting.models import BEGUN, Agreement, Line, Meeting
from tests.meeting.conftest import at, shows, to
from tests.world import make_goal, make_note

pytestmark = pytest.mark.django_db
SAID = {"words": "We laughed.", "version": ""}
AGREED = {"words": "A walk on Sunday.", "who": "both", "by": "2027-03-27", "version": ""}


def test_a_week_has_one_meeting_and_the_other_learns_of_it(people, cast):
    alex, sam = people
    first = alex.post(reverse("meeting:begin"))
    assert sam.post(reverse("meeting:begin")).url == first.url
    found = Meeting.objects.get()
    assert (found.week, found.until) == (dt.date(2027, 3, 14), dt.date(2027, 3, 20))
    news = News.objects.get()
    assert (news.owner, news.kind, news.about) == (cast.sam, BEGUN.slug, found.pk)
    assert "Alex has opened your weekly meeting" in sam.get("/").content.decode()
    page = sam.get(reverse("meeting:home")).content.decode()
    assert "14 to 20 March 2027" in page
    assert "Berlin time" in page


def test_taking_part_settles_the_news_and_closing_ends_it(people, meeting, cast):
    _alex, sam = people
    to(sam, "go", meeting, part="well", to="thanks")
    assert not News.objects.exists()
    meeting.delete()
    sam.post(reverse("meeting:begin"))
    to(sam, "close", Meeting.objects.get())
    assert not News.objects.exists()


def test_both_are_at_the_same_part_and_a_late_press_changes_nothing(people, meeting):
    alex, sam = people
    assert to(alex, "go", meeting, part="well", to="thanks").url.endswith(f"/{meeting.pk}/")
    assert "One thing you’re thankful for" in shows(sam, meeting)
    to(sam, "go", meeting, part="well", to="thanks")
    assert "One thing you’re thankful for" in shows(alex, meeting)
    to(sam, "go", meeting, part="thanks", to="close")
    to(sam, "go", meeting, part="close", to="well")
    assert "What went well this week?" in shows(alex, meeting)


@pytest.mark.parametrize(
    ("part", "to_"), [("well", "nowhere"), ("well", "goals"), ("well", "agreed"), ("", ""), ("well", "well")]
)
def test_there_is_no_way_to_a_part_that_the_meeting_lacks(people, meeting, part, to_):
    assert to(people[0], "go", meeting, part=part, to=to_).status_code == 302
    meeting.refresh_from_db()
    assert meeting.part == "well"


def test_what_one_says_both_see_and_only_its_author_changes(people, meeting, cast):
    alex, sam = people
    to(alex, "line", meeting, "well", **SAID)
    assert "We laughed." in shows(sam, meeting)
    to(sam, "line", meeting, "well", words="The soup.", version="")
    assert {line.author: line.words for line in Line.objects.all()} == {
        cast.alex: "We laughed.",
        cast.sam: "The soup.",
    }
    to(alex, "line", meeting, "well", words="We laughed a lot.", version="0")
    assert Version.objects.get().texts == {"words": "We laughed."}
    history = sam.get(reverse("meeting:history", args=[meeting.pk])).content.decode()
    assert "We laughed.</p>" in history
    assert "when Alex changed it" in history


def test_the_same_line_sent_twice_is_one_and_a_late_one_shows_both(people, meeting):
    alex, _sam = people
    for _ in range(2):
        assert to(alex, "line", meeting, "well", **SAID).status_code == 302
    late = to(alex, "line", meeting, "well", words="Something else.", version="")
    assert late.status_code == 409
    page = late.content.decode()
    assert "We laughed." in page
    assert "Something else." in page
    assert 'name="version" value="0"' in page
    assert Line.objects.get().words == "We laughed."


def test_a_line_is_kept_though_both_have_moved_on(people, meeting):
    alex, sam = people
    to(alex, "go", meeting, part="well", to="thanks")
    assert to(sam, "line", meeting, "well", **SAID).status_code == 302
    assert "We laughed." in shows(alex, meeting)


def test_what_one_was_typing_is_found_again_in_the_next_part(people, meeting):
    alex, sam = people
    key = f"meeting.well:{meeting.pk}"
    assert sam.post(reverse("core:draft", args=[key]), {"words": "Half a sent"}).status_code == 204
    assert "Half a sent" in shows(sam, meeting)
    to(alex, "go", meeting, part="well", to="wish")
    page = shows(sam, meeting)
    assert "You were writing: Went well" in page
    assert "Half a sent" in page
    assert "Half a sent" not in shows(alex, meeting)
    to(sam, "line", meeting, "well", words="Half a sentence.", version="")
    assert "You were writing" not in shows(sam, meeting)
    sam.post(reverse("core:draft", args=[key]), {"words": "Not this"})
    assert to(sam, "line", meeting, "well", leave="1").status_code == 302
    assert not Draft.objects.exists()
    assert Line.objects.get().words == "Half a sentence."


def test_an_own_note_of_the_week_can_be_what_one_says(people, meeting, cast):
    alex, sam = people
    member = cast.member("alex")
    own = make_note(member, couple=member.couple, opens_on=member.today)
    theirs = make_note(cast.member("sam"), couple=member.couple, opens_on=member.today)
    at(meeting, "thanks")
    page = shows(alex, meeting)
    assert str(own.pk) in page
    assert str(theirs.pk) not in page
    assert to(alex, "line", meeting, "thanks", note=str(own.pk)).status_code == 302
    assert Line.objects.get().words == "canary what\ncanary meaning"
    for wrong in (theirs.pk, uuid.uuid4(), "garbled", ""):
        assert to(sam, "line", meeting, "thanks", note=str(wrong)).status_code == (
            302 if wrong == theirs.pk else 422
        )


def test_what_two_agree_on_opens_the_next_meeting(people, meeting, cast, clock):
    alex, sam = people
    to(alex, "agree", meeting, **{**AGREED, "who": "partner"})
    agreed = Agreement.objects.get()
    assert (agreed.who, agreed.by, agreed.author) == (cast.sam, dt.date(2027, 3, 27), cast.alex)
    assert standing(cast.member("sam")).agreement == agreed
    to(sam, "close", meeting)
    assert Done.objects.filter(what="meeting", day=dt.date(2027, 3, 17)).count() == 1
    assert standing(cast.member("alex")).held
    clock(dt.datetime(2027, 3, 24, 18, tzinfo=dt.UTC))
    assert not standing(cast.member("alex")).held
    sam.post(reverse("meeting:begin"))
    new = Meeting.objects.get(ended_on=None)
    assert new.looks_at == agreed
    assert standing(cast.member("alex")).open == new
    at(new, "agreed")
    assert "A walk on Sunday." in shows(alex, new)
    assert to(alex, "how", new, how="partly").status_code == 302
    assert standing(cast.member("alex")).agreement is None
    assert "Some of it" in shows(sam, new)
    assert to(sam, "how", new, how="").status_code == 302
    assert Agreement.objects.get().how_on is None


def test_an_agreement_that_crosses_another_shows_both(people, meeting):
    alex, sam = people
    to(alex, "agree", meeting, **AGREED)
    late = to(sam, "agree", meeting, **{**AGREED, "words": "Soup on Monday."})
    assert late.status_code == 409
    page = late.content.decode()
    assert "A walk on Sunday." in page
    assert "Soup on Monday." in page
    assert to(sam, "agree", meeting, **{**AGREED, "words": "Soup.", "version": "0"}).status_code == 302
    assert Version.objects.get().texts == {"words": "A walk on Sunday.", "who": "", "by": "2027-03-27"}
    assert "A walk on Sunday." in alex.get(reverse("meeting:history", args=[meeting.pk])).content.decode()


def test_what_has_ended_stays_as_it_is_and_nothing_typed_is_lost(people, meeting):
    alex, sam = people
    to(alex, "line", meeting, "well", **SAID)
    to(sam, "close", meeting)
    late = to(alex, "line", meeting, "wish", words="An hour to read.", version="")
    assert late.status_code == 409
    assert "An hour to read." in late.content.decode()
    assert to(alex, "agree", meeting, **AGREED).status_code == 409
    assert to(alex, "how", meeting, how="kept").status_code == 302
    for name in ("go", "close", "date"):
        assert to(alex, name, meeting, part="close", to="well").status_code == 302
    assert Line.objects.count() == 1
    assert not Agreement.objects.exists()
    page = shows(alex, meeting)
    assert "Closed on Wednesday 17 March 2027" in page
    assert "We laughed." in page
    assert alex.post(reverse("meeting:begin")).url.endswith(f"/{meeting.pk}/")


def test_everything_can_be_left_out(people, meeting):
    alex, sam = people
    to(alex, "close", meeting)
    page = shows(sam, meeting)
    assert "Nothing was written down" in page
    assert not Line.objects.exists()
    home = sam.get(reverse("meeting:home")).content.decode()
    assert "Nothing was agreed, and that’s fine." in home


def test_an_older_meeting_can_be_gone_on_with_beside_a_new_one(people, meeting, clock, cast):
    alex, _sam = people
    clock(dt.datetime(2027, 3, 30, 18, tzinfo=dt.UTC))
    assert "Not closed yet" in alex.get(reverse("meeting:home")).content.decode()
    alex.post(reverse("meeting:begin"))
    assert Meeting.objects.filter(ended_on=None).count() == 2
    assert standing(cast.member("alex")).open != meeting
    assert to(alex, "line", meeting, "well", **SAID).status_code == 302
    to(alex, "close", meeting)
    assert Meeting.objects.get(pk=meeting.pk).ended_on == dt.date(2027, 3, 30)


def test_the_goals_come_once_a_month(browse, cast, clock):
    clock(dt.datetime(2027, 3, 10, 18, tzinfo=dt.UTC))
    make_goal(cast.member("alex"), "in")
    had = []
    for day in map(
        dt.date.fromisoformat, ("2027-03-10", "2027-03-17", "2027-03-24", "2027-04-01", "2027-04-07")
    ):
        clock(dt.datetime.combine(day, dt.time(18), tzinfo=dt.UTC))
        alex, sam = browse("alex"), browse("sam")
        alex.post(reverse("meeting:begin"))
        meeting = Meeting.objects.get(ended_on=None)
        had.append(meeting.goals)
        at(meeting, "goals")
        page = shows(sam, meeting)
        assert ("canary goal" in page) == meeting.goals
        answer = to(sam, "line", meeting, "goals", words="It moves.", version="")
        assert answer.status_code == (302 if meeting.goals else 404)
        to(alex, "close", meeting)
    # The week of 1 April begins in March, which has had its look back.
    assert had == [True, False, False, False, True]


def test_a_look_back_that_was_never_closed_comes_again(people, cast, clock):
    clock(dt.datetime(2027, 3, 10, 18, tzinfo=dt.UTC))
    make_goal(cast.member("alex"), "in")
    for day in (10, 17):
        clock(dt.datetime(2027, 3, day, 18, tzinfo=dt.UTC))
        people[0].post(reverse("meeting:begin"))
    assert [meeting.goals for meeting in Meeting.objects.all()] == [True, True]


def test_without_goals_there_is_no_look_back(people, meeting):
    assert not meeting.goals


def test_a_date_is_filled_in_for_the_next_friday(people, meeting, cast):
    alex, _sam = people
    answer = to(alex, "date", meeting)
    page = alex.get(answer.url).content.decode()
    assert "An evening for the two of us" in page
    assert 'value="2027-03-19"' in page
    assert 'value="19:00"' in page
    assert Handover.objects.get().owner == cast.alex


@pytest.mark.parametrize("day", range(14, 21))
def test_the_friday_is_within_seven_days_and_never_today(people, meeting, clock, day):
    clock(dt.datetime(2027, 3, day, 22, 30, tzinfo=dt.UTC))
    here = (dt.datetime(2027, 3, day, 22, 30, tzinfo=dt.UTC) + dt.timedelta(hours=1)).date()
    page = people[0].get(to(people[0], "date", meeting).url).content.decode()
    friday = next(
        here + dt.timedelta(days=n) for n in range(1, 8) if (here + dt.timedelta(days=n)).weekday() == 4
    )
    assert f'value="{friday.isoformat()}"' in page


def test_a_hard_matter_does_not_belong_here(people, meeting):
    at(meeting, "talk")
    page = shows(people[0], meeting)
    assert "needs more care than ten minutes" in page
    assert 'href="/help/"' in page
    assert "/repairs/" not in page
