"""The demo's dates."""

import random
import time

import pytest
from django.db import transaction
from django.urls import reverse

from couples.core import content
from couples.core.due import Due
from couples.core.news import News
from couples.dates.demo import fill
from couples.dates.models import DatePlan, LookBack, PlanOption
from tests.dates.conftest import titles

pytestmark = pytest.mark.django_db


def demo(cast, alex, days, seed=1):
    with transaction.atomic():
        fill(cast.alex, cast.sam, cast.ours, alex.today, days, random.Random(seed))


def test_ten_years_of_dates(cast, alex, sam, browse):
    began = time.monotonic()
    demo(cast, alex, 3650)
    assert time.monotonic() - began < 20
    rows = DatePlan.objects.all()
    assert 450 <= rows.count() <= 550
    assert len({plan.title for plan in rows}) >= 60
    assert {plan.kind for plan in rows} == {"date_night", "hobby", "unplugged", "getaway"}
    assert LookBack.objects.count() > 700
    assert {look.author_id for look in LookBack.objects.all()} == {cast.alex.pk, cast.sam.pk}
    for who in ("alex", "sam"):
        for page in ("home", "past"):
            assert browse(who).get(reverse(f"dates:{page}")).status_code == 200


def test_what_lies_ahead(cast, alex, sam, browse):
    demo(cast, alex, 182)
    alex = cast.member("alex")
    kinds = {row.kind for row in Due.objects.visible_to(alex)}
    assert kinds == {"date", "look_back"}
    assert [row.kind for row in News.objects.visible_to(alex)] == ["plan.proposed"]
    upcoming = DatePlan.objects.open_to(alex).upcoming(alex.now)
    assert {plan.kind for plan in upcoming} == {"date_night", "getaway"}
    proposed = DatePlan.objects.open_to(alex).get(state="proposed")
    assert (proposed.author, len(proposed.offers)) == (cast.sam, 3)
    assert DatePlan.objects.drafts_of(alex).count() == 1
    assert not DatePlan.objects.drafts_of(sam).exists()
    assert any(plan.closing for plan in DatePlan.objects.filter(state="cancelled"))
    assert len(titles(browse("alex").get(reverse("dates:home")).content.decode())) == 4
    for plan in DatePlan.objects.open_to(alex):
        assert browse("alex").get(reverse("dates:detail", args=[plan.pk])).status_code == 200


def test_the_same_on_every_run(cast, alex):
    demo(cast, alex, 182)
    first = sorted(DatePlan.objects.values_list("pk", "kind", "state", "starts_at"))
    DatePlan.objects.all().delete()
    assert not PlanOption.objects.exists()
    demo(cast, alex, 182)
    assert sorted(DatePlan.objects.values_list("pk", "kind", "state", "starts_at")) == first


def test_every_demo_plan_is_whole():
    rows = content.rows("dates/demo.toml", "plan")
    assert len({row["title"] for row in rows}) >= 60
    for row in rows:
        assert set(row) == {"title", "kind", "place", "one", "other", "best"}
        assert all(row.values())
