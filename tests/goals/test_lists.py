"""Lists of goals: filters, order, 300 of them, and how many queries a page takes."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from couples.goals.models import Goal, GoalStep
from tests.goals.conftest import goal_by, step_of
from tests.queries import MOST, asked

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name, *args):
    return reverse(f"goals:{name}", args=args)


def queries(client, path, **headers):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path, **headers).status_code == 200
    return len(asked(seen))


def many(member, count, **fields):
    """So many goals of each kind, each with a step: shared, proposed, private, held, over."""
    shared = {"author": member.person, "couple": member.couple, "opens_on": member.today, "whose": "ours"}
    long = [Goal(title=f"Long {n}", horizon="long", **shared) for n in range(count)]
    Goal.objects.bulk_create(long)
    rows = [Goal(title=f"Short {n}", horizon="short", **shared) for n in range(count)]
    rows += [
        Goal(title=f"Held {n}", horizon="short", parent=long[n % 3 % count], **shared) for n in range(count)
    ]
    rows += [Goal(title=f"Asked {n}", horizon="short", state="proposed", **shared) for n in range(count)]
    rows += [
        Goal(title=f"Alone {n}", horizon="short", author=member.person, whose="author") for n in range(count)
    ]
    ended = {"ended_on": member.today, "closing": "Well done"}
    rows += [
        Goal(title=f"Over {n}", horizon="short", state="reached", **ended, **shared) for n in range(count)
    ]
    Goal.objects.bulk_create(rows)
    GoalStep.objects.bulk_create(
        GoalStep(goal=goal, author=member.person, text=f"Step of {goal.title}") for goal in rows + long
    )


def test_pages_take_few_queries_however_many_goals(browse, alex):
    client = browse("sam")
    many(alex, 1)
    paths = [
        url("home"),
        url("past"),
        url("new"),
        *(
            url("home") + f"?show={show}&order=day"
            for show in ("long", "short", "ours", "yours", "only_you", "proposed")
        ),
    ]
    few = {path: queries(client, path) for path in paths}
    assert max(few.values()) <= MOST, few
    many(alex, 300)
    assert {path: queries(client, path) for path in paths} == few
    assert queries(client, url("home"), **HTMX) <= MOST


def test_a_goal_takes_few_queries_with_a_hundred_steps_and_goals_beneath(browse, alex):
    goal = goal_by(alex, horizon="long", amount_target=5, amount_now=1)
    step_of(goal, alex)
    goal_by(alex, parent=goal)
    few = queries(browse("sam"), url("detail", goal.pk))
    assert few <= MOST
    for _ in range(99):
        step_of(goal, alex, who=alex.person, done_on=alex.today)
        goal_by(alex, parent=goal)
    assert queries(browse("sam"), url("detail", goal.pk)) == few
    rows = browse("sam").get(url("detail", goal.pk)).content.decode()
    after = re.search(r'href="(\?after=[^"]+)"', rows)
    assert after
    more = browse("sam").get(url("detail", goal.pk) + after[1], **HTMX).content.decode()
    assert more.count("<li") == 21
    assert "<html" not in more


def test_the_list_loads_more_to_its_end_and_shows_each_once(browse, alex):
    many(alex, 45)
    client, path, seen = browse("sam"), url("home"), []
    for headers in ({}, *(HTMX,) * 9):
        page = client.get(path, **headers).content.decode()
        start = page.index("Goals that are going on") if not headers else 0
        seen += re.findall(r"<h2><a [^>]*>((?:Long|Short) \d+)</a>", page[start:])
        if not (after := re.search(r'href="(\?show=all[^"]*after=[^"]+)"', page)):
            break
        path = url("home") + after[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 90
    assert [name.split()[0] for name in seen] == ["Long"] * 45 + ["Short"] * 45


def test_filters_and_order(browse, alex, sam):
    day = dt.timedelta(days=1)
    goal_by(alex, title="Later", by=alex.today + 9 * day)
    goal_by(alex, title="Sooner", by=alex.today + day, created_at=alex.now - day, whose="author")
    goal_by(alex, title="Far", horizon="long")
    goal_by(alex, title="Mine", shared=False)
    goal_by(sam, title="Supported", whose="partner")

    def names(query):
        page = browse("alex").get(url("home") + query).content.decode()
        return re.findall(r"<h2><a [^>]*>([^<]+)</a>", page)

    assert names("?order=day") == ["Far", "Sooner", "Later", "Supported"]
    assert names("?order=new") == ["Far", "Supported", "Later", "Sooner"]
    assert names("?show=long") == ["Far"]
    assert names("?show=ours") == ["Far", "Later"]
    assert sorted(names("?show=mine")) == ["Sooner", "Supported"]
    assert names("?show=yours") == []
    assert names("?show=only_you") == ["Mine"]
    assert names("?show=odd&order=odd&after=odd") == names("")


def test_empty_pages_invite(browse):
    for path in (url("home"), url("past"), url("home") + "?show=long"):
        assert "empty" in browse("alex").get(path).content.decode()


def test_a_card_needs_no_query_of_its_own(alex, sam, django_assert_num_queries):
    step = step_of(
        goal_by(alex, amount_target=30000, amount_now=11400, unit="€", horizon="long"),
        alex,
        who=sam.person,
        day=alex.today.replace(month=12, day=4),
    )
    goal = Goal.objects.for_cards().get()
    step = GoalStep.objects.for_cards().get()
    with django_assert_num_queries(0):
        for context in ({"goal": goal}, {"goal": step.goal, "step": step}):
            card = render_to_string("goals/card.html", {**context, "member": alex})
            said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", card))
            assert "Long-term goal · ours" in said
            assert "€11,400 of €30,000 saved · Next, by 4 December (Sam): Ask the bank" in said


def test_what_only_you_see_stands_beneath_what_holds_it(browse, alex):
    day = dt.timedelta(days=1)
    home = goal_by(alex, title="A home", horizon="long")
    over = goal_by(alex, title="A boat", horizon="long", state="let_go", ended_on=alex.today)
    goal_by(alex, title="Save quietly", shared=False, whose="author", parent=home)
    goal_by(alex, title="See homes", parent=home, by=alex.today + day)
    goal_by(alex, title="Sail quietly", shared=False, whose="author", parent=over)
    quiet = goal_by(alex, title="Paint", shared=False, whose="author", horizon="long")
    goal_by(alex, title="Buy brushes", parent=quiet)
    page = browse("alex").get(url("home")).content.decode()
    held = re.findall(r'<ul class="lines held">(.*?)</ul>', page, re.DOTALL)
    assert [re.findall(r"<a [^>]*>([^<]+)</a>", lines) for lines in held] == [
        ["See homes", "Save quietly"],
        ["Buy brushes"],
    ]
    assert held[0].count("only you") == 1
    assert re.findall(r"<h3><a [^>]*>([^<]+)</a>", page) == ["Paint", "Sail quietly"]
    assert "quietly" not in browse("sam").get(url("home")).content.decode()


def test_what_waits_beneath_goals_of_a_later_page_is_not_said_twice(browse, alex):
    last = goal_by(alex, title="Far", horizon="long", created_at=alex.now - dt.timedelta(days=9))
    for number in range(12):
        goal_by(alex, title=f"Long {number}", horizon="long")
    goal_by(alex, title="Quiet", shared=False, whose="author", parent=last)
    client = browse("alex")
    page = client.get(url("home")).content.decode()
    assert "Quiet" not in page
    after = re.search(r'href="(\?show=all[^"]*after=[^"]+)"', page)
    assert after
    assert "Quiet" in client.get(url("home") + after[1].replace("&amp;", "&"), **HTMX).content.decode()


@pytest.mark.parametrize("day", [None, 3])
def test_the_nearest_step_comes_next(browse, alex, day):
    goal = goal_by(alex)
    step_of(goal, alex, text="Some day, later", created_at=alex.now)
    step_of(goal, alex, text="Some day", created_at=alex.now - dt.timedelta(days=1))
    step_of(goal, alex, text="Done", day=alex.today, done_on=alex.today)
    if day:
        step_of(goal, alex, text="In a week", day=alex.today + dt.timedelta(days=7))
        step_of(goal, alex, text="In days", day=alex.today + dt.timedelta(days=day))
    page = browse("sam").get(url("home")).content.decode()
    assert "(both of you): In days</small>" in page if day else "Next (both of you): Some day</small>" in page


@pytest.mark.parametrize(
    ("whose", "supported", "to_alex", "to_sam"),
    [
        ("ours", False, "ours", "ours"),
        ("author", False, "yours", "Alex’s"),
        ("author", True, "yours, with Sam’s support", "Alex’s, with your support"),
        ("partner", True, "Sam’s, with your support", "yours, with Alex’s support"),
        ("partner", False, "Sam’s", "yours"),
    ],
)
def test_cards_say_whose_goal_it_is(browse, alex, whose, supported, to_alex, to_sam):
    goal_by(alex, whose=whose, supported=supported)
    for name, said in (("alex", to_alex), ("sam", to_sam)):
        page = browse(name).get(url("home")).content.decode()
        assert f">Short-term goal · {said}</small>" in page


def test_where_there_is_nothing_there_is_nothing_to_choose(browse, alex):
    client = browse("alex")
    for name in ("home", "past"):
        page = client.get(url(name)).content.decode()
        assert 'class="filters"' not in page
        main = page.partition("<main")[2].partition("</main>")[0]
        assert main.count("button primary") == 1
    goal_by(alex, shared=False, state="let_go", ended_on=alex.today)
    assert 'class="filters"' in client.get(url("past")).content.decode()
    goal_by(alex, shared=False)
    assert 'class="filters"' in client.get(url("home")).content.decode()


def test_what_is_over_in_both_orders(browse, alex):
    for days in (1, 2, 3):
        goal_by(alex, title=f"Day {days}", state="reached", ended_on=alex.today - dt.timedelta(days=days))
    for order, wanted in (("new", ["1", "2", "3"]), ("old", ["3", "2", "1"]), ("odd", ["1", "2", "3"])):
        page = browse("sam").get(url("past") + f"?order={order}").content.decode()
        assert re.findall(r">Day (\d)</a>", page) == wanted
