"""Who gets in where: each route × method × kind of person. A route without a row fails.

Whatever a person may not see must answer exactly as something that does not exist.
"""

import uuid

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.crawl import bare
from tests.routes import ALLAUTH, MAILING, NOT_MAILING, ROUTES
from tests.world import World

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def names(patterns, prefix=""):
    """Every named route below some patterns."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield f"{prefix}{pattern.name}"


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(names(get_resolver().url_patterns)) == set(ROUTES) | set(ALLAUTH)


def test_with_a_mail_server_every_route_has_a_row_too(mailing):
    wanted = (set(ROUTES) | set(ALLAUTH) | MAILING) - NOT_MAILING
    assert set(names(get_resolver().url_patterns)) == wanted


def said(answer):
    """Status, where to, and body without tokens."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, answer.get("Location", ""), bare(body.decode("utf-8", "replace"))


def nowhere(kwargs):
    """The same address for a thing that does not exist."""
    return {
        name: uuid.uuid4() if isinstance(value, uuid.UUID) else "garbled" for name, value in kwargs.items()
    }


def ask(client, method, url, route):
    data = route.post if method == "POST" else {}
    return (
        client.generic(method, url)
        if method not in ("GET", "POST")
        else getattr(client, method.lower())(url, data)
    )


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_methods(name, world: World, browse):
    route = ROUTES[name]
    client = browse(route.owner)
    url = reverse(name, kwargs=route.kwargs(world))
    for method in METHODS:
        if method not in route.methods:
            assert ask(client, method, url, route).status_code == 405, method


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if not route.public))
def test_signed_out_nothing_opens(name, world: World, browse):
    route = ROUTES[name]
    url = reverse(name, kwargs=route.kwargs(world))
    ended = browse("alex")
    Session.objects.filter(session_key=ended.session.session_key).delete()
    for client in (Client(), ended):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
        assert client.get(url, headers={"HX-Request": "true"}).status_code == 401
        assert client.post(url, route.post).status_code == 401


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.shared))
@pytest.mark.parametrize("who", ["robin", "dana", "ex"])
def test_a_shared_thing_is_no_thing_to_others(name, who, world: World, browse):
    route = ROUTES[name]
    for method in route.methods:
        theirs = ask(browse(who), method, reverse(name, kwargs=route.shared(world)), route)
        none = ask(browse(who), method, reverse(name, kwargs=nowhere(route.shared(world))), route)
        assert said(theirs) == said(none)
        assert theirs.status_code in (302, 404)


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.private))
@pytest.mark.parametrize("who", ["sam", "robin", "dana", "ex"])
def test_a_private_thing_is_no_thing_to_anybody_else(name, who, world: World, browse):
    route = ROUTES[name]
    who = "alex" if who == route.owner else who
    for private in route.private:
        for method in route.methods:
            theirs = ask(browse(who), method, reverse(name, kwargs=private(world)), route)
            none = ask(browse(who), method, reverse(name, kwargs=nowhere(private(world))), route)
            assert said(theirs) == said(none)
            assert theirs.status_code in (302, 404)


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if not route.public))
def test_the_two_get_in(name, world: World, browse):
    route = ROUTES[name]
    for who in ("alex", "sam") if route.shared or not route.private else (route.owner,):
        for method in route.methods:
            answer = ask(browse(who), method, reverse(name, kwargs=route.kwargs(world)), route)
            assert answer.status_code in route.answers, (who, method, answer.status_code)


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.public))
@pytest.mark.parametrize("who", ["", "robin", "alex"])
def test_public_pages_open_to_all(name, who, world: World, browse):
    route = ROUTES[name]
    for method in route.methods:
        answer = ask(browse(who), method, reverse(name, kwargs=route.kwargs(world)), route)
        assert answer.status_code in route.answers, (method, answer.status_code)


@pytest.mark.parametrize("name", sorted(ALLAUTH))
@pytest.mark.parametrize("who", ["", "robin", "alex"])
def test_account_pages_say_nothing_of_a_couple(name, who, world: World, browse):
    client = browse(who)
    for method in ("get", "post"):
        answer = getattr(client, method)(reverse(name, kwargs=ALLAUTH[name]))
        assert answer.status_code < 500
        text = answer.content.decode()
        assert all(word not in text for word in world.words)


@pytest.mark.parametrize("name", sorted(MAILING))
@pytest.mark.parametrize("who", ["", "robin", "alex"])
def test_account_pages_with_a_mail_server_say_nothing_of_a_couple(name, who, mailing, world: World, browse):
    client = browse(who)
    for method in ("get", "post"):
        answer = getattr(client, method)(reverse(name))
        assert answer.status_code < 500
        assert all(word not in answer.content.decode() for word in world.words)
