"""What the partner can't tell: pages, addresses, answers to forms, news and steps are the same whatever one does alone."""

import datetime as dt
import re
import uuid

import pytest
from django.db import transaction
from django.urls import reverse

from couples.checkins.models import CheckIn, Choice, StepPlan
from couples.core import live
from couples.core.practice import Done
from couples.core.reminding import KINDS as REMINDERS
from couples.notes.models import Note
from tests.checkins.conftest import NOW
from tests.checkins.doing import CALM, everything, read, reveal, said, say, sealed, to
from tests.checkins.plans import plan, step_of
from tests.crawl import bare

pytestmark = pytest.mark.django_db
SECRET = {
    "closeness": "1",
    "conflict": "4",
    "stress": "4",
    "feelings": "lonely",
    "wish": "my secret wish",
    "appreciation": "my secret thanks",
    "note": "my secret note",
    "keep": ["conflict", "wish", "appreciation"],
}
DAY = dt.timedelta(days=1)
NOTES_STEP = step_of("notes")


def later_note(client, member):
    """A note from a day on: it ticks a step of the notes for its author alone."""
    once = {"what": "my secret", "meaning": "note", "once": str(uuid.uuid4())}
    pk = client.post(reverse("notes:new"), once).url.split("/")[2]
    day = (member.today + 3 * DAY).isoformat()
    client.post(reverse("notes:give", args=[pk]), {"when": "day", "day": day})
    assert Note.objects.get(pk=pk).opens_on > member.today


def probes(client, *tries):
    """What the partner gets for what they could try, each undone again: status, address, and what is said to them."""
    found = []
    for url, data in tries:
        undo = transaction.savepoint()
        answer = client.get(url) if data is None else client.post(url, data)
        found.append((answer.status_code, answer.get("Location", ""), said(answer)))
        transaction.savepoint_rollback(undo)
    return found


TRIES = [
    *((f"/checkins/strategy/{slug}/{act}/", {}) for act in ("begin", "rest", "unsay") for slug in ("goals", "quality-time")),
    ("/checkins/strategy/goals/say/", {"says": "x"}),
    *((f"/checkins/step/{act}/", {"step": NOTES_STEP}) for act in ("swap", "done", "undo")),
    *((f"/checkins/step/{act}/", {"step": step}) for act in ("swap", "done", "undo") for step in ("x", "\x00")),
    ("/checkins/new/", {"closeness": "9", "note": "x"}),
    ("/checkins/new/", {**CALM, "note": "x"}),
]  # fmt: skip


def by_id(pk):
    """All that could be tried with an id."""
    gets = [f"/checkins/{pk}/{act}" for act in ("", "edit/", "remove/")] + [f"/checkins/choice/{pk}/"]
    return [(url, None) for url in gets] + [
        (f"/checkins/{pk}/{act}/", {**CALM, "note": ""}) for act in ("edit", "seal", "back", "remove")
    ]


@pytest.fixture
def rippled(monkeypatch):
    found = []
    monkeypatch.setattr(live, "ripple", lambda *said: found.append(said))
    return found


@pytest.mark.parametrize("later", [False, True])
def test_what_one_writes_seals_and_says_alone_changes_nothing_for_the_other(cast, browse, at, rippled, later):
    if later:  # there was a reveal, and sam waits for what alex says of something
        reveal(browse, {**CALM, "stress": "3"}, {**CALM, "routine": "3"})
        at(NOW + 7 * DAY)
        say(browse("sam"), "conflicts", "focus")
    client, sam, member = browse("alex"), browse("sam"), cast.member("alex")
    plan(cast.ours, NOTES_STEP, day=member.today)
    read(sam)  # the first visit takes up what is said
    rippled.clear()
    before, answers = everything(sam), probes(sam, *TRIES)
    rows = list(Done.objects.values_list()), list(StepPlan.objects.values_list())
    pk = sealed(client, **SECRET)
    for slug, says in (("goals", "no"), ("communication", "focus"), ("quality-time", "fine")):
        say(client, slug, says)
    later_note(client, member)
    assert CheckIn.objects.get(pk=pk).couple == cast.ours
    after = everything(sam)
    assert set(after) == set(before)
    for path, page in after.items():
        assert page == before[path], path
    assert probes(sam, *TRIES) == answers
    assert (list(Done.objects.values_list()), list(StepPlan.objects.values_list())) == rows
    assert [who for who, *_ in rippled if who != cast.alex.pk] == []
    for one in (pk, Choice.objects.filter(author=cast.alex, opens_on=None)[0].pk, uuid.uuid4()):
        assert {status for status, *_ in probes(sam, *by_id(one))} == {404}
        page = bare(read(sam, f"/checkins/?after={one}")).replace(str(one), "")
        assert page == bare(read(sam, "/checkins/?after="))


def test_no_answer_to_the_partner_ever_has_the_note_or_what_was_kept(browse):
    alex = browse("alex")
    mine, theirs = reveal(browse, SECRET)
    alex.post(reverse("core:draft", args=["checkins.new"]), {"wish": "my secret draft"})
    for slug in ("goals", "conflicts"):
        say(alex, slug, "focus")
        say(browse("sam"), slug, "focus")
    sam = browse("sam")
    pages = everything(sam)
    assert f"/checkins/{theirs}/" in pages
    pages["mine"] = read(sam, f"/checkins/{mine}/")
    for path, page in pages.items():
        assert "my secret" not in page, path
    assert pages["mine"].count("Very much") == 1  # the stress, and not the conflict
    assert "because one of you named conflict" not in " ".join(pages.values())


def test_the_partners_own_step_and_swap_do_not_depend_on_what_one_did_alone(cast, browse, alex, sam):
    """A focus that begins takes the place of today's step, unless it was done: by both, not by one alone."""
    seen = []
    for alone in (False, True):
        undo = transaction.savepoint()
        plan(cast.ours, NOTES_STEP)
        if alone:
            later_note(browse("alex"), alex)
        say(browse("sam"), "vulnerability", "focus")
        say(browse("alex"), "vulnerability", "focus")
        seen.append((StepPlan.objects.values_list("step", "order", "swapped_on").get(), read(browse("sam"))))
        transaction.savepoint_rollback(undo)
    assert seen[0][0] == seen[1][0]
    pages = [
        re.sub(r'value="[\w-]{30,}"|"X-CSRFToken":"\w+"|/news/[0-9a-f-]+/', "", page) for _plan, page in seen
    ]
    assert pages[0] == pages[1]


def test_the_weekly_reminder_knows_nothing_of_the_partners(browse, at, cast):
    at(dt.datetime(2027, 3, 14, 18, tzinfo=dt.UTC))
    comes = REMINDERS["checkin.week"].comes
    assert comes(cast.member("sam")) == comes(cast.member("alex")) == "20270314"
    pk = sealed(browse("alex"))
    assert comes(cast.member("sam")) == "20270314"
    assert comes(cast.member("alex")) is None
    to(browse("alex"), "take_back", pk)
    assert comes(cast.member("alex")) == "20270314"
    assert CheckIn.objects.count() == 1
