"""Today on a phone: before anybody scrolls, the step, the next date and what is new."""

import pytest

from couples.checkins.models import Focus, StepPlan
from couples.core.news import News
from couples.dates.actions import let_date_wait
from couples.notes.models import GIVEN
from strategies.reading import steps
from tests.e2e.people import ON_A_PHONE, main, shot
from tests.world import make_note, make_plan

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_step_the_next_date_and_what_is_new_are_on_the_first_screen(window, cast, scheme):
    """Whatever the step: this is the longest there is."""
    alex, sam = cast.member("alex"), cast.member("sam")
    longest = max(steps().values(), key=lambda step: len(step.text))
    StepPlan.objects.create(
        couple=cast.ours, day=alex.today, step=longest.slug, order=[longest.slug], focus=[longest.strategy]
    )
    Focus.objects.create(couple=cast.ours, strategy=longest.strategy, seat=1, since=alex.today)
    let_date_wait(make_plan(sam, "agreed", title="A slow walk to the old pier"), alex)
    note = make_note(sam, couple=cast.ours, opens_on=sam.today)
    News.objects.create(owner=cast.alex, couple=cast.ours, kind=GIVEN.slug, about=note.pk, opens_on=sam.today)
    one = window(**{**ON_A_PHONE, "color_scheme": scheme}).sign_in(cast.alex)
    page = one.go("/")
    shot(page, f"today-first-screen-{scheme}")
    ends = page.get_by_role("navigation", name="Main").bounding_box()["y"]
    for seen in ("#step", "section:has(> #step) form", "section:has(> #next)", "#new-note"):
        box = main(page).locator(seen).bounding_box()
        assert box["y"] + box["height"] <= ends, (
            f"{seen} ends at {box['y'] + box['height']}, the screen at {ends}"
        )
