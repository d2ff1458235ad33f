"""The partner can't tell: whatever one does privately, every page the partner can reach stays the same, byte for byte."""

import datetime as dt
import uuid

import pytest
from django.db import connection, transaction
from django.urls import reverse

from couples.core import live
from couples.core.due import Due
from couples.core.news import News
from couples.core.shared import Shared
from tests.crawl import crawl
from tests.private_acts import ACTS, NEVER_PRIVATELY
from tests.world import World, declared_models

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 17, 18, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    """All of it happens in one moment, so that no page differs by the clock."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


WRITES = {"INSERT": "make", "UPDATE": "change", "DELETE": "remove"}
WANTED = {
    "owner": {"make", "change", "remove"},
    "once_shared": {"make", "change", "remove"},
    "from_day": {"make", "change", "share later", "take back", "remove"},
    "when_both": {"make", "change", "seal", "take back", "remove"},
    "with_parent": {"make", "change", "remove"},
    "with_shared_parent": set(),
    "named": set(),
    "both": set(),
}
"""What there have to be private acts for, by what a model declares."""


def of_the_partner(world: World):
    """Everything in the database that is the partner's to be told. News from a day on is nobody's before that day."""
    sam = world.cast.member("sam")
    seen = {
        model.__name__: sorted(model._default_manager.visible_to(sam).values_list())
        for model in declared_models()
        if hasattr(model._default_manager.none(), "visible_to")
    }
    waits = Due.objects.filter(owner=sam.person).values_list("kind", "about", "at", "shows_from", "until")
    return seen, sorted(waits), sorted(News.objects.visible_to(sam).values_list("kind", "about", "opens_on"))


class Watch:
    """Which rows of ours are written, how, and which of them reach whom."""

    def __init__(self):
        self.tables = {model._meta.db_table: model for model in declared_models()}
        self.done = set()

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        verb = WRITES.get(sql.split(" ", 1)[0])
        model = next(
            (one for table, one in self.tables.items() if f'"{table}"' in sql[: len(table) + 20]), None
        )
        if verb and model and context["cursor"].rowcount > 0:
            self.done.add((model, verb))
        return result

    def models(self):
        return {model for model, _verb in self.done}


def reach():
    """Of everything that can be shared, with which couple it is and from which day."""
    rows = [model._default_manager.values_list("pk", "couple", "opens_on") for model in shareable()]
    return {pk: (couple, day) for some in rows for pk, couple, day in some}


def shareable():
    return [model for model in declared_models() if issubclass(model, Shared)]


def steps(before, after, today):
    """What sharing there was between two looks at ``reach``."""
    for pk, (couple, day) in after.items():
        was, _day = before.get(pk, (None, None))
        if was is None and couple is not None:
            yield pk, "seal" if day is None else "share later" if day > today else "share"
        if was is not None and couple is None:
            yield pk, "take back"


def act_and_watch(act, world: World, alex):
    """Do an act and undo it. Which kinds of act on which models it was."""
    undo = transaction.savepoint()
    watch, before = Watch(), reach()
    with connection.execute_wrapper(watch):
        act(world, alex)
    after, today = reach(), world.cast.member("alex").today
    for pk, verb in steps(before, after, today):
        model = next(one for one in shareable() if one._default_manager.filter(pk=pk).exists())
        watch.done.add((model, verb))
    transaction.savepoint_rollback(undo)
    return watch


def test_private_acts_write_what_they_say_and_nothing_is_left_out(world: World, browse):
    alex, done = browse("alex"), set()
    alex.get("/")
    for act, models in ACTS.items():
        watch = act_and_watch(act, world, alex)
        assert watch.models() == models, act.__name__
        assert "share" not in {verb for _model, verb in watch.done}, f"{act.__name__} is no private act"
        done |= watch.done
    wanted = {(model, verb) for model in declared_models() for verb in WANTED[model.declared.sees]}
    missing = {f"{verb} {model.__name__}" for model, verb in wanted - done - set(NEVER_PRIVATELY)}
    assert not missing, "private acts that tests/private_acts.py lacks"
    assert not done & set(NEVER_PRIVATELY), "done by an act after all"


def test_an_act_that_says_too_little_would_be_noticed(world: World, browse):
    def act(world, alex):
        alex.post(reverse("notes:give", args=[world.own_note.pk]), {"when": "now"})

    watch = act_and_watch(act, world, browse("alex"))
    assert {model.__name__ for model in watch.models()} == {"Note", "News", "Done"}
    assert "share" in {verb for _model, verb in watch.done}


def groups():
    """The private acts, in groups that write to different tables: what one of them shows, no other of its group hides.

    Those come last after which there is something less to act on.
    """
    found: list[list] = []
    for act in sorted(ACTS, key=lambda act: act.__name__.startswith(("throw", "sign", "take_the_consent"))):
        free = (group for group in found if not any(ACTS[act] & ACTS[other] for other in group))
        group = next(free, None)
        if group is None:
            found.append([act])
        else:
            group.append(act)
    return found


def test_a_private_act_changes_nothing_for_the_partner(world: World, browse, monkeypatch):
    sam = browse("sam")
    crawl(sam)  # the first visit may set a cookie or take up a message
    before, told = crawl(sam), of_the_partner(world)
    assert len(before) > 40
    rippled = []
    monkeypatch.setattr(live, "ripple", lambda person, *_: rippled.append(person))
    for group in groups():
        undo, names, alex = transaction.savepoint(), [act.__name__ for act in group], browse("alex")
        for act in group:
            with connection.execute_wrapper(watch := Watch()):
                act(world, alex)
            assert watch.models() == ACTS[act], f"{act.__name__} isn’t itself after {names}"
        assert set(rippled) <= {world.cast.alex.pk}, f"one of {names} is told on somebody’s stream"
        after = crawl(sam)
        assert set(before) == set(after), names
        for path, page in before.items():
            assert after[path] == page, (names, path)
        assert of_the_partner(world) == told, names
        transaction.savepoint_rollback(undo)


@pytest.mark.parametrize("who", ["dana", "robin", "ex"])
def test_no_page_of_anybody_else_has_a_word_of_theirs(who, world: World, browse):
    for path, page in crawl(browse(who)).items():
        assert all(word not in page for word in world.words), path
        assert str(world.cast.ours.pk) not in page


def test_the_partner_meets_no_word_that_is_only_alexs(world: World, browse):
    pages = crawl(browse("sam"))
    for thing in world.only_alexs():
        assert all(str(thing.pk) not in page for page in pages.values()), thing


def test_a_draft_stays_unknown(world: World, browse):
    sam = browse("sam")
    before = crawl(sam)
    browse("alex").post(reverse("core:draft", args=[f"notes.answer:{uuid.uuid4()}"]), {"words": "half"})
    assert crawl(sam) == before
