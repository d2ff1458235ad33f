"""What the partner can't tell, and what nobody can slip into a page."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from couples.core.owners import hand_over
from couples.dates.models import DatePlan
from tests.dates.conftest import DAY, act, at, plan_of, typed

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


@pytest.mark.parametrize("times", [0, 3])
def test_how_often_it_was_edited_alone_is_nobodys_business(browse, alex, times):
    plan = plan_of(alex)
    for n in range(times):
        browse("alex").post(at("edit", plan), typed(alex, title=f"Thought {n}", version=f"{n}"))
    browse("alex").post(at("edit", plan), typed(alex, version=f"{times}"))
    act(browse("alex"), "propose", plan)
    plan.refresh_from_db()
    assert plan.version == 0
    for who in ("alex", "sam"):
        assert "Earlier words" not in browse(who).get(at("detail", plan)).content.decode()
    assert 'name="version" value="0"' in browse("alex").get(at("edit", plan)).content.decode()
    words = {"version": "0", "title": "The bakery", "place": "", "notes": ""}
    assert browse("alex").post(at("edit", plan), words).status_code == 302
    assert "Earlier words" in browse("sam").get(at("detail", plan)).content.decode()


def test_lists_go_by_when_it_was_proposed(browse, alex):
    plan = plan_of(alex)
    DatePlan.objects.filter(pk=plan.pk).update(created_at=alex.now - 9 * DAY)
    act(browse("alex"), "propose", plan)
    plan.refresh_from_db()
    assert plan.created_at >= alex.now


def test_proposed_again_after_it_was_given_back(browse, alex, sam):
    plan = plan_of(alex, "proposed")
    words = {"version": "0", "title": "The bakery", "place": "", "notes": ""}
    browse("alex").post(at("edit", plan), words)
    hand_over(DatePlan.objects.all(), DatePlan.objects.get(pk=plan.pk), {"couple": None, "opens_on": None})
    act(browse("alex"), "propose", plan)
    assert "Earlier words" not in browse("sam").get(at("detail", plan)).content.decode()
    assert browse("alex").post(at("edit", plan), {**words, "title": "The park"}).status_code == 302
    assert browse("sam").get(at("history", plan)).content.decode().count("Until ") == 1
