"""The loop of two people, in two browsers: check in, reveal, focus, a small step, a whole meeting, and back a week later."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from couples.checkins import stepping
from couples.core.couple import member_for
from strategies.reading import steps
from tests.e2e.people import choose, follow, main, press, reads, shot, tab, tells, two, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)
SECRET, KEPT = "something only Alex knows", "a wish that stays with Alex"


@pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.once)], ids=["script", "no-script"]
)
def test_a_week_of_two_people_closes_and_opens_the_next(window, clock, cast, script):
    phone, laptop = two(window, java_script_enabled=script)
    alex, sam = phone.sign_in(cast.alex).page, laptop.sign_in(cast.sam).page
    phone.go("/")
    laptop.go("/")
    see = nothing if script else Page.reload
    check_in(alex, sam, see)
    choose_a_focus(alex, sam, see)
    do_the_step_of_a_day(alex, sam, cast, clock, see)
    meet(alex, sam, see)
    come_back(alex, sam, clock, see)


def nothing(_page: Page) -> None:
    """With script a page follows by itself."""


def answer(page: Page, partner: str, note: str) -> None:
    """A check-in, of which the wish is kept; up to how it will look."""
    reads(page, "How was your week?")
    main(page).get_by_role("radio", name="near", exact=True).check()
    stress = main(page).get_by_role("group", name=re.compile("^Stress"))
    stress.get_by_role("radio", name="A lot").check()
    main(page).get_by_role("checkbox", name="tired", exact=True).check()
    thanks = f"the tea that {partner} brought"
    main(page).get_by_role("textbox", name=f"One thing you appreciated about {partner}").fill(thanks)
    main(page).get_by_role("textbox", name="One wish for the week ahead").fill(KEPT)
    main(page).get_by_role("checkbox", name=re.compile("Keep this to myself.*wish")).check()
    write(page, "A note to yourself", note)
    shot(page, f"checkin-form-{partner}")
    press(page, "See how it looks")
    reads(page, f"This is how {partner} will see it")
    tells(page, f"the tea that {partner} brought", "Only yours", KEPT, note)
    shot(page, f"checkin-preview-{partner}")


def check_in(alex: Page, sam: Page, see) -> None:
    follow(alex, "Begin your check-in")
    answer(alex, "Sam", SECRET)
    press(alex, "Seal it")
    reads(alex, "Your check-in is sealed")
    tab(sam, "Today")
    expect(main(sam).get_by_text("the tea that Sam brought")).to_have_count(0)
    follow(sam, "Begin your check-in")
    answer(sam, "Alex", "something only Sam knows")
    press(sam, "Seal it")
    reads(sam, "Side by side")
    see(alex)
    reads(alex, "Side by side")
    for page in (alex, sam):
        tells(page, "the tea that Sam brought", "the tea that Alex brought", "Because you both named stress")
        assert KEPT not in main(page).inner_text()
        shot(page, "checkin-reveal")
    assert SECRET not in sam.content()


def choose_a_focus(alex: Page, sam: Page, see) -> None:
    for page in (alex, sam):
        card = main(page).get_by_role("article").filter(has_text="Improve communication")
        card.get_by_role("button", name="Our focus").click()
        if page is alex:
            expect(card.get_by_text("It’s sealed until both of you")).to_be_visible()
    for page in (sam, alex):
        see(page)
        tells(page, "Your focus now:")
        expect(main(page).get_by_role("link", name="Improve communication").first).to_be_visible()
    follow(sam, "Improve communication")
    tells(sam, "Your focus since")
    shot(sam, "focus-sam")


def do_the_step_of_a_day(alex: Page, sam: Page, cast, clock, see) -> None:
    """On the first day whose step is done in the notes, one of the two gives a note there."""
    member = member_for(cast.alex)
    plan = stepping.plan_of(member)
    days = (ahead for ahead in range(60) if _tool(plan, member.today + ahead * DAY) == "notes")
    clock.ahead = next(days) * DAY
    tab(alex, "Today")
    tab(sam, "Today")
    for page in (alex, sam):
        tells(page, "A small step for today", "because you both chose it as your focus")
    said = {main(page).locator("#step").inner_text() for page in (alex, sam)}
    assert len(said) == 1
    shot(alex, "today-step-alex")
    follow(sam, "Open Notes")
    main(sam).get_by_role("link", name="Write").first.click()
    write(sam, "What Alex did", "You asked how the week had been.")
    write(sam, "What it meant to you", "And waited for the answer.")
    press(sam, "See how it looks")
    expect(main(alex).get_by_text("Done today")).to_have_count(0)
    press(sam, "Give it to Alex")
    reads(sam, "Your note to Alex")
    see(alex)
    tells(alex, "Done today")
    tab(sam, "Today")
    tells(sam, "Done today")
    shot(sam, "today-done-sam")


def _tool(plan, day: dt.date) -> str:
    return steps()[stepping.step_of(plan, day)].tool


def meet(alex: Page, sam: Page, see) -> None:
    tab(alex, "Today")
    alex.goto(alex.url.rstrip("/") + "/checkins/meeting/")
    press(alex, "Begin your meeting")
    reads(alex, "What went well this week?")
    tells(alex, "You asked how the week had been.")
    tab(sam, "Today")
    press(sam, "Alex has opened your weekly meeting")
    reads(sam, "What went well this week?")
    say(alex, "What went well for you", "We laughed on Tuesday.")
    see(sam)
    tells(sam, "We laughed on Tuesday.")
    shot(sam, "meeting-well-sam")

    go_on(alex, sam, "Thank you", "One thing you’re thankful for", see)
    press(sam, "Take this one")
    tells(sam, "You asked how the week had been.")
    say(alex, "What you’d like to thank Sam for", "For the note.")
    go_on(sam, alex, "Talk", "One thing to talk through", see)
    tells(alex, "no interrupting")
    shot(alex, "meeting-talk-alex")
    go_on(sam, alex, "Agree", "One thing you agree on", see)
    write(alex, "What you agree on", "Phones in the drawer at dinner")
    choose(alex, "Both of you")
    press(alex, "Keep it")
    tells(alex, "You agree on", "Phones in the drawer at dinner")
    see(sam)
    tells(sam, "Phones in the drawer at dinner")
    shot(sam, "meeting-agreed-sam")
    go_on(sam, alex, "Date", "One date for the two of you", see)
    plan_the_date(alex, sam, see)
    go_on(alex, sam, "Wish", "One wish for the week to come", see)
    say(sam, "What you’d wish for", "A walk.")
    go_on(alex, sam, "Loved", "What would make you feel loved next week?", see)
    say(sam, "What would make you feel loved", "Tea in bed.")
    see(alex)
    tells(alex, "Tea in bed.")
    close(alex, sam, see)


def say(page: Page, label: str, words: str) -> None:
    """Write one's line of a part, and keep it."""
    write(page, label, words)
    press(page, "Keep it")
    tells(page, words)


def go_on(one: Page, other: Page, name: str, title: str, see) -> None:
    """One presses Next, and both are at the same part."""
    press(one, re.compile(f"Next: {name}"))
    reads(one, title)
    see(other)
    reads(other, title)


def plan_the_date(alex: Page, sam: Page, see) -> None:
    """The plan is filled in; proposed, and back at the table."""
    press(alex, "Plan a date")
    reads(alex, "Plan a date")
    expect(main(alex).get_by_label("What you’ll do")).not_to_have_value("")
    shot(alex, "meeting-date-alex")
    press(alex, "See how it looks")
    press(alex, "Propose it to Sam")
    tells(alex, "Both of you see this")
    tab(alex, "Today")
    follow(alex, "Go on with your meeting")
    reads(alex, "One date for the two of you")
    see(sam)


def close(alex: Page, sam: Page, see) -> None:
    """Through the goals, where they come this time, to the end."""
    while not main(alex).get_by_role("button", name="Close the meeting").count():
        title = main(alex).get_by_role("heading", level=1).inner_text()
        press(alex, re.compile("Next: "))
        expect(main(alex).get_by_role("heading", level=1)).not_to_have_text(title)
    see(sam)
    tells(sam, "In your hands", "Phones in the drawer at dinner")
    shot(alex, "meeting-close-alex")
    press(alex, "Close the meeting")
    tells(alex, "It stays as it is, for both of you", "We laughed on Tuesday.", "Tea in bed.")
    shot(alex, "meeting-kept-alex")
    see(sam)
    tells(sam, "It stays as it is, for both of you")
    tab(sam, "Today")
    tells(sam, "What you agreed", "Phones in the drawer at dinner")


def come_back(alex: Page, sam: Page, clock, see) -> None:
    """A week later what was agreed is on the table."""
    clock.ahead += 7 * DAY
    for page in (alex, sam):
        tab(page, "Today")
        tells(page, "What you agreed", "Phones in the drawer at dinner", "How was your week?")
    shot(alex, "today-a-week-later-alex")
    sam.goto(alex.url.rstrip("/") + "/checkins/meeting/")
    press(sam, "Begin your meeting")
    press(sam, re.compile("Next: "))
    press(sam, re.compile("Next: "))
    reads(sam, "What you agreed last time")
    tells(sam, "Phones in the drawer at dinner")
    choose(sam, "Some of it")
    press(sam, "Keep it")
    tab(alex, "Today")
    expect(main(alex).get_by_text("Phones in the drawer at dinner")).to_have_count(0)
