"""The lists of dates: what stands where, in which order, and how much of it."""

import re

import pytest
from django.urls import reverse

from couples.core.couple import member_for
from couples.core.owners import hand_over
from couples.dates.models import DatePlan, LookBack, PlanOption
from couples.dates.rows import offers_of
from tests.dates.conftest import DAY, HTMX, at, evening, lived, many, plan_of, stay, titles

pytestmark = pytest.mark.django_db
HOME, PAST = reverse("dates:home"), reverse("dates:past")


def test_nothing_yet_invites(browse):
    for who in ("alex", "robin"):
        page = browse(who).get(HOME).content.decode()
        assert "No date planned yet" in page
    assert "Nothing here yet" in browse("alex").get(PAST).content.decode()


def test_each_plan_has_its_place(browse, alex, sam):
    plan_of(alex, "agreed", title="Agreed one")
    plan_of(alex, "proposed", title="My proposal")
    plan_of(sam, "proposed", title="Their proposal")
    plan_of(alex, title="My draft")
    plan_of(sam, title="Their draft")
    plan_of(alex, "cancelled", title="Called off")
    lived(alex, title="Lived")
    page = browse("alex").get(HOME).content.decode()
    assert sorted(titles(page)) == ["Agreed one", "My draft", "My proposal", "Their proposal"]
    assert "You proposed" in page
    assert "Sam proposed" in page
    assert "hasn" not in page
    assert titles(browse("alex").get(PAST).content.decode()) == ["Lived"]
    assert titles(browse("alex").get(PAST + "?show=let_go").content.decode()) == ["Called off"]
    assert titles(browse("dana").get(HOME).content.decode()) == []


def test_soonest_first_or_furthest(browse, alex):
    for ahead in (5, 2, 9):
        plan_of(alex, "agreed", [evening(alex, ahead)], title=f"In {ahead}")
    assert titles(browse("alex").get(HOME).content.decode()) == ["In 2", "In 5", "In 9"]
    assert titles(browse("alex").get(HOME + "?order=far").content.decode()) == ["In 9", "In 5", "In 2"]
    for ago in (5, 2, 9):
        lived(alex, ago, title=f"Ago {ago}")
    assert titles(browse("alex").get(PAST).content.decode()) == ["Ago 2", "Ago 5", "Ago 9"]
    assert titles(browse("alex").get(PAST + "?order=old").content.decode()) == ["Ago 9", "Ago 5", "Ago 2"]


def test_a_kind_alone(browse, alex):
    plan_of(alex, "agreed", [stay(alex, 4)], kind="getaway", title="By the sea")
    plan_of(alex, "agreed", title="Ramen")
    client = browse("alex")
    assert titles(client.get(HOME + "?kind=getaway").content.decode()) == ["By the sea"]
    assert "Nothing of this kind" in client.get(HOME + "?kind=hobby").content.decode()
    assert "Nothing of this kind" in client.get(PAST + "?kind=hobby").content.decode()
    for odd in ("?show=x&kind=y&order=z", "?after=x", "?show=agreed&after=%F0%9F", "?kind=" + "x" * 3000):
        assert client.get(HOME + odd).status_code == 200


@pytest.mark.parametrize(
    ("address", "state", "ago"),
    [
        (HOME + "?show=agreed", "agreed", None),
        (HOME + "?show=waiting", "proposed", None),
        (HOME + "?show=only_you", "draft", None),
        (PAST, "agreed", 1),
        (PAST + "?show=let_go", "cancelled", None),
    ],
)
def test_three_hundred_are_paged(browse, alex, address, state, ago):
    many(alex, 300, state, ago=ago)
    client, seen, page = browse("alex"), [], browse("alex").get(address).content.decode()
    while True:
        seen += titles(page)
        more = re.search(r'id="more"[^>]*><a[^>]*href="([^"]*)"', page)
        if not more:
            break
        url = more[1].replace("&amp;", "&")
        whole = client.get(address.split("?")[0] + url).content.decode()
        page = client.get(address.split("?")[0] + url, **HTMX).content.decode()
        assert "<html" not in page
        assert titles(whole) == titles(page)
    assert len(seen) == len(set(seen)) == 300


def test_a_row_says_the_time_that_counts(browse, alex, sam):
    """The agreed one while another is offered, the present round's until then, the days of a getaway."""
    moving = plan_of(alex, "moving", [stay(alex, 30, nights=2)], kind="getaway", title="By the sea")
    waiting = plan_of(sam, "proposed", [evening(alex, 9)], title="Ramen")
    for plan, slots in ((moving, [stay(alex, 50, 5)]), (waiting, [evening(alex, n) for n in (7, 6, 8)])):
        for position, slot in enumerate(slots, start=1):
            PlanOption.objects.create(
                plan=plan, round=2, position=position, author=sam.person, **slot.columns()
            )
    DatePlan.objects.filter(pk=moving.pk).update(round=2, proposed_by=sam.person)
    DatePlan.objects.filter(pk=waiting.pk).update(round=2, starts_at=evening(alex, 6).starts_at)
    page = browse("alex").get(HOME).content.decode()
    assert page.count(f'datetime="{alex.today + 30 * DAY}"') == page.count("<small>3 days") == 2
    assert page.count("Getaway · Agreed; Sam offers another time</small>") == 2
    assert f'datetime="{alex.today + 6 * DAY}"' in page
    assert "Date night · Sam offers another time · 3 times to choose from</small>" in page
    assert 'class="card plan yours"' in page


def test_a_row_says_both_hours_where_clocks_differ(browse, afar):
    plan_of(afar[0], "agreed", place="")
    plan_of(afar[0], "agreed", [evening(afar[0], 500)])
    page = browse("alex").get(HOME).content.decode()
    assert "<small>19:00 for you, 13:00 for Sam</small>" in page
    assert (
        f"<small>19:00 for you, 13:00 for Sam · {(afar[0].today + 500 * DAY).year} · Corner house</small>"
        in page
    )
    assert "<small>13:00 for you, 19:00 for Alex" in browse("sam").get(HOME).content.decode()


def test_what_was_said_stands_under_a_past_date(browse, alex, sam):
    plan = lived(alex)
    LookBack.objects.create(plan=plan, author=alex.person, line="<b>Lovely</b>")
    LookBack.objects.create(plan=plan, author=sam.person, line="Warm")
    for who, said in (
        ("alex", ["You", "&lt;b&gt;Lovely&lt;/b&gt;", "Sam", "Warm"]),
        ("sam", ["You", "Warm", "Alex", "&lt;b&gt;Lovely&lt;/b&gt;"]),
    ):
        page = browse(who).get(PAST).content.decode()
        found = re.findall(r'<div><small>(.*?)</small> <p class="said">(.*?)</p></div>', page)
        assert [part for pair in found for part in pair] == said


def test_home_leads_on_to_the_whole_lists(browse, alex):
    many(alex, 30)
    many(alex, 8, "proposed")
    many(alex, 8, "draft")
    page = browse("alex").get(HOME).content.decode()
    assert len(titles(page)) == 12 + 5 + 5
    for link in ("?show=agreed&amp;after=", "?show=waiting", "?show=only_you"):
        assert link in page


def test_after_leaving_nothing_opens_and_drafts_stay(browse, alex, cast):
    plan, draft = plan_of(alex, "agreed"), plan_of(alex, title="My own")
    cast.ours.memberships.update(ended_on=alex.today)
    assert member_for(cast.alex).couple is None
    client = browse("alex")
    assert client.get(at("detail", plan)).status_code == 404
    assert client.get(at("detail", draft)).status_code == 200
    assert titles(client.get(HOME).content.decode()) == ["My own"]


def test_a_plan_given_back_is_a_draft_again(browse, alex):
    plan = plan_of(alex, "proposed")
    hand_over(DatePlan.objects.all(), plan, {"couple": None, "opens_on": None})
    assert "Propose it to Sam" in browse("alex").get(at("detail", plan)).content.decode()
    assert browse("sam").get(at("detail", plan)).status_code == 404
    assert titles(browse("alex").get(HOME).content.decode()) == [plan.title]
    plan.refresh_from_db()
    browse("alex").post(at("propose", plan), {"seen": plan.standing})
    assert browse("sam").get(at("detail", plan)).status_code == 200


def test_nothing_to_choose_from_while_there_is_nothing(browse, alex):
    assert "filters" not in browse("alex").get(PAST).content.decode()
    plan_of(alex, "declined")
    for show in ("", "?show=let_go"):
        assert 'class="filters"' in browse("alex").get(PAST + show).content.decode()


def test_one_thing_to_do_first_where_there_is_nothing(browse):
    for who in ("alex", "robin"):
        page = browse(who).get(HOME).content.decode()
        main = page[page.index("<main") : page.index("</main")]
        assert main.count("button primary") == 1
        assert main.count("Find an idea") == 1


def test_a_list_asks_only_for_the_times_it_shows(alex):
    plans = [plan_of(alex, "moving"), plan_of(alex, "proposed")]
    for plan in plans:
        for number in range(2, 40):
            PlanOption.objects.create(
                plan=plan, round=number, position=1, author=alex.person, **evening(alex, number).columns()
            )
    DatePlan.objects.update(round=39)
    found = offers_of(list(DatePlan.objects.all()))
    assert [len(found[plan.pk]) for plan in plans] == [1, 1]
