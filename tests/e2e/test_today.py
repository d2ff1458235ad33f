"""Today on a phone: before anybody scrolls, the step, the next date and what is new."""

import pytest

from couples.checkins.models import StepPlan
from couples.core.news import News
from couples.dates.actions import let_date_wait
from couples.notes.models import GIVEN
from strategies import rules
from strategies.reading import all_strategies, steps
from tests.e2e.people import ON_A_PHONE, main, shot
from tests.world import make_note, make_plan

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("with_a_tool", [False, True])
def test_the_step_the_next_date_and_what_is_new_are_on_the_first_screen(window, cast, with_a_tool):
    """Whatever the step: this is the longest there is, with or without a room to open."""
    alex, sam = cast.member("alex"), cast.member("sam")
    fit = rules.pool(None, None, focus=[one.slug for one in all_strategies()])
    fit = [steps()[slug] for slug in fit if bool(steps()[slug].tool) is with_a_tool]
    step = max(fit, key=lambda step: len(step.text))
    StepPlan.objects.create(
        couple=cast.ours, day=alex.today, step=step.slug, order=[step.slug], focus=[step.strategy]
    )
    let_date_wait(make_plan(sam, "agreed", title="The ramen place, then the late film"), alex)
    note = make_note(sam, couple=cast.ours, opens_on=sam.today)
    News.objects.create(owner=cast.alex, couple=cast.ours, kind=GIVEN.slug, about=note.pk, opens_on=sam.today)
    page = window(**ON_A_PHONE).sign_in(cast.alex).go("/")
    shot(page, f"today-first-screen-{with_a_tool}")
    ends = page.get_by_role("navigation", name="Main").bounding_box()["y"]
    for seen in ("#step", "section:has(> #step) form", "section:has(> #next)", "#new-note"):
        box = main(page).locator(seen).bounding_box()
        assert box["y"] + box["height"] <= ends, (
            f"{seen} ends at {box['y'] + box['height']}, the screen at {ends}"
        )
