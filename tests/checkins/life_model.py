"""Alex and Sam, day after day, as plain Python sees it: what each may read, how their weeks go, which small steps fit.

Nothing in here asks the app's own rules, but for what the strategies say (``strategies.reading``): it is the second time
that product.md is written down.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from strategies.reading import all_strategies, is_an_address, premise, steps

DAY = dt.timedelta(days=1)
PEOPLE = ("alex", "sam")
CAUSES = tuple(cause.slug for cause in premise().causes)
TEXTS = ("appreciation", "wish")
ITEMS = ("closeness", *CAUSES, "feelings", *TEXTS)
WAITS = 14
"""How many days something pressed of a strategy waits for the other."""
AGAIN = 20
"""Within so many days no small step comes again while another one that fits hasn't come."""
NEVER = "affection"
"""Its small steps come from the gestures of its own room alone, and there is no such room yet."""
GENTLE = {"conflicts", "vulnerability", "forgiveness"}
"""Their small steps come while they are the focus, and only then."""
ASKED_FOR = {NEVER, *GENTLE, "professional-help"}
"""The small steps of these come for no other reason than the focus."""


class Hole(AssertionError):  # noqa: N818 (it is the finding)
    """Somebody learns what they may not, or a small step breaks its rules."""


def other(who: str) -> str:
    """The other one of the two."""
    return PEOPLE[1 - PEOPLE.index(who)]


@dataclass
class Said:
    """What one said of a strategy, and when."""

    says: str
    on: dt.date
    open: bool = False


@dataclass(eq=False)
class Row:
    """A check-in. ``made``: in which space (None: alone) and week; ``space``: with whom it is sealed or shared."""

    who: str
    made: tuple["Space | None", dt.date] = field(repr=False)
    pk: str
    given: dict[str, Any]
    kept: dict[str, Any]
    note: str
    space: "Space | None" = field(default=None, repr=False)
    open: bool = False
    gone: bool = False
    until: dt.date | None = None
    """The last day on which what is sealed can open, as it was said when it was sealed."""

    def is_lost(self, space: "Space | None") -> bool:
        """Whether nobody sees it any more: thrown away, or shared in a space that has ended."""
        return self.gone or (self.open and self.space is not space)

    def shows(self, word: str, who: str, model: "Model") -> bool:
        """Whether a person may read a word of it today. What one kept of it stays one's own, whatever happens to the rest."""
        own = word in self.kept.values() or word == self.note
        if own or self.is_lost(model.space):
            return own and who == self.who and not self.gone
        return word in self.given.values() and (self.open or who == self.who)


@dataclass(eq=False)
class Note:
    """An appreciation note of one word: the author's alone, or given from a day on."""

    who: str
    pk: str
    word: str
    space: "Space | None" = field(default=None, repr=False)
    opens: dt.date | None = None

    def shows(self, word: str, who: str, model: "Model") -> bool:
        """Whether a person may read it today."""
        is_open = self.opens is not None and self.opens <= model.day
        return self.space is model.space if is_open else who == self.who


@dataclass(eq=False)
class Space:
    """What the two share, from linking to leaving."""

    week: dt.date
    usual: dt.date
    """When the week that began on ``week`` is over, but for a change of the check-in day."""
    over: dt.date
    weekday: int = 6
    days: int = 7
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    focus: list[str] = field(default_factory=list)
    pair: tuple[Row, ...] = ()
    """The newest check-ins that both see."""
    shown: dict[dt.date, list[str | None]] = field(default_factory=dict)
    """The small steps of each day, one after the other."""
    swapped_on: dt.date | None = None
    did: set[tuple[dt.date, str]] = field(default_factory=set)

    def choose_day(self, weekday: int, days: int, today: dt.date) -> None:
        """Another check-in day or length counts once the present week is over, which lasts until then."""
        if (weekday, days) != (self.weekday, self.days):
            self.weekday, self.days = weekday, days
            self.over = max(self.usual, today + DAY)
            while self.over.weekday() != weekday:
                self.over += DAY

    def is_out(self, slug: str) -> bool:
        """Whether one of the two said "not for us" of a strategy, for both to see."""
        return any(said.open and said.says == "no" for (_who, of), said in self.said.items() if of == slug)


class Model:
    """What there is, and what each of the two may see of it."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self.space: Space | None = None
        self.rows: list[Row] = []
        self.notes: list[Note] = []
        self.words: dict[str, Row | Note] = {}
        self.alone: set[tuple[str, dt.date, str]] = set()
        """Who did what on a day that the other can't tell."""

    def pass_day(self) -> None:
        """The next day comes, and perhaps with it another week."""
        self.day += DAY
        space = self.space
        if space is not None and self.day >= space.over:
            space.week = space.over
            space.usual = space.over = space.week + dt.timedelta(days=space.days)

    def link(self) -> Space:
        """The two share a space, in which nothing is yet. Weeks begin on Sunday as long as nobody chooses."""
        week = self.sunday()
        self.space = Space(week, week + 7 * DAY, week + 7 * DAY)
        return self.space

    def leave(self) -> None:
        """What was open is gone for both; what wasn't is its author's alone again."""
        for row in self.rows:
            if row.space is self.space and not row.open:
                row.space = None
        for note in self.notes:
            if note.opens is not None and note.opens > self.day and note.space is self.space:
                note.space = note.opens = None
        self.space = None

    def sunday(self) -> dt.date:
        """The Sunday on which the present week began."""
        return self.day - self.day.isoweekday() % 7 * DAY

    def week(self) -> dt.date:
        """The first day of the week it is."""
        return self.space.week if self.space else self.sunday()

    def current(self, who: str) -> Row | None:
        """Somebody's check-in of the week it is."""
        here = (self.space, self.week())
        return next((row for row in self.own(who) if row.made == here), None)

    def own(self, who: str) -> list[Row]:
        """All check-ins that somebody still has, newest first."""
        return [row for row in reversed(self.rows) if row.who == who and not row.is_lost(self.space)]

    def may_read(self, who: str, word: str) -> bool:
        """Whether somebody may read a word that was once typed."""
        return self.words[word].shows(word, who, self)

    # Check-ins.

    def can_seal(self, row: Row) -> bool:
        """Whether sealing does anything: its week is this one, in this space, and it's only theirs."""
        alone = row.space is None or self.has_lapsed(row)
        return (
            alone and bool(row.given) and self.space is not None and row.made == (self.space, self.space.week)
        )

    def has_lapsed(self, row: Row) -> bool:
        """Whether what was sealed didn't open in time: it is only its author's again."""
        return not row.open and row.until is not None and row.until < self.day

    def seal(self, row: Row) -> bool:
        """Seal it. Whether both open at once, as the other's of the same week is in."""
        if not self.can_seal(row):
            return False
        row.space, theirs = self.space, self.current(other(row.who))
        row.until = self.space.over - DAY
        if theirs is None or theirs.space is not self.space or self.has_lapsed(theirs):
            return False
        row.open = theirs.open = True
        self.space.pair = (row, theirs)
        return True

    # What both say of a strategy, and the focus.

    def waits(self, who: str, slug: str) -> bool:
        """Whether what somebody said of a strategy still waits for the other."""
        said = self.space.said.get((who, slug))
        return said is not None and not said.open and (self.day - said.on).days < WAITS

    def says(self, who: str, slug: str, says: str) -> bool:
        """Say something of a strategy. Whether it is for both to see."""
        mine = self.space.said.get((who, slug))
        if mine is not None and mine.open:
            mine.says = says
        else:
            mine = self.space.said[who, slug] = Said(says, self.day)
            if not self.waits(other(who), slug):
                return False
            mine.open = self.space.said[other(who), slug].open = True
        if not self.begin(slug) and slug in self.space.focus and not self.both_want(slug):
            self.space.focus.remove(slug)
        return True

    def both_want(self, slug: str) -> bool:
        """Whether both said "our focus", and both see that."""
        found = [self.space.said.get((who, slug)) for who in PEOPLE]
        return all(said is not None and said.open and said.says == "focus" for said in found)

    def begin(self, slug: str) -> bool:
        """What both want becomes the focus, where there is room for it."""
        if slug in self.space.focus or len(self.space.focus) > 1 or not self.both_want(slug):
            return False
        self.space.focus.append(slug)
        return True

    def rest(self, slug: str) -> None:
        """A focus rests, and what both said of it is gone."""
        self.space.focus.remove(slug)
        for who in PEOPLE:
            if (who, slug) in self.space.said and self.space.said[who, slug].open:
                del self.space.said[who, slug]

    # Small steps.

    def fitting(self) -> set[str]:
        """The small steps that fit now: of the focus and of what answers the causes that either named, else of anything."""
        space = self.space
        named = {
            cause
            for row in space.pair
            for cause, level in row.given.items()
            if cause in CAUSES and level >= 2
        }
        every = [one for one in all_strategies() if not space.is_out(one.slug) and one.slug != NEVER]
        unasked = [one for one in every if one.slug not in ASKED_FOR]
        wanted = [one for one in every if one.slug in space.focus]
        wanted += [one for one in unasked if any(one.weights.get(cause, 0) >= 2 for cause in named)]
        return _steps(wanted) or _steps(unasked)

    @property
    def step(self) -> str | None:
        """The small step of the day."""
        return self.space.shown[self.day][-1]

    def came(self, slug: str | None, *, may_change: bool = False) -> None:
        """Hold what is the step now against the rules; ``may_change``: by an act that may bring another one today."""
        today = self.space.shown.setdefault(self.day, [])
        fits = self.fitting()
        of = steps()[slug].strategy if slug else ""
        if slug is None and fits:
            raise Hole(f"no step on {self.day}, though some fit")
        if self.space.is_out(of) or of == NEVER or (of in GENTLE and of not in self.space.focus):
            raise Hole(f"{slug} of {of} on {self.day}, which the two didn't choose")
        if not today or slug != today[-1]:
            if today and not may_change:
                raise Hole(f"the step of {self.day} was {today[-1]} and is {slug}, though nobody changed it")
            if slug and slug not in fits:
                raise Hole(f"{slug} on {self.day} doesn't fit")
            recent = {
                one for back in range(AGAIN + 1) for one in self.space.shown.get(self.day - back * DAY, ())
            }
            if slug in recent and fits - recent:
                raise Hole(f"{slug} comes again on {self.day}, and {min(fits - recent)} hasn't come")
            today.append(slug)

    def has_done(self, who: str, *, pressed: bool = False) -> bool:
        """Whether today's step is done, for somebody's eyes; ``pressed``: by its own button."""
        step, did = steps()[self.step], self.space.did
        by_tool = (self.day, step.tool) in did or (who, self.day, step.tool) in self.alone
        return (self.day, f"step:{step.slug}") in did or (by_tool and not pressed)

    def can_swap(self, who: str) -> bool:
        """Whether somebody may have another step today."""
        return self.step is not None and self.space.swapped_on != self.day and not self.has_done(who)


def _steps(strategies: list[Any]) -> set[str]:
    """The small steps of some strategies for which there is a room, or that need none."""
    found = (step for one in strategies for step in one.steps)
    return {step.slug for step in found if not step.tool or is_an_address(f"/{step.tool}/")}
