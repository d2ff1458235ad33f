"""Signing in again before what mustn't be done in somebody's name."""

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.decorators import reauthentication_required

V = TypeVar("V", bound=Callable[..., Any])
signed_in_again: Callable[[V], V] = reauthentication_required(allow_get=True)
"""A POST asks for the password, or another way of signing in, unless that was done in the last five minutes."""
