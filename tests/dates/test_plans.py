"""Writing a plan: alone first, then both change its words."""

import uuid

import pytest
from django.urls import reverse

from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.handover import Handover
from couples.core.news import News
from couples.dates import ideas
from couples.dates.models import DatePlan, PlanOption
from tests.dates.conftest import DAY, act, at, news_of, plan_of, typed

pytestmark = pytest.mark.django_db


def test_a_new_plan_is_its_authors_alone(cast, browse, alex):
    answer = browse("alex").post(reverse("dates:new"), typed(alex))
    plan = DatePlan.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == at("detail", plan)
    assert plan.couple is None
    assert not News.objects.exists()
    assert not Due.objects.exists()
    page = browse("alex").get(answer["Location"])
    assert "How it will look to Sam" in page.content.decode()
    assert browse("sam").get(at("detail", plan)).status_code == 404


def test_sent_twice_it_is_one_plan(browse, alex):
    client, words = browse("alex"), typed(alex)
    client.post(reverse("dates:new"), words)
    client.post(reverse("dates:new"), {**words, "title": "The bakery"})
    assert [plan.title for plan in DatePlan.objects.all()] == ["The bakery"]
    plan = DatePlan.objects.get()
    act(client, "propose", plan)
    client.post(reverse("dates:new"), {**words, "title": "The bakery"})
    assert DatePlan.objects.count() == 1
    client.post(reverse("dates:new"), {**words, "title": "Another one"})
    assert DatePlan.objects.count() == 2


def test_a_person_alone_can_plan_but_not_propose(browse, cast):
    robin = cast.member("robin")
    client = browse("robin")
    client.post(reverse("dates:new"), typed(robin))
    plan = DatePlan.objects.get()
    page = client.get(at("detail", plan)).content.decode()
    assert "planning alone for now" in page
    answer = client.post(at("propose", plan), {"seen": plan.standing})
    assert (answer.status_code, answer["Location"]) == (302, "/space/")
    plan.refresh_from_db()
    assert plan.couple is None
    assert client.get(reverse("dates:home")).status_code == 200


def test_a_draft_is_changed_and_thrown_away_by_its_author(browse, alex):
    plan = plan_of(alex)
    client = browse("alex")
    page = client.get(at("edit", plan)).content.decode()
    assert 'value="19:00"' in page
    words = typed(alex, kind="getaway", title="Two nights by the sea", version="0")
    here = alex.today
    words |= {"first_1": f"{here + 5 * DAY}", "last_1": f"{here + 7 * DAY}"}
    assert client.post(at("edit", plan), words).status_code == 302
    plan.refresh_from_db()
    assert plan.kind == "getaway"
    assert plan.option.last_day == here + 7 * DAY
    assert plan.version == 1
    stale = client.post(at("edit", plan), {**words, "title": "Old words"})
    assert stale.status_code == 409
    assert "Old words" in stale.content.decode()
    assert "Two nights by the sea" in stale.content.decode()
    assert browse("sam").post(at("remove", plan)).status_code == 302
    assert DatePlan.objects.count() == 1
    for _ in range(2):
        assert client.post(at("remove", plan)).status_code == 302
    assert not DatePlan.objects.exists()
    assert not PlanOption.objects.exists()


def test_only_drafts_are_thrown_away(browse, agreed):
    assert browse("alex").post(at("remove", agreed)).status_code == 403


def test_an_agreed_plan_goes_whole_when_deleted(agreed):
    agreed.delete()
    assert not PlanOption.objects.exists()


def test_both_change_the_words_and_none_is_lost(browse, agreed, alex, sam):
    first = {"version": "0", "title": "The ramen place", "place": "Harbour", "notes": ""}
    assert browse("sam").post(at("edit", agreed), first).status_code == 302
    assert sorted(news_of(alex)) == ["plan.agreed", "plan.changed"]
    stale = browse("alex").post(at("edit", agreed), {**first, "place": "Station"})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert "Sam’s text now" in text
    assert "Harbour" in text
    assert "Station" in text
    assert 'name="version" value="1"' in text
    assert (
        browse("alex").post(at("edit", agreed), {**first, "place": "Station", "version": "1"}).status_code
        == 302
    )
    agreed.refresh_from_db()
    assert agreed.place == "Station"
    told = browse("sam").get(at("history", agreed)).content.decode()
    assert "Harbour" in told
    assert "Corner house" in told


def test_a_proposal_is_changed_by_its_proposer(browse, alex):
    plan = plan_of(alex, "proposed")
    words = {"version": "0", "title": "The bakery", "place": "", "notes": ""}
    assert browse("sam").post(at("edit", plan), words | {"seen": plan.standing}).status_code == 403
    assert browse("alex").post(at("edit", plan), words).status_code == 302
    plan.refresh_from_db()
    assert plan.title == "The bakery"


def test_empty_title_is_said_at_the_field(browse, agreed):
    answer = browse("alex").post(at("edit", agreed), {"version": "0", "title": " ", "place": "", "notes": ""})
    assert answer.status_code == 422
    assert "id_title_error" in answer.content.decode()


def test_an_idea_opens_the_form_filled_in(browse, alex):
    idea = next(iter(ideas.ideas().values()))
    page = browse("alex").get(reverse("dates:new") + f"?idea={idea.slug}").content.decode()
    assert f'value="{idea.title}"' in page
    assert f"dates.new:{idea.id}" in page
    assert browse("alex").get(reverse("dates:new") + "?idea=none-such").status_code == 200


def test_another_room_opens_the_form_filled_in_once(browse, alex):
    handed = Handover.objects.make(alex, "dates", {"title": "Where we met", "kind": "getaway", "odd": 1})
    page = browse("alex").get(reverse("dates:new") + f"?handover={handed}").content.decode()
    assert "Where we met" in page
    assert (
        "Where we met" not in browse("sam").get(reverse("dates:new") + f"?handover={handed}").content.decode()
    )
    browse("alex").post(reverse("dates:new"), typed(alex, source=str(handed)))
    assert not Handover.objects.exists()
    for wrong in ("x", str(uuid.uuid4()), ""):
        assert browse("alex").get(reverse("dates:new") + f"?handover={wrong}").status_code == 200


def test_planning_again_only_what_one_may_see(browse, cast):
    theirs = plan_of(cast.member("dana"), "agreed", title="Their secret")
    for wrong in (theirs.pk, "x"):
        answer = browse("alex").get(reverse("dates:new") + f"?again={wrong}")
        assert "Their secret" not in answer.content.decode()


def test_what_is_typed_is_kept_until_it_is_sent(browse, alex):
    Draft.objects.keep(alex, "dates.new", {"title": "Half a thou", "time_2": "20:15"})
    page = browse("alex").get(reverse("dates:new")).content.decode()
    assert "Half a thou" in page
    assert 'value="20:15"' in page
    assert "<details open>" in page
    browse("alex").post(reverse("dates:new"), typed(alex))
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["detail", "edit", "history", "ics", "offer", "decline", "cancel", "look_back"],
)
def test_outsiders_find_nothing(browse, agreed, name):
    for who in ("dana", "robin", "ex"):
        assert browse(who).get(at(name, agreed)).status_code == 404
    assert browse("").get(at(name, agreed))["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "name", ["propose", "agree", "offer", "keep", "decline", "cancel", "look_back", "edit", "task_add"]
)
def test_outsiders_change_nothing(browse, agreed, name):
    for who in ("dana", "ex"):
        assert browse(who).post(at(name, agreed), {"seen": agreed.standing}).status_code == 404


@pytest.mark.parametrize(
    "name", ["detail", "edit", "history", "ics", "offer", "decline", "cancel", "look_back"]
)
def test_a_draft_does_not_exist_for_the_partner(browse, alex, name):
    plan = plan_of(alex)
    assert browse("sam").get(at(name, plan)).status_code == 404


def test_acts_that_make_no_sense_now_lead_back(browse, alex):
    plan = plan_of(alex)
    for name in ("offer", "decline", "cancel", "look_back"):
        answer = browse("alex").get(at(name, plan))
        assert (answer.status_code, answer["Location"]) == (302, at("detail", plan))
    for name in ("agree", "keep"):
        assert browse("alex").post(at(name, plan), {"seen": plan.standing}).status_code == 302
        assert browse("alex").get(at(name, plan)).status_code == 405


def test_thrown_away_with_all_that_was_typed_for_it(browse, alex, sam):
    plan, other = plan_of(alex), plan_of(alex)
    for member, about in ((alex, plan), (alex, other), (sam, plan)):
        Draft.objects.keep(member, f"dates.edit:{about.pk}", {"title": "Half a thou"})
    browse("alex").post(at("remove", plan))
    assert {(draft.owner, draft.key) for draft in Draft.objects.all()} == {
        (alex.person, f"dates.edit:{other.pk}"),
        (sam.person, f"dates.edit:{plan.pk}"),
    }
