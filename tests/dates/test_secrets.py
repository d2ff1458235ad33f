"""What the partner can't tell, and what nobody can slip into a page."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from couples.dates.models import DatePlan
from tests.dates.conftest import at, plan_of, typed

pytestmark = pytest.mark.django_db
HOME, PAST, IDEAS = reverse("dates:home"), reverse("dates:past"), reverse("dates:ideas")


def text_of(answer):
    """The page without what differs each time."""
    return re.sub(
        r'(csrfmiddlewaretoken" value=|X-CSRFToken":|name="once" value=)"[^"]*"', "", answer.content.decode()
    )


@pytest.mark.parametrize("act", ["new", "edit", "remove", "task_add"])
def test_the_partner_cannot_tell_of_private_planning(browse, alex, sam, act):
    shared = plan_of(alex, "agreed")
    draft = plan_of(alex, title="A surprise")

    def crawl():
        client = browse("sam")
        pages = [HOME, PAST, IDEAS, at("detail", shared), HOME + "?show=waiting", HOME + "?show=only_you"]
        pages += [at("detail", draft), at("ics", draft), at("history", draft)]
        return [(answer.status_code, text_of(answer)) for answer in map(client.get, pages)]

    before = crawl()
    client = browse("alex")
    words = typed(alex, title="Another surprise", version="0")
    answer = {
        "new": lambda: client.post(reverse("dates:new"), words),
        "edit": lambda: client.post(at("edit", draft), words),
        "remove": lambda: client.post(at("remove", draft)),
        "task_add": lambda: client.post(at("task_add", draft), {"text": "Hide it", "who": "partner"}),
    }[act]()
    assert answer.status_code == 302
    assert crawl() == before


def test_plain_text_stays_plain(browse, alex):
    nasty = '<script>alert(1)</script><b hx-get="/x">\u202e'
    plan = plan_of(alex, "agreed", title=nasty, notes=nasty, place=nasty)
    plan.tasks.create(author=alex.person, text=nasty)
    for url in (HOME, at("detail", plan), at("edit", plan)):
        page = browse("sam").get(url).content.decode()
        assert "<script>alert" not in page
        assert "<b hx-get" not in page


def test_dates_are_days_for_the_partner(browse, alex, sam):
    plan = plan_of(sam, "proposed")
    made = DatePlan.objects.get(pk=plan.pk).created_at
    page = browse("alex").get(at("detail", plan)).content.decode()
    assert made.astimezone(dt.UTC).strftime("%H:%M:%S") not in page
    assert "created" not in page
