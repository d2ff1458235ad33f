"""The checklist, and looking back."""

import re
import uuid

import pytest
from django.urls import reverse

from couples.core.due import Due
from couples.core.news import News
from couples.dates.models import LookBack, PlanTask
from tests.dates.conftest import lived, looks_of, plan_of

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def at(name, plan, *more):
    return reverse(f"dates:{name}", args=[plan.pk, *more])


def words(text="Book the table", who="partner", **more):
    return {"once": str(uuid.uuid4()), "text": text, "who": who, **more}


@pytest.fixture
def plan(alex):
    return plan_of(alex, "agreed")


def test_who_arranges_what(browse, plan, alex, sam):
    sent = words()
    for _ in range(2):
        assert browse("alex").post(at("task_add", plan), sent).status_code == 302
    task = PlanTask.objects.get()
    assert (task.text, task.who, task.done) == ("Book the table", sam.person, False)
    assert [row.kind for row in News.objects.visible_to(sam)] == ["plan.task"]
    assert not News.objects.visible_to(alex)
    page = browse("sam").get(at("detail", plan)).content.decode()
    assert "Book the table<small>You</small>" in page
    assert "Remove: Book" not in page
    for done in ("1", "1", "0"):
        assert browse("sam").post(at("task_tick", plan, task.pk), {"done": done}).status_code == 302
        task.refresh_from_db()
        assert task.done is (done == "1")
        assert task.done_by == (sam.person if task.done else None)
    assert browse("sam").post(at("task_remove", plan, task.pk)).status_code == 403
    for _ in range(2):
        assert browse("alex").post(at("task_remove", plan, task.pk)).status_code == 302
    assert not PlanTask.objects.exists()


@pytest.mark.parametrize("who", ["me", "both"])
def test_only_what_is_for_the_partner_is_news(browse, plan, who):
    browse("alex").post(at("task_add", plan), words(who=who))
    assert PlanTask.objects.get().who_id in (None, plan.author_id)
    assert not News.objects.exists()


def test_a_fragment_holds_the_list_alone(browse, plan):
    answer = browse("alex").post(at("task_add", plan), words(), **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.lstrip().startswith("<section")
    assert "<html" not in text
    wrong = browse("alex").post(at("task_add", plan), words(text="  "), **HTMX)
    assert wrong.status_code == 422
    assert 'id="tasks"' in wrong.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "\x00\u200b "},
        {"text": "x" * 1200},
        {"who": "dana"},
        {"who": str(uuid.uuid4())},
    ],
)
def test_bad_input_is_said_at_the_field(browse, plan, wrong):
    answer = browse("alex").post(at("task_add", plan), words(**wrong))
    assert answer.status_code == 422
    assert re.search(r'class="error" id="id_(text|who)_error"', answer.content.decode())
    assert not PlanTask.objects.exists()


def test_a_list_is_full_at_forty(browse, plan, alex):
    PlanTask.objects.bulk_create(PlanTask(plan=plan, author=alex.person, text=f"{n}") for n in range(40))
    answer = browse("alex").post(at("task_add", plan), words())
    assert answer.status_code == 422
    assert "This list is full" in answer.content.decode()


def test_a_list_of_a_draft_is_private(browse, alex):
    plan = plan_of(alex)
    browse("alex").post(at("task_add", plan), words())
    assert not News.objects.exists()
    task = PlanTask.objects.get()
    assert browse("sam").post(at("task_tick", plan, task.pk), {"done": "1"}).status_code == 404
    assert browse("sam").post(at("task_remove", plan, task.pk)).status_code == 404
    task.refresh_from_db()
    assert not task.done


def test_a_foreign_task_under_an_own_plan_is_not_found(browse, plan, cast):
    other = plan_of(cast.member("dana"), "agreed")
    task = PlanTask.objects.create(plan=other, author=cast.dana, text="Theirs")
    for under in (plan, other):
        assert browse("alex").post(at("task_tick", under, task.pk), {"done": "1"}).status_code == 404
    assert browse("alex").post(at("task_remove", other, task.pk)).status_code == 404
    assert PlanTask.objects.filter(done=False).count() == 1


def test_the_list_of_a_closed_date_stays(browse, alex, sam):
    plan = plan_of(alex, "cancelled", closed_by=alex.person)
    task = PlanTask.objects.create(plan=plan, author=alex.person, text="Book it")
    answer = browse("alex").post(at("task_add", plan), words(), follow=True)
    assert "its list stays as it is" in answer.content.decode()
    browse("sam").post(at("task_tick", plan, task.pk), {"done": "1"})
    task.refresh_from_db()
    assert not task.done


def test_each_looks_back_once(browse, alex, sam):
    plan = lived(alex)
    assert Due.objects.visible_to(sam).filter(kind="look_back").exists()
    said = {"line": "We laughed all evening", "best": "The spilled soup", "version": ""}
    assert browse("sam").get(at("look_back", plan)).status_code == 200
    assert browse("sam").post(at("look_back", plan), said).status_code == 302
    assert not Due.objects.visible_to(sam).filter(kind="look_back").exists()
    assert Due.objects.visible_to(alex).filter(kind="look_back").exists()
    assert [row.kind for row in News.objects.visible_to(alex)] == ["plan.looked_back"]
    assert browse("sam").post(at("look_back", plan), said).status_code == 302
    assert looks_of(plan) == ["We laughed all evening"]
    page = browse("alex").get(at("detail", plan)).content.decode()
    assert "The spilled soup" in page
    assert "How was it?" in page
    past = browse("alex").get(reverse("dates:past")).content.decode()
    assert "We laughed all evening" in past


def test_own_words_are_changed_and_the_earlier_ones_kept(browse, alex, sam):
    plan = lived(alex)
    LookBack.objects.create(plan=plan, author=sam.person, line="Fine", best="")
    other = LookBack.objects.create(plan=plan, author=alex.person, line="Mine", best="")
    client = browse("sam")
    assert 'value="Fine"' in client.get(at("look_back", plan)).content.decode()
    assert client.post(at("look_back", plan), {"line": "Good", "best": "", "version": "0"}).status_code == 302
    stale = client.post(at("look_back", plan), {"line": "Great", "best": "", "version": "0"})
    assert stale.status_code == 409
    assert "Good" in stale.content.decode()
    assert 'value="Great"' in stale.content.decode()
    assert (
        client.post(at("look_back", plan), {"line": "Great", "best": "", "version": "1"}).status_code == 302
    )
    assert sorted(looks_of(plan)) == ["Great", "Mine"]
    other.refresh_from_db()
    assert other.version == 0
    told = browse("alex").get(at("history", plan)).content.decode()
    assert "Fine" in told
    assert "Good" in told


def test_not_before_it_is_over_and_never_for_what_was_called_off(browse, alex):
    for plan in (plan_of(alex, "agreed"), plan_of(alex, "cancelled"), plan_of(alex)):
        answer = browse("alex").post(at("look_back", plan), {"line": "Lovely"})
        assert answer.status_code == 302
        assert not LookBack.objects.exists()


def test_a_line_is_needed(browse, alex):
    plan = lived(alex)
    for wrong in ("", " \u200b", "x" * 2000):
        answer = browse("alex").post(at("look_back", plan), {"line": wrong, "best": "The soup"})
        assert answer.status_code == 422
        assert "The soup" in answer.content.decode()


def test_another_thing_from_a_page_gone_back_to_is_another_thing(browse, plan):
    sent = words()
    for text in ("Book the table", "Book the table", "Film tickets", "Film tickets"):
        assert browse("alex").post(at("task_add", plan), {**sent, "text": text}).status_code == 302
    browse("alex").post(at("task_add", plan), {**sent, "who": "both"})
    browse("sam").post(at("task_add", plan), {**sent, "text": "Umbrella"})
    found = sorted((task.text, task.who_id is None) for task in PlanTask.objects.filter(plan=plan))
    assert found == [
        ("Book the table", False),
        ("Book the table", True),
        ("Film tickets", False),
        ("Umbrella", False),
    ]


@pytest.mark.parametrize("made", ["cancelled", "lived"])
def test_no_dead_buttons_on_the_list_of_a_closed_date(browse, alex, made):
    plan = lived(alex) if made == "lived" else plan_of(alex, made, closed_by=alex.person)
    task = PlanTask.objects.create(plan=plan, author=alex.person, text="Book it", done=True)
    page = browse("alex").get(at("detail", plan)).content.decode()
    assert "Book it" in page
    for name in ("task_tick", "task_remove"):
        assert at(name, plan, task.pk) not in page
        answer = browse("alex").post(at(name, plan, task.pk), {"done": "0"}, follow=True)
        assert "its list stays as it is" in answer.content.decode()
    task.refresh_from_db()
    assert task.done
