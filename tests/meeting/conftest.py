"""A meeting of alex and sam in the middle of a week, at a moment that stands still."""

import datetime as dt

import pytest
from django.urls import reverse

from couples.meeting.models import Meeting

NOW = dt.datetime(2027, 3, 17, 18, 30, tzinfo=dt.UTC)
"""A Wednesday; the week of theirs is 14 to 20 March."""


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The moment it is: ``clock(…)`` sets another."""
    at = [NOW]
    monkeypatch.setattr("django.utils.timezone.now", lambda: at[0])

    def turn(moment):
        at[0] = moment

    return turn


@pytest.fixture
def people(browse):
    """Both of them, signed in."""
    return browse("alex"), browse("sam")


@pytest.fixture
def meeting(people):
    """This week's meeting, begun by alex."""
    people[0].post(reverse("meeting:begin"))
    return Meeting.objects.get()


def to(client, name, meeting, *more, **data):
    """Send a form of a meeting."""
    return client.post(reverse(f"meeting:{name}", args=[meeting.pk, *more]), data)


def shows(client, meeting):
    """The page of a meeting."""
    answer = client.get(reverse("meeting:detail", args=[meeting.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def at(meeting, part):
    """Both are at a part."""
    Meeting.objects.filter(pk=meeting.pk).update(part=part)
