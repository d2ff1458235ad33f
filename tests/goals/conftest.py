"""Goals of alex and sam in every state."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from couples.core.couple import Member
from couples.core.news import News
from couples.goals.models import Goal, GoalStep

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name: str, *args: Any) -> str:
    """The address of a page of goals."""
    return reverse(f"goals:{name}", args=args)


def text(answer: Any) -> str:
    """What a page says."""
    return str(answer.content.decode())


def kinds(member: Member) -> list[str]:
    """What is new for a member."""
    return sorted(News.objects.visible_to(member).values_list("kind", flat=True))


def goal_by(member: Member, *, shared: bool = True, **fields: Any) -> Goal:
    """A goal of a member, shared and in; or, not ``shared``, only theirs."""
    fields = {"title": "A home with a garden", "horizon": "short", "whose": "ours", **fields}
    if shared:
        fields = {"couple": member.couple, "opens_on": member.today, **fields}
    return Goal.objects.create(author=member.person, **fields)


def step_of(goal: Goal, author: Member, **fields: Any) -> GoalStep:
    """A step of a goal, for both unless ``who`` is given."""
    return GoalStep.objects.create(
        **{"goal": goal, "author": author.person, "text": "Ask the bank", **fields}
    )


def words(**more: Any) -> dict[str, Any]:
    """What a person types into the form of a new goal."""
    typed = {"title": "Run ten kilometres", "why": "Fresh air", "horizon": "short", "whose": "ours"}
    return {**typed, "once": str(uuid.uuid4()), **more}


@pytest.fixture
def alex(cast) -> Member:
    return cast.member("alex")


@pytest.fixture
def sam(cast) -> Member:
    return cast.member("sam")
