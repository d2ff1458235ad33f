"""What somebody has typed is theirs, and is never lost: whatever goes wrong on the way."""

import re
import threading
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from couples.core.drafts import DraftQuerySet
from couples.goals.models import Goal
from couples.notes.models import Note
from tests.e2e.people import (
    ON_A_LAPTOP,
    ON_A_PHONE,
    follow,
    main,
    press,
    reads,
    shot,
    sign_in,
    tab,
    tells,
    two,
    write,
)
from tests.world import make_goal

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
both_ways = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
WHAT = "You drove all night."
MEANING = "I didn’t have to ask."


def note_fields(page: Page) -> tuple[str, str]:
    return main(page).get_by_label("What Sam did").input_value(), main(page).get_by_label(
        "What it meant to you"
    ).input_value()


def type_a_note(page: Page, what: str = WHAT, meaning: str = MEANING) -> None:
    write(page, "What Sam did", what)
    write(page, "What it meant to you", meaning)


def test_a_draft_is_found_again_by_its_author_alone(window, cast):
    phone, laptop = two(window)
    page = phone.sign_in(cast.alex).go("/notes/new/")
    type_a_note(page)
    expect(main(page).get_by_text("Kept", exact=True)).to_be_visible()
    page.reload()
    assert note_fields(page) == (WHAT, MEANING)
    shot(page, "draft-alex")
    elsewhere = window(**ON_A_LAPTOP).sign_in(cast.alex).go("/notes/new/")
    assert note_fields(elsewhere) == (WHAT, MEANING)

    sam = laptop.sign_in(cast.sam).go("/notes/new/")
    expect(main(sam).get_by_label("What Alex did")).to_have_value("")
    for path in ("/", "/notes/", "/notes/?show=mine"):
        assert WHAT not in laptop.go(path).content()

    press(page, "See how it looks")
    reads(page, "This is how Sam will see it")
    elsewhere.reload()
    assert note_fields(elsewhere) == ("", "")


@both_ways
def test_an_error_stands_at_its_field_and_the_words_stay(window, cast, script):
    page = window(**ON_A_PHONE, java_script_enabled=script).sign_in(cast.alex).go("/notes/new/")
    type_a_note(page, meaning="   ")
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answered:
        press(page, "See how it looks")
    assert answered.value.status == 422
    wrong = main(page).get_by_label("What it meant to you")
    expect(wrong).to_have_accessible_description(re.compile("Say in a few words what it meant to you."))
    expect(wrong).to_have_attribute("aria-invalid", "true")
    if script:
        expect(wrong).to_be_focused()
    assert note_fields(page)[0] == WHAT
    shot(page, f"note-wrong-{script}")
    write(page, "What it meant to you", MEANING)
    press(page, "See how it looks")
    tells(page, WHAT, MEANING)
    assert Note.objects.count() == 1


@both_ways
def test_a_session_that_ends_while_writing_takes_no_word(window, cast, script):
    one = window(**ON_A_LAPTOP, java_script_enabled=script).sign_in(cast.alex)
    # With a stream it would be told before, as below.
    one.page.route("**/live/", lambda route: route.abort())
    page = one.go("/notes/new/")
    type_a_note(page)
    Session.objects.all().delete()
    press(page, "See how it looks")
    reads(page, "What you wrote is still here")
    tells(page, WHAT, MEANING)
    shot(page, f"signed-out-{script}")
    in_another_tab(page, "alex")
    if script:
        comes_into_view(page)
        expect(page.locator("body")).to_have_attribute("hx-headers:inherited", re.compile("X-CSRFToken"))
    press(page, "Send it again")
    if not script:
        # The new session has a new key against forgery: a page that can't fetch it asks once more.
        tells(page, "This page had grown old.", WHAT, MEANING)
        press(page, "Send it again")
    reads(page, "This is how Sam will see it")
    tells(page, WHAT, MEANING)
    assert Note.objects.count() == 1


def in_another_tab(page: Page, name: str) -> None:
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    reads(opened.value, "Welcome back")
    sign_in(opened.value, name)
    reads(opened.value, re.compile("Good .*"))
    opened.value.close()


def comes_into_view(page: Page) -> None:
    """Say that a tab is seen again: a browser without a window never hides one, so it doesn't say so by itself."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_session_that_ends_while_typing_is_told_at_once(window, cast):
    page = window(**ON_A_LAPTOP).sign_in(cast.alex).go("/notes/new/")
    # Whole, before anything can tell: once the dialog is up, the browser lets nobody type beneath it.
    type_a_note(page)
    Session.objects.all().delete()
    page.evaluate(
        "document.querySelector('#page textarea').dispatchEvent(new Event('input', { bubbles: true }))"
    )
    expect(page.get_by_role("dialog", name="You’ve been signed out")).to_be_visible()
    shot(page, "told-signed-out")
    in_another_tab(page, "alex")
    comes_into_view(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert note_fields(page) == (WHAT, MEANING)
    press(page, "See how it looks")
    reads(page, "This is how Sam will see it")
    assert Note.objects.count() == 1


@both_ways
def test_sent_twice_is_sent_once(window, cast, script):
    page = window(**ON_A_LAPTOP, java_script_enabled=script).sign_in(cast.alex).go("/notes/new/")
    type_a_note(page)
    main(page).get_by_role("button", name="See how it looks").dblclick()
    reads(page, "This is how Sam will see it")
    assert Note.objects.count() == 1

    page.goto(urlsplit(page.url)._replace(path="/goals/new/").geturl())
    write(page, "What would you like to reach?", "A quiet month")
    page.keyboard.press("Enter", delay=0)
    page.keyboard.press("Enter", delay=0)
    reads(page, "This is how Sam will see it")
    assert Goal.objects.count() == 1


@both_ways
def test_going_back_after_sending_finds_the_words(window, cast, script):
    page = window(**ON_A_PHONE, java_script_enabled=script).sign_in(cast.alex).go("/notes/")
    follow(page, "Write a note")
    type_a_note(page)
    press(page, "See how it looks")
    reads(page, "This is how Sam will see it")
    page.go_back()
    reads(page, "Write Sam a note")
    assert note_fields(page) == (WHAT, MEANING)
    assert Note.objects.count() == 1
    if script:
        # They are still the words of that note: changed and sent again, they change it.
        write(page, "What Sam did", "You drove all night, for me.")
        press(page, "See how it looks")
        tells(page, "You drove all night, for me.", MEANING)
        assert Note.objects.count() == 1
    page.goto(page.url.partition("/notes/")[0] + "/notes/new/")
    assert note_fields(page) == ("", "")


def test_what_is_being_kept_isnt_kept_behind_the_form(window, cast, monkeypatch):
    keep = DraftQuerySet.keep

    def slowly(drafts, member, key, data):
        # Long enough for the form to overtake it, if it's sent meanwhile.
        for _ in range(20):
            if Note.objects.exists():
                break
            threading.Event().wait(0.05)
        return keep(drafts, member, key, data)

    monkeypatch.setattr(DraftQuerySet, "keep", slowly)
    page = window(**ON_A_LAPTOP).sign_in(cast.alex).go("/notes/new/")
    with page.expect_request("**/drafts/**"):
        type_a_note(page)
    press(page, "See how it looks")
    reads(page, "This is how Sam will see it")
    page.goto(page.url.partition("/notes/")[0] + "/notes/new/")
    assert note_fields(page) == ("", "")


def test_what_is_kept_to_oneself_is_so_in_the_draft_as_well(window, cast):
    """Or a page that is lost would bring the words back among what the other is to see."""
    page = window(**ON_A_PHONE).sign_in(cast.alex).go("/checkins/new/")
    wish, keep, hopeful = wish_of(page)
    for act in (lambda: wish.fill(WHAT), keep.check, hopeful.check):
        with page.expect_response("**/drafts/**"):
            act()
    again = window(**ON_A_LAPTOP).sign_in(cast.alex).go("/checkins/new/")
    wish, keep, hopeful = wish_of(again)
    expect(wish).to_have_value(WHAT)
    expect(keep).to_be_checked()
    expect(hopeful).to_be_checked()
    expect(main(again).get_by_role("checkbox", checked=True)).to_have_count(2)


def wish_of(page: Page) -> tuple[Locator, Locator, Locator]:
    """The field for a wish, the box that keeps it to oneself, and one of the feelings."""
    wish = re.compile("One wish for the week ahead")
    return (
        main(page).get_by_role("textbox", name=wish),
        main(page).get_by_role("checkbox", name=wish),
        main(page).get_by_role("checkbox", name="hopeful"),
    )


def test_two_edits_at_once_are_both_read_and_the_second_chooses(window, cast):
    goal = make_goal(cast.member("alex"), "in")
    phone, laptop = two(window)
    alex, sam = phone.sign_in(cast.alex).page, laptop.sign_in(cast.sam).page
    for page, one in ((alex, phone), (sam, laptop)):
        one.go(f"/goals/{goal.pk}/")
        follow(page, "Change it")
        reads(page, "Change a goal")
    title = "What would you like to reach?"
    write(alex, title, "A month by the sea")
    press(alex, "Keep these changes")
    reads(alex, "A month by the sea")

    write(sam, title, "A month in the hills")
    press(sam, "Keep these changes")
    tells(sam, "Alex changed it while you were writing", "Alex’s text now", "A month by the sea")
    expect(main(sam).get_by_label(title)).to_have_value("A month in the hills")
    shot(sam, "goal-stale-sam")
    press(sam, "Keep mine")
    reads(sam, "A month in the hills")

    follow(alex, "Change it")
    follow(sam, "Change it")
    write(sam, title, "A month in the woods")
    press(sam, "Keep these changes")
    reads(sam, "A month in the woods")
    write(alex, title, "A week in town")
    press(alex, "Keep these changes")
    shot(alex, "goal-stale-alex")
    follow(alex, "Keep Sam’s")
    reads(alex, "A month in the woods")
    follow(alex, "Earlier versions")
    tells(alex, "A month by the sea", "A month in the hills")


def test_nothing_is_kept_in_the_browser(window, cast):
    phone = window(**ON_A_PHONE).sign_in(cast.alex)
    page = phone.go("/notes/new/")
    type_a_note(page)
    expect(main(page).get_by_text("Kept", exact=True)).to_be_visible()
    press(page, "See how it looks")
    press(page, "Give it to Sam")
    for name in ("Today", "Dates", "Notes", "Goals", "More"):
        tab(page, name)
    assert phone.context.storage_state(indexed_db=True)["origins"] == []
    assert page.evaluate("sessionStorage.length") == 0
    assert not [
        cookie for cookie in phone.context.cookies() if cookie["name"] not in ("sessionid", "csrftoken")
    ]
