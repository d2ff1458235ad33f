"""The lists of dates: which plans, in which order, filtered by plain links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Member
from couples.core.paging import page
from couples.dates.kinds import CLOSED, WAITS, PlanKind
from couples.dates.models import DatePlan, DatePlanQuerySet

Label = str | Promise
KINDS: dict[str, Label] = {"": _("All"), **dict(PlanKind.choices)}
SOONEST: dict[str, Label] = {"": _("Soonest first"), "far": _("Furthest first")}
NEWEST: dict[str, Label] = {"": _("Newest first"), "old": _("Oldest first")}


@dataclass(frozen=True)
class Shelf:
    """One list: its rows for a member, and what is said where there are none."""

    slug: str
    title: Label
    empty: Label
    rows: Callable[[Member], DatePlanQuerySet]
    orders: Mapping[str, Label]
    order: tuple[str, ...] = ("starts_at", "id")

    def ordered(self, order: str) -> list[str]:
        """Return the fields to order by; any ``order`` but the empty one turns them round."""
        turned = [name[1:] if name.startswith("-") else f"-{name}" for name in self.order]
        return turned if order else list(self.order)


AGREED = Shelf(
    "agreed",
    _("Coming up"),
    _("Nothing is agreed yet."),
    lambda member: DatePlan.objects.open_to(member).upcoming(member.now),
    orders=SOONEST,
)
WAITING = Shelf(
    "waiting",
    _("Proposed"),
    _("Nothing is proposed right now."),
    lambda member: DatePlan.objects.open_to(member).filter(state__in=WAITS),
    orders=SOONEST,
)
ONLY_YOU = Shelf(
    "only_you",
    _("Only you see these"),
    _("You have no plan of your own right now."),
    lambda member: DatePlan.objects.drafts_of(member),
    orders=SOONEST,
)
LIVED = Shelf(
    "lived",
    _("Dates you had"),
    _("The dates you have had will stand here, with what each of you says of them."),
    lambda member: DatePlan.objects.open_to(member).lived(member.now),
    order=("-ends_at", "-id"),
    orders=NEWEST,
)
LET_GO = Shelf(
    "let_go",
    _("Not this one"),
    _("Nothing was called off."),
    lambda member: DatePlan.objects.open_to(member).filter(state__in=CLOSED),
    order=("-ends_at", "-id"),
    orders=NEWEST,
)
HOME = {shelf.slug: shelf for shelf in (AGREED, WAITING, ONLY_YOU)}
PAST = {"": LIVED, "let_go": LET_GO}


@dataclass(frozen=True)
class Choice:
    """What is filtered by, as the address says; anything unknown counts as nothing."""

    show: str
    kind: str
    order: str

    @classmethod
    def of(cls, query: QueryDict, shows: Mapping[str, Any], orders: Mapping[str, Label]) -> "Choice":
        """Read it from an address."""

        def read(name: str, known: Mapping[str, Any]) -> str:
            return value if (value := query.get(name, "")) in known else ""

        return cls(read("show", shows), read("kind", KINDS), read("order", orders))

    def href(self, **changes: object) -> str:
        """Return the address of the same list with something else chosen."""
        values = {"show": self.show, "kind": self.kind, "order": self.order, **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    @property
    def all_kinds(self) -> str:
        """The address of the same list with every kind."""
        return self.href(kind="")

    def chips(self, name: str, options: Mapping[str, Label]) -> list[dict[str, Any]]:
        """Return a link for each value of one filter."""
        chosen = getattr(self, name)
        return [
            {"label": label, "href": self.href(**{name: value}), "on": value == chosen}
            for value, label in options.items()
        ]


@cache
def _filters(choice: Choice, past: bool, language: str | None) -> SafeString:  # noqa: ARG001 (a key of the cache)
    shows = choice.chips("show", {slug: shelf.title for slug, shelf in PAST.items()}) if past else []
    orders = choice.chips("order", NEWEST if past else SOONEST)
    chips = {"shows": shows, "kinds": choice.chips("kind", KINDS), "orders": orders}
    return render_to_string("dates/filters.html", chips)


def filters(choice: Choice, past: bool = False) -> SafeString:
    """Return the links of all filters. Every list has them and there are few choices: they are remembered."""
    return _filters(choice, past, get_language())


def take(shelf: Shelf, member: Member, choice: Choice, after: str, size: int) -> dict[str, Any]:
    """Return a page of a shelf: plans as ``rows``, and the address of the next page if there is one."""
    rows = shelf.rows(member)
    if choice.kind:
        rows = rows.filter(kind=choice.kind)
    found = page(rows, shelf.ordered(choice.order), after, size)
    show = "" if shelf is LIVED else shelf.slug
    more = choice.href(show=show, after=found.after) if found.after else ""
    return {"shelf": shelf, "rows": found.rows, "more": more, "all": choice.href(show=show)}
