"""The closeness picture: how close it felt, week by week, as two lines that nobody compares.

It is drawn on ten times as many units as a phone has pixels for it, so that ten years still have whole numbers for
coordinates; ``static/css/checkins.css`` sets words and strokes to the size they are read at.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

RANGES = (("3m", _("3 months")), ("1y", _("A year")), ("all", _("All")))
SPANS = {"3m": relativedelta(months=3), "1y": relativedelta(years=1)}

WIDTH, HEIGHT = 3200, 1900
LEFT, TOP, STEP = 30, 260, 200
BOTTOM = TOP + 6 * STEP
FONT = 160  # the largest that the style sheet sets words in, on the narrowest phones
ROOM = (340, 860)  # kept right of the lines for names: at least that of a month, at most a third
APART = 260  # between two names one above the other, with the stroke beneath each
AIR = 70
LEAST = 41  # days: any six weeks hold the first of a month, so that there is always something to label
DENSE = 60  # from so many check-ins on, thick strokes would run into each other
DASH = "–"
STEPS = (
    *((1, "F"), (1, "M"), (2, "M"), (3, "M"), (6, "M")),
    *((12 * years, "") for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)

# In ems of Figtree, generously: there is nothing on the server to measure letters with.
NARROW = dict.fromkeys("iljtfrI.,'’|:;!-()[] ", 0.36) | dict.fromkeys("mwMW@%&", 0.95)
UNSEEN = {"Mn", "Me", "Cf"}
REFUSED = {"Cc", "Cs", "Cn"}  # controls and half letters, which XML forbids
FROM_RIGHT = {"R", "AL"}
LATIN_ENDS = "\u0250"  # what comes after is set in another font
ISOLATE, END_ISOLATE, JOINER = "\u2068", "\u2069", "\u200d"

Place = Callable[[dt.date], int]


@dataclass(frozen=True)
class Point:
    """What both have shared of one week's check-in: 1, apart, to 7, close."""

    week: dt.date
    mine: int | None
    yours: int | None


@dataclass(frozen=True)
class Line:
    """One person's line: the path, its points that stand alone, and the name at its right end."""

    css: str
    path: str
    dots: str
    name: str
    at: int
    stroke: str


@dataclass(frozen=True)
class Picture:
    """All that ``templates/checkins/picture.html`` needs."""

    said: str
    name: str | None
    lines: tuple[Line, ...]
    rules: tuple[int, ...]
    ticks: tuple[tuple[int, str], ...]
    rows: tuple[tuple[str, str, str], ...]
    dense: bool
    right: int
    names: int
    box, left, top, bottom = f"0 0 {WIDTH} {HEIGHT}", LEFT, TOP, BOTTOM


def since(range_: str, today: dt.date) -> dt.date | None:
    """The first day of what is shown, None for all; an unknown range is three months."""
    if range_ == "all":
        return None
    return today - SPANS.get(range_, SPANS["3m"])


def draw(
    points: Sequence[Point], *, first: dt.date | None, last: dt.date, name: str | None, most: int = 14
) -> Picture | None:
    """The picture of the weeks from ``first`` to ``last``, or None where there is nothing to draw.

    ``points`` come sorted; ``name`` is the partner's, None where one is alone. ``most``: of how many days a week is at
    most, so that few check-ins far apart don't make a rule of their gaps.
    """
    usual = min(_usual(points), most)
    within = [point for point in points if (first is None or point.week >= first) and point.week <= last]
    shown = [point for point in within if _has_something(point, alone=name is None)]
    if not shown:
        return None
    whole = None if name is None else _plain(name) or gettext("Your partner")
    drawn = _series(within, whole)
    room = min(max(ROOM[0], *(_width(called) for _css, _values, called in drawn)), ROOM[1])
    right = WIDTH - room - AIR
    start = min(first or shown[0].week, last - dt.timedelta(days=LEAST))

    def x(day: dt.date) -> int:
        return LEFT + round((right - LEFT) * (day - start).days / (last - start).days)

    weeks = [point.week for point in within]
    heights = _moved_apart([_y([v for v in values if v is not None][-1]) for _css, values, _called in drawn])
    return Picture(
        said=_said(shown, whole),
        name=whole,
        lines=tuple(
            Line(css, *_paths(weeks, values, usual, x), _isolated(called), at + 45, _stroke(right, at))
            for (css, values, called), at in zip(drawn, heights, strict=True)
        ),
        rules=tuple(range(TOP, BOTTOM + 1, 2 * STEP)),
        ticks=_ticks(start, last, x),
        rows=tuple(
            (date_format(point.week, "j M Y"), str(point.mine or DASH), str(point.yours or DASH))
            for point in reversed(shown)
        ),
        dense=len(shown) > DENSE,
        right=right,
        names=right + AIR,
    )


def _series(points: Sequence[Point], name: str | None) -> list[tuple[str, list[int | None], str]]:
    """What is drawn of each of the two who shared something: the class of the line, its values, what it is called."""
    series = [("m", [point.mine for point in points], gettext("You"))]
    if name is not None:
        series.append(("y", [point.yours for point in points], _cut(name)))
    return [one for one in series if any(value is not None for value in one[1])]


def _has_something(point: Point, *, alone: bool) -> bool:
    return point.mine is not None or (point.yours is not None and not alone)


def _usual(points: Sequence[Point]) -> int:
    """How many days there are between most check-ins and the next; the fewer where two are as common."""
    between = Counter((b.week - a.week).days for a, b in pairwise(points))
    return min(between, key=lambda days: (-between[days], days), default=7)


def _y(value: int) -> int:
    return BOTTOM - (value - 1) * STEP


def _paths(weeks: list[dt.date], values: list[int | None], usual: int, x: Place) -> tuple[str, str]:
    """The line, broken where nothing was shared, and apart from it the points that have no neighbour."""
    runs: list[list[tuple[dt.date, int]]] = []
    before: dt.date | None = None
    for week, value in zip(weeks, values, strict=True):
        if value is not None:
            # A week that is only longer, since another day was chosen, is no gap.
            if before is None or (week - before).days >= 2 * usual:
                runs.append([])
            runs[-1].append((week, value))
        before = None if value is None else week
    line, dots = _Pen(), _Pen()
    for run in runs:
        pen = dots if len(run) == 1 else line
        pen.move(x(run[0][0]), _y(run[0][1]))
        for week, value in run[1:]:
            pen.draw(x(week), _y(value))
        pen.lift(dot=len(run) == 1)
    return "".join(line.said), "".join(dots.said)


class _Pen:
    """Writes a path in relative commands; what stays level is one ``h``."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.x = self.y = self.level = 0

    def move(self, x: int, y: int) -> None:
        self.said.append(f"m{x - self.x}{y - self.y: d}" if self.said else f"M{x} {y}")
        self.x, self.y = x, y

    def draw(self, x: int, y: int) -> None:
        if y == self.y:
            self.level += x - self.x
        else:
            self.lift()
            self.said.append(f"l{x - self.x}{y - self.y: d}")
        self.x, self.y = x, y

    def lift(self, *, dot: bool = False) -> None:
        if self.level or dot:
            self.said.append(f"h{self.level}")
        self.level = 0


def _moved_apart(heights: list[int]) -> list[int]:
    """Where names stand: at the ends of their lines, yet not on each other nor outside; the first above the second
    where both lines end together."""
    if len(heights) < 2:
        return heights
    upper, lower = sorted(heights)
    if lower - upper < APART:
        middle = min(max((upper + lower) // 2, TOP + APART // 2), BOTTOM - APART // 2)
        upper, lower = middle - APART // 2, middle + APART // 2
    return [upper, lower] if heights[0] <= heights[1] else [lower, upper]


def _stroke(right: int, at: int) -> str:
    """A piece of the line beneath the name: dashed or not says whose it is where colours don't."""
    return f"M{right + AIR + 10} {at + 110}h250"


def _ticks(start: dt.date, last: dt.date, x: Place) -> tuple[tuple[int, str], ...]:
    """As many months or years as stand beside each other; January is its year."""
    begin = start.year * 12 + start.month - (start.day == 1)
    end = last.year * 12 + last.month - 1
    for step, form in STEPS:
        days = [dt.date(n // 12, n % 12 + 1, 1) for n in range(-(-begin // step) * step, end + 1, step)]
        ticks = [(x(day), str(day.year) if day.month == 1 else date_format(day, form)) for day in days]
        ends = [at + _width(text) for at, text in ticks]
        beginnings = [at - AIR for at, _text in ticks[1:]] + [WIDTH]
        if ticks and all(a <= b for a, b in zip(ends, beginnings, strict=True)):
            return tuple(ticks)
    return ()


def _said(shown: Sequence[Point], name: str | None) -> str:
    """What the picture shows, in a sentence that neither ranks nor judges."""
    begin, end = shown[0].week, shown[-1].week
    mine = sum(point.mine is not None for point in shown)
    yours = sum(point.yours is not None for point in shown)
    if name is None and begin != end:
        text = gettext("How close it felt to you, from %(first)s to %(last)s: %(all)s check-ins.")
    elif begin != end:
        text = gettext(
            "How close it felt, from %(first)s to %(last)s: you in %(mine)s of %(all)s check-ins, %(name)s in %(yours)s."
        )
    elif name is None or not yours:
        text = gettext("How close it felt to you, in the week from %(last)s.")
    elif not mine:
        text = gettext("How close it felt to %(name)s, in the week from %(last)s.")
    else:
        text = gettext("How close it felt to you and %(name)s, in the week from %(last)s.")
    return text % {
        "first": date_format(begin, "j F" if begin.year == end.year else "j F Y"),
        "last": date_format(end, "j F Y"),
        "mine": mine,
        "yours": yours,
        "all": len(shown),
        "name": name,
    }


def _width(text: str) -> int:
    return round(sum(map(_ems, text)) * FONT)


def _ems(char: str) -> float:
    if unicodedata.category(char) in UNSEEN:
        return 0
    wide = 1.1 if unicodedata.east_asian_width(char) in "WF" else 0.57 if char < LATIN_ENDS else 0.8
    return NARROW.get(char) or max(wide, 0.7 if char.isupper() else 0.6 if char.isdigit() else 0)


def _plain(name: str) -> str:
    """The name on one line, without what can't be drawn; nothing if it can't be seen."""
    drawn = (char if unicodedata.category(char) not in REFUSED else " " for char in name)
    text = " ".join("".join(drawn).split())
    return text if _width(text) else ""


def _cut(name: str) -> str:
    """The name as far as there is room for it: whole words, if one fits, and never half a letter."""
    if _width(name) <= ROOM[1]:
        return name
    end = 1
    while _width(name[: end + 1]) <= ROOM[1] - FONT:
        end += 1
    word = name.rfind(" ", 3, end + 1)
    if word > 0:
        end = word
    while end > 1 and (unicodedata.category(name[end])[0] == "M" or JOINER in name[end - 1 : end + 1]):
        end -= 1
    return name[:end].rstrip() + "…"


def _isolated(text: str) -> str:
    """A name from right to left keeps its dots at its own end."""
    if any(unicodedata.bidirectional(char) in FROM_RIGHT for char in text):
        return f"{ISOLATE}{text}{END_ISOLATE}"
    return text
