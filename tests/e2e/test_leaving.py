"""One of the two leaves: at once for both, kindly said, and each can begin anew."""

import re

import pytest
from playwright.sync_api import expect

from couples.space.actions import leave
from tests.e2e.people import PASSWORD, follow, main, press, reads, shot, tab, tells, two, write
from tests.world import CANARY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_leaves_and_nothing_of_the_space_stays_open(window, world):
    cast = world.cast
    ours = [f"/notes/{world.note.pk}/", f"/dates/{world.plan.pk}/", f"/goals/{world.goal.pk}/"]
    phone, laptop = two(window)
    alex, sam = phone.sign_in(cast.alex).go("/space/"), laptop.sign_in(cast.sam).go("/notes/")
    tells(sam, f"{CANARY} what")

    follow(alex, "What leaving means")
    reads(alex, "Leaving this space")
    tells(alex, "What Sam will see", "Open Help")
    shot(alex, "leave-alex")
    press(alex, "Leave this space")
    reads(alex, "Sign in again")
    shot(alex, "leave-again-alex")
    tells(laptop.go("/notes/"), f"{CANARY} what")
    write(alex, "Password", "something else")
    press(alex, "Go on")
    reads(alex, "Sign in again")
    write(alex, "Password", PASSWORD)
    press(alex, "Go on")
    tells(alex, "The space you shared has closed")
    shot(alex, "left-alex")

    main(sam).get_by_role("listitem").filter(has_text=f"{CANARY} what").get_by_role("link").first.click()
    tells(sam, "The space you shared has closed")
    shot(sam, "closed-click-sam")
    for name in ("Today", "Notes", "Dates", "Goals"):
        tab(sam, name)
        tells(sam, "The space you shared has closed")
        expect(main(sam).get_by_text(CANARY)).to_have_count(0)
        shot(sam, f"closed-{name}-sam")
    for page, one in ((alex, phone), (sam, laptop)):
        for path in ours:
            assert page.goto(one.server + path).status == 404
            tells(page, "The space you shared has closed")
            assert CANARY not in page.content()
    # What was only Alex's is still there, for Alex alone.
    tells(phone.go("/notes/?show=mine"), f"{CANARY} what")


def test_both_can_begin_anew(window, cast):
    leave(cast.member("alex"))
    phone, laptop = two(window)
    alex = phone.sign_in(cast.alex).go("/")
    follow(alex, "Make an invitation")
    press(alex, "Make a link")
    robin = laptop.sign_in(cast.robin).page
    robin.goto(alex.get_by_label("Your link").input_value())
    press(robin, "Yes, share a space with Alex")
    reads(robin, "Your yes is with Alex")
    alex.reload()
    press(alex, "Yes, this is Robin")
    reads(alex, "Alex and Robin")
    tab(alex, "Today")
    tells(alex, "Three small things, in any order")
    expect(main(alex).get_by_text("has closed")).to_have_count(0)

    sam = window().sign_in(cast.sam).go("/space/")
    press(sam, "Make a link")
    expect(sam.get_by_label("Your link")).to_have_value(re.compile("/join/"))
