"""The closeness picture: what was shared and nothing else, for two lines that nobody compares."""

import datetime as dt
import re
from itertools import accumulate, pairwise
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from couples.checkins.picture import APART, DASH, FONT, RANGES, ROOM, Picture, Point, _width, draw, since

pytestmark = pytest.mark.once

SUNDAY = dt.date(2025, 9, 7)
TODAY = dt.date(2025, 11, 28)


def weekly(mine, yours=None, *, start=SUNDAY, days=7):
    """Check-ins ``days`` apart."""
    yours = yours or [None] * len(mine)
    return [
        Point(start + dt.timedelta(days=days * n), a, b)
        for n, (a, b) in enumerate(zip(mine, yours, strict=True))
    ]


def drawn(points, *, name: str | None = "Sam", first=None, last=TODAY) -> Picture:
    picture = draw(points, first=first, last=last, name=name)
    assert picture is not None
    return picture


def page(picture, chosen="3m"):
    return render_to_string("checkins/picture.html", {"picture": picture, "ranges": RANGES, "range": chosen})


def svg(picture):
    """The drawing as XML: it must be well-formed."""
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", page(picture), re.DOTALL)[0])  # noqa: S314


def corners(path):
    """Every point a path goes through."""
    x = y = 0
    for letter, numbers in re.findall(r"([Mmhl])([-\d ]+)", path):
        dx, dy = [*map(int, re.findall(r"-?\d+", numbers)), 0][:2]
        x, y = (dx, dy) if letter == "M" else (x + dx, y + dy)
        yield x, y


def subpaths(path):
    return len(re.findall("[Mm]", path))


def test_a_line_goes_through_every_week_that_was_shared():
    (line,) = drawn(weekly([1, 4, 7]), name=None).lines
    heights = [y for _, y in corners(line.path)]
    assert heights == sorted(heights, reverse=True)
    assert (heights[0], heights[-1]) == (1460, 260)
    assert line.dots == ""


def test_what_stays_level_is_one_stroke():
    (line,) = drawn(weekly([3, 3, 3, 3]), name=None).lines
    assert re.fullmatch(r"M\d+ \d+h\d+", line.path)


def test_a_week_without_a_value_breaks_the_line():
    mine, yours = drawn(weekly([3, 4, None, 5, 6], [2, 2, 2, 2, 2])).lines
    assert subpaths(mine.path) == 2
    assert subpaths(yours.path) == 1


def test_a_week_that_is_missing_breaks_the_line():
    points = weekly([3, 4, 4, 5, 6])
    assert subpaths(drawn(points[:2] + points[3:], name=None).lines[0].path) == 2


def test_fourteen_days_are_no_gap_for_those_who_meet_every_fortnight():
    points = weekly([3, 4, 3, 4, 3, 5], days=14)
    assert subpaths(drawn(points, name=None).lines[0].path) == 1
    assert subpaths(drawn(points[:3] + points[4:], name=None).lines[0].path) == 2


@pytest.mark.parametrize("yours", [None, 2])
def test_a_week_without_a_value_breaks_the_line_however_close_its_neighbours_are(yours):
    points = weekly([3, 4, 3, 5], days=14)
    points[2:2] = [Point(dt.date(2025, 9, 24), None, yours), Point(dt.date(2025, 9, 28), 5, None)]
    assert subpaths(drawn(points).lines[0].path) == 2


@pytest.mark.parametrize(
    ("days", "most", "lines"),
    [([42], 14, 0), ([21, 35], 7, 0), ([7, 13, 7], 7, 1), ([14, 14], 7, 0)],
)
def test_few_check_ins_far_apart_make_no_rule_of_their_gaps(days, most, lines):
    """A week of 13 days is one that waited for another day; of 14, one was left out."""
    weeks = [SUNDAY + dt.timedelta(days=after) for after in accumulate(days, initial=0)]
    picture = draw([Point(week, 4, None) for week in weeks], first=None, last=weeks[-1], name=None, most=most)
    assert subpaths(picture.lines[0].path) == lines
    assert subpaths(picture.lines[0].dots) == (0 if lines else len(weeks))


def test_what_is_usual_is_taken_from_all_even_where_little_is_shown():
    points = weekly([3, 4, 3, 4, 5, 4, 5])
    del points[-2]
    (line,) = drawn(points, name=None, first=points[-2].week).lines
    assert line.path == ""
    assert subpaths(line.dots) == 2


def test_a_point_between_gaps_is_seen():
    mine, _ = drawn(weekly([3, 4, None, 5, None, 6, 6], [1] * 7)).lines
    assert re.fullmatch(r"M\d+ \d+h0", mine.dots)
    assert subpaths(mine.path) == 2


def test_equal_lines_are_two_the_dashed_one_on_top():
    picture = drawn(weekly([3, 4, 5], [3, 4, 5]))
    assert [line.css for line in picture.lines] == ["m", "y"]
    assert picture.lines[0].path == picture.lines[1].path
    assert [path.get("class") for path in svg(picture).iter("path")] == ["m", "m", "y", "y"]


def test_only_what_is_there_has_a_line_and_a_name():
    assert [line.name for line in drawn(weekly([3, 4], [None, None])).lines] == ["You"]
    assert [line.name for line in drawn(weekly([None, None], [3, 4])).lines] == ["Sam"]


def test_alone_there_is_one_line_and_two_columns():
    picture = drawn(weekly([3, 4], [5, 6]), name=None)
    assert [line.css for line in picture.lines] == ["m"]
    assert page(picture).count('scope="col"') == 2
    assert picture.said == "How close it felt to you, from 7 September to 14 September 2025: 2 check-ins."


@pytest.mark.parametrize("ends", [(a, b) for a in range(1, 8) for b in range(1, 8)])
def test_names_stand_apart_and_in_the_order_of_their_lines(ends):
    mine, yours = drawn(weekly([4, ends[0]], [4, ends[1]])).lines
    assert abs(mine.at - yours.at) >= APART
    assert (mine.at < yours.at) == (ends[0] >= ends[1])
    assert all(150 <= line.at <= 1700 for line in (mine, yours))


LONG = "Maximilian-Konstantin von und zu Hohenlohe-Langenburg the 2nd"[:60]


@pytest.mark.parametrize(
    "name", [LONG, "W" * 60, "Anna " * 12, "ا" * 60, "李" * 60, "e\u0301" * 30, "👩‍👩‍👧" * 12]
)
def test_long_names_are_cut_and_kept_whole_elsewhere(name):
    picture = drawn(weekly([3, 4], [3, 4]), name=name)
    shown = picture.lines[1].name.strip("\u2068\u2069")
    assert shown.endswith("…")
    assert name.startswith(shown[:-1])
    assert _width(shown) <= ROOM[1]
    assert picture.names + _width(shown) <= 3200
    assert name.strip() in picture.said
    assert not name[len(shown) - 1].startswith(("\u0301", "\u200d"))
    assert picture.right - picture.left >= 1900


def test_a_name_is_cut_at_a_word_where_one_fits():
    assert drawn(weekly([3], [3]), name="Anna Katharina Magdalena").lines[1].name == "Anna…"
    assert drawn(weekly([3], [3]), name="Alexandra").lines[1].name == "Alexandra"


def test_names_from_right_to_left_keep_their_dots_at_their_end():
    name = "عبد الرحمن بن محمد الفارسي الطويل"
    assert re.fullmatch("\u2068.+…\u2069", drawn(weekly([3], [3]), name=name).lines[1].name)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\x07\x1b"])
def test_a_name_that_cannot_be_seen_is_your_partner(name):
    assert drawn(weekly([3], [3]), name=name).name == "Your partner"


def test_a_name_is_text():
    picture = drawn(weekly([3, 4], [4, 3]), name='<b>"&')
    assert "<b>" not in page(picture)
    assert page(picture).count("&lt;b&gt;&quot;&amp;") == 3
    assert 'you in 2 of 2 check-ins, <b>"& in 2.' in svg(picture).get("aria-label")


def test_a_sentence_says_what_it_shows_and_judges_nothing():
    points = weekly([3, None, *[4] * 9, None], [2] * 9 + [None, None, 2])
    points = [point for point in points if point.mine or point.yours]
    assert drawn(points).said == (
        "How close it felt, from 7 September to 23 November 2025: you in 10 of 12 check-ins, Sam in 10."
    )
    assert svg(drawn(points)).get("role") == "img"


@pytest.mark.parametrize(
    ("mine", "yours", "said"),
    [
        (3, 4, "How close it felt to you and Sam, in the week from 7 September 2025."),
        (3, None, "How close it felt to you, in the week from 7 September 2025."),
        (None, 4, "How close it felt to Sam, in the week from 7 September 2025."),
    ],
)
def test_one_week_only(mine, yours, said):
    picture = drawn(weekly([mine], [yours]))
    assert picture.said == said
    assert len(picture.rows) == 1
    assert all(line.dots and not line.path for line in picture.lines)
    assert picture.ticks


def test_across_new_year_both_years_are_said():
    picture = drawn(weekly([3, 4], start=dt.date(2020, 12, 28)), last=dt.date(2021, 1, 9), name=None)
    assert "from 28 December 2020 to 4 January 2021" in picture.said
    assert [text for _, text in picture.ticks] == ["December", "2021"]
    assert [row[0] for row in picture.rows] == ["4 Jan 2021", "28 Dec 2020"]


def test_the_table_has_every_week_that_had_something_newest_first():
    picture = drawn(weekly([3, None, None, 7], [None, None, 1, 6]))
    assert picture.rows == (("28 Sep 2025", "7", "6"), ("21 Sep 2025", DASH, "1"), ("7 Sep 2025", "3", DASH))
    assert page(picture).count('scope="row"') == 3


def test_ranges():
    assert [slug for slug, _ in RANGES] == ["3m", "1y", "all"]
    assert since("3m", TODAY) == dt.date(2025, 8, 28)
    assert since("1y", dt.date(2024, 2, 29)) == dt.date(2023, 2, 28)
    assert since("all", TODAY) is None
    assert since("soon", TODAY) == since("3m", TODAY)


def test_only_what_is_in_the_range_is_shown():
    points = weekly([3, 4, 5, 6])
    picture = drawn(points, first=points[1].week, last=points[2].week)
    assert [row[1] for row in picture.rows] == ["5", "4"]
    assert draw(points, first=TODAY, last=TODAY, name="Sam") is None


def test_nothing_is_drawn_of_nothing():
    assert draw([], first=None, last=TODAY, name="Sam") is None
    assert draw(weekly([None, None]), first=None, last=TODAY, name="Sam") is None
    assert draw(weekly([None], [5]), first=None, last=TODAY, name=None) is None
    html = page(None, "1y")
    assert "Nothing was shared in this time." in html
    assert re.findall(r'\?range=(\w+)" aria-current="true"', html) == ["1y"]


@pytest.mark.parametrize("days", [*range(0, 800, 17), 1000, 1500, 3652, 9000, 20000, 40000])
@pytest.mark.parametrize("name", ["Sam", LONG])
def test_months_and_years_do_not_overlap(days, name):
    points = weekly([3], [4], start=TODAY - dt.timedelta(days=days))
    ticks = drawn(points, name=name).ticks
    assert 1 <= len(ticks) <= 8
    assert all(a + _width(text) < b for (a, text), (b, _) in pairwise(ticks))
    assert ticks[-1][0] + _width(ticks[-1][1]) <= 3200


def test_letters_are_taken_for_no_narrower_than_they_are():
    """Measured in Chromium, in ems: what is drawn must not be wider than the room kept for it."""
    for text, ems in {"You": 1.71, "Sam": 2.01, "Alexandra": 4.54, "close": 2.36, "2025": 2.34}.items():
        assert ems * FONT <= _width(text) <= 1.35 * ems * FONT


def ten_years():
    mine = [1 + (5 * n) % 7 for n in range(520)]
    yours = [1 + (3 * n) % 7 for n in range(520)]
    return weekly(mine, yours, start=TODAY - dt.timedelta(days=7 * 519))


def test_ten_years_fit_in_30_kb():
    picture = drawn(ten_years())
    assert picture.dense
    assert len(picture.rows) == 520
    assert len(page(picture, "all").encode()) <= 30 * 1024


def test_ten_years_of_single_points_do_as_well():
    points = [
        Point(point.week, point.mine if n % 2 else None, None if n % 2 else point.yours)
        for n, point in enumerate(ten_years())
    ]
    assert len(page(drawn(points), "all").encode()) <= 30 * 1024


def test_the_same_gives_the_same():
    assert page(drawn(ten_years())) == page(drawn(ten_years()))


VALUES = st.none() | st.integers(1, 7)
WEEKS = st.dates(dt.date(1990, 1, 1), dt.date(2200, 1, 1))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.builds(Point, WEEKS, VALUES, VALUES), max_size=30, unique_by=lambda point: point.week),
    st.none() | WEEKS,
    WEEKS,
    st.none() | st.text(max_size=60),
)
def test_whatever_there_is_stays_within_the_picture(points, first, last, name):
    picture = draw(sorted(points, key=lambda point: point.week), first=first, last=last, name=name)
    if picture is None:
        return
    root = svg(picture)
    _, _, width, height = map(int, root.get("viewBox").split())
    paths = [path.get("d") for path in root.iter("path")]
    assert paths
    for path in paths:
        assert re.fullmatch(r"M\d+ \d+([mhl][-\d ]+)*", path)
        assert all(0 <= x <= width and 0 <= y <= height for x, y in corners(path))
    for line in root.iter("line"):
        assert 0 <= int(line.get("x1")) <= int(line.get("x2")) <= width
