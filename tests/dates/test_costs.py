"""What pages cost the database."""

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from couples.dates.models import DatePlan, LookBack, PlanOption
from tests.dates.conftest import at, evening, many, plan_of, stay
from tests.queries import MOST, asked

pytestmark = pytest.mark.django_db
HOME, PAST, IDEAS = reverse("dates:home"), reverse("dates:past"), reverse("dates:ideas")


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(asked(seen)), asked(seen)


@pytest.mark.parametrize(
    "url", [HOME, HOME + "?show=waiting", HOME + "?show=only_you", PAST, PAST + "?show=let_go", IDEAS]
)
def test_a_list_costs_the_same_at_1_and_at_300(browse, alex, url):
    client = browse("alex")
    for state, ago in (
        ("agreed", None),
        ("agreed", 1),
        ("proposed", None),
        ("draft", None),
        ("cancelled", None),
    ):
        many(alex, 1, state, ago=ago)
    few = queries(client, url)
    for state, ago in (
        ("agreed", None),
        ("agreed", 1),
        ("proposed", None),
        ("draft", None),
        ("cancelled", None),
    ):
        many(alex, 299, state, ago=ago)
    for plan in DatePlan.objects.all()[:40]:
        LookBack.objects.create(plan=plan, author=alex.person, line="Lovely")
    lot = queries(client, url)
    assert few[0] == lot[0] <= MOST, lot[1]


@pytest.mark.parametrize("name", ["detail", "edit", "offer", "history", "look_back", "cancel", "ics"])
def test_a_page_costs_the_same_whatever_hangs_on_it(browse, alex, sam, name):
    state, slots = ("agreed", [evening(alex, -2)]) if name == "look_back" else ("moving", [evening(alex, 2)])
    plan = plan_of(alex, state, slots, version=1)
    client = browse("alex")
    few = queries(client, at(name, plan))
    for n in range(30):
        plan.tasks.create(author=sam.person, text=f"Thing {n}", who=sam.person)
    for n in range(20):
        option = evening(alex, n + 2)
        PlanOption.objects.create(plan=plan, author=sam.person, round=n + 5, position=1, **option.columns())
    LookBack.objects.create(plan=plan, author=alex.person, line="Mine", version=1)
    LookBack.objects.create(plan=plan, author=sam.person, line="Theirs", version=1)
    if name == "cancel":
        LookBack.objects.all().delete()
    lot = queries(client, at(name, plan))
    assert lot[0] <= MOST, lot[1]
    assert lot[0] - few[0] <= (2 if name == "history" else 0)


def test_a_card_asks_nothing_more(alex, sam):
    for plan in (plan_of(alex, "agreed"), plan_of(alex, "agreed", [stay(alex, 3)], kind="getaway")):
        row = DatePlan.objects.for_cards().get(pk=plan.pk)
        with CaptureQueriesContext(connection) as seen:
            html = render_to_string("dates/card.html", {"plan": row, "member": sam})
        assert len(seen) == 0
        assert plan.title in html
        assert "Corner house" in html
