"""Planning a date: alone first, then proposed, agreed, moved, called off."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.handover import Handover
from couples.core.news import News
from couples.dates import ideas
from couples.dates.models import DatePlan, PlanOption
from tests.dates.conftest import DAY, evening, lived, plan_of, stay, typed

pytestmark = pytest.mark.django_db


def at(name, plan, *more):
    return reverse(f"dates:{name}", args=[plan.pk, *more])


def act(client, name, plan, **data):
    """Send an act as the page shows it now."""
    plan.refresh_from_db()
    return client.post(at(name, plan), {"seen": plan.standing, **data}, follow=True)


def news_of(member):
    return [row.kind for row in News.objects.visible_to(member)]


def offer_words(member, *ahead, hour="18:30"):
    here = member.now.astimezone(member.person.zone).date()
    words = {"minutes": "120"}
    for n, days in enumerate(ahead, start=1):
        words |= {f"day_{n}": f"{here + days * DAY}", f"time_{n}": hour}
    return words


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


def test_somebody_elses_id_makes_an_own_row(browse, alex, cast):
    theirs = plan_of(cast.member("dana"))
    browse("alex").post(reverse("dates:new"), typed(alex, once=str(theirs.pk)))
    theirs.refresh_from_db()
    assert theirs.title == "The ramen place"
    assert DatePlan.objects.filter(author=alex.person).exclude(pk=theirs.pk).count() == 1


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


@pytest.fixture
def agreed(browse, alex):
    plan = plan_of(alex)
    act(browse("alex"), "propose", plan)
    act(browse("sam"), "agree", plan, option=plan.offers[0].pk)
    plan.refresh_from_db()
    return plan


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
    assert plan.is_getaway
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
