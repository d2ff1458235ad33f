"""What one does appears on the other's open page: whatever changes a page for the partner is told, and the page follows it.

Each act is done as either of the two through its form, and every page of the other is read before and after.
``test_silence.py`` holds that private acts tell nobody anything.
"""

import datetime as dt
import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from couples.checkins.stepping import today_of
from couples.core import live
from couples.core.live import ROOMS, SPACE
from couples.core.news import KINDS
from couples.dates.models import DatePlan
from couples.goals.models import Goal
from tests.crawl import bare
from tests.pages import PLAIN, things
from tests.routes import ROUTES
from tests.world import World, make_choice, make_goal, make_plan

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 17, 18, 30, tzinfo=dt.UTC)
FOLLOWS = re.compile(r'<div id="page" hx-get="([^"]+)" hx-trigger="([^"]+)"')
STILL = {"/notes/jar/": "a note is drawn anew each time it is looked at"}
"""Pages that change with what the partner does and don't follow, and why."""
TIMES = {"day_1": "2031-05-01", "time_1": "19:00", "minutes": "180"}
Act = tuple[str, Callable[[World], list[Any]], dict[str, str]]


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def on(name: str, *more: str) -> Callable[[World], list[Any]]:
    return lambda world: [getattr(world, one).pk for one in (name, *more)]


# Beside what the routes send: what it takes for each act to be done by one of the two.
ACTS: list[Act] = [
    ("notes:give", on("own_note"), {"when": "now"}),
    ("notes:answer", on("note"), {"words": "thank you"}),
    ("notes:remove", on("note"), {}),
    ("dates:propose", on("own_plan"), {"seen": "draft-0"}),
    ("dates:agree", on("proposed_plan"), {"seen": "proposed-1", "option": "first"}),
    ("dates:offer", on("plan"), {"seen": "agreed-1", **TIMES}),
    ("dates:cancel", on("plan"), {"seen": "agreed-1", "words": "not today"}),
    ("dates:decline", on("proposed_plan"), {"seen": "proposed-1", "words": "not this"}),
    ("dates:edit", on("plan"), {"title": "another title", "place": "", "notes": "", "version": "0"}),
    ("dates:look_back", on("past_plan"), {"line": "it was good", "version": "0"}),
    ("dates:task_add", on("plan"), {"text": "bring tea", "who": "both", "once": str(uuid.uuid4())}),
    ("dates:task_tick", on("plan", "task"), {"done": "1"}),
    ("dates:task_remove", on("plan", "task"), {}),
    ("goals:share", on("own_goal"), {}),
    ("goals:edit", on("goal"), {"title": "another title", "why": "", "version": "0"}),
    ("goals:answer", on("proposed_goal"), {"say": "in", "version": "0"}),
    ("goals:amount", on("goal"), {"amount_now": "5", "version": "0"}),
    ("goals:reached", on("goal"), {"words": "at last"}),
    ("goals:let_go", on("goal"), {"words": "another time"}),
    ("goals:step_add", on("goal"), {"text": "a step", "who": "both", "day": "2027-03-20", "once": str(uuid.uuid4())}),
    ("goals:step_edit", on("step"), {"text": "another step", "who": "both", "day": "2027-03-21", "version": "0"}),
    ("goals:step_tick", on("step"), {"done": "1"}),
    ("goals:step_remove", on("goal", "step"), {}),
    ("checkins:rest", lambda _: ["communication"], {}),
    ("checkins:choose", lambda _: ["communication"], {"says": "fine"}),
    ("checkins:rhythm", lambda _: [], {"weekday": "2", "every": "14", "version": "0"}),
    ("meeting:go", on("meeting"), {"part": "talk", "to": "wish"}),
    ("meeting:line", lambda world: [world.meeting.pk, "talk"], {"words": "the garden", "version": "0"}),
    ("meeting:agree", on("meeting"), {"words": "a walk", "who": "both", "by": "2027-03-20", "version": "0"}),
    ("meeting:how", on("meeting"), {"how": "partly"}),
    ("meeting:close", on("meeting"), {}),
    ("meeting:begin", lambda _: [], {}),
    ("space:us", lambda _: [], {"time_zone": "Europe/Lisbon", "together_since": "2019-03-01", "version": "0"}),
    ("space:you", lambda _: [], {"name": "Somebody", "time_zone": "Europe/Berlin", "language": "en-gb"}),
]  # fmt: skip


def also(world: World) -> list[Act]:
    """Acts on things that stand otherwise than those of the world."""
    alex = world.cast.member("alex")
    moving, waiting = make_plan(alex, "agreed"), make_goal(alex, "proposed")
    DatePlan.objects.filter(pk=moving.pk).update(state="moving")
    own, over = make_goal(alex, "in"), make_goal(alex, "in")
    Goal.objects.filter(pk=own.pk).update(whose="author")
    Goal.objects.filter(pk=over.pk).update(state="reached", ended_on=alex.today, ended_by=alex.person)
    step = today_of(alex).step.slug
    both_want(world)
    return [
        ("checkins:step_done", lambda _: [], {"step": step}),
        ("checkins:step_swap", lambda _: [], {"step": step}),
        ("checkins:begin", lambda _: ["goals"], {}),
        ("dates:keep", lambda _: [moving.pk], {"seen": DatePlan.objects.get(pk=moving.pk).standing}),
        ("goals:take_back", lambda _: [waiting.pk], {}),
        ("goals:support", lambda _: [own.pk], {"support": "1"}),
        ("goals:take_up", lambda _: [over.pk], {}),
    ]


def both_want(world: World) -> None:
    """Both said that they want something, which has no place yet."""
    for member in map(world.cast.member, ("alex", "sam")):
        make_choice(member, strategy="goals", couple=member.couple, opens_on=member.today)


def read(client, paths):
    """Every page, as far as it can be told apart: without tokens, and the status alone of what is no page."""
    found = {}
    for path in paths:
        answer = client.get(path)
        found[path] = bare(answer.content.decode()) if answer.status_code == 200 else str(answer.status_code)
        if answer.status_code != 200:
            client.get("/more/")  # it may leave a message, which the next page would show
    return found


def followed(page: str) -> set[str]:
    """The names that a page looks again for."""
    match = FOLLOWS.search(page)
    return set(re.findall(r"(\w+) from:body", html.unescape(match[2]))) if match else set()


@pytest.mark.slow
@pytest.mark.parametrize("who", ["alex", "sam"])
def test_what_one_does_the_others_pages_follow(world: World, browse, monkeypatch, who):
    other = "sam" if who == "alex" else "alex"
    acts, told, changed = [*also(world), *ACTS], [], set()
    monkeypatch.setattr(live, "ripple", lambda *said: told.append(said))
    actor, watcher = browse(who), browse(other)
    member = world.cast.member(other)
    paths = {path for name, path in (PLAIN | things(member)).items() if name != "sign-out"}
    rooms = ("notes:", "dates:", "goals:", "space:", "checkins:", "meeting:")
    paths |= {reverse(name, kwargs=route.kwargs(world)) for name, route in ROUTES.items()
              if name.startswith(rooms) and "GET" in route.methods}  # fmt: skip
    paths = {path for path, page in read(watcher, sorted(paths)).items() if "<html" in page}
    paths |= {f"/dates/{plan.pk}/" for plan in DatePlan.objects.open_to(member)}
    paths |= {f"/goals/{goal.pk}/" for goal in Goal.objects.open_to(member)}
    paths = {path for path, page in read(watcher, sorted(paths)).items() if "<html" in page}
    before = read(watcher, sorted(paths))
    for name, arguments, data in acts:
        undo = transaction.savepoint()
        told.clear()
        sent = dict(data)
        if sent.get("option") == "first":
            sent["option"] = str(world.proposed_plan.offers[0].pk)
        actor.post(reverse(name, args=arguments(world)), sent)
        heard = {said[1] for said in told if said[0] == member.person.pk}
        assert {said[0] for said in told} <= {member.person.pk}, name
        room = f"/{name.partition(':')[0]}/"
        # That an act of one room reaches no page of another is no matter of the database: asked on one of them.
        beside = {"/", "/checkins/meeting/"} if connection.vendor == "postgresql" else set(PLAIN.values())
        near = sorted(path for path in paths if room in path or path in beside)
        after = read(watcher, near)
        different = {path for path in near if before[path] != after[path]}
        if different:
            changed.add(name)
        for path in different - set(STILL):
            assert heard & followed(before[path]), (name, path, heard, followed(before[path]))
        transaction.savepoint_rollback(undo)
    wanted = {name for name, _arguments, _data in acts} - NOT_BY[who]
    assert changed == wanted


NOT_BY = {
    "alex": {"notes:answer", "goals:support"},
    "sam": {
        "notes:give", "notes:remove", "dates:propose", "dates:agree", "dates:decline", "dates:task_remove",
        "goals:share", "goals:take_back", "goals:answer", "goals:step_edit", "goals:step_remove",
    },
}  # fmt: skip
"""What is the other's to do, by whose the things of the world are."""


def test_whatever_changes_something_by_a_form_is_tried_here_or_is_no_matter_of_the_partners():
    changing = {name for name, route in ROUTES.items() if "POST" in route.methods}
    here = {name for name, _arguments, _data in ACTS} | {
        "dates:keep",
        "goals:take_back",
        "goals:support",
        "goals:take_up",
        *ELSEWHERE,
        "checkins:step_done",
        "checkins:step_swap",
        "checkins:begin",
    }
    assert changing - here == ALONE


ELSEWHERE = {"checkins:seal", "checkins:step_undo"}
"""What changes something for the other only where something of theirs stands already: ``tests/checkins/test_live.py``."""
ALONE = {
    "exit", "core:draft", "core:news_open", "core:news_seen",
    "notes:new", "notes:edit", "notes:take_back", "notes:keep", "notes:search",
    "dates:new", "dates:remove", "goals:new", "goals:remove", "goals:step_plan",
    "space:welcome", "space:consent", "space:leave", "space:end_session", "space:end_others",
    "space:invite", "space:invite_mail", "space:revoke", "space:confirm", "space:refuse", "space:take_back",
    "space:accept", "space:decline",
    "checkins:new", "checkins:edit", "checkins:take_back", "checkins:remove", "checkins:unsay",
    "meeting:date",
    "reminders:home", "reminders:device_add", "reminders:device_end", "reminders:off",
}  # fmt: skip
"""Nothing of a partner's changes with these; linking and leaving are in ``tests/live``."""


def test_all_news_is_of_a_room_that_pages_follow():
    assert {kind.room for kind in KINDS.values()} <= set(ROOMS.values()) - {SPACE}


def test_a_page_asks_for_itself(world: World, browse):
    page = browse("alex").get("/notes/?show=kept&order=old").content.decode()
    match = FOLLOWS.search(page)
    assert html.unescape(match[1]) == "/notes/?show=kept&order=old"
    assert followed(page) == {"notes", "space", "resync"}


def test_what_answers_a_form_does_not_follow(world: World, browse):
    answer = browse("alex").post("/notes/new/", {"what": "", "meaning": ""})
    assert answer.status_code == 422
    assert not FOLLOWS.search(answer.content.decode())


def test_a_visitor_has_no_stream(browse):
    page = browse("").get("/").content.decode()
    assert 'id="live"' not in page
    assert "hx-sse" not in page


FULL = {"HX-Request": "true", "HX-Request-Type": "full"}


def test_a_page_that_looks_again_gets_the_whole_page_and_takes_no_message(world: World, browse):
    alex = browse("alex")
    alex.post("/notes/new/", {"what": "x", "meaning": "y", "once": str(uuid.uuid4())})
    alex.post(reverse("notes:keep", args=[world.note.pk]), {"keep": "1"})
    alex.post(reverse("notes:remove", args=[world.own_note.pk]))
    again = alex.get("/notes/", headers=FULL).content.decode()
    assert "<html" in again
    assert "Removed." not in again
    assert "Removed." in alex.get("/notes/").content.decode()


@pytest.mark.parametrize("path", ["/notes/", "/dates/", "/goals/", "/goals/past/", "/dates/past/"])
@pytest.mark.parametrize("rows", ["30", "0", "-1", "x", "9" * 50, "³"])
def test_a_list_that_looks_again_is_as_long_as_it_was(world: World, browse, path, rows):
    answer = browse("alex").get(path, headers={**FULL, "X-Rows": rows.encode().decode("latin-1")})
    assert answer.status_code == 200


def test_as_many_rows_come_as_are_shown(world: World, browse):
    from tests.crowd import crowd

    crowd(world, 40)
    alex = browse("alex")
    few, many, all_ = (
        alex.get("/notes/", headers={**FULL, "X-Rows": rows}).content.decode().count("card-link")
        for rows in ("5", "24", "900")
    )
    assert (few, many) == (12, 24)
    assert all_ > 24
