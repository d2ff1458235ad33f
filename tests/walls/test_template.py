"""On PostgreSQL a page is rendered within its request's transaction. On SQLite there is none: no page takes the write lock."""

import pytest
from django.db import connection
from django.test.signals import template_rendered

from tests.conftest import Cast, link, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    """The cast, committed."""
    people = {name: person(name) for name in ("alex", "sam", "dana", "kit", "robin", "ex")}
    return Cast(
        **people, ours=link(people["alex"], people["sam"]), theirs=link(people["dana"], people["kit"])
    )


@pytest.mark.parametrize("path", ["/", "/notes/", "/space/doors/"])
def test_a_page_is_rendered_within_the_transaction_where_there_is_one(cast, browse, path):
    found, alex = set(), browse("alex")

    def look(**_):
        found.add(connection.in_atomic_block)

    template_rendered.connect(look)
    try:
        assert alex.get(path).status_code == 200
    finally:
        template_rendered.disconnect(look)
    assert found == {connection.vendor == "postgresql"}
