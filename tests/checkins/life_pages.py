"""What the pages that have to do with check-ins show to one of the two, held against the model."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from couples.checkins.forms import CLOSE_TO, LEVELS
from couples.checkins.library import feelings
from strategies.reading import premise, steps, strategy
from tests.checkins.life_model import CAUSES, ITEMS, Hole, Model, Row, other

if TYPE_CHECKING:
    from tests.checkins.life import Life

WORD = re.compile(r"zq[a-y]{9}")
STEP = re.compile(r'<h2 id="step">(.*?)</h2>')
TAGS = re.compile(r"<svg.*?</svg>|<[^>]*>", re.S)
PAIR = re.compile(
    r'<h3>([^<]*)</h3>.{,9}<dl class="two-answers">' + '.*?<dd class="words">(.*?)</dd>' * 2, re.S
)
POINT = re.compile(r'<tr><th scope="row">[^<]*<td>([^<]*)<td>([^<]*)\n')
OURS = re.compile(r'<section class="card ours".*?</section>', re.S)
SUGGESTED = re.compile(r'action="/checkins/strategy/([a-z-]+)/say/"')
NOT_BY_ONE = {"affection", "conflicts", "forgiveness"}
"""Never suggested to one because of what the other answered."""
SAYS = {"focus": "Our focus", "fine": "Already fine", "no": "Not for us"}
LABELS = {
    "closeness": "How close it felt",
    "feelings": "How the week felt",
    "appreciation": "Something appreciated",
    "wish": "A wish for the week ahead",
    **{cause.slug: cause.name for cause in premise().causes},
}


def words_of(item: str, value: Any) -> str:
    """An answer as both read it."""
    if value is None:
        return "Not said"
    if item == "closeness":
        return str(CLOSE_TO[value - 1])
    if item in CAUSES:
        return str(LEVELS[value][1])
    return ", ".join(feelings()[slug] for slug in value) if item == "feelings" else value


def text(html: str) -> str:
    """The words of some HTML."""
    return " ".join(unescape(TAGS.sub("", html)).split())


def look_at_today(life: Life, who: str) -> None:
    """The small step of the day, whether it is done, and whether there may be another."""
    html, model = life.page(who, "/"), life.model
    found = [unescape(one) for one in STEP.findall(html)]
    wanted = [steps()[model.step].text] if model.step else []
    if found != wanted:
        raise Hole(f"{who} sees {found} on {model.day}, not {wanted}")
    if model.step and ("Done today" in html) != model.has_done(who):
        raise Hole(f"{who} sees that {model.step} is done, or that it isn't, on {model.day}")
    if ("/checkins/step/swap/" in html) != model.can_swap(who):
        raise Hole(f"{who} may swap {model.step} on {model.day}, or may not")
    stands = how_it_stands(model, model.current(who))
    if stands not in html:
        raise Hole(f"{who} doesn't read on {model.day}: {stands}")


def how_it_stands(model: Model, row: Row | None) -> str:
    """What Today says of the present check-in, where both don't see it yet."""
    if row is None:
        of_two = model.space is not None and model.space.over - model.space.week >= dt.timedelta(days=14)
        return "How were these two weeks?" if of_two else "How was your week?"
    if row.open:
        return ""
    sealed = row.space is not None and not model.has_lapsed(row)
    return "Your check-in is sealed" if sealed else "You’ve begun your check-in"


def look_at_row(life: Life, who: str, row: Row) -> None:
    """A check-in that is there for this person, or a page that isn't there."""
    status, html = life.read(who, f"/checkins/{row.pk}/")
    here = not row.is_lost(life.model.space) and (row.open or row.who == who)
    if status != (200 if here else 404):
        raise Hole(f"{who} gets {status} for the check-in {row.pk}")
    if not here:
        life.figures["knocks"] += 1
    elif row.open:
        look_at_reveal(life, who, row, html)
    else:
        own = [*row.given.values(), *row.kept.values(), row.note]
        missing = {word for word in own if isinstance(word, str)} - {"", *WORD.findall(html)}
        if missing:
            raise Hole(f"{who} doesn't read their own {missing}")


def look_at_reveal(life: Life, who: str, row: Row, html: str) -> None:
    """Side by side is what both gave, and nothing else; what answers it has to do with what both gave."""
    both = {one.who: one for one in life.model.rows if one.open and one.made == row.made and not one.gone}
    mine, theirs = both[who].given, both[other(who)].given
    found = {unescape(name): (text(one), text(two)) for name, one, two in PAIR.findall(html)}
    given = [item for item in ITEMS if item in mine or item in theirs]
    wanted = {
        LABELS[item]: (words_of(item, mine.get(item)), words_of(item, theirs.get(item))) for item in given
    }
    if found != wanted:
        raise Hole(f"{who} sees {found}, not {wanted}")
    space = life.model.space
    for slug in SUGGESTED.findall(html):
        mine_of_it = space.said.get((who, slug))
        refused = space.is_out(slug) or (mine_of_it is not None and mine_of_it.says == "no")
        named = [c for c in strategy(slug).weights if min(mine.get(c, 0), theirs.get(c, 0)) >= 2]
        if refused or slug in space.focus or (slug in NOT_BY_ONE and not named):
            raise Hole(f"{slug} is suggested to {who}")
    life.figures["reveals read"] += 1


def look_at_strategy(life: Life, who: str, slug: str) -> None:
    """What the two said of a strategy, as far as this person may know."""
    space, told = life.model.space, text("".join(OURS.findall(life.page(who, f"/strategies/{slug}/"))))
    mine, theirs = (space.said.get((one, slug)) for one in (who, other(who)))
    wanted, says = "", SAYS | ({"focus": "We want to work on this"} if slug == "acknowledge" else {})
    if slug in space.focus:
        wanted = "Your focus since"
    elif life.model.both_want(slug):
        wanted = "You both want this."
    elif mine is not None and mine.open:
        wanted = f"You said: {says[mine.says]}. {other(who).capitalize()} said: {says[theirs.says]}."
    elif mine is not None and life.model.waits(who, slug):
        wanted = f"You said: {says[mine.says]}. It’s sealed"
    elif mine is not None:
        wanted = f"You once said: {says[mine.says]}."
    if wanted not in told or (not wanted and re.search(r"You (both|once|said)|Your focus", told)):
        raise Hole(f"{who} reads of {slug}, in place of {wanted!r}: {told}")


def look_at_picture(life: Life, who: str) -> None:
    """How close it felt, in the weeks of three months that both answered, to each of the two."""
    html, since = life.page(who, "/checkins/"), life.model.day - relativedelta(months=3)
    weeks: dict[dt.date, dict[str, str]] = {}
    for row in life.model.rows:
        if (
            row.open
            and not row.is_lost(life.model.space)
            and row.made[1] >= since
            and "closeness" in row.given
        ):
            weeks.setdefault(row.made[1], {})[row.who] = str(row.given["closeness"])
    wanted = [(weeks[w].get(who, "–"), weeks[w].get(other(who), "–")) for w in sorted(weeks, reverse=True)]
    if POINT.findall(html) != wanted:
        raise Hole(f"{who} sees {POINT.findall(html)} in the picture, not {wanted}")
