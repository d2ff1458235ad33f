"""A broken helplines file stops the server at its start, with one sentence, not somebody who needs help."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from couples.help.helplines import helplines


@register
def helplines_file(**_: Any) -> list[CheckMessage]:
    """Read the helplines once and report what is wrong with them."""
    try:
        helplines()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="help.E001")]
    return []
