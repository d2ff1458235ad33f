"""The demo's goals: believable, the same every time, and quick to make."""

import random

import pytest
from django.urls import reverse

from couples.core.due import Due
from couples.core.news import News
from couples.goals import demo
from couples.goals.models import Goal, GoalStep, Whose

pytestmark = pytest.mark.django_db
TEN_YEARS = 3650


def fill(cast, days):
    alex = cast.member("alex")
    demo.fill(cast.alex, cast.sam, cast.ours, alex.today, days, random.Random(1))


def told():
    return sorted(
        (goal.pk, goal.title, goal.state, goal.opens_on, goal.ended_on) for goal in Goal.objects.all()
    )


def test_ten_years_are_about_two_hundred_goals_and_always_the_same(cast):
    fill(cast, TEN_YEARS)
    first = told()
    assert 190 <= len(first) <= 210
    assert len({title for _pk, title, *_rest in first}) >= 80
    assert {state for _pk, _title, state, *_rest in first} == {
        "proposed",
        "in",
        "reached",
        "let_go",
        "declined",
    }
    assert set(Goal.objects.values_list("whose", flat=True)) == set(Whose.values)
    assert Goal.objects.filter(couple=None).count() == 1
    assert GoalStep.objects.count() > 300
    Goal.objects.all().delete()
    Due.objects.all().delete()
    News.objects.all().delete()
    fill(cast, TEN_YEARS)
    assert told() == first


def test_a_young_couple_has_a_few(cast, browse):
    fill(cast, 60)
    assert 8 <= Goal.objects.count() <= 20
    page = browse("alex").get(reverse("goals:home")).content.decode()
    assert "A home with a garden" in page
    assert "€11,400 of €30,000 saved" in page
    assert "Sam proposed" in page
    assert "Ask about a four-day week" in page
    assert "Ask about a four-day week" not in browse("sam").get(reverse("goals:home")).content.decode()
    assert "Ask the bank" in browse("sam").get("/").content.decode()
