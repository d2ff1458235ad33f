"""The partner can't tell: whatever one does privately, every page the partner can reach stays the same, byte for byte."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.urls import reverse

from couples.core.due import Due
from couples.core.news import News
from tests.crawl import crawl
from tests.private_acts import ACTS
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 17, 18, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    """All of it happens in one moment, so that no page differs by the clock."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def of_the_partner(world: World):
    """Everything in the database that is the partner's to be told. News from a day on is nobody's before that day."""
    sam = world.cast.member("sam")
    return (
        sorted(News.objects.visible_to(sam).values_list("kind", "about", "opens_on")),
        sorted(
            Due.objects.filter(owner=sam.person).values_list("kind", "about", "at", "shows_from", "until")
        ),
    )


def test_a_private_act_changes_nothing_for_the_partner(world: World, browse):
    sam, alex = browse("sam"), browse("alex")
    crawl(sam)  # the first visit may set a cookie or take up a message
    before, told = crawl(sam), of_the_partner(world)
    assert len(before) > 40
    for act in ACTS:
        undo = transaction.savepoint()
        act(world, alex)
        after = crawl(sam)
        assert set(before) == set(after), act.__name__
        for path, page in before.items():
            assert after[path] == page, (act.__name__, path)
        assert of_the_partner(world) == told, act.__name__
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
