"""The partner can't tell: goals that only one sees leave no mark on any page of the other."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.core.couple import Couple
from couples.core.due import Due
from couples.core.edits import Version
from couples.core.news import News
from couples.core.owners import withdraw_unopened
from couples.goals.models import Goal
from tests.crawl import bare
from tests.goals.conftest import goal_by, step_of, words

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"goals:{name}", args=args)


@pytest.fixture
def held(alex, sam):
    """What both see: a long-term goal with a short-term one under it, and one of each kind."""
    home = goal_by(alex, horizon="long", amount_target=30000, amount_now=11400, unit="€")
    goals = [
        home,
        goal_by(sam, parent=home, title="Ask three banks"),
        goal_by(alex, whose="author", title="Run ten kilometres"),
        goal_by(alex, state="proposed", title="A week at the sea"),
        goal_by(sam, state="reached", ended_on=sam.today, title="A bench for the balcony"),
    ]
    step_of(home, alex, day=alex.today)
    return goals


@pytest.fixture
def pages(browse, held):
    """Return all goal pages of sam's, as they are now, without tokens."""
    addresses = ["/", url("home"), url("past"), url("new")]
    addresses += [
        url("home") + f"?show={show}&order={order}"
        for show in ("long", "short", "ours", "mine", "yours", "only_you", "proposed")
        for order in ("new", "day")
    ]
    addresses += [url("past") + f"?show={show}" for show in ("reached", "let_go", "declined", "only_you")]
    for goal in held:
        addresses += [url(name, goal.pk) for name in ("detail", "edit", "history", "answer", "reached")]

    def read():
        client = browse("sam")
        return {
            path: (answer.status_code, bare(answer.content.decode()))
            for path in addresses
            for answer in [client.get(path)]
        }

    return read


def told(sam):
    return list(News.objects.filter(owner=sam.person).values()), list(
        Due.objects.filter(owner=sam.person).values()
    )


def test_nothing_private_reaches_the_partner(browse, alex, sam, held, pages):
    home = held[0]
    before, known = pages(), told(sam)
    client = browse("alex")
    typed = words(parent=str(home.pk), title="A secret part", step="A secret step", amount_target="5")
    client.post(url("new"), typed)
    secret = Goal.objects.get(couple=None)
    assert secret.parent == home
    step = secret.steps.get()
    client.post(url("edit", secret.pk), {**typed, "title": "Another secret", "version": secret.version})
    secret.refresh_from_db()
    client.post(
        url("step_add", secret.pk),
        {"text": "More", "day": alex.today.isoformat(), "who": "", "once": str(uuid.uuid4())},
    )
    client.post(url("step_edit", step.pk), {"text": "Changed", "day": alex.today.isoformat(), "version": 0})
    client.post(url("step_tick", step.pk), {"done": "1"})
    client.post(url("step_plan", secret.steps.get(done_on=None).pk))
    client.post(url("amount", secret.pk), {"amount_now": "4", "version": secret.version})
    client.get(url("preview", secret.pk))
    for name in ("reached", "take_up", "let_go", "take_up"):
        client.post(url(name, secret.pk), {"words": "secret words"})
    client.post(reverse("core:draft", args=[f"goals.edit:{home.pk}"]), {"title": "half a secret"})
    assert pages() == before
    assert told(sam) == known
    client.post(url("remove", secret.pk))
    assert not Goal.objects.filter(couple=None).exists()
    assert pages() == before
    assert told(sam) == known


def test_a_shared_goal_does_not_reveal_the_private_one_that_holds_it(browse, alex, sam):
    home = goal_by(alex, shared=False, horizon="long", title="The secret house")
    part = goal_by(alex, shared=False, parent=home, title="Save a little")
    preview = browse("alex").get(url("preview", part.pk)).content.decode()
    assert "stays only yours" in preview
    assert "The secret house" not in preview
    browse("alex").post(url("share", part.pk))
    browse("sam").post(url("answer", part.pk), {"say": "in", "version": 0})
    for path in (
        url("home"),
        url("detail", part.pk),
        url("edit", part.pk),
        url("history", part.pk),
        url("new"),
    ):
        page = browse("sam").get(path).content.decode()
        assert "The secret house" not in page
        assert str(home.pk) not in page
    assert "Save a little" in browse("sam").get(url("home")).content.decode()
    assert "The secret house" in browse("alex").get(url("detail", part.pk)).content.decode()


def test_where_a_shared_goal_stands_for_its_author_alone_is_no_matter_of_the_partners(browse, alex, sam):
    home = goal_by(alex, shared=False, horizon="long", title="The secret house")
    part = goal_by(alex, parent=home, title="Save a little")
    sams = {"title": "Save some", "parent": "", "version": 0}
    assert browse("sam").post(url("edit", part.pk), sams).status_code == 302
    part.refresh_from_db()
    assert (part.title, part.parent) == ("Save some", home)
    # So it is where the form has the field, since another goal is offered.
    goal_by(sam, horizon="long", title="A garden")
    sams = {"title": "Save more", "parent": "", "version": part.version}
    assert browse("sam").post(url("edit", part.pk), sams).status_code == 302
    part.refresh_from_db()
    assert (part.title, part.parent) == ("Save more", home)
    before = part.version
    browse("alex").post(url("edit", part.pk), {"title": "Save more", "parent": "", "version": before})
    part.refresh_from_db()
    assert (part.parent, part.version) == (None, before)
    assert Version.objects.count() == 2
    # A goal that both see doesn't go under one that only its author sees.
    answer = browse("alex").post(
        url("edit", part.pk), {"title": "Save more", "parent": str(home.pk), "version": before}
    )
    assert answer.status_code in (302, 422)
    part.refresh_from_db()
    assert part.parent is None


def test_a_partners_private_part_is_no_reason_not_to_take_a_goal_back(browse, alex, sam):
    home = goal_by(alex, whose="author", horizon="long")
    secret = goal_by(sam, shared=False, parent=home)
    before = browse("alex").get(url("detail", home.pk)).content
    assert bare(before.decode()).count("A home with a garden") >= 1
    browse("alex").post(url("take_back", home.pk))
    home.refresh_from_db()
    secret.refresh_from_db()
    assert home.couple is None
    assert secret.parent is None
    assert browse("sam").get(url("detail", secret.pk)).status_code == 200


def test_no_time_of_writing_reaches_a_page(browse, alex, held):
    for path in (url("home"), url("past"), url("detail", held[0].pk), url("history", held[0].pk)):
        page = browse("sam").get(path).content.decode()
        assert f"{alex.now:%H:%M}" not in page


def opened(sam, goal):
    """All that sam's pages of a goal say, with its id and its author's words left out."""
    client = sam
    pages = [client.get(path) for path in (url("home"), url("detail", goal.pk), url("answer", goal.pk))]
    return [bare(page.content.decode()).replace(str(goal.pk), "id") for page in pages]


def test_how_often_it_was_changed_alone_is_not_told(browse, alex):
    goal = goal_by(alex, shared=False, title="Run")
    browse("alex").post(url("share", goal.pk))
    at_once = opened(browse("sam"), goal)
    Goal.objects.all().delete()
    News.objects.all().delete()
    goal = goal_by(alex, shared=False, title="Walk", created_at=alex.now - dt.timedelta(days=9))
    for number, title in enumerate(("Crawl", "Hop", "Run")):
        form = words(title=title, why="", version=number)
        assert browse("alex").post(url("edit", goal.pk), form).status_code == 302
    for name in ("reached", "take_up"):
        browse("alex").post(url(name, goal.pk))
    browse("alex").post(url("share", goal.pk))
    assert opened(browse("sam"), goal) == at_once
    goal.refresh_from_db()
    assert (goal.version, goal.created_at >= alex.now) == (0, True)


def test_an_answer_to_what_was_taken_back_is_none_to_what_comes_later(browse, alex):
    goal = goal_by(alex, shared=False)
    alexs, sams = browse("alex"), browse("sam")
    for round_ in range(3):
        alexs.post(url("share", goal.pk))
        goal.refresh_from_db()
        seen = goal.version
        alexs.post(url("take_back", goal.pk))
        goal.refresh_from_db()
        form = words(title=f"Quite another {round_}", version=goal.version)
        assert alexs.post(url("edit", goal.pk), form).status_code == 302
        alexs.post(url("share", goal.pk))
        assert sams.post(url("answer", goal.pk), {"say": "in", "version": seen}).status_code == 409
        assert alexs.post(url("edit", goal.pk), {"title": "Shared words", "version": seen}).status_code == 409
        goal.refresh_from_db()
        assert alexs.post(url("edit", goal.pk), {"title": "x", "version": goal.version}).status_code == 302
        alexs.post(url("take_back", goal.pk))
    numbers = list(Version.objects.filter(about=goal.pk).values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 9


def test_a_former_couples_goal_is_no_parent_on_any_page(cast, browse, alex):
    past = Couple.objects.exclude(pk__in=[cast.ours.pk, cast.theirs.pk]).get()
    for former, author in enumerate((alex.person, cast.ex)):
        then = Goal.objects.create(
            author=author, couple=past, opens_on=alex.today, horizon="long", whose="ours", title="Former life"
        )
        own = goal_by(alex, shared=False, parent=then, title=f"Own {former}")
        shared = goal_by(alex, parent=then, title=f"Shared {former}")
        paths = [url("home"), url("new"), url("preview", own.pk)]
        paths += [url(name, goal.pk) for name in ("detail", "edit") for goal in (own, shared)]
        for path in paths:
            page = browse("alex").get(path).content.decode()
            assert "Former life" not in page
            assert str(then.pk) not in page
            assert "The long-term goal that it belongs to" not in page
        assert f"Own {former}" in browse("alex").get(url("home")).content.decode()
        assert "Former life" not in browse("sam").get(url("detail", shared.pk)).content.decode()
        form = {"title": "Moved", "parent": "", "version": 0}
        assert browse("alex").post(url("edit", shared.pk), form).status_code == 302
        browse("alex").post(url("share", own.pk))
        assert "Former life" not in browse("sam").get(url("answer", own.pk)).content.decode()


def test_what_was_dated_with_a_former_couple_tells_the_present_one_nothing(cast, browse, alex):
    past = Couple.objects.exclude(pk__in=[cast.ours.pk, cast.theirs.pk]).get()
    goal = goal_by(alex, shared=False)
    keep = {"about": goal.pk, "couple": past, "editor": cast.ex, "edited_on": alex.today}
    Version.objects.create(number=7, words="{}", **keep)
    browse("alex").post(url("share", goal.pk))
    goal.refresh_from_db()
    assert goal.version == 0
    assert "Earlier versions" not in browse("sam").get(url("detail", goal.pk)).content.decode()


def test_leaving_gives_a_goal_that_was_never_open_back_as_a_private_one(alex):
    day = alex.today + dt.timedelta(days=1)
    goals = [
        goal_by(alex, opens_on=day, **fields)
        for fields in (
            {"state": "proposed"},
            {"whose": "author", "supported": True},
            {"state": "declined", "ended_on": alex.today},
        )
    ]
    withdraw_unopened(alex.couple, alex.today)
    for goal in goals:
        goal.refresh_from_db()
        assert (goal.couple, goal.state, goal.supported, goal.ended_on) == (None, "in", False, None)
