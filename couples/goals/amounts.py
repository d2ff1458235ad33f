"""Amounts as people type them: 3200, 3,200 or 3,200.50."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST = Decimal("999999999.99")
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_PLAIN = re.compile(r"^(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,2})?$", re.ASCII)
_BELOW = re.compile(r"^[-−–][0-9]")
LONGEST = 40


def is_currency(unit: str) -> bool:
    """Whether the unit is a sign of money, which is written before the number."""
    return len(unit) == 1 and unicodedata.category(unit) == "Sc"


def plain_amount(amount: Decimal) -> str:
    """Return an amount as it is written here: 3200 → 3,200 and 3200.5 → 3,200.50."""
    return f"{amount:,.2f}".removesuffix(".00")


def amount_text(now: Decimal | None, target: Decimal | None, unit: str) -> str:
    """How far it has come, as people write it: *€11,400 of €30,000 saved*, *40 of 100 km*."""
    if now is None or target is None:
        return ""
    words = {"now": plain_amount(now), "target": plain_amount(target), "unit": unit}
    if is_currency(unit):
        return gettext("%(unit)s%(now)s of %(unit)s%(target)s saved") % words
    return (gettext("%(now)s of %(target)s %(unit)s") % words).strip()


class AmountField(forms.CharField):
    """An amount from 0 (or from ``above``) to 999,999,999.99, with at most two decimals.

    Digits may stand plain or in groups (3,200 or 3 200). A comma before decimals (3200,50) is ambiguous here,
    so it is asked about and never guessed.
    """

    def __init__(self, *, above_zero: bool = False, **kwargs: Any) -> None:
        self.above_zero = above_zero
        attrs = {"inputmode": "decimal", "maxlength": LONGEST, "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the amount, None for nothing. Raises ValidationError for what isn't clearly an amount."""
        text = _SPACES.sub("", str(value if value is not None else "")).replace("\x00", "")
        if not text:
            return None
        if _BELOW.match(text):
            raise ValidationError(_("Write an amount of 0 or more."), code="negative")
        if len(text) > LONGEST or not _PLAIN.match(text):
            raise ValidationError(_("Write the amount in digits, like 3,200 or 3,200.50."), code="invalid")
        amount = Decimal(text.replace(",", ""))
        if amount > MOST:
            raise ValidationError(_("The most that fits here is 999,999,999.99."), code="huge")
        if self.above_zero and not amount:
            raise ValidationError(_("Write an amount above 0, or leave it empty."), code="zero")
        return amount

    def prepare_value(self, value: Any) -> Any:
        """Show an amount as it is typed: without needless decimals."""
        return f"{value:.2f}".removesuffix(".00") if isinstance(value, Decimal) else value
