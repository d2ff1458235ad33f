"""The whole way of two people: from sign-up to a note answered, a date lived and a goal reached."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import about, choose, follow, main, press, reads, shot, sign_up, tab, tells, two, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.once)], ids=["script", "no-script"]
)
def test_two_people_find_back(window, clock, script):
    phone, laptop = two(window, java_script_enabled=script)
    alex, sam = phone.page, laptop.page
    link_up(phone, sam, script)
    give_a_note(alex, sam)
    plan_a_date(alex, sam)
    live_it(alex, sam, clock)
    reach_a_goal(alex, sam)


def link_up(phone, sam: Page, script: bool) -> None:
    """With script, Sam’s page finds out by itself."""
    alex = phone.go("/")
    shot(alex, "start-alex")
    follow(alex, "Begin together")
    sign_up(alex, "Alex")
    reads(alex, "Your space")
    press(alex, "Make a link")
    sam.goto(alex.get_by_label("Your link").input_value())
    reads(sam, "Alex invites you to share a space")
    shot(sam, "invited-sam")
    follow(sam, "Make an account")
    sign_up(sam, "Sam")
    press(sam, "Yes, share a space with Alex")
    reads(sam, "Your yes is with Alex")
    alex.reload()
    tells(alex, "sam@example.org")
    shot(alex, "claimed-alex")
    press(alex, "Yes, this is Sam")
    reads(alex, "Alex and Sam")
    if not script:
        sam.reload()
    reads(sam, "Sam and Alex")
    shot(sam, "linked-sam")


def give_a_note(alex: Page, sam: Page) -> None:
    tab(alex, "Today")
    shot(alex, "today-first-alex")
    follow(alex, "Thank Sam for one small, true thing")
    reads(alex, "Write Sam a note")
    write(alex, "What Sam did", "You took the early shift on Sunday.")
    write(alex, "What it meant to you", "I slept, and felt looked after.")
    shot(alex, "note-new-alex")
    press(alex, "See how it looks")
    reads(alex, "This is how Sam will see it")
    tells(alex, "I slept, and felt looked after.", "Only you see this")
    shot(alex, "note-preview-alex")
    tab(sam, "Today")
    expect(sam.get_by_text("early shift")).to_have_count(0)
    press(alex, "Give it to Sam")
    reads(alex, "Your note to Sam")

    tab(sam, "Today")
    tells(sam, "You took the early shift on Sunday.", "I slept, and felt looked after.")
    shot(sam, "today-note-sam")
    press(sam, "Say something back")
    reads(sam, "A note from Alex")
    choose(sam, "I feel seen")
    write(sam, "In your own words", "Sunday mornings are yours from now on.")
    shot(sam, "note-answer-sam")
    press(sam, "Send it to Alex")
    tells(sam, "You said")

    tab(alex, "Today")
    press(alex, "Sam answered your note")
    tells(alex, "Sam said", "I feel seen", "Sunday mornings are yours from now on.")
    shot(alex, "note-answered-alex")


def offer(page: Page, which: str, day: dt.date, time: str) -> None:
    slot = main(page).get_by_role("group", name=which)
    slot.get_by_label("Day").fill(day.isoformat())
    slot.get_by_label("Start").fill(time)


def plan_a_date(alex: Page, sam: Page) -> None:
    today = dt.datetime.now(dt.UTC).date()
    tab(sam, "Dates")
    follow(sam, "Plan a date")
    reads(sam, "Plan a date")
    write(sam, "What you’ll do", "The ramen place")
    write(sam, "Where", "Sonnenallee")
    offer(sam, "A time", today + 3 * DAY, "19:00")
    main(sam).get_by_text("Offer up to two other times").click()
    offer(sam, "A second choice", today + 4 * DAY, "18:30")
    shot(sam, "date-new-sam")
    press(sam, "See how it looks")
    reads(sam, "The ramen place")
    tells(sam, "How it will look to Alex", "Only you see this, until you propose it to Alex")
    shot(sam, "date-preview-sam")
    press(sam, "Propose it to Alex")
    tells(sam, "Both of you see this")

    tab(alex, "Today")
    shot(alex, "today-proposed-alex")
    press(alex, "Sam proposed a date")
    tells(alex, "Which one suits you?", "Sonnenallee")
    choose(alex, "18:30")
    shot(alex, "date-offered-alex")
    press(alex, "Agree to this one")
    tells(alex, "It’s a date")

    tab(sam, "Today")
    follow(sam, "The ramen place")
    tells(sam, "It’s a date")
    arrange(alex, sam)
    follow(sam, "Move it")
    offer(sam, "A time", today + 5 * DAY, "20:00")
    shot(sam, "date-move-sam")
    press(sam, "Offer to Alex")
    tells(sam, "You offered another time")
    alex.reload()
    tells(alex, "Sam offers another time", "18:30", "20:00")
    shot(alex, "date-moved-alex")
    press(alex, "Yes, gladly")
    tells(alex, "It’s a date", "20:00")
    expect(main(alex).get_by_text("18:30")).to_have_count(0)


def arrange(alex: Page, sam: Page) -> None:
    write(sam, "What needs arranging", "Book the table")
    main(sam).get_by_label("Who", exact=True).select_option("Alex")
    press(sam, "Add")
    done = "Done: Book the table"
    expect(main(sam).get_by_role("button", name=done)).to_have_attribute("aria-pressed", "false")
    shot(sam, "date-task-sam")
    alex.reload()
    press(alex, done)
    expect(main(alex).get_by_role("button", name=done)).to_have_attribute("aria-pressed", "true")
    shot(alex, "date-ticked-alex")
    sam.reload()
    expect(main(sam).get_by_role("button", name=done)).to_have_attribute("aria-pressed", "true")


def live_it(alex: Page, sam: Page, clock) -> None:
    tab(sam, "Today")
    tells(sam, "Next date", "The ramen place")
    shot(sam, "today-next-sam")
    clock.ahead = 7 * DAY
    tab(alex, "Today")
    tells(alex, "You had a date", "The ramen place")
    shot(alex, "today-after-alex")
    follow(alex, "Look back")
    reads(alex, "The ramen place")
    look_back(alex, "Rain outside, steam inside.", "When the lights went out.")
    tab(sam, "Dates")
    follow(sam, "Dates you had")
    follow(sam, "The ramen place")
    tells(sam, "Rain outside, steam inside.")
    look_back(sam, "We laughed like students.", "The way home.")
    tells(sam, "Rain outside, steam inside.", "When the lights went out.", "We laughed like students.")
    shot(sam, "date-looked-back-sam")
    alex.reload()
    tells(alex, "We laughed like students.", "The way home.")
    shot(alex, "date-looked-back-alex")
    tab(alex, "Today")
    expect(main(alex).get_by_text("You had a date")).to_have_count(0)


def look_back(page: Page, line: str, best: str) -> None:
    follow(page, "Look back")
    reads(page, "Look back")
    write(page, "In one line, how was it?", line)
    write(page, "Your best moment", best)
    press(page, "Keep it for both of you")
    reads(page, "The ramen place")


def propose(page: Page, title: str, step: str) -> None:
    write(page, "What would you like to reach?", title)
    write(page, "A first step", step)
    press(page, "See how it looks")
    reads(page, "This is how Sam will see it")
    tells(page, title, step, "Only you see this")
    shot(page, f"goal-preview-{title[:6].strip()}-alex")
    press(page, "Propose it to Sam")
    reads(page, title)
    tells(page, "You proposed this")


def reach_a_goal(alex: Page, sam: Page) -> None:
    far, near = "A month by the sea", "Ask for the time off"
    tab(alex, "Goals")
    shot(alex, "goals-empty-alex")
    follow(alex, "Name a goal")
    choose(alex, "Long-term")
    shot(alex, "goal-new-alex")
    propose(alex, far, "Look at the map together")
    tab(sam, "Today")
    press(sam, "Alex proposed a goal")
    reads(sam, far)
    shot(sam, "goal-proposed-sam")
    press(sam, "I’m in")

    alex.reload()
    follow(alex, "Add a short-term goal")
    propose(alex, near, "Write to the office")
    tab(sam, "Goals")
    shot(sam, "goals-asked-sam")
    main(sam).get_by_role("link", name=about("Read and answer", near)).click()
    write(sam, "A few words with it", "I’ll ask on Monday too.")
    shot(sam, "goal-answer-sam")
    press(sam, "I’m in")
    reads(sam, near)
    press(sam, about("We did it", "Write to the office"))
    undo = about("Not done after all", "Write to the office")
    expect(main(sam).get_by_role("button", name=undo)).to_be_visible()

    alex.reload()
    tells(alex, "Sam answered", "I’ll ask on Monday too.", "done ")
    shot(alex, "goal-step-done-alex")
    follow(alex, "We got there")
    write(alex, "A few words", "It was easier than we feared.")
    shot(alex, "goal-reached-alex")
    press(alex, "We got there")
    tab(sam, "Today")
    press(sam, "Alex says a goal is reached")
    tells(sam, "It was easier than we feared.")
    tab(sam, "Goals")
    follow(sam, far)
    tells(sam, near, "Reached")
    shot(sam, "goal-far-sam")
    tab(sam, "Today")
    shot(sam, "today-last-sam")
