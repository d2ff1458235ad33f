"""Tests of the second wall, which stands on PostgreSQL alone. ``make test`` runs them with ``ENGINE=postgres``.

What a test does outside of a context it does as the superuser, who sees everything; in a context, as in a request, the
connection takes on a role that passes by no policy (``DATABASE_ACTS_AS``).
"""

import pytest

from tests.plugin import engine
from tests.walls.everything import fill

collect_ignore = (
    []
    if engine() == "postgres"
    else [f"test_{name}.py" for name in ("policies", "writes", "every_write", "contexts", "requests")]
)


@pytest.fixture
def full(world):
    """The small world, with a row in every table that belongs to somebody."""
    fill(world)
    return world
