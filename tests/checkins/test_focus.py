"""What both say of a strategy, sealed until both have; the focus that comes of it; and what a reveal suggests."""

import datetime as dt
import html
import json

import pytest
from django.urls import reverse

from couples.checkins import focusing
from couples.checkins.models import LAPSES, Choice, Focus, Says, StepPlan
from couples.core.edits import Version
from couples.core.news import News
from couples.space.actions import leave
from tests.checkins.conftest import NOW
from tests.checkins.doing import CALM, both_say, news_of, read, reveal, say
from tests.checkins.plans import plan, step_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SEALED = "It’s sealed until both of you have said something."


def active():
    return list(Focus.objects.filter(ended_on=None).order_by("seat").values_list("strategy", flat=True))


def press(client, act, slug):
    answer = client.post(reverse(f"checkins:{act}", args=[slug]), follow=True)
    return html.unescape(answer.content.decode())


def test_what_one_says_is_sealed_until_the_other_has_said_something(browse, sam, alex):
    page = say(browse("alex"), "goals", "focus")
    assert "You said: Our focus." in page
    assert SEALED in page
    assert (news_of(sam), active()) == ([], [])
    assert "Our focus." not in read(browse("sam"), "/strategies/goals/")
    page = say(browse("sam"), "goals", "fine")
    assert "You said: Already fine. Alex said: Our focus." in page
    assert "You said: Our focus. Sam said: Already fine." in read(browse("alex"), "/strategies/goals/")
    assert (news_of(alex), news_of(sam), active()) == (["strategy.answered"], [], [])
    assert set(Choice.objects.values_list("opens_on", flat=True)) == {alex.today}


def test_until_then_one_says_something_else_or_takes_it_back_and_nothing_is_kept_of_it(browse):
    say(browse("alex"), "goals", "focus")
    say(browse("alex"), "goals", "no")
    assert [row.says for row in Choice.objects.all()] == ["no"]
    assert SEALED not in press(browse("alex"), "unsay", "goals")
    assert not Choice.objects.exists()
    page = say(browse("sam"), "goals", "no")
    assert SEALED in page
    assert not Version.objects.exists()


def test_what_both_want_is_their_focus(browse, cast, alex):
    say(browse("alex"), "goals", "focus")
    assert "is your focus now, for both of you." in say(browse("sam"), "goals", "focus")
    assert active() == ["goals"]
    for name in ("alex", "sam"):
        assert "Your focus since 17 March" in read(browse(name), "/strategies/goals/")
    both_say(browse, "goals")
    assert Focus.objects.count() == 1


def test_two_at_most_and_a_third_begins_once_one_rests(browse):
    for slug in ("goals", "quality-time", "communication"):
        both_say(browse, slug)
    assert active() == ["goals", "quality-time"]
    page = read(browse("alex"), "/strategies/communication/")
    assert "You both want this." in page
    assert "Begin with it" not in page
    assert "it can begin as soon as there’s a free place" in page
    assert "let one rest first" in press(browse("alex"), "begin", "communication")
    assert "rests. You can take it up again." in press(browse("sam"), "rest", "goals")
    assert active() == ["quality-time"]
    page = read(browse("alex"), "/strategies/communication/")
    assert "Begin with it" in page
    assert "as soon as" not in page
    assert "Your focus since" in press(browse("alex"), "begin", "communication")
    assert active() == ["communication", "quality-time"]


def test_begun_already_by_the_other_it_is_no_mistake_to_press(browse):
    for slug in ("goals", "quality-time", "communication"):
        both_say(browse, slug)
    press(browse("alex"), "rest", "goals")
    for name in ("alex", "sam"):
        assert "let one rest first" not in press(browse(name), "begin", "communication")
    assert active() == ["communication", "quality-time"]


def test_begin_needs_both_to_want_it(browse):
    say(browse("alex"), "goals", "focus")
    press(browse("alex"), "begin", "goals")
    both_say(browse, "communication", "focus", "fine")
    press(browse("sam"), "begin", "communication")
    press(browse("sam"), "begin", "quality-time")
    assert active() == []
    for act in ("say", "begin", "rest", "unsay"):
        assert browse("alex").post(f"/checkins/strategy/nonsense/{act}/", {"says": "no"}).status_code == 404


def test_after_a_rest_both_say_it_anew(browse, sam):
    both_say(browse, "goals")
    press(browse("alex"), "rest", "goals")
    assert not Choice.objects.exists()
    page = say(browse("alex"), "goals", "focus")
    assert SEALED in page
    assert active() == []
    say(browse("sam"), "goals", "focus")
    assert active() == ["goals"]
    assert Focus.objects.count() == 2


def test_news_of_what_gave_way_leads_nowhere_and_so_is_no_news(browse, alex, sam):
    both_say(browse, "goals")
    news = News.objects.visible_to(alex).get()
    press(browse("sam"), "rest", "goals")
    answer = browse("alex").post(reverse("core:news_open", args=[news.pk]), follow=True)
    assert answer.status_code == 200
    assert "strategy.answered" not in news_of(alex)


@pytest.mark.parametrize(("days", "opens"), [(13, True), (14, False), (40, False)])
def test_it_waits_for_fourteen_days_and_is_only_ones_own_then(browse, at, days, opens):
    say(browse("alex"), "goals", "focus")
    at(NOW + days * DAY)
    assert (SEALED in read(browse("alex"), "/strategies/goals/")) is opens
    assert (
        "That’s a while ago, and only yours now." in read(browse("alex"), "/strategies/goals/")
    ) is not opens
    say(browse("sam"), "goals", "focus")
    assert (active() == ["goals"]) is opens
    assert LAPSES == 14 * DAY


def test_what_lapsed_can_be_said_again_and_then_counts(browse, at, alex):
    say(browse("alex"), "goals", "no")
    at(NOW + 20 * DAY)
    say(browse("sam"), "goals", "focus")
    assert "Our focus" not in read(browse("alex"), "/strategies/goals/").split("You once said")[1][:60]
    assert say(browse("alex"), "goals", "focus").count("Your focus since 6 April")
    assert Choice.objects.count() == 2


def test_a_change_of_mind_shows_at_once_and_keeps_what_was_said_with_its_day(browse, cast, at, alex, sam):
    both_say(browse, "goals")
    News.objects.all().delete()
    at(NOW + 3 * DAY)
    say(browse("sam"), "goals", "fine")
    assert active() == []
    assert "You said: Our focus. Sam said: Already fine." in read(browse("alex"), "/strategies/goals/")
    version = Version.objects.get()
    assert (json.loads(version.words), version.editor, version.edited_on) == (
        {"says": "focus"},
        cast.sam,
        cast.member("sam").today,
    )
    assert not News.objects.exists()
    say(browse("sam"), "goals", "fine")
    assert Version.objects.count() == 1
    say(browse("sam"), "goals", "focus")
    assert active() == ["goals"]
    assert not News.objects.exists()
    press(browse("sam"), "unsay", "goals")
    assert Choice.objects.count() == 2


def test_nothing_is_said_in_a_couple_that_has_ended_meanwhile(cast, alex, sam):
    leave(sam)
    assert not focusing.choose(alex, "goals", Says.FOCUS)
    assert not focusing.begin(alex, "goals")
    assert not focusing.rest(alex, "goals")
    assert not Choice.objects.exists()


def test_acknowledge_has_words_of_its_own(browse):
    page = read(browse("alex"), "/strategies/acknowledge/")
    for words in (
        "Do you want to work on this?",
        "We want to work on this",
        "When both of you say yes, your plan begins",
    ):
        assert words in page
        assert words not in read(browse("alex"), "/strategies/goals/")


@pytest.mark.parametrize("says", ["", "x", "FOCUS", "\x00", "focus" * 400])
def test_what_is_none_of_the_three_is_refused_with_a_sentence(browse, says):
    assert "Choose one of the three." in say(browse("alex"), "goals", says)
    assert not Choice.objects.exists()


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/checkins/x/", "/checkins/../", "\x00"]
)
def test_it_leads_back_to_a_reveal_or_the_strategy_and_nowhere_else(browse, back):
    url = reverse("checkins:choose", args=["goals"])
    assert browse("alex").post(url, {"says": "no", "back": back}).url == "/strategies/goals/"
    mine, _theirs = reveal(browse)
    here = f"/checkins/{mine}/"
    assert browse("alex").post(url, {"says": "no", "back": here}).url == here


def suggested(page):
    part = page[page.index('id="answer"') : page.index('id="meet"')]
    return [one.split("/")[0] for one in part.split('<h3><a href="/strategies/')[1:]]


def test_a_reveal_suggests_what_answers_it_and_says_why_in_words(browse):
    mine, theirs = reveal(browse, {**CALM, "routine": "4"}, {**CALM, "routine": "3", "stress": "2"})
    pages = [read(browse(name), f"/checkins/{pk}/") for name in ("alex", "sam") for pk in (mine, theirs)]
    assert len({tuple(suggested(page)) for page in pages}) == 1
    assert suggested(pages[0])[0] == "quality-time"
    for page in pages:
        assert "Because you both named routine and predictability in your check-in" in page
        assert ", and because one of you named stress in your check-in." in page


def test_a_calm_week_asks_for_no_answer(browse):
    mine, _theirs = reveal(browse)
    assert "Nothing new suggests itself this week." in read(browse("sam"), f"/checkins/{mine}/")


def test_a_sealed_not_for_us_hides_a_suggestion_from_oneself_alone(browse, cast):
    mine, _theirs = reveal(browse, {**CALM, "routine": "4"}, {**CALM, "routine": "3"})
    plan(cast.ours, step_of(of=("quality-time",)))
    before = read(browse("sam"), f"/checkins/{mine}/")
    step = StepPlan.objects.values_list().get()
    say(browse("alex"), "quality-time", "no")
    assert suggested(before)[0] == "quality-time"
    assert "quality-time" not in suggested(read(browse("alex"), f"/checkins/{mine}/"))
    assert suggested(read(browse("sam"), f"/checkins/{mine}/")) == suggested(before)
    assert StepPlan.objects.values_list().get() == step
    say(browse("sam"), "quality-time", "focus")
    assert "quality-time" not in suggested(read(browse("sam"), f"/checkins/{mine}/"))
    assert StepPlan.objects.values_list().get() != step


def test_what_is_focus_or_fine_for_both_is_not_suggested_again(browse):
    mine, _theirs = reveal(browse, {**CALM, "routine": "4"}, {**CALM, "routine": "3"})
    first, second, third = suggested(read(browse("sam"), f"/checkins/{mine}/"))
    both_say(browse, first)
    both_say(browse, second, "fine")
    both_say(browse, third, "fine", "focus")
    page = read(browse("sam"), f"/checkins/{mine}/")
    assert "Your focus now:" in page
    assert {first, second}.isdisjoint(suggested(page))
    assert third in suggested(page)


def test_only_the_newest_reveal_suggests_anything(browse, at):
    mine, _theirs = reveal(browse, {**CALM, "routine": "4"})
    at(NOW + 7 * DAY)
    assert 'id="answer"' in read(browse("alex"), f"/checkins/{mine}/")
    reveal(browse)
    page = read(browse("alex"), f"/checkins/{mine}/")
    assert 'id="answer"' not in page
    assert "Side by side" in page
