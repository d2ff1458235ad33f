"""A system check: what we wrote is looked at with every start. Near-duplicates take longer: ``manage.py content``."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from strategies import kinds as kinds
from strategies.library import KINDS, shape


@register
def content_is_sound(**_: Any) -> list[CheckMessage]:
    """Each row of each kind is as it should be."""
    return [Error(fault, id="strategies.E001") for kind in KINDS.values() for fault in shape(kind)]
