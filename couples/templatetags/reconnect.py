"""Tags of the design system; built in, so templates need no ``{% load %}``.

Drawings with a literal name (``{% circles "both" %}``, ``{% icon "flag" %}``) are worked out once, when the
template is compiled, and cost nothing afterwards.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.base import FilterExpression, Node, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from couples.core.words import legible as words_of

register = template.Library()

# Centres of the two circles in a box 60 wide, from apart to almost one: the closeness scale, 1 to 7.
CLOSENESS = ((15, 45), (17, 43), (19, 41), (21, 39), (23, 37), (25.5, 34.5), (28, 32))
WIDE = {"apart": CLOSENESS[0], "touching": CLOSENESS[1], "near": CLOSENESS[3]}
_LEFT = '<circle class="c1" cx="11" cy="11" r="10.5"/>'
_RING = '<circle class="ring" cx="23" cy="11" r="9.9"/>'
MARKS = {
    "logo": f'{_LEFT}<circle class="c2" cx="23" cy="11" r="10.5"/>',
    "sealed": f"{_LEFT}{_RING}",
    "from_day": f'{_LEFT}{_RING}<path class="hands" d="M23 6v5l3.2 2"/>',
    "only_you": _LEFT,
}
MARKS["both"] = MARKS["logo"]
SEEN = {
    "both": gettext_lazy("Both of you see this"),
    "sealed": gettext_lazy("Shown when both of you have answered"),
    "only_you": gettext_lazy("Only you see this"),
    "from_day": gettext_lazy("Only you until that day, then both of you"),
}


@cache
def draw_circles(kind: str) -> SafeString:
    """The two circles as inline SVG: a mark of who sees what, a pair, or closeness "1" to "7".

    Decorative: whatever it means stands beside it in words. Raises ValueError for an unknown kind.
    """
    start: float = 0
    size: tuple[float, int]
    if kind in MARKS:
        size, inner = (22 if kind == "only_you" else 34, 22), MARKS[kind]
    elif kind in WIDE or kind in {"1", "2", "3", "4", "5", "6", "7"}:
        left, right = WIDE[kind] if kind in WIDE else CLOSENESS[int(kind) - 1]
        # A pair that stands alone is cut to its edges; those of the scale share a box, so that they compare.
        start = left - 13.25 if kind in WIDE else 0
        size = (right - left + 26.5, 34) if kind in WIDE else (60, 34)
        inner = (
            f'<circle class="c1" cx="{left}" cy="17" r="13"/><circle class="c2" cx="{right}" cy="17" r="13"/>'
        )
    else:
        raise ValueError(f"There is no circles drawing called {kind!r}.")
    width, height = size
    return mark_safe(
        f'<svg class="circles" width="{width:g}" height="{height}" viewBox="{start:g} 0 {width:g} {height}"'
        f' aria-hidden="true">{inner}</svg>'
    )


@cache
def draw_icon(name: str) -> SafeString:
    """A lucide icon (``static/vendor/lucide``) as inline SVG, 24 px, unseen by screen readers.

    Raises ValueError for one that isn't there.
    """
    path = settings.BASE_DIR / "static" / "vendor" / "lucide" / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise ValueError(f"There is no icon called {name!r}; add it to ICONS in .ci/vendor.py.")
    inner = re.sub(
        r"\s+", " ", path.read_text().partition("<svg")[2].partition(">")[2].partition("</svg>")[0]
    )
    inner = inner.replace(" />", "/>").replace("> <", "><").strip()
    return mark_safe(
        f'<svg class="icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>'
    )


class DrawingNode(Node):
    """A drawing whose name is known only at rendering."""

    def __init__(self, draw: str, name: FilterExpression) -> None:
        self.draw = DRAWINGS[draw]
        self.name = name

    def render(self, context: Context) -> SafeString:
        return self.draw(str(self.name.resolve(context)))


DRAWINGS = {"circles": draw_circles, "icon": draw_icon}


def _drawing(parser: Parser, token: Token) -> Node:
    parts = token.split_contents()
    if len(parts) != 2:
        raise template.TemplateSyntaxError(f"{parts[0]} takes one argument: the name of the drawing.")
    tag, name = parts
    if not (name[0] == name[-1] and name[0] in "\"'") and not name.isdigit():
        return DrawingNode(tag, parser.compile_filter(name))
    try:
        return TextNode(DRAWINGS[tag](name.strip("\"'")))
    except ValueError as error:
        raise template.TemplateSyntaxError(str(error)) from error


register.tag("circles", _drawing)
register.tag("icon", _drawing)


class FixedNode(Node):
    """What is the same for everybody but for the language: rendered once for each."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.kept: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self.kept:
            self.kept[language] = self.nodelist.render(context.new({}))
        return self.kept[language]


@register.tag
def fixed(parser: Parser, token: Token) -> Node:
    """``{% fixed %}…{% endfixed %}`` around words of every page; no variable is known inside."""
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return FixedNode(nodelist)


@cache
def _seen(kind: str, language: str | None) -> SafeString:
    return format_html('<span class="seen">{}<span>{}</span></span>', draw_circles(kind), SEEN[kind])


@register.simple_tag
def seen(kind: str, text: str = "") -> SafeString:
    """Who sees this: the mark and its sentence, or ``text`` in the sentence's place."""
    if text:
        return format_html('<span class="seen">{}<span>{}</span></span>', draw_circles(str(kind)), text)
    return _seen(str(kind), get_language())


@register.simple_tag
def meter(value: float | Decimal | None, most: float | Decimal | None, label: str = "") -> SafeString:
    """A bar of ``value`` out of ``most``, clamped to what can be drawn; ``label`` is for screen readers."""
    value, most = value or 0, most or 0
    share = min(max(float(value) / float(most), 0.0), 1.0) if most > 0 else 0.0
    if not label:
        label = gettext("%(value)s of %(most)s") % {"value": f"{value:,}", "most": f"{most:,}"}
    start = round(share * 100, 1)
    return format_html(
        '<svg class="meter" role="img" aria-label="{}"><rect x="{}%" width="{}%" height="110%"/></svg>',
        label,
        f"{start:g}",
        f"{101 - start:g}",
    )


@register.simple_tag
def weeks(counts: Sequence[int]) -> SafeString:
    """One dot a week, oldest first: nothing (pale), something (1), more (2 and up)."""
    some = sum(1 for count in counts if count)
    text = ngettext(
        "%(some)s of %(all)s week had something in it",
        "%(some)s of %(all)s weeks had something in them",
        len(counts),
    )
    dots = "".join(f'<i class="n{min(max(int(count), 0), 2)}"></i>' for count in counts)
    label = text % {"some": some, "all": len(counts)}
    return format_html('<div class="weeks" role="img" aria-label="{}">{}</div>', label, mark_safe(dots))


@register.simple_tag
def leaf(day: datetime.date) -> SafeString:
    """A leaf of a tear-off calendar for ``day`` (for class ``when``)."""
    return format_html(
        '<time class="day" datetime="{}"><small>{}</small> <b>{}</b> <small>{}</small></time>',
        f"{day.year:04d}-{day.month:02d}-{day.day:02d}",
        date_format(day, "D"),
        day.day,
        date_format(day, "b").capitalize(),
    )


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def legible(row: Any, name: str) -> str:
    """A row's private text where others stand beside it: one that can't be read doesn't take them along."""
    return words_of(row, name)


@register.filter
def browser(user_agent: str) -> str:
    """A browser's long name of itself as people would say it: "Firefox on Linux"."""
    name = next((said for mark, said in BROWSERS if mark in user_agent), "")
    system = next((said for mark, said in SYSTEMS if mark in user_agent), "")
    if name and system:
        return gettext("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or gettext("A browser we don’t know")


@register.filter
def as_json(value: object) -> str:
    """The value as JSON, for a data attribute: the policy allows no script on the page to hold it."""
    return json.dumps(value, cls=DjangoJSONEncoder)
