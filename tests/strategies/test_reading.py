"""What the ten strategies say, as data and as pages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strategies import reading
from tests.queries import MOST, asked

TEN = {
    "acknowledge": {"communication": 3, "priorities": 3, "routine": 1, "stress": 1, "conflict": 1},
    "quality-time": {"routine": 3, "stress": 2, "priorities": 1},
    "communication": {"communication": 3, "stress": 2},
    "affection": {"routine": 3, "stress": 2},
    "early-days": {"routine": 3, "priorities": 2},
    "conflicts": {"conflict": 3},
    "vulnerability": {"communication": 3, "conflict": 2},
    "goals": {"priorities": 3, "routine": 2},
    "forgiveness": {"conflict": 3},
    "professional-help": {"conflict": 3, "stress": 2},
}
CAUSES = ["routine", "stress", "communication", "conflict", "priorities"]
ROOMS = {"/checkins/", "/strategies/acknowledge/", "/notes/", "/dates/", "/goals/", "/help/"}
EVERY = reading.all_strategies()


def words(html: str) -> list[str]:
    return re.sub(r"<[^>]+>", " ", html).split()


def test_ten_strategies_in_their_order_with_their_weights():
    assert [strategy.slug for strategy in EVERY] == list(TEN)
    assert [strategy.order for strategy in EVERY] == list(range(1, 11))
    assert {strategy.slug: dict(strategy.weights) for strategy in EVERY} == TEN


def test_five_causes_each_answered_by_some_strategy():
    assert [cause.slug for cause in reading.premise().causes] == CAUSES
    for cause in CAUSES:
        assert any(strategy.weights.get(cause, 0) >= 2 for strategy in EVERY), cause


def test_the_strongest_cause_comes_first():
    assert [cause.slug for cause in reading.strategy("quality-time").answers] == [
        "routine",
        "stress",
        "priorities",
    ]


def test_content_is_read_once_and_cannot_be_changed():
    assert reading.all_strategies() is EVERY
    assert reading.strategy("goals") is EVERY[7]
    with pytest.raises(TypeError):
        EVERY[0].weights["stress"] = 3


def test_an_unknown_strategy_is_a_key_error():
    with pytest.raises(KeyError):
        reading.strategy("premise")


@pytest.mark.parametrize("strategy", EVERY, ids=lambda strategy: strategy.slug)
def test_each_reads_in_two_minutes_and_has_something_to_do(strategy):
    assert 250 <= len(words(strategy.html)) <= 400
    assert strategy.html.count("<h2>") >= 2
    assert "<h1>" not in strategy.html
    assert strategy.practices
    assert len({practice.tool for practice in strategy.practices}) == len(strategy.practices)
    assert len(strategy.summary) < 120


@pytest.mark.parametrize("strategy", EVERY, ids=lambda strategy: strategy.slug)
def test_links_lead_only_to_rooms_that_exist(strategy):
    links = set(re.findall(r'href="([^"]*)"', strategy.html))
    links |= {practice.url for practice in strategy.built if practice.url}
    assert links <= ROOMS


@pytest.mark.parametrize(
    "slug", ["affection", "conflicts", "vulnerability", "forgiveness", "professional-help"]
)
def test_where_fear_may_play_a_part_help_is_one_press_away(slug):
    assert 'href="/help/"' in reading.strategy(slug).html


OUTLINE = {
    "premise": "ups and downs|duties, stress and routine|stronger than before|"
    "commit|on purpose|choice that both|affair",
    "acknowledge": "name it, together|vulnerable|blame|I noticed|I miss|safer for the other",
    "quality-time": "same room|valued|regular|date nights|hobbies|hiking|no phones, no work|getaways",
    "communication": "cornerstone|surface|actively|interrupt|"
    "appreciat|feelings|open questions|how are you, really|set a time",
    "affection": "holding hands|hug|forehead|sitting close|"
    "oxytocin|lower stress|start small|gradually|natural",
    "early-days": "how you met|what drew you|fell|old photos|"
    "first date|go back to the place|memories|why it mattered",
    "conflicts": "keeps you apart|resolution|empathy|your own part|right for both|therapist or adviser",
    "vulnerability": "gateway|guard down|unfiltered|fears and insecurities|"
    "dreams|apologise|responsibility|heartfelt",
    "goals": "short-term|more dates|long-term|five years|"
    "ten|children|journeys|home to save for|common vision binds",
    "forgiveness": "grudge|loop|forgetting|condones|frees? the present from the past|both have to be willing",
    "professional-help": "uphill|lies under|teaches tools|neutral ground|no shame|only that way",
}


@pytest.mark.parametrize("slug", OUTLINE)
def test_nothing_of_the_outline_is_missing(slug):
    page = reading.premise() if slug == "premise" else reading.strategy(slug)
    text = " ".join(words(page.html))
    for phrase in OUTLINE[slug].split("|"):
        assert re.search(phrase, text, re.IGNORECASE), phrase


def test_raw_html_in_a_content_file_would_be_shown_as_text():
    assert "<script" not in reading._markdown().render("<script>x</script>\n\nA <b>word</b>.")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["", "alex", "robin"])
def test_pages_are_open_to_everybody(browse, who):
    client = browse(who)
    for address in ["/strategies/", *(f"/strategies/{slug}/" for slug in TEN)]:
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        assert len(asked(captured)) <= MOST, address
        assert page.status_code == 200
        assert page.content.count(b"<h1") == 1


@pytest.mark.django_db
def test_the_first_page_shows_causes_strategies_and_closing(client):
    page = client.get("/strategies/").content.decode()
    for cause in reading.premise().causes:
        assert cause.looks_like in page
    for strategy in EVERY:
        assert f'href="/strategies/{strategy.slug}/"' in page
    assert reading.premise().closing in page


@pytest.mark.django_db
def test_each_page_leads_to_its_neighbours(client):
    first, second, last = (client.get(f"/strategies/{EVERY[at].slug}/").content.decode() for at in (0, 1, 9))
    assert 'rel="prev"' not in first
    assert 'rel="next" href="/strategies/quality-time/"' in first
    assert 'rel="prev" href="/strategies/acknowledge/"' in second
    assert 'rel="next"' not in last


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["premise", "nothing-here", "Goals"])
def test_an_unknown_strategy_is_not_found(client, slug):
    assert client.get(f"/strategies/{slug}/").status_code == 404


@pytest.mark.django_db
def test_nothing_is_posted_here(client):
    assert client.post("/strategies/").status_code == 405
    assert client.post("/strategies/goals/").status_code == 405
