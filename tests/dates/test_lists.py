"""Lists, ideas, the calendar file; what the partner can't tell; what pages cost."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from couples.core.couple import member_for
from couples.dates import ideas
from couples.dates.models import DatePlan, LookBack, PlanOption
from tests.dates.conftest import DAY, evening, lived, plan_of, stay, typed

pytestmark = pytest.mark.django_db
HOME, PAST, IDEAS = reverse("dates:home"), reverse("dates:past"), reverse("dates:ideas")
HTMX = {"HTTP_HX_REQUEST": "true"}


def at(name, plan):
    return reverse(f"dates:{name}", args=[plan.pk])


def text_of(answer):
    """The page without what differs each time."""
    return re.sub(
        r'(csrfmiddlewaretoken" value=|X-CSRFToken":|name="once" value=)"[^"]*"', "", answer.content.decode()
    )


def titles(text):
    return re.findall(r"<h3><a [^>]*>([^<]*)</a>", text)


def many(member, count, state="agreed", kind="date_night", ago=None):
    """A lot of plans, one a day, quickly."""
    plans, options = [], []
    for n in range(count):
        slot = evening(member, -(ago + n) if ago else n + 1)
        plan = DatePlan(author=member.person, kind=kind, title=f"{kind} {n:03}", starts_at=slot.starts_at)
        plan.ends_at = slot.ends_at
        if state != "draft":
            plan.couple, plan.opens_on, plan.proposed_by = member.couple, member.today, member.person
            plan.state = state if state == "proposed" else "proposed"
        plans.append(plan)
        options.append(PlanOption(plan=plan, author=member.person, position=1, **slot.columns()))
    DatePlan.objects.bulk_create(plans)
    PlanOption.objects.bulk_create(options)
    if state not in ("draft", "proposed"):
        for plan, option in zip(plans, options, strict=True):
            plan.state, plan.agreed_option = state, option
        DatePlan.objects.bulk_update(plans, ["state", "agreed_option"])
    return plans


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


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(asked), [row["sql"] for row in asked]


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
    assert few[0] == lot[0] <= 8, lot[1]


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
    assert lot[0] <= 8, lot[1]
    assert lot[0] - few[0] <= (2 if name == "history" else 0)


def test_a_card_asks_nothing_more(alex, sam):
    for plan in (plan_of(alex, "agreed"), plan_of(alex, "agreed", [stay(alex, 3)], kind="getaway")):
        row = DatePlan.objects.for_cards().get(pk=plan.pk)
        with CaptureQueriesContext(connection) as asked:
            html = render_to_string("dates/card.html", {"plan": row, "member": sam})
        assert len(asked) == 0
        assert plan.title in html
        assert "Corner house" in html


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


def test_ideas_are_found_by_what_fits(browse):
    client = browse("alex")
    page = client.get(IDEAS).content.decode()
    assert page.count("Plan this: ") == 20
    assert len(ideas.ideas()) >= 40
    for query, fits in (
        ("kind=getaway", lambda idea: idea.kind == "getaway"),
        ("place=home&cost=free", lambda idea: (idea.place, idea.cost) == ("home", "free")),
        ("child=1", lambda idea: idea.child),
    ):
        page = client.get(f"{IDEAS}?{query}").content.decode()
        found = re.findall(r"\?idea=([a-z0-9-]+)", page)
        assert found
        assert all(fits(ideas.ideas()[slug]) for slug in found)
    fragment = client.get(IDEAS + "?after=" + list(ideas.ideas())[19], **HTMX).content.decode()
    assert "<html" not in fragment
    assert list(ideas.ideas())[20] in fragment
    for odd in ("?kind=x&place=%E2&child=2", "?after=none"):
        assert client.get(IDEAS + odd).content.decode().count("Plan this: ") == 20


def test_every_idea_is_whole():
    for idea in ideas.ideas().values():
        assert idea.kind_label
        assert len(idea.facts) == 3
        assert 0 < len(idea.title) <= 120
        assert 0 < len(idea.text) <= 2000
        assert idea.minutes > 0


def calendar(client, plan):
    answer = client.get(at("ics", plan))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="date-')
    assert "no-store" in answer["Cache-Control"]
    raw = answer.content
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    whole = Calendar.from_ical(raw)
    (event,) = whole.walk("VEVENT")
    assert whole["version"] == "2.0"
    assert whole["prodid"]
    assert not whole.walk("VALARM")
    return event


def test_a_date_as_a_calendar_file(browse, alex):
    title = "Ramen, then “Der Himmel über Berlin”; late \\ film " * 2
    plan = plan_of(alex, "agreed", title=title.strip(), notes="First line\nsecond line, 🍜" + "é" * 90)
    event = calendar(browse("sam"), plan)
    assert event["uid"] == str(plan.pk)
    assert event["summary"] == title.strip()
    assert event["description"] == plan.notes
    assert event["location"] == "Corner house"
    assert event.decoded("dtstart") == plan.starts_at
    assert event.decoded("dtend") == plan.ends_at
    # Nobody learns from it when the date was written down.
    assert event.decoded("dtstamp") == plan.starts_at
    assert "created" not in event
    assert "last-modified" not in event
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 1)


def test_a_getaway_as_a_calendar_file(browse, alex):
    plan = plan_of(alex, "agreed", [stay(alex, 5, nights=2)], kind="getaway", place="")
    event = calendar(browse("alex"), plan)
    assert event.decoded("dtstart") == alex.today + 5 * DAY
    assert event.decoded("dtend") == alex.today + 8 * DAY
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert "location" not in event


def test_what_is_moved_or_called_off_replaces_it_in_a_calendar(browse, alex):
    plan = plan_of(alex, "moving", round=1)
    PlanOption.objects.create(
        plan=plan, round=2, position=1, author=alex.person, **evening(alex, 9).columns()
    )
    DatePlan.objects.filter(pk=plan.pk).update(round=2)
    event = calendar(browse("alex"), plan)
    assert event["sequence"] == 1
    assert event.decoded("dtstart") == plan.starts_at
    DatePlan.objects.filter(pk=plan.pk).update(state="cancelled")
    event = calendar(browse("alex"), plan)
    assert (event["status"], event["sequence"]) == ("CANCELLED", 3)


def test_no_calendar_file_before_a_time_is_agreed(browse, alex):
    for plan in (plan_of(alex), plan_of(alex, "proposed"), plan_of(alex, "declined")):
        answer = browse("alex").get(at("ics", plan))
        assert (answer.status_code, answer["Location"]) == (302, at("detail", plan))


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
    DatePlan.objects.filter(pk=plan.pk).update(couple=None, opens_on=None)
    assert "Propose to Sam" in browse("alex").get(at("detail", plan)).content.decode()
    assert browse("sam").get(at("detail", plan)).status_code == 404
    assert titles(browse("alex").get(HOME).content.decode()) == [plan.title]
    plan.refresh_from_db()
    browse("alex").post(at("propose", plan), {"seen": plan.standing})
    assert browse("sam").get(at("detail", plan)).status_code == 200


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
