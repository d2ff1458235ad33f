"""What one does appears on the other's open page, also where something of the other's must stand there first."""

import pytest
from django.urls import reverse

from couples.checkins.stepping import today_of
from couples.core import live
from tests.checkins.doing import check_in, say, sealed
from tests.crawl import bare
from tests.test_live import followed

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(live, "ripple", lambda *said: found.append(said))
    return found


def pages(client, *paths):
    return {path: bare(client.get(path).content.decode()) for path in paths}


def heard_by(told, person):
    assert {who for who, *_ in told} <= {person.pk}
    return {name for _who, name, *_ in told}


def test_the_seal_of_the_second_opens_both_on_the_open_pages_of_the_first(cast, browse, told):
    watcher, actor = browse("sam"), browse("alex")
    theirs, mine = sealed(watcher), check_in(actor)
    assert told == []
    paths = ("/", "/checkins/", "/checkins/mine/", f"/checkins/{theirs}/", "/strategies/communication/")
    before = pages(watcher, *paths)
    actor.post(reverse("checkins:seal", args=[mine]))
    heard, after = heard_by(told, cast.sam), pages(watcher, *paths)
    for path in paths:
        assert before[path] != after[path], path
        assert heard & followed(before[path]), path


def test_the_seal_of_the_first_is_told_nobody(browse, told):
    pk = sealed(browse("alex"))
    for route in ("take_back", "seal", "remove"):
        browse("alex").post(reverse(f"checkins:{route}", args=[pk]))
    say(browse("alex"), "goals", "focus")
    browse("alex").post(reverse("checkins:unsay", args=["goals"]))
    assert told == []


@pytest.mark.parametrize("who", ["alex", "sam"])
def test_a_step_that_was_not_done_after_all_is_open_again_on_the_others_page(cast, browse, told, who):
    other = "sam" if who == "alex" else "alex"
    step = today_of(cast.member(who))
    browse(who).post(reverse("checkins:step_done"), {"step": step.step.slug})
    watcher, paths = browse(other), ("/", f"/strategies/{step.strategy.slug}/")
    before = pages(watcher, *paths)
    assert "Done today" in before["/"]
    told.clear()
    browse(who).post(reverse("checkins:step_undo"), {"step": step.step.slug})
    heard, after = heard_by(told, getattr(cast, other)), pages(watcher, *paths)
    for path in paths:
        assert before[path] != after[path], path
        assert heard & followed(before[path]), path
    told.clear()
    browse(who).post(reverse("checkins:step_undo"), {"step": step.step.slug})
    assert told == []
