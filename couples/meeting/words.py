"""How the meeting says its days."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def days_text(first: dt.date, last: dt.date) -> str:
    """A week in words: *22 to 28 November 2026*, with month and year once where they are the same."""
    begins = "j" if (first.year, first.month) == (last.year, last.month) else "j F"
    if first.year != last.year:
        begins = "j F Y"
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, begins),
        "last": date_format(last, "j F Y"),
    }
