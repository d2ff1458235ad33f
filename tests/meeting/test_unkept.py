"""What somebody was still writing when the meeting was closed: theirs alone, there to be read, until they throw it away."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from couples.core import live
from couples.core.drafts import Draft
from couples.core.fields import sealed
from couples.meeting.models import Line
from couples.meeting.parts import PARTS
from tests.meeting.conftest import at, shows, to
from tests.queries import MOST, asked
from tests.world import make_note

pytestmark = pytest.mark.django_db
HEADING, BEFOREHAND = "What you hadn’t kept", "It stays for you alone"


def typing(client, meeting, part="well", **words):
    """Half a sentence in a part."""
    key = f"meeting.{part}:{meeting.pk}"
    assert (
        client.post(reverse("core:draft", args=[key]), words or {"words": "Half a sent"}).status_code == 204
    )


def test_what_neither_had_kept_stands_below_the_page_for_each_alone(people, meeting):
    alex, sam = people
    typing(alex, meeting, "wish", words="An hour to\nread <b>.")
    typing(sam, meeting)
    typing(sam, meeting, "agreement", words="A walk.", who="me", by="2027-03-20")
    to(alex, "close", meeting)
    one, other = shows(alex, meeting), shows(sam, meeting)
    assert "An hour to\nread &lt;b&gt;." in one
    assert "Half a sent" in other
    assert "A walk." in other
    for page, theirs in ((one, "Half a sent"), (other, "An hour to")):
        assert HEADING in page
        assert "Only you" in page
        assert theirs not in page
    assert (one.count("Throw it away"), other.count("Throw it away")) == (1, 2)


def test_it_is_thrown_away_part_by_part_and_nobody_can_tell(people, meeting, monkeypatch):
    alex, sam = people
    typing(sam, meeting)
    typing(sam, meeting, "agreement")
    to(alex, "close", meeting)
    told = []
    monkeypatch.setattr(live, "changed", lambda *which: told.append(which))
    assert to(sam, "line", meeting, "well", leave="1").url == reverse("meeting:detail", args=[meeting.pk])
    assert [draft.key for draft in Draft.objects.all()] == [f"meeting.agreement:{meeting.pk}"]
    assert to(sam, "agree", meeting, leave="1").status_code == 302
    assert HEADING not in shows(sam, meeting)
    assert not Draft.objects.exists()
    assert told == []


def test_a_page_that_is_open_while_the_other_closes_takes_no_form_for_another(people, meeting):
    """Forms are known by what they do: a half-typed one would stand where only throwing away is meant."""
    alex, sam = people
    typing(sam, meeting)
    action = f'action="{reverse("meeting:line", args=[meeting.pk, "well"])}"'
    assert action in shows(sam, meeting)
    to(alex, "close", meeting)
    assert action not in shows(sam, meeting)


def test_what_says_nothing_or_cannot_be_read_is_not_shown(people, meeting, cast):
    alex, _sam = people
    typing(alex, meeting, words=" \n", by="2027-03-20")
    typing(alex, meeting, "goals")
    typing(alex, meeting, "nowhere")
    typing(alex, meeting, "wish")
    garbled = sealed(Draft(owner=cast.sam), words="elsewhere")
    Draft.objects.filter(key__startswith="meeting.wish").update(**garbled)
    to(alex, "close", meeting)
    assert HEADING not in shows(alex, meeting)


def test_closing_says_beforehand_what_becomes_of_it(people, meeting):
    alex, sam = people
    typing(alex, meeting)
    at(meeting, "close")
    assert BEFOREHAND in shows(alex, meeting)
    assert BEFOREHAND not in shows(sam, meeting)
    to(alex, "line", meeting, "well", leave="1")
    assert BEFOREHAND not in shows(alex, meeting)


def test_the_kept_page_takes_no_more_with_it(people, meeting):
    alex = people[0]
    to(alex, "close", meeting)
    counts = []
    for parts in ([], PARTS):
        for part in parts:
            typing(alex, meeting, part.slug)
        shows(alex, meeting)
        with CaptureQueriesContext(connection) as found:
            shows(alex, meeting)
        counts.append(len(asked(found)))
    assert counts[0] == counts[1] <= MOST


def test_a_note_that_is_taken_leaves_what_one_was_typing(people, meeting, cast):
    alex, member = people[0], cast.member("alex")
    note = make_note(member, couple=member.couple, opens_on=member.today)
    at(meeting, "thanks")
    typing(alex, meeting, "thanks")
    assert to(alex, "line", meeting, "thanks", note=str(note.pk)).status_code == 302
    assert Line.objects.get().words.startswith("canary what")
    assert "Half a sent" in shows(alex, meeting)
    to(alex, "line", meeting, "thanks", words="Half a sentence.", version="0")
    assert Line.objects.get().words == "Half a sentence."
    assert not Draft.objects.exists()
