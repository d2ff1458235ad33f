"""A world that stands for all tests of a module, built once for those who only look, or undo what they do.

A module that imports ``cast`` and ``world`` from here has them in the place of the usual ones. Not for tests that need
another moment than now, or real commits.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from couples.core.keys import held_for
from tests.conftest import QUICK, Cast, everybody
from tests.world import World, build


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world in a transaction of its own, in which each test has a savepoint."""
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK), transaction.atomic():
        with held_for():
            made = build(everybody())
        connection.run_on_commit.clear()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def world(standing: World, db: None) -> World:
    """A copy, so that no test finds what another one did to the rows in memory."""
    return copy.deepcopy(standing)


@pytest.fixture
def cast(world: World) -> Cast:
    """Everybody whom the tests are about."""
    return world.cast
