"""Two at one meeting: whoever goes on takes the other along, and not a typed word is lost; every part is a clean page."""

import re

import pytest
from playwright.sync_api import expect

from couples.meeting.actions import begin
from couples.meeting.models import Meeting
from couples.meeting.parts import PARTS
from tests.conftest import Cast
from tests.e2e.people import main, press, reads, shot, tells, two, write
from tests.e2e.test_live import open_stream
from tests.e2e.test_pages import in_both_schemes
from tests.world import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def table(cast: Cast, window):
    """Alex's phone and Sam's laptop at the same meeting."""
    meeting = begin(cast.member("alex"))
    phone, laptop = two(window)
    pages = [one.sign_in(person).go(f"/checkins/meeting/{meeting.pk}/")
             for one, person in ((phone, cast.alex), (laptop, cast.sam))]  # fmt: skip
    for page in pages:
        open_stream(page)
    return pages


def test_what_is_kept_holds_nobody_back(table):
    alex, sam = table
    write(alex, "What went well for you", "The canal.")
    press(alex, "Keep it")
    tells(sam, "The canal.")
    open_stream(alex)
    press(sam, re.compile("Next: "))
    reads(sam, "One thing you’re thankful for")
    reads(alex, "One thing you’re thankful for")


def test_what_is_being_typed_comes_along(table):
    alex, sam = table
    field = main(sam).get_by_label("What went well for you")
    field.press_sequentially("Half a sent")
    expect(main(sam).get_by_role("status").filter(has_text="Kept").first).to_be_visible()
    press(alex, re.compile("Next: "))
    reads(sam, "One thing you’re thankful for")
    expect(field).to_have_value("Half a sent")
    expect(main(sam).get_by_role("heading", name="You were writing: Went well")).to_be_visible()
    field.press_sequentially("ence.")
    shot(sam, "meeting-typed-sam")
    main(sam).locator("form[action$='/well/']").get_by_role("button", name="Keep it").click()
    expect(main(sam).get_by_role("heading", name="You were writing: Went well")).to_have_count(0)
    main(sam).get_by_text("What you’ve said so far").click()
    tells(sam, "Half a sentence.")
    expect(main(alex).get_by_text("Half a sentence.")).to_have_count(1)


def test_what_is_being_typed_outlives_the_end(table):
    alex, sam = table
    main(sam).get_by_label("What went well for you").press_sequentially("Half a sent")
    expect(main(sam).get_by_role("status").filter(has_text="Kept").first).to_be_visible()
    main(alex).get_by_text("All parts").click()
    press(alex, "What you take with you")
    open_stream(alex)
    press(alex, "Close the meeting")
    sam.get_by_role("link", name="Load it again").click()
    expect(main(sam).get_by_role("heading", name="What you hadn’t kept")).to_be_visible()
    tells(sam, "Half a sent")
    shot(sam, "meeting-unkept-sam")
    press(sam, re.compile("Throw it away"))
    expect(main(sam).get_by_text("Half a sent")).to_have_count(0)


@pytest.mark.once
@pytest.mark.parametrize("width", [320, 1280])
def test_every_part_is_a_clean_page(cast: Cast, window, width):
    world = build(cast)
    Meeting.objects.filter(pk=world.meeting.pk).update(goals=True)
    opened, found = window(viewport={"width": width, "height": 800}), []
    opened.sign_in(cast.alex)
    for part in PARTS:
        Meeting.objects.filter(pk=world.meeting.pk).update(part=part.slug)
        found += in_both_schemes(opened.go(f"/checkins/meeting/{world.meeting.pk}/"), part.slug, width)
    found += in_both_schemes(opened.go(f"/checkins/meeting/{world.kept_meeting.pk}/"), "kept", width)
    assert found == []
