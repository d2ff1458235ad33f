"""Long lists and long words: everything is reached, by hand and by keyboard, and nothing runs off the side."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from couples.core.news import News
from couples.core.people import Person
from couples.dates.models import LookBack
from couples.goals.models import GoalStep
from couples.notes.models import GIVEN, Note
from tests.e2e.people import ON_A_LAPTOP, ON_A_PHONE, shot
from tests.world import make_goal, make_plan

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
MANY = 300
NARROW = {**ON_A_PHONE, "viewport": {"width": 320, "height": 640}}
NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis"
RTL = "שלום לך, אהובי. תודה על הכול, גם על מה שלא ראיתי. " * 40
FOCUSED = "document.activeElement.getAttribute('href') || document.activeElement.tagName"


@pytest.fixture
def notes(cast) -> list[Note]:
    """Three hundred notes, a day apart, newest first."""
    today = cast.member("alex").today
    rows = [
        Note(
            author=cast.sam if number % 2 else cast.alex,
            couple=cast.ours,
            opens_on=today - dt.timedelta(days=number),
            what=f"The thing number {number}.",
            meaning="It was good.",
        )
        for number in range(MANY)
    ]
    return Note.objects.bulk_create(rows)


def links(page: Page) -> list[str]:
    """The addresses of the notes in the list, from above."""
    found = page.get_by_role("list", name="Notes").get_by_role("link")
    every = found.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [link for link in every if not link.startswith("?")]


def test_the_list_grows_while_one_scrolls(window, cast, notes):
    page = window(**ON_A_PHONE).sign_in(cast.alex).go("/notes/")
    rows = page.get_by_text("The thing number")
    loaded = rows.count()
    assert loaded < MANY / 5
    while loaded < MANY:
        rows.last.scroll_into_view_if_needed()
        expect(rows.nth(loaded)).to_be_attached()
        loaded = rows.count()
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)
    assert links(page) == [f"/notes/{note.pk}/" for note in notes]


def test_without_script_a_link_leads_on(window, cast, notes):
    page = window(**ON_A_PHONE, java_script_enabled=False).sign_in(cast.alex).go("/notes/")
    seen = links(page)
    more = page.get_by_role("link", name="Show more")
    while more.count():
        before = page.url
        more.click()
        expect(page).not_to_have_url(before)
        seen += links(page)
    assert seen == [f"/notes/{note.pk}/" for note in notes]


def test_the_keyboard_goes_down_the_list_in_order(window, cast, notes):
    page = window(**ON_A_LAPTOP).sign_in(cast.alex).go("/notes/")
    order = [f"/notes/{note.pk}/" for note in notes]
    start = len(links(page)) - 2
    page.locator(f"a[href='{order[start]}']").focus()
    walked = [order[start]]
    while len(walked) < start + 8 and walked[-1] in order:
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith("?"):
            # The link that loads more: as soon as it's reached, rows take its place, and the first of them the focus.
            expect(page.locator(f"a[href='{order[start + len(walked)]}']")).to_be_focused()
        walked.append(page.evaluate(FOCUSED))
    assert walked == order[start : start + len(walked)]


@pytest.fixture
def long_words(cast) -> list[str]:
    """A couple with names of 60 characters and everything they write without a space; the pages that show it."""
    assert len(NAME) == 60
    Person.objects.filter(pk__in=[cast.alex.pk, cast.sam.pk]).update(name=NAME)
    cast.alex.refresh_from_db()
    alex, sam = cast.member("alex"), cast.member("sam")
    shared = {"couple": cast.ours, "opens_on": alex.today}
    given = Note.objects.create(author=cast.sam, what="W" * 2000, meaning="w" * 2000, **shared)
    News.objects.tell(sam, GIVEN, given)
    written = Note.objects.create(author=cast.alex, what=RTL, meaning=RTL, **shared)
    own = Note.objects.create(author=cast.alex, what="W" * 2000, meaning=RTL)
    words = {"title": "W" * 120, "place": "w" * 200, "notes": "W" * 2000}
    plans = [
        make_plan(sam, "agreed"),
        make_plan(sam, "proposed", 5),
        make_plan(alex, "draft", 6),
        make_plan(sam, "agreed", -2),
    ]
    for plan in plans:
        for name, text in words.items():
            setattr(plan, name, text)
        plan.save()
    LookBack.objects.create(plan=plans[-1], author=cast.sam, line="W" * 200, best=RTL[:500])
    goals = [
        make_goal(alex, "in", horizon="long"),
        make_goal(sam, "proposed"),
        make_goal(alex, "in", shared=False),
    ]
    for goal in goals:
        goal.title, goal.why, goal.unit = "W" * 120, "w" * 1000, "Kilometerchen"
        goal.save()
        GoalStep.objects.create(goal=goal, author=goal.author, text="W" * 200, day=alex.today)
    return [
        "/",
        "/space/",
        "/notes/",
        "/dates/",
        "/dates/past/",
        "/goals/",
        *(f"/notes/{note.pk}/" for note in (given, written, own)),
        *(f"/dates/{plan.pk}/" for plan in plans),
        *(f"/goals/{goal.pk}/" for goal in goals),
        f"/goals/{goals[1].pk}/answer/",
        f"/goals/{goals[2].pk}/preview/",
        f"/dates/{plans[0].pk}/times/",
        "/notes/new/",
        "/goals/new/",
        "/dates/new/",
    ]


def test_long_words_stay_on_a_narrow_page(window, cast, long_words):
    one = window(**NARROW).sign_in(cast.alex)
    wide = {}
    for path in long_words:
        page = one.go(path)
        assert page.get_by_role("heading", level=1).count() == 1, path
        shot(page, "narrow" + urlsplit(path).path.replace("/", "-"))
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide[path] = width
    assert not wide
