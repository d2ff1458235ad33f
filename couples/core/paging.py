"""Pages by key: the next page costs what the first did, however long the list. Addresses carry ids, never times."""

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PAGE = 20
MOST = 1_000


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows, and the id after which the next page begins (None at the end)."""

    rows: list[M]
    after: uuid.UUID | None

    @property
    def after_text(self) -> str:
        """The id as an address carries it."""
        return str(self.after or "")


def at_once(request: HttpRequest, size: int) -> int:
    """How many rows a list shows: ``size``, or as many as a page already shows that looks again (at most ``MOST``)."""
    told = request.headers.get("X-Rows", "")
    return min(max(size, int(told)), MOST) if told.isdecimal() and len(told) < 6 else size


def page(rows: QuerySet[M], order: list[str], after: str = "", size: int = PAGE) -> Page[M]:
    """Return the page of ``rows`` that follows the row with id ``after``.

    ``order`` names the fields, each with ``-`` for descending, and ends in the primary key; none of them may be
    null. A garbled or unknown ``after`` begins at the start.
    """
    start = _row(rows, order, after)
    if start is not None:
        rows = rows.filter(_beyond(order, start))
    found = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    return Page(found[:size], found[size - 1].pk if more else None)


def _row(rows: QuerySet[M], order: list[str], after: str) -> dict[str, Any] | None:
    try:
        wanted = uuid.UUID(after)
    except ValueError:
        return None
    return rows.filter(pk=wanted).order_by().values(*(name.lstrip("-") for name in order)).first()


def _beyond(order: list[str], start: dict[str, Any]) -> Q:
    beyond, same = Q(), Q()
    for field in order:
        name = field.lstrip("-")
        step = "lt" if field.startswith("-") else "gt"
        beyond |= same & Q(**{f"{name}__{step}": start[name]})
        same &= Q(**{name: start[name]})
    first = order[0].lstrip("-")
    # The database can walk an index for this bound; for the alternatives alone it would not.
    return Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": start[first]}) & beyond
