"""Whatever is sent: a sentence at the field, or a page that isn't there; never an error, and nothing typed gets lost."""

import re
import uuid
from itertools import pairwise

import pytest
from django.urls import reverse

from couples.core.fields import sealed
from couples.meeting.models import Agreement, Line, Meeting
from couples.meeting.parts import parts_of
from tests.meeting.conftest import at, shows, to
from tests.meeting.test_meeting import AGREED, SAID
from tests.world import make_agreement, make_line, make_meeting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["", "   \n", "\u200b", "x" * 20_000])
def test_a_line_that_says_nothing_or_too_much(people, meeting, words):
    answer = to(people[0], "line", meeting, "well", words=words, version="")
    assert answer.status_code == 422
    assert ("Write a few words" in answer.content.decode()) == (len(words) < 100)
    assert words.strip() in answer.content.decode()
    assert not Line.objects.exists()


@pytest.mark.parametrize("part", ["goals", "agreed", "agreement", "date", "close", "nowhere", "9" * 40])
def test_a_part_in_which_nobody_writes(people, meeting, part):
    assert to(people[0], "line", meeting, part, **SAID).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""},
        {"words": "x" * 20_000},
        {"who": "nobody"},
        {"who": ""},
        {"by": ""},
        {"by": "soon"},
        {"by": "2027-03-16"},
        {"by": "2029-01-01"},
        {"by": "9999-12-31"},
        {"by": "0001-01-01"},
    ],
)
def test_an_agreement_that_is_not_whole(people, meeting, wrong):
    answer = to(people[0], "agree", meeting, **{**AGREED, **wrong})
    assert answer.status_code == 422
    assert not Agreement.objects.exists()
    assert "A walk" in answer.content.decode() or "words" in wrong


@pytest.mark.parametrize("version", ["-1", "x", "", "9" * 40, "7"])
def test_an_agreement_of_another_version(people, meeting, version):
    to(people[0], "agree", meeting, **AGREED)
    answer = to(people[1], "agree", meeting, **{**AGREED, "words": "Other.", "version": version})
    assert answer.status_code == 409
    assert Agreement.objects.get().words == "A walk on Sunday."


def test_the_day_that_stands_may_go_by(people, meeting):
    to(people[0], "agree", meeting, **AGREED)
    Agreement.objects.update(by="2027-03-01")
    again = {**AGREED, "words": "Other.", "by": "2027-03-01", "version": "0"}
    at(meeting, "agreement")
    assert 'min="2027-03-01"' in shows(people[1], meeting)
    assert to(people[1], "agree", meeting, **again).status_code == 302


def test_a_day_that_is_chosen_anew_is_to_come(people, meeting):
    at(meeting, "agreement")
    assert 'min="2027-03-17"' in shows(people[0], meeting)
    to(people[0], "agree", meeting, **AGREED)
    assert 'min="2027-03-17"' in shows(people[0], meeting)


def test_how_it_went_in_no_word_that_we_know(people, cast, clock):
    member = cast.member("alex")
    before = make_agreement(member, make_meeting(member, weeks=1))
    people[0].post(reverse("meeting:begin"))
    meeting = Meeting.objects.get(week=member.week.first)
    # Whichever part the other has brought both to meanwhile.
    for part in ("agreed", "talk", "close"):
        at(meeting, part)
        for how in ("badly", ""):
            answer = to(people[0], "how", meeting, how=how)
            assert answer.status_code == 422
            assert "Choose one of these" in answer.content.decode()
            assert "canary agreement" in answer.content.decode()
    before.refresh_from_db()
    assert not before.how


def test_how_it_went_where_there_is_nothing_to_look_back_at(people, meeting):
    for how in ("kept", ""):
        answer = to(people[0], "how", meeting, how=how)
        assert answer.status_code == 302
        page = people[0].get(answer.url).content.decode()
        assert "has ended" not in page
        assert "nothing to look back at" in page
    to(people[1], "close", meeting)
    assert "has ended" in people[0].get(to(people[0], "how", meeting, how="kept").url).content.decode()


@pytest.mark.parametrize("name", ["go", "agree", "how", "date", "close", "detail", "history"])
def test_a_meeting_that_is_not_there(people, name, cast):
    theirs = make_meeting(cast.member("dana"), weeks=0)
    method = "get" if name in ("detail", "history") else "post"
    for pk in (theirs.pk, uuid.uuid4()):
        answer = getattr(people[0], method)(reverse(f"meeting:{name}", args=[pk]))
        assert answer.status_code == 404


def test_a_draft_that_is_garbled_or_of_another_meeting(people, meeting):
    alex, _sam = people
    for key in (
        f"meeting.close:{meeting.pk}",
        f"meeting.nowhere:{meeting.pk}",
        f"meeting.well:{uuid.uuid4()}",
    ):
        assert (
            alex.post(reverse("core:draft", args=[key]), {"words": "half", "by": "never"}).status_code == 204
        )
    assert "You were writing" not in shows(alex, meeting)
    alex.post(
        reverse("core:draft", args=[f"meeting.agreement:{meeting.pk}"]),
        {"words": "half", "by": "never", "who": "x"},
    )
    assert "You were writing: Agree" in shows(alex, meeting)


def test_words_that_cannot_be_read_take_nothing_else_along(people, meeting, cast):
    member = cast.member("alex")
    to(people[0], "line", meeting, "well", **SAID)
    broken = make_line(cast.member("sam"), meeting, "well")
    agreement = make_agreement(member, meeting)
    for row in (broken, agreement):
        other = type(row)(pk=uuid.uuid4(), couple_id=row.couple_id)
        type(row).objects.filter(pk=row.pk).update(**sealed(other, words="elsewhere"))
    for part in ("well", "agreement", "close"):
        at(meeting, part)
        page = shows(people[0], meeting)
        assert "We laughed." in page
        assert "can’t be read any more" in page
    to(people[0], "close", meeting)
    assert "We laughed." in shows(people[0], meeting)
    assert people[0].get(reverse("meeting:home")).status_code == 200


def test_no_heading_is_skipped_and_the_present_part_says_so(people, meeting, cast):
    to(people[0], "line", meeting, "talk", **SAID)
    make_agreement(cast.member("alex"), meeting)
    for part in parts_of(meeting):
        at(meeting, part.slug)
        page = shows(people[0], meeting)
        levels = [int(level) for level in re.findall(r"<h([1-6])", page[page.index("<h1") :])]
        assert all(after - before <= 1 for before, after in pairwise(levels)), part.slug
        assert re.search(rf'<b[^>]* aria-current="step">{re.escape(str(part.title))}</b>', page)


def test_alone_it_says_kindly_that_it_takes_two(browse):
    robin = browse("robin")
    page = robin.get(reverse("meeting:home"))
    assert page.status_code == 200
    assert "This one takes two" in page.content.decode()
    assert robin.post(reverse("meeting:begin")).url == reverse("space:home")
    assert not Meeting.objects.exists()


def test_the_list_goes_on_by_key(people, cast):
    member = cast.member("alex")
    for weeks in range(1, 31):
        make_agreement(member, make_meeting(member, weeks=weeks, ended_on=member.today))
    home = reverse("meeting:home")
    seen, after = [], ""
    for _ in range(3):
        answer = people[0].get(f"{home}?after={after}", headers={"HX-Request": "true"} if after else {})
        page = answer.context["page"]
        seen += [one.pk for one in page.rows]
        after = page.after_text
    assert (len(seen), len(set(seen)), after) == (30, 30, "")
    assert people[0].get(f"{home}?after=garbled").status_code == 200
