"""The library of ideas."""

import re

import pytest
from django.urls import reverse

from couples.dates import ideas
from tests.dates.conftest import HTMX

pytestmark = pytest.mark.django_db
IDEAS = reverse("dates:ideas")


def test_ideas_are_found_by_what_fits(browse):
    client = browse("alex")
    page = client.get(IDEAS).content.decode()
    assert page.count("Plan this: ") == 20
    assert len(ideas.ideas()) >= 40
    for query, fits in (
        ("kind=getaway", lambda idea: idea.kind == "getaway"),
        ("place=home&cost=free", lambda idea: (idea.place, idea.cost) == ("home", "free")),
        ("child=1", lambda idea: idea.child),
    ):
        page = client.get(f"{IDEAS}?{query}").content.decode()
        found = re.findall(r"\?idea=([a-z0-9-]+)", page)
        assert found
        assert all(fits(ideas.ideas()[slug]) for slug in found)
    fragment = client.get(IDEAS + "?after=" + list(ideas.ideas())[19], **HTMX).content.decode()
    assert "<html" not in fragment
    assert list(ideas.ideas())[20] in fragment
    for odd in ("?kind=x&place=%E2&child=2", "?after=none"):
        assert client.get(IDEAS + odd).content.decode().count("Plan this: ") == 20


def test_every_idea_is_whole():
    for idea in ideas.ideas().values():
        assert idea.kind_label
        assert len(idea.facts) == 3
        assert 0 < len(idea.title) <= 120
        assert 0 < len(idea.text) <= 2000
        assert idea.minutes > 0


def test_shortest_first_or_in_our_order(browse):
    client, found, after = browse("alex"), [], ""
    assert "?order=short" in client.get(IDEAS).content.decode()
    while True:
        page = client.get(f"{IDEAS}?order=short{after}").content.decode()
        found += re.findall(r"\?idea=([a-z0-9-]+)", page)
        more = re.search(r'id="more"[^>]*><a[^>]*href="[^"]*after=([a-z0-9-]+)"', page)
        if not more:
            break
        after = f"&after={more[1]}"
    assert len(found) == len(set(found)) == len(ideas.ideas())
    minutes = [ideas.ideas()[slug].minutes for slug in found]
    assert minutes == sorted(minutes)
    assert f'href="{IDEAS}"' in page or 'href="?"' in page
