"""One of the two leaves: at once for both, kindly said, and each can begin anew."""

import pytest

from tests.e2e.people import PASSWORD, follow, main, press, reads, shot, tab, tells, two, write
from tests.world import CANARY, make_goal, make_plan

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
    shot(sam, "closed-click-sam")
    print(sam.url, sam.locator("h1").all_inner_texts())
    tab(sam, "Today")
    shot(sam, "closed-today-sam")
    for page, one in ((alex, phone), (sam, laptop)):
        for path in ours:
            answer = page.goto(one.server + path)
            print(path, answer.status, page.locator("h1").all_inner_texts())
