"""What was told for a later day before this came waits for it."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps

from couples.core.news import News
from couples.reminders.models import Hours
from tests.reminders.test_due import given, new_for

pytestmark = pytest.mark.django_db


def test_news_of_a_later_day_waits_and_other_news_does_not(cast, clock):
    later = given(cast, clock.now.date() + dt.timedelta(days=3))
    new_for(cast)
    News.objects.update(waited=False)
    import_module("couples.migrations.0003_reminders_and_live").wait(apps, None)
    assert [news.about for news in News.objects.filter(waited=True)] == [later.pk]


def test_who_had_all_off_is_looked_at_again(cast, clock):
    for person, look_at in ((cast.alex, None), (cast.sam, clock.now + dt.timedelta(days=1))):
        Hours.objects.create(owner=person, look_at=look_at)
    import_module("couples.migrations.0004_the_loop").look_again(apps, None)
    looked = dict(Hours.objects.values_list("owner__name", "look_at"))
    assert looked == {"Alex": clock.now, "Sam": clock.now + dt.timedelta(days=1)}
