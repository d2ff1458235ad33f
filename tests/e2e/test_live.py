"""Two phones on a sofa: what one does appears on the other's open page, and not a typed word is lost."""

import datetime as dt
import io
import re
import sys
import uuid
import wave
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from couples.core import live
from couples.core.drafts import Draft
from couples.core.live import SPACE, ripple
from couples.dates.models import DatePlan
from couples.goals.actions import finish, rewrite, set_amount
from couples.goals.models import GOALS, Goal, GoalStep, State
from couples.goals.steps import add as add_step
from couples.live import stream
from couples.management.commands.demo import PASSWORD as DEMO_PASSWORD
from couples.notes import actions as notes
from couples.notes.models import Note
from couples.space.actions import accept, confirm, leave
from couples.space.models import Invitation
from couples.space.sessions import end_all
from tests.conftest import Cast, person
from tests.e2e.conftest import Window
from tests.e2e.people import main, press, reads, shot, two, write
from tests.infra.process import app, free_port
from tests.plugin import engine
from tests.serving import serving
from tests.space.conftest import link_of, newest
from tests.walls.test_rotation import instance  # noqa: F401 (a fixture)
from tests.world import make_goal, make_plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STEP, TASK = "#goal-steps form:has([name=text])", "#tasks form.adding"
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def couple(cast: Cast, window: Callable[..., Window]) -> tuple[Window, Window]:
    """Alex on a phone and Sam on a laptop, both signed in."""
    alex, sam = two(window)
    return alex.sign_in(cast.alex), sam.sign_in(cast.sam)


def open_stream(page: Page) -> None:
    """Wait until the page follows."""
    page.wait_for_function("() => document.querySelector('#live')?._htmx?.sse?.status === 200")


def follows(window: Window, path: str) -> Page:
    """Open a page and wait until it follows."""
    page = window.go(path)
    open_stream(page)
    return page


def give(cast: Cast, what: str = "You made tea", name: str = "alex") -> Note:
    """One gives the other a note, at once."""
    member = cast.member(name)
    note = Note.objects.create(author=member.person, what=what, meaning="It warmed me")
    notes.give(member, note, None)
    return note


def note_by_hand(window: Window, what: str) -> None:
    """Alex writes Sam a note, and gives it."""
    page = window.go("/notes/new/")
    write(page, "What Sam did", what)
    write(page, "What it meant to you", "I felt looked after")
    press(page, "See how it looks")
    press(page, "Give it to Sam")
    reads(page, "Your note to Sam")


def field_of(page: Page, form: str) -> Locator:
    """The field in which a line is added, unfolded where it is folded."""
    if (fold := main(page).locator("#steps-add:not([open]) > summary")).count():
        fold.click()
    return main(page).locator(form).locator("[name=text]")


def added_by_hand(window: Window, path: str, form: str, text: str) -> None:
    """Alex adds a line to a list."""
    field = field_of(window.go(path), form)
    field.fill(text)
    field.press("Enter")
    expect(main(window.page).get_by_text(text).first).to_be_visible()


def test_today_follows_what_the_other_does_by_hand(cast, couple):
    alex, sam = couple
    page = follows(sam, "/")
    note_by_hand(alex, "You warmed the car before I was up")
    expect(main(page).get_by_text("You warmed the car before I was up")).to_be_visible()
    expect(page.locator("#told")).to_have_text("Something on this page has just changed.")
    shot(page, "live-today")


def test_the_list_of_notes_follows_and_stays_as_long_as_it_was(cast, couple):
    alex, sam = couple
    today = cast.member("sam").today
    for number in range(30):
        day = today - dt.timedelta(days=number + 1)
        seen = {"couple": cast.ours, "opens_on": day}
        Note.objects.create(author=cast.alex, what=f"note {number:02}", meaning="x", **seen)
    page = follows(sam, "/notes/")
    rows = main(page).locator("ol.list > li.card")
    expect(rows).to_have_count(12)
    page.locator("#more").scroll_into_view_if_needed()
    expect(rows).to_have_count(24)
    note_by_hand(alex, "the newest of all")
    expect(main(page).get_by_text("the newest of all")).to_be_attached()
    assert rows.count() >= 24


@pytest.mark.once
def test_typed_words_focus_and_scroll_stay_while_the_page_changes(cast, couple):
    alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    page = follows(sam, f"/goals/{goal.pk}/")
    field = main(page).locator("#goal-steps [name=text]")
    field.fill("Half a sentence, and then")
    field.evaluate("it => it.scrollIntoView({block: 'center', behavior: 'instant'})")
    before = field.bounding_box()["y"]
    added_by_hand(alex, f"/goals/{goal.pk}/", STEP, "A step of Alex’s")
    expect(main(page).get_by_text("A step of Alex’s", exact=True)).to_be_visible()
    expect(field).to_have_value("Half a sentence, and then")
    expect(field).to_be_focused()
    # What comes in above moves nothing under the finger.
    assert abs(field.bounding_box()["y"] - before) < 2
    field.press_sequentially(" some more")
    expect(field).to_have_value("Half a sentence, and then some more")
    main(page).get_by_role("button", name="Add the step").click()
    expect(main(page).get_by_text("Half a sentence, and then some more", exact=True)).to_be_visible()
    assert GoalStep.objects.filter(goal=goal).count() == 2


@pytest.mark.once
def test_words_for_which_there_is_no_place_any_more_stay_and_it_is_said(cast, couple):
    _alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    page = follows(sam, f"/goals/{goal.pk}/")
    field = main(page).locator("#goal-steps [name=text]")
    field.fill("Words on their way")
    finish(cast.member("alex"), Goal.objects.get(pk=goal.pk), State.LET_GO, "")
    expect(page.locator("#old")).to_contain_text("has changed since you opened it")
    expect(field).to_have_value("Words on their way")
    shot(page, "live-moved")


@pytest.mark.once
def test_a_version_that_stands_beneath_typed_words_stays_so_that_nothing_is_overwritten(cast, couple):
    _alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    page = follows(sam, f"/goals/{goal.pk}/")
    amount = main(page).locator("[name=amount_now]")
    amount.fill("4711")
    set_amount(cast.member("alex"), Goal.objects.get(pk=goal.pk), goal.version, 1234)
    expect(main(page).locator("#goal-amount")).to_contain_text("1,234")
    expect(amount).to_have_value("4711")
    main(page).get_by_role("button", name="Update it").click()
    expect(main(page).get_by_role("alert")).to_contain_text("changed it while you were writing")


@pytest.mark.once
def test_a_draft_that_was_found_again_keeps_the_version_it_was_written_on(cast, couple):
    _alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    Draft.objects.keep(cast.member("sam"), f"goals.edit:{goal.pk}", {"title": "Sam’s words"})
    page = follows(sam, f"/goals/{goal.pk}/edit/")
    title = main(page).locator("[name=title]")
    expect(title).to_have_value("Sam’s words")
    with page.expect_response(f"**/goals/{goal.pk}/edit/"):
        rewrite(cast.member("alex"), Goal.objects.get(pk=goal.pk), goal.version, {"title": "Alex’s words"})
    main(page).locator("form.form button.primary").click()
    expect(main(page).get_by_text("Alex’s words").first).to_be_visible()
    assert Goal.objects.get(pk=goal.pk).title == "Alex’s words"


@pytest.mark.once
def test_what_was_turned_down_stays_with_its_reason(cast, couple):
    _alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    page = follows(sam, f"/goals/{goal.pk}/")
    amount = main(page).locator("[name=amount_now]")
    amount.fill("a little")
    main(page).get_by_role("button", name="Update it").click()
    expect(main(page).locator("#goal-amount [aria-invalid=true]")).to_be_visible()
    add_step(cast.member("alex"), Goal.objects.get(pk=goal.pk), uuid.uuid4(), "A step of Alex’s", None, None)
    expect(main(page).get_by_text("A step of Alex’s", exact=True)).to_be_visible()
    expect(amount).to_have_value("a little")
    expect(main(page).locator("#goal-amount [aria-invalid=true]")).to_be_visible()


@pytest.mark.once
def test_what_was_asked_for_before_ones_own_act_does_not_undo_it(cast, couple):
    _alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    late = []

    def hold(route):
        if late or "hx-request" not in route.request.headers:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    sam.page.route(f"**/goals/{goal.pk}/", hold)
    page = follows(sam, f"/goals/{goal.pk}/")
    field = main(page).locator("#goal-steps [name=text]")
    live.changed(cast.member("alex"), GOALS)
    page.wait_for_function("() => document.querySelector('#page').matches('.htmx-request')")
    field.fill("A step of Sam’s")
    main(page).get_by_role("button", name="Add the step").click()
    expect(main(page).get_by_text("A step of Sam’s", exact=True)).to_be_visible()
    route, answer = late[0]
    with page.expect_response(f"**/goals/{goal.pk}/"):
        route.fulfill(response=answer)
    expect(main(page).get_by_text("A step of Sam’s", exact=True)).to_be_visible()


@pytest.mark.once
def test_what_is_open_and_chosen_stays(cast, couple):
    _alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    add_step(cast.member("alex"), Goal.objects.get(pk=goal.pk), uuid.uuid4(), "The first", None, None)
    page = follows(sam, f"/goals/{goal.pk}/")
    main(page).locator("#steps-add > summary").click()
    main(page).locator("#goal-steps [name=who]").select_option(index=1)
    chosen = main(page).locator("#goal-steps [name=who]").input_value()
    add_step(cast.member("alex"), Goal.objects.get(pk=goal.pk), uuid.uuid4(), "The second", None, None)
    expect(main(page).get_by_text("The second", exact=True)).to_be_visible()
    expect(main(page).locator("#steps-add")).to_have_attribute("open", "")
    expect(main(page).locator("#goal-steps [name=who]")).to_have_value(chosen)


PLAYING = """() => {
    window.playing = document.querySelector('#page audio');
    playing.muted = true;
    return playing.play();
}"""
TONE = """<audio src="/tone.wav" loop></audio><dialog id="mine"><button>Close it</button></dialog>"""


def tone() -> bytes:
    """Ten seconds of nothing to hear."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 80_000)
    return made.getvalue()


@pytest.mark.once
def test_what_plays_goes_on_and_an_open_dialog_stays_open(cast, couple):
    """No page has either in its part that is morphed yet; later rooms will."""
    _alex, sam = couple
    sam.page.route("**/tone.wav", lambda route: route.fulfill(content_type="audio/wav", body=tone()))

    def with_tone(route):
        answer = route.fetch()
        page = re.sub(r'(<div id="page"[^>]*>)', rf"\1{TONE}", answer.text())
        policy = answer.headers["content-security-policy"] + "; media-src 'self'"
        route.fulfill(
            response=answer, body=page, headers={**answer.headers, "content-security-policy": policy}
        )

    sam.page.route("**/notes/", with_tone)
    page = follows(sam, "/notes/")
    page.evaluate(PLAYING)
    page.evaluate("() => document.querySelector('#mine').showModal()")
    give(cast, "behind the dialog")
    expect(main(page).get_by_text("behind the dialog")).to_be_attached()
    expect(page.locator("#mine")).to_be_visible()
    assert page.evaluate("document.querySelector('#mine').matches(':modal')")
    assert page.evaluate("playing === document.querySelector('#page audio') && !playing.paused")


def test_a_date_follows_while_somebody_types_on_it(cast, couple):
    alex, sam = couple
    plan = make_plan(cast.member("alex"), "agreed")
    page = follows(sam, f"/dates/{plan.pk}/")
    field = field_of(page, TASK)
    field.fill("Somebody should call the")
    added_by_hand(alex, f"/dates/{plan.pk}/", TASK, "A table by the window")
    expect(main(page).get_by_text("A table by the window").first).to_be_visible()
    expect(field).to_have_value("Somebody should call the")
    expect(field).to_be_focused()
    field.press_sequentially(" restaurant")
    field.press("Enter")
    expect(main(page).get_by_text("Somebody should call the restaurant").first).to_be_visible()
    assert {task.text for task in plan.tasks.all()} == {
        "A table by the window",
        "Somebody should call the restaurant",
    }


def test_a_date_follows_its_answers(cast, couple):
    alex, sam = couple
    plan = make_plan(cast.member("sam"), "proposed")
    page = follows(sam, f"/dates/{plan.pk}/")
    alexs = alex.go(f"/dates/{plan.pk}/")
    press(alexs, "Yes, gladly")
    expect(main(page).get_by_role("heading", name="It’s a date")).to_be_visible()
    assert DatePlan.objects.get(pk=plan.pk).state == "agreed"


def test_whoever_waits_for_a_word_sees_it_come(cast, window):
    jo = person("jo")
    token = link_of(cast.robin)
    accept(jo, Invitation.objects.of_token(token))
    page = follows(window().sign_in(jo), f"/join/{token}/")
    reads(page, page.get_by_role("heading", level=1).inner_text())
    confirm(newest(cast.robin))
    page.wait_for_url("**/space/")
    expect(main(page).get_by_text("Robin").first).to_be_visible()


def test_leaving_closes_the_others_page(cast, couple):
    _alex, sam = couple
    note = give(cast, "words of the two of them")
    page = follows(sam, f"/notes/{note.pk}/")
    expect(main(page).get_by_text("words of the two of them")).to_be_visible()
    leave(cast.member("alex"))
    expect(page.get_by_text("words of the two of them")).to_have_count(0)


def test_signing_out_elsewhere_closes_the_page(cast, couple):
    _alex, sam = couple
    note = give(cast, "words of the two of them")
    page = follows(sam, f"/notes/{note.pk}/")
    end_all(cast.sam)
    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_text("words of the two of them")).to_have_count(0)


def test_signed_out_in_the_middle_of_a_sentence_keeps_it(cast, couple):
    _alex, sam = couple
    note = give(cast)
    page = follows(sam, f"/notes/{note.pk}/")
    words = main(page).locator("form textarea")
    words.fill("I wanted to say")
    end_all(cast.sam)
    expect(page.get_by_role("dialog", name="You’ve been signed out")).to_be_visible()
    expect(words).to_have_value("I wanted to say")


@pytest.mark.once
def test_a_server_that_comes_back_is_followed_again(cast, window):
    sam = window()
    with serving() as first:
        sam.server = first.url
        page = follows(sam.sign_in(cast.sam), "/notes/")
    expect(page.locator("#old")).to_contain_text("this page may be out of date")
    shot(page, "live-old")
    give(cast, "said while the server was away")
    with serving(first.port):
        expect(main(page).get_by_text("said while the server was away")).to_be_visible()
        expect(page.locator("#old")).to_be_empty()
        give(cast, "and once it was back")
        expect(main(page).get_by_text("and once it was back")).to_be_visible()
        page.goto("about:blank")


@pytest.mark.parametrize("instance", [engine()], indirect=True)
@pytest.mark.slow
def test_a_server_that_is_killed_and_started_again_is_followed_again(window, instance):  # noqa: F811
    """A process of its own that has no time to say goodbye, with Sam in the middle of a sentence."""
    given = {**instance[0], "PORT": str(free_port())}
    alex, sam = two(window)
    with app(sys.executable, "manage.py", "serve", **given) as server:
        for one, name in ((alex, "alex"), (sam, "sam")):
            one.server = f"http://localhost:{server.port}"
            page = one.go("/accounts/login/")
            write(page, "E-mail address", f"{name}@example.org")
            write(page, "Password", DEMO_PASSWORD)
            press(page, "Sign in")
            reads(page, re.compile("Good .*"))
        sam.go("/goals/")
        path = (
            main(sam.page)
            .locator("a[href^='/goals/']:has-text('One evening a week')")
            .first.get_attribute("href")
        )
        page = follows(sam, path)
        field = field_of(page, STEP)
        field.fill("Half a sentence, and")
        server.process.kill()
        expect(page.locator("#old")).to_contain_text("this page may be out of date")
        expect(field).to_have_value("Half a sentence, and")
    with app(sys.executable, "manage.py", "serve", **given):
        added_by_hand(alex, path, STEP, "Said once it was back")
        expect(main(page).get_by_text("Said once it was back", exact=True)).to_be_visible()
        expect(page.locator("#old")).to_be_empty()
        expect(field).to_have_value("Half a sentence, and")
        field.press("Enter")
        expect(main(page).get_by_text("Half a sentence, and", exact=True)).to_be_visible()
        for one in (alex, sam):
            one.page.goto("about:blank")


def test_a_page_nobody_looks_at_has_no_stream(cast, couple):
    _alex, sam = couple
    page = follows(sam, "/notes/")
    page.evaluate(HIDE, True)
    page.wait_for_function("() => !document.querySelector('#live')._htmx?.sse?.reader")
    give(cast, "while it was hidden")
    # How old the page was at first counts no more, even where nothing was heard on the stream before.
    page.evaluate("() => { document.querySelector('#live')._htmx.sse.lastEventId = ''; }")
    with page.expect_request("**/live/") as again:
        page.evaluate(HIDE, False)
    assert "x-age" not in again.value.headers
    expect(main(page).get_by_text("while it was hidden")).to_be_visible()


@pytest.mark.once
def test_a_stream_that_a_proxy_cuts_takes_nothing_else_along(cast, couple):
    """The page works as before, says that it may be old, and offers what would lose a word only where none is typed."""
    _alex, sam = couple
    goal = make_goal(cast.member("alex"), "in")
    sam.page.route("**/live/", lambda route: route.abort())
    page = sam.go(f"/goals/{goal.pk}/")
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    expect(page.locator("#old")).to_contain_text("this page may be out of date")
    expect(page.locator("#old a")).to_have_text("Load it again")
    added_by_hand(sam, f"/goals/{goal.pk}/", STEP, "A step of Sam’s")
    # The link that is there already goes with the first letter.
    expect(page.locator("#old a")).to_have_text("Load it again")
    field_of(page, STEP).fill("not sent yet")
    expect(page.locator("#old a")).to_have_count(0)
    expect(page.locator("#old")).to_contain_text("this page may be out of date")
    page.unroute("**/live/")
    page.evaluate("() => dispatchEvent(new Event('online'))")
    open_stream(page)
    expect(page.locator("#old")).to_be_empty()


def held_stream(window: Window) -> Callable[[], None]:
    """Hold the request for a stream back; what is returned lets it go."""
    held = []
    window.page.route("**/live/", lambda route: held.append(route))

    def let() -> None:
        held[0].continue_()
        window.page.unroute("**/live/")

    return let


@pytest.mark.once
def test_a_page_has_one_stream(cast, couple):
    """Asked for again while it is being made, there is no second one."""
    _alex, sam = couple
    asked: list[str] = []
    let = held_stream(sam)
    sam.page.on("request", lambda request: asked.append(request.url) if "/live/" in request.url else None)
    with sam.page.expect_request("**/live/"):
        page = sam.go("/notes/")
    for _ in range(3):
        page.evaluate("() => dispatchEvent(new Event('online'))")
    let()
    open_stream(page)
    give(cast, "heard once")
    expect(main(page).get_by_text("heard once")).to_be_attached()
    assert len(asked) == 1


@pytest.mark.once
def test_a_page_that_is_hidden_while_its_stream_is_made_lets_it_go(cast, couple, monkeypatch):
    _alex, sam = couple
    monkeypatch.setattr(stream, "BEAT", 0.2)
    let = held_stream(sam)
    with sam.page.expect_request("**/live/"):
        page = sam.go("/notes/")
    page.evaluate(HIDE, True)
    let()
    page.wait_for_function("() => document.querySelector('#live')._htmx.sse === undefined")
    give(cast, "while it was hidden")
    page.evaluate(HIDE, False)
    expect(main(page).get_by_text("while it was hidden")).to_be_visible()


@pytest.mark.once
def test_what_one_reads_stays_where_it_is_though_the_focus_is_elsewhere(cast, couple):
    _alex, sam = couple
    today = cast.member("sam").today
    for number in range(12):
        seen = {"couple": cast.ours, "opens_on": today - dt.timedelta(days=number + 1)}
        Note.objects.create(author=cast.alex, what=f"note {number:02}", meaning="x", **seen)
    page = follows(sam, "/notes/")
    main(page).get_by_role("link", name="Write a note").first.focus()
    read = main(page).get_by_text("note 08")
    read.evaluate("it => it.scrollIntoView({block: 'center', behavior: 'instant'})")
    before = read.bounding_box()["y"]
    give(cast, "above what is read")
    expect(main(page).get_by_text("above what is read")).to_be_attached()
    assert abs(read.bounding_box()["y"] - before) < 2


@pytest.mark.once
def test_a_stream_without_a_beat_is_given_up_and_a_new_day_is_looked_at(cast, couple, monkeypatch):
    _alex, sam = couple
    monkeypatch.setattr(stream, "BEAT", 600.0)
    sam.page.clock.install(time=dt.datetime(2027, 3, 17, 22, 58, 30, tzinfo=dt.UTC))
    page = follows(sam, "/notes/")
    # Two beats are missed after this; a little later the stream is asked for again.
    page.clock.fast_forward(56_000)
    with page.expect_request("**/live/"):
        page.clock.fast_forward(3_000)
    with page.expect_request(lambda asked: asked.url.endswith("/notes/") and "hx-request" in asked.headers):
        page.clock.fast_forward(61_000)
    expect(main(page).get_by_role("heading", name="No notes yet")).to_be_visible()
    # To a clock that jumps, a request took a minute.
    sam.complaints.clear()


@pytest.mark.once
def test_a_page_without_script_is_as_it_was(cast, window):
    quiet = window(java_script_enabled=False).sign_in(cast.sam)
    give(cast, "without script")
    expect(main(quiet.go("/notes/")).get_by_text("without script")).to_be_visible()
    expect(quiet.page.locator("#old")).to_be_hidden()


@pytest.mark.once
def test_what_the_page_does_by_itself_complains_of_nothing(cast, couple):
    """Where the answer is an error, the page goes on as it was."""
    _alex, sam = couple
    page = follows(sam, "/notes/")
    page.route("**/notes/", lambda route: route.fulfill(status=500, body="no"))
    with page.expect_response("**/notes/"):
        ripple(cast.sam.pk, SPACE.name)
    page.unroute("**/notes/")
    give(cast, "after the error")
    expect(main(page).get_by_text("after the error")).to_be_visible()
    expect(page.locator("#toasts .stay")).to_have_count(0)
