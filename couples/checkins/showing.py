"""Check-ins as they are shown: one, two side by side, one's own weeks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from couples.checkins import focusing, picture
from couples.checkins.forms import CLOSE_TO, LEVELS
from couples.checkins.library import feelings, talks
from couples.checkins.models import CAUSES, ITEMS, Aside, CheckIn, Says
from couples.checkins.stepping import answers_of
from couples.core.couple import Member
from couples.core.words import Broken
from strategies import rules
from strategies.reading import premise

FAR_APART = 2
"""From this difference on, in steps of a scale, two answers are worth a word."""
RECENT = 8


@dataclass(frozen=True)
class Item:
    """One item, in words, as each of the two gave it (empty: left out or kept). ``talk``: how to talk about a difference."""

    slug: str
    label: str
    mine: str = ""
    theirs: str = ""
    circles: tuple[str, str] = ("", "")
    apart: int = 0
    talk: str = ""


def label(item: str) -> str:
    """What an item is called."""
    names = {
        "closeness": _("How close it felt"),
        "feelings": _("How the week felt"),
        "appreciation": _("Something appreciated"),
        "wish": _("A wish for the week ahead"),
    }
    return names.get(item) or {cause.slug: cause.name for cause in premise().causes}[item]


def say(item: str, value: Any) -> str:
    """An answer in words; nothing where there is none."""
    if value is None:
        return ""
    if item == "closeness":
        return str(CLOSE_TO[min(max(int(value), 1), 7) - 1])
    if item in CAUSES:
        return str(LEVELS[min(max(int(value), 0), 4)][1])
    if item == "feelings":
        return ", ".join(feelings()[slug] for slug in value if slug in feelings())
    return str(value)


def items(given: dict[str, Any], other: dict[str, Any] | None = None) -> list[Item]:
    """The items of one check-in, or of two side by side, in the order of the form."""
    return [
        _item(item, given.get(item), (other or {}).get(item))
        for item in ITEMS
        if item in {*given, *(other or {})}
    ]


def _item(item: str, mine: Any, theirs: Any) -> Item:
    both = isinstance(mine, int) and isinstance(theirs, int)
    apart = abs(mine - theirs) if both else 0
    circles = ("", "")
    if item == "closeness":
        circles = tuple("" if value is None else str(value) for value in (mine, theirs))  # type: ignore[assignment]
    talk = talks().get(item, "") if apart >= FAR_APART else ""
    return Item(item, label(item), say(item, mine), say(item, theirs), circles, apart, talk)


def given_by(row: CheckIn | None) -> dict[str, Any]:
    """What a check-in gives; nothing where it can't be read any more."""
    return row.given if row else {}


def aside(member: Member, row: CheckIn) -> dict[str, Any]:
    """What its author keeps of a check-in: items, and the note."""
    found = Aside.objects.visible_to(member).filter(about=row.pk).first() if row.is_mine(member) else None
    try:
        return found.parts if found else {"kept": {}, "note": ""}
    except Broken:
        return {"kept": {}, "note": "", "broken": True}


def is_broken(row: CheckIn) -> bool:
    """Whether what it gives can't be read any more."""
    try:
        return row.answers is None
    except Broken:
        return True


def pair(member: Member, row: CheckIn) -> tuple[CheckIn | None, CheckIn | None, bool]:
    """The two check-ins of a week that both see, the member's own and the partner's; and whether there is no newer week."""
    rows = list(CheckIn.objects.revealed(member).order_by("-week")[:2])
    newest = bool(rows) and rows[0].week == row.week
    if not newest:
        rows = list(CheckIn.objects.revealed(member).filter(week=row.week))
    rows = [one for one in rows if one.week == row.week]
    mine = next((one for one in rows if one.is_mine(member)), None)
    return mine, next((one for one in rows if not one.is_mine(member)), None), newest


def reveal(member: Member, row: CheckIn) -> dict[str, Any]:
    """The reveal: where they differ most first, then the rest; and, of the newest, which strategies answer it."""
    mine, theirs, newest = pair(member, row)
    every = items(given_by(mine), given_by(theirs))
    differing = sorted((one for one in every if one.talk), key=lambda one: -one.apart)
    context: dict[str, Any] = {
        "mine": mine,
        "differing": differing,
        "others": [one for one in every if not one.talk],
        "is_newest": newest,
    }
    return context | suggested(member, mine, theirs) if newest else context


def suggested(member: Member, mine: CheckIn | None, theirs: CheckIn | None) -> dict[str, Any]:
    """The strategies that answer what both gave, each with how it stands; and the focus there is.

    What this member ruled out isn't suggested to them, whether or not the other has answered.
    """
    stands = focusing.stands(member)
    found = rules.suggestions(
        answers_of(mine) if mine else rules.Answers(),
        answers_of(theirs) if theirs else rules.Answers(),
        focus=[slug for slug, stand in stands.items() if stand.focus],
        ruled_out=[slug for slug, stand in stands.items() if Says.NO in (stand.mine, stand.theirs)],
        fine=[slug for slug, stand in stands.items() if stand.mine == stand.theirs == Says.FINE],
    )
    active = sorted((stand.focus.seat, slug) for slug, stand in stands.items() if stand.focus)
    return {
        "suggestions": [(one, stands.get(one.strategy.slug, focusing.Stand())) for one in found],
        "focus": [focusing.known(slug) for _seat, slug in active],
    }


def points(member: Member, first: dt.date | None) -> list[picture.Point]:
    """How close it felt, week by week, of what both see."""
    rows = CheckIn.objects.revealed(member)
    rows = rows if first is None else rows.filter(week__gte=first)
    found: dict[dt.date, dict[bool, int | None]] = {}
    for row in rows.order_by("week"):
        found.setdefault(row.week, {})[row.is_mine(member)] = answers_of(row).closeness
    return [picture.Point(week, both.get(True), both.get(False)) for week, both in found.items()]


@dataclass(frozen=True)
class OwnWeek:
    """One of one's own check-ins: all that was answered (``said``), and of that what was kept, and the note.

    ``row`` is None where it was shared in a space that has closed: what was kept of it is still one's own.
    """

    week: dt.date
    row: CheckIn | None
    said: dict[str, Any]
    kept: dict[str, Any]
    note: str
    sees: str

    @property
    def kept_items(self) -> list[Item]:
        """What was kept, in words."""
        return items(self.kept)


def own_weeks(member: Member) -> list[OwnWeek]:
    """All of one's own check-ins of any time, newest first."""
    rows = CheckIn.objects.visible_to(member).filter(author=member.person).order_by("-week", "id")
    asides = {one.about: one for one in Aside.objects.visible_to(member)}
    found = [_own_week(member, row.week, row, asides.pop(row.pk, None)) for row in rows]
    found += [_own_week(member, one.week, None, one) for one in asides.values()]
    return sorted(found, key=lambda one: one.week, reverse=True)


def _own_week(member: Member, week: dt.date, row: CheckIn | None, own: Aside | None) -> OwnWeek:
    parts: dict[str, Any] = {"kept": {}, "note": ""}
    try:
        parts = own.parts if own else parts
    except Broken:
        parts = {"kept": {}, "note": _("These words can’t be read any more.")}
    said = {**given_by(row), **parts["kept"]}
    sees = row.sees(member).value if row else "only_you"
    return OwnWeek(week, row, said, parts["kept"], parts["note"], sees)


def own_points(weeks: list[OwnWeek]) -> list[picture.Point]:
    """How close it felt to one, week by week; of two check-ins of one week, one made alone, the one that says it."""
    found: dict[dt.date, int | None] = {}
    for one in reversed(weeks):
        found[one.week] = one.said.get("closeness", found.get(one.week))
    return [picture.Point(week, said, None) for week, said in found.items()]


def own_causes(weeks: list[OwnWeek]) -> list[tuple[str, int, int]]:
    """Of each cause, how often it was named lately: its name, in how many, of how many that answered it."""
    found = []
    for cause in premise().causes:
        levels = [week.said[cause.slug] for week in weeks if cause.slug in week.said][:RECENT]
        if levels:
            found.append((cause.name, sum(level >= rules.NAMED for level in levels), len(levels)))
    return found
