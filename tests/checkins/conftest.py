"""One moment, in the middle of a week (from Sunday 14 to Saturday 20 March 2027), and the two who check in."""

import datetime as dt

import pytest

from couples.core.couple import Couple

NOW = dt.datetime(2027, 3, 17, 18, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """Let it be another moment. Who signs in before that may be signed out by then."""

    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def cast(cast):
    """They have shared a space for a while, whatever day it really is."""
    Couple.objects.update(since=NOW.date() - dt.timedelta(days=60))
    return cast


@pytest.fixture
def alex(cast):
    return cast.member("alex")


@pytest.fixture
def sam(cast):
    return cast.member("sam")
