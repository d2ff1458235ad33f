"""What the two say to a plan: propose, agree, another time, not this one, call it off."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.core.due import Due
from couples.dates.models import DatePlan, PlanOption
from tests.dates.conftest import (
    DAY,
    act,
    at,
    evening,
    lived,
    looks_of,
    news_of,
    offer_words,
    plan_of,
    stay,
    titles,
)

pytestmark = pytest.mark.django_db


def test_propose_then_agree(browse, alex, sam):
    plan = plan_of(alex)
    act(browse("alex"), "propose", plan)
    plan.refresh_from_db()
    assert (plan.state, plan.couple, plan.proposed_by) == ("proposed", alex.couple, alex.person)
    assert news_of(sam) == ["plan.proposed"]
    second = plan.offers[1]
    page = act(browse("sam"), "agree", plan, option=second.pk).content.decode()
    assert "a date." in page
    plan.refresh_from_db()
    assert (plan.state, plan.agreed_option, plan.starts_at) == ("agreed", second, second.starts_at)
    assert news_of(sam) == []
    assert news_of(alex) == ["plan.agreed"]
    for person in (alex.person, sam.person):
        rows = {row.kind: row for row in Due.objects.filter(owner=person)}
        assert set(rows) == {"date", "look_back"}
        assert rows["date"].at == plan.starts_at
        assert rows["date"].until == plan.ends_at
        assert rows["look_back"].shows_from == plan.ends_at
        assert rows["look_back"].until == plan.ends_at + 21 * DAY


def test_twice_is_safe(browse, alex, sam):
    plan = plan_of(alex)
    seen = {"seen": plan.standing}
    for _ in range(2):
        assert browse("alex").post(at("propose", plan), seen).status_code == 302
    assert news_of(sam) == ["plan.proposed"]
    plan.refresh_from_db()
    words = {"seen": plan.standing, "option": plan.offers[0].pk}
    client = browse("sam")
    assert client.post(at("agree", plan), words).status_code == 302
    page = client.post(at("agree", plan), words, follow=True).content.decode()
    assert "changed meanwhile" not in page
    assert Due.objects.count() == 4


def test_agreeing_needs_a_choice_and_an_offered_one(browse, alex, cast):
    plan = plan_of(alex, "proposed")
    other = plan_of(cast.member("dana"), "proposed")
    for wrong in ("", "x", uuid.uuid4(), other.offers[0].pk):
        answer = browse("sam").post(at("agree", plan), {"seen": plan.standing, "option": wrong})
        assert answer.status_code == 422
        assert "Choose one of the times." in answer.content.decode()


def test_nobody_answers_their_own_proposal(browse, alex):
    plan = plan_of(alex, "proposed")
    client = browse("alex")
    assert (
        client.post(at("agree", plan), {"seen": plan.standing, "option": plan.offers[0].pk}).status_code
        == 403
    )
    assert client.post(at("decline", plan), {"seen": plan.standing}).status_code == 403
    sam = browse("sam")
    assert sam.post(at("cancel", plan), {"seen": plan.standing}).status_code == 403
    assert sam.get(at("edit", plan)).status_code == 403


def test_another_time_turns_the_roles(browse, alex, sam):
    plan = plan_of(alex, "proposed")
    assert browse("sam").get(at("offer", plan)).status_code == 200
    act(browse("sam"), "offer", plan, **offer_words(sam, 5, 6, 7))
    plan.refresh_from_db()
    assert (plan.state, plan.round, plan.proposed_by, len(plan.offers)) == ("proposed", 2, sam.person, 3)
    assert plan.starts_at == plan.offers[0].starts_at
    assert plan.offers[0].minutes == 120
    assert news_of(alex) == ["plan.another"]
    page = browse("alex").get(at("detail", plan)).content.decode()
    assert "Sam offers another time" in page
    act(browse("alex"), "agree", plan, option=plan.offers[2].pk)
    plan.refresh_from_db()
    assert plan.state == "agreed"


def test_a_stale_answer_ends_in_a_plain_sentence(browse, alex, sam):
    plan = plan_of(alex, "proposed")
    old = {"seen": plan.standing, "option": plan.offers[0].pk}
    act(browse("alex"), "offer", plan, **offer_words(alex, 8))
    page = browse("sam").post(at("agree", plan), old, follow=True).content.decode()
    assert "This date has changed meanwhile" in page
    plan.refresh_from_db()
    assert plan.state == "proposed"


def test_not_this_one_with_kind_words(browse, alex, sam):
    plan = plan_of(alex, "proposed")
    act(browse("sam"), "decline", plan, words="I'm worn out that week")
    plan.refresh_from_db()
    assert (plan.state, plan.closed_by, plan.closing) == ("declined", sam.person, "I'm worn out that week")
    assert news_of(alex) == ["plan.declined"]
    page = browse("alex").get(at("detail", plan)).content.decode()
    assert "Sam said: not this one" in page
    assert "worn out" in page
    again = browse("alex").get(reverse("dates:new") + f"?again={plan.pk}").content.decode()
    assert "The ramen place" in again


def test_taking_a_proposal_back(browse, alex, sam):
    plan = plan_of(alex, "proposed")
    act(browse("alex"), "cancel", plan, words="Wrong week")
    plan.refresh_from_db()
    assert plan.state == "cancelled"
    assert news_of(sam) == ["plan.cancelled"]
    late = browse("sam").post(at("agree", plan), {"seen": "proposed-1"}, follow=True).content.decode()
    assert "changed meanwhile" in late


def test_moving_leaves_the_agreed_time_until_both_say_yes(browse, agreed, alex, sam):
    was = agreed.starts_at
    act(browse("sam"), "offer", agreed, **offer_words(sam, 10, 11))
    agreed.refresh_from_db()
    assert (agreed.state, agreed.starts_at, agreed.round) == ("moving", was, 2)
    assert news_of(alex) == ["plan.moved"]
    assert Due.objects.filter(kind="date", at=was).count() == 2
    page = browse("alex").get(at("detail", agreed)).content.decode()
    assert "Sam offers another time" in page
    assert "Keep the time we have" in page
    new = agreed.offers[1]
    act(browse("alex"), "agree", agreed, option=new.pk)
    agreed.refresh_from_db()
    assert (agreed.state, agreed.starts_at) == ("agreed", new.starts_at)
    assert Due.objects.filter(kind="date", at=new.starts_at).count() == 2
    assert Due.objects.filter(kind="look_back", at=new.ends_at).count() == 2


@pytest.mark.parametrize("who", ["alex", "sam"])
def test_keeping_the_old_time(browse, agreed, cast, who, sam):
    was = agreed.starts_at
    act(browse("sam"), "offer", agreed, **offer_words(sam, 10))
    act(browse(who), "keep", agreed)
    agreed.refresh_from_db()
    assert (agreed.state, agreed.starts_at) == ("agreed", was)
    other = cast.member("alex" if who == "sam" else "sam")
    assert news_of(other) == ["plan.kept"]


def test_a_moved_date_can_be_answered_with_another_time_or_a_no(browse, agreed, alex, sam):
    act(browse("sam"), "offer", agreed, **offer_words(sam, 10))
    act(browse("alex"), "offer", agreed, **offer_words(alex, 12))
    agreed.refresh_from_db()
    assert (agreed.state, agreed.proposed_by, agreed.round) == ("moving", alex.person, 3)
    act(browse("sam"), "decline", agreed, words="")
    agreed.refresh_from_db()
    assert agreed.state == "declined"
    assert not Due.objects.exists()


def test_calling_off_an_agreed_date(browse, agreed, alex):
    act(browse("sam"), "cancel", agreed, words="My mother is ill")
    agreed.refresh_from_db()
    assert agreed.state == "cancelled"
    assert not Due.objects.exists()
    assert news_of(alex) == ["plan.cancelled"]
    home = browse("alex").get(reverse("dates:home")).content.decode()
    assert agreed.title not in home
    gone = browse("alex").get(reverse("dates:past") + "?show=let_go").content.decode()
    assert "My mother is ill" in gone


def test_a_date_that_is_over_can_be_said_not_to_have_happened(browse, alex, cast):
    plan = lived(alex)
    act(browse("sam"), "cancel", plan, words="")
    plan.refresh_from_db()
    assert plan.state == "cancelled"
    done = lived(alex)
    done.look_backs.create(author=alex.person, line="Lovely")
    page = act(browse("sam"), "cancel", done).content.decode()
    done.refresh_from_db()
    assert done.state == "agreed"
    assert "changed meanwhile" in page


def test_a_time_that_has_gone_by(browse, alex, sam):
    old = plan_of(alex, slots=[evening(alex, -2)])
    page = act(browse("alex"), "propose", old).content.decode()
    assert "One of your times has gone by" in page
    assert "Choose another time" in browse("alex").get(at("detail", old)).content.decode()
    late = plan_of(alex, "proposed", [evening(alex, -2), evening(alex, 2)])
    page = act(browse("sam"), "agree", late, option=late.offers[0].pk).content.decode()
    assert "That time has gone by" in page
    gone = plan_of(alex, "proposed", [evening(alex, -2)])
    page = browse("sam").get(at("detail", gone)).content.decode()
    assert "These times have gone by" in page
    act(browse("sam"), "offer", gone, **offer_words(sam, 3))
    gone.refresh_from_db()
    assert gone.proposed_by == sam.person


def test_whoever_was_to_arrange_it_may_be_of_an_earlier_time(browse, alex, cast):
    plan = plan_of(alex)
    task = plan.tasks.create(author=alex.person, text="Book it", who=cast.ex)
    act(browse("alex"), "propose", plan)
    task.refresh_from_db()
    assert task.who is None


def test_a_getaway_of_someone_alone_takes_the_couples_days(cast, browse):
    cast.ours.time_zone = "Pacific/Auckland"
    cast.ours.save()
    alex = cast.member("alex")
    plan = plan_of(alex, slots=[stay(alex, 5)], kind="getaway")
    PlanOption.objects.update(starts_at=plan.starts_at + dt.timedelta(hours=12))
    act(browse("alex"), "propose", plan)
    plan.refresh_from_db()
    assert plan.starts_at.astimezone(cast.ours.zone).time() == dt.time()
    assert plan.option.ends_at.astimezone(cast.ours.zone).time() == dt.time()


@pytest.mark.parametrize("name", ["agree", "offer", "keep", "decline"])
def test_what_was_lived_is_not_answered_any_more(browse, alex, sam, name):
    """New times were offered for it and never answered; meanwhile it took place."""
    plan = lived(alex)
    option = PlanOption.objects.create(
        plan=plan, round=2, position=1, author=alex.person, **evening(alex, 4).columns()
    )
    DatePlan.objects.filter(pk=plan.pk).update(state="moving", round=2)
    plan.look_backs.create(author=alex.person, line="Lovely")
    words = {"agree": {"option": option.pk}, "offer": offer_words(sam, 5)}.get(name, {})
    for who in ("sam", "alex"):
        page = act(browse(who), name, plan, **words).content.decode()
        assert at(name, plan) not in page
    plan.refresh_from_db()
    assert (plan.state, plan.round) == ("moving", 2)
    assert looks_of(plan) == ["Lovely"]
    assert "offers another time" not in page
    for who in ("sam", "alex"):
        home = browse(who).get(reverse("dates:home")).content.decode()
        assert titles(home) == []
        past = browse(who).get(reverse("dates:past")).content.decode()
        assert "It was a date" in past
