"""Which strategies answer a check-in that both have revealed, and which small step is today's.

Pure functions of what they are given: the same for both partners, whoever is named first, and the same tomorrow. They are
given only what was shared with both. Whoever calls keeps to that: a private word changes nothing that the other sees.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _

from strategies.reading import Strategy, all_strategies, is_an_address, premise

NAMED = 2
"""A cause counts as named from this level (0 to 4)."""
STRONG = 3
"""From this level on, a named cause is a reason to think of professional help."""
FAR = 3
"""The closeness (1 to 7) up to which somebody felt far."""
ANSWERS = 2
"""From this weight on, a strategy answers a cause. Below, it merely does some good as well."""
GENTLE = frozenset({"affection", "conflicts", "vulnerability", "forgiveness"})
"""Their small steps come only when both chose that focus."""
NEVER_BY_THE_OTHER = frozenset({"affection", "conflicts", "forgiveness"})
"""Never suggested to one because of what the other answered: so only where each of the two named the cause."""
WHEN_FAR = frozenset({"acknowledge", "quality-time"})
"""What helps two of whom somebody felt far, whatever the causes."""
HELP = "professional-help"
MOST = 3
MOST_REASONS = 2


@dataclass(frozen=True)
class Answers:
    """What one person shared of a check-in. What was kept to oneself is simply absent.

    ``causes`` tells by slug of a cause how much it was there, from 0 to 4.
    """

    closeness: int | None = None
    causes: Mapping[str, int] = field(default_factory=dict)

    def named(self, cause: str) -> int:
        """How much a cause was there, 0 where it wasn't enough to count as named."""
        level = self.causes.get(cause, 0)
        return level if level >= NAMED else 0

    @property
    def distance(self) -> int:
        """How far this person felt, on the scale of a named cause (2 to 4). 0 for not far, or not told."""
        if self.closeness is None or self.closeness > FAR:
            return 0
        return NAMED + FAR - self.closeness


@dataclass(frozen=True)
class Reason:
    """Why something is suggested. ``slug`` is a cause's (both, one) or a strategy's (focus), named before the sentence."""

    kind: Literal["focus", "both", "one", "apart", "start", "stays"]
    slug: str = ""

    @property
    def sentence(self) -> str:
        """The reason as a clause that ends a sentence. It tells what was chosen and named, never who or what it means."""
        match self.kind:
            case "focus":
                return _("because you both chose it as your focus")
            case "both":
                return _("because you both named %(cause)s in your check-in") % {"cause": _cause(self.slug)}
            case "one":
                return _("because one of you named %(cause)s in your check-in") % {"cause": _cause(self.slug)}
            case "apart":
                return _("because one or both of you chose circles that leave room to come closer")
            case "start":
                return _("because it’s a good place to begin")
            case "stays":
                return _("because it was today’s step already")


@dataclass(frozen=True)
class Suggestion:
    """A strategy with at least one reason for it, the strongest first."""

    strategy: Strategy
    reasons: tuple[Reason, ...]


class _Match(NamedTuple):
    """One reason for a strategy: whether it is an answer or a good thing besides, and how many points it brings.

    Points alone don't lift what does some good above an answer.
    """

    answers: bool
    points: int
    reason: Reason


def suggestions(
    one: Answers,
    other: Answers,
    *,
    focus: Collection[str] = (),
    ruled_out: Collection[str] = (),
    fine: Collection[str] = (),
    most: int = MOST,
) -> list[Suggestion]:
    """Return the strategies that answer what the two shared, the best first. Empty where nothing weighs on them.

    Left out are those that they have already (``focus``), don't want (``ruled_out``) or need no more (``fine``).
    """
    settled = {*focus, *ruled_out, *fine}
    found = [
        (each, matches)
        for each in all_strategies()
        if each.slug not in settled and (matches := _matches(each, one, other))
    ]
    # All strategies come in their order, and sorting keeps it among equals.
    found.sort(key=lambda pair: _worth(pair[1]), reverse=True)
    if len(found) > 1 and found[0][0].slug == HELP:
        # It is never the first thing said, where there is another.
        found[:2] = found[1], found[0]
    return [
        Suggestion(each, tuple(match.reason for match in matches[:MOST_REASONS]))
        for each, matches in found[:most]
    ]


def pool(
    one: Answers | None,
    other: Answers | None,
    *,
    focus: Collection[str] = (),
    ruled_out: Collection[str] = (),
) -> dict[str, Reason]:
    """Return by slug the small steps that fit the two at present, each with why.

    They are those of the focus and of what answers the causes that were named. Where nothing comes of these, they are
    those with which anybody may begin. Empty only where the two ruled out everything.
    """
    wanted = [each for each in all_strategies() if each.slug not in ruled_out]
    why = ((each, _why_steps(each, one or Answers(), other or Answers(), focus)) for each in wanted)
    found = _steps((each, reason) for each, reason in why if reason)
    return found or _steps((each, Reason("start")) for each in wanted if _is_for_anybody(each))


def in_order(
    pool: Iterable[str], shown: Mapping[str, dt.date], seed: str, first: Collection[str] = ()
) -> list[str]:
    """Return the steps of a pool as they are to come: least recently done first, ``shown`` telling the day.

    Of those never shown, or shown on the same day, the ones in ``first`` come first, and otherwise chance decides, which
    for one ``seed`` (a couple's id) always falls alike.

    Whoever follows this order is shown on each day one of the steps that were not shown for longest. So a step comes again
    within some days only if all others of the pool came within these days too. While each day shows one, that is after as
    many days as the pool has steps, at the earliest. Orders may follow one another at any time, over whatever pools, if
    each is made from what was shown ``after`` the one before.
    """

    def rank(slug: str) -> tuple[dt.date, bool, str]:
        chance = sha256(f"{seed}{slug}".encode()).hexdigest()
        return shown.get(slug, dt.date.min), slug not in first, chance

    return sorted(set(pool), key=rank)


def step_on(order: Sequence[str], begins: dt.date, day: dt.date) -> str | None:
    """Return the step of a day, of an order that begins on another and then goes round. None where there is none.

    A day may be before the beginning, as when the two move their clock to the west. That day has the first.
    """
    if not order:
        return None
    return order[max(0, (day - begins).days) % len(order)]


def after(
    order: Sequence[str], begins: dt.date, until: dt.date, shown: Mapping[str, dt.date]
) -> dict[str, dt.date]:
    """Return ``shown`` with the day on which each step of an order last came, from its beginning to ``until`` inclusive.

    For the order that follows: ``until`` is yesterday where the day's step may stay, or make way as if it hadn't been,
    today where the two put it aside for another.
    """
    days = min(len(order), (until - begins).days + 1)
    last = dict(shown)
    for day in (until - dt.timedelta(days=back) for back in range(days)):
        slug = order[(day - begins).days % len(order)]
        last[slug] = max(day, last.get(slug, day))
    return last


def _cause(slug: str) -> str:
    """What a cause is called within a sentence."""
    name = next(cause.name for cause in premise().causes if cause.slug == slug)
    return name[:1].lower() + name[1:]


def _matches(each: Strategy, one: Answers, other: Answers) -> list[_Match]:
    """All that speaks for a strategy, the strongest first."""
    causes = (cause.slug for cause in premise().causes if cause.slug in each.weights)
    found = [match for cause in causes if (match := _match(each, cause, one, other))]
    if each.slug in WHEN_FAR and (distance := one.distance + other.distance):
        found.append(_Match(True, ANSWERS * distance, Reason("apart")))
    return sorted(found, key=lambda match: match[:2], reverse=True)


def _match(each: Strategy, cause: str, one: Answers, other: Answers) -> _Match | None:
    """What a cause says for a strategy that answers it: nothing where it wasn't named, or not so that it may count."""
    weight, levels = each.weights[cause], (one.named(cause), other.named(cause))
    if not any(levels) or (each.slug in NEVER_BY_THE_OTHER and not all(levels)):
        return None
    if each.slug == HELP and max(levels) < STRONG:
        return None
    return _Match(weight >= ANSWERS, weight * sum(levels), Reason("both" if all(levels) else "one", cause))


def _worth(matches: Sequence[_Match]) -> tuple[bool, int]:
    """How strongly a strategy is suggested."""
    return any(match.answers for match in matches), sum(match.points for match in matches)


def _why_steps(each: Strategy, one: Answers, other: Answers, focus: Collection[str]) -> Reason | None:
    """Why the small steps of a strategy fit at present, if they do."""
    # Those of affection come only from the gestures that its room shows for the week. There is no such room yet.
    if each.slug == "affection":
        return None
    if each.slug in focus:
        return Reason("focus", each.slug)
    if not _is_for_anybody(each):
        return None
    found = [match for match in _matches(each, one, other) if match.answers and match.reason.slug]
    found.sort(key=lambda match: match.reason.kind == "both", reverse=True)
    return found[0].reason if found else None


def _is_for_anybody(each: Strategy) -> bool:
    """Whether small steps of a strategy may come without its having been chosen as focus."""
    return each.slug not in GENTLE and each.slug != HELP


def _steps(fit: Iterable[tuple[Strategy, Reason]]) -> dict[str, Reason]:
    """The small steps of some strategies that can be done: without the app, or in a room that there is."""
    return {
        step.slug: reason
        for each, reason in fit
        for step in each.steps
        if not step.tool or is_an_address(f"/{step.tool}/")
    }
