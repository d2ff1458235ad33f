"""Long-term goals hold short-term ones; what a goal begins with; the rules that the database holds."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from couples.core import content
from couples.core.drafts import Draft
from couples.goals.models import Goal
from tests.goals.conftest import goal_by, text, url, words

pytestmark = pytest.mark.django_db


def test_a_long_term_goal_holds_short_term_ones(browse, alex, sam):
    home = goal_by(alex, horizon="long")
    browse("sam").post(url("new"), words(parent=str(home.pk), title="Ask the bank"))
    child = Goal.objects.get(title__isnull=False, horizon="short")
    assert child.parent == home
    assert "Ask the bank" not in text(browse("alex").get(url("detail", home.pk)))
    browse("sam").post(url("share", child.pk))
    browse("alex").post(url("answer", child.pk), {"say": "in", "version": 0})
    assert "Ask the bank" in text(browse("alex").get(url("detail", home.pk)))
    page = text(browse("alex").get(url("home")))
    assert page.count("Ask the bank") == 1
    assert "Part of" in text(browse("alex").get(url("detail", child.pk)))


def test_a_short_term_goal_stands_by_itself_once_the_long_one_is_over(browse, alex):
    home = goal_by(alex, horizon="long", title="Garden", state="let_go", ended_on=alex.today)
    goal_by(alex, parent=home, title="Ask the bank")
    assert "Ask the bank" in text(browse("sam").get(url("home")))


def test_a_long_term_goal_is_part_of_none(browse, alex):
    home = goal_by(alex, horizon="long")
    answer = browse("alex").post(url("new"), words(horizon="long", parent=str(home.pk)))
    assert answer.status_code == 422
    assert "Only a short-term goal" in text(answer)
    with pytest.raises(IntegrityError), transaction.atomic():
        goal_by(alex, horizon="long", parent=home)
    held = goal_by(alex, shared=False, horizon="long")
    goal_by(alex, shared=False, parent=held)
    kept = browse("alex").post(url("edit", held.pk), words(version=0))
    assert "It holds short-term goals" in text(kept)


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_now": 1},
        {"amount_target": 1},
        {"amount_now": -1, "amount_target": 5},
        {"amount_now": 1, "amount_target": 0},
        {"amount_now": 1, "amount_target": 1_000_000_000},
        {"state": "proposed", "shared": False},
        {"state": "reached"},
        {"state": "lost"},
        {"supported": True},
        {"opens_on": None},
    ],
)
def test_the_database_holds_the_rules(alex, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        goal_by(alex, **fields)


def test_starters_within_and_draft_fill_the_form(browse, alex):
    client = browse("alex")
    first = content.rows("goals/starters.toml", "goal")[0]
    assert f'value="{first["step"]}"' in text(client.get(url("new") + f"?starter={first['slug']}"))
    home = goal_by(alex, horizon="long")
    assert f'<option value="{home.pk}" selected>' in text(client.get(url("new") + f"?within={home.pk}"))
    Draft.objects.keep(alex, "goals.new", {"title": "Half a thou"})
    assert "Half a thou" in text(client.get(url("new")))
    for odd in ("?starter=none", "?within=x"):
        assert client.get(url("new") + odd).status_code == 200
    client.post(url("new"), words())
    assert not Draft.objects.exists()


def test_a_starter_hides_no_draft_and_keeps_its_own(browse, alex):
    client, slug = browse("alex"), "a-fixed-evening"
    Draft.objects.keep(alex, "goals.new", {"title": "Half a thou"})
    page = text(client.get(url("new") + f"?starter={slug}"))
    assert f'action="?starter={slug}"' in page
    assert reverse("core:draft", args=[f"goals.new.{slug}"]) in page
    assert (
        client.post(
            reverse("core:draft", args=[f"goals.new.{slug}"]), {"title": "An evening of mine"}
        ).status_code
        == 204
    )
    assert "An evening of mine" in text(client.get(url("new") + f"?starter={slug}"))
    assert "Half a thou" in text(client.get(url("new")))
    client.post(url("new") + f"?starter={slug}", words())
    assert [draft.key for draft in Draft.objects.all()] == ["goals.new"]


def test_five_ways_to_begin_and_more(browse):
    page = text(browse("alex").get(url("new")))
    few, more = page.split("More ways to begin")
    assert (few.count("?starter="), more.count("?starter=")) == (5, 13)
    for part in (few, more):
        assert "Short-term</h3>" in part
        assert "Long-term</h3>" in part
