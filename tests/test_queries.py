"""No page costs more with the years: the same number of queries at 1 and at 100 rows, eight at most, Today twelve."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.crowd import crowd
from tests.pages import PLAIN, things
from tests.queries import MOST, asked
from tests.routes import ROUTES
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = {"today": 12, "home": 12}
SIGN_OUT = {"sign-out"}


def usable(route):
    """Every page that alex can ask for."""
    return "GET" in route.methods and route.owner == "alex"


def counted(client, path):
    """How many queries a page takes, after a first visit."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code in (200, 302, 403, 404, 409, 410), path
    return asked(queries)


@pytest.mark.slow
def test_pages_take_few_queries_and_no_more_with_the_years(world: World, browse):
    client, member = browse("alex"), world.cast.member("alex")
    routes = {
        name: reverse(name, kwargs=route.kwargs(world)) for name, route in ROUTES.items() if usable(route)
    }
    pages = {**PLAIN, **things(member), **routes}
    crowd(world, 2)  # so that no page is empty: an empty one has less to ask for
    few = {name: counted(client, path) for name, path in pages.items() if name not in SIGN_OUT}
    crowd(world, 100)
    for name, before in few.items():
        after = counted(client, pages[name])
        assert len(after) <= len(before), (name, [sql for sql in after if sql not in before])
        assert len(after) <= TODAY.get(name, MOST), (name, after)
