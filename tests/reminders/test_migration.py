"""What was told for a later day before this came waits for it."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps

from couples.core.news import News
from tests.reminders.test_due import given, new_for

pytestmark = pytest.mark.django_db


def test_news_of_a_later_day_waits_and_other_news_does_not(cast, clock):
    later = given(cast, clock.now.date() + dt.timedelta(days=3))
    new_for(cast)
    News.objects.update(waited=False)
    import_module("couples.migrations.0003_reminders_and_live").wait(apps, None)
    assert [news.about for news in News.objects.filter(waited=True)] == [later.pk]
