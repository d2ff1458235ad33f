"""Who gets in where: each route × method × kind of person. A route without a row fails.

Whatever a person may not see must answer exactly as something that does not exist.
"""

import uuid

import pytest
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter

from couples.goals.models import GoalStep
from couples.notes.models import Note
from tests.crawl import bare
from tests.routes import ALLAUTH, MAILING, NOT_MAILING, ROUTES
from tests.world import MAKERS, World, declared_models, make, states

pytestmark = [pytest.mark.usefixtures("standing"), pytest.mark.django_db]
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


def naming_a_thing(patterns, prefix=""):
    """Every route in whose address the id of a thing stands."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from naming_a_thing(pattern.url_patterns, inner)
        elif any(isinstance(one, UUIDConverter) for one in pattern.pattern.converters.values()):
            yield f"{prefix}{pattern.name}"


def test_every_route_that_names_a_thing_says_of_which_model():
    assert set(naming_a_thing(get_resolver().url_patterns)) == {
        n for n, route in ROUTES.items() if route.model
    }


SEEN = [model for model in declared_models() if hasattr(model._default_manager.none(), "visible_to")]


def test_every_model_that_anybody_sees_has_a_maker():
    assert set(MAKERS) == set(SEEN)
    unseen = {model.__name__ for model in declared_models()} - {model.__name__ for model in SEEN}
    assert unseen == {"Person", "Couple", "Membership", "Key"}, (
        "they hold no private text: couples.core.checks"
    )


@pytest.mark.parametrize(
    ("model", "state"), [(model, state) for model in SEEN for state in states(model)], ids=str
)
def test_who_sees_what_as_it_is_declared(model, state, cast):
    assert who_sees(make(model, cast.member("alex"), state), cast) == states(model)[state]


def who_sees(thing, cast):
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    everybody = ("alex", "sam", "dana", "kit", "robin", "ex")
    return {who for who in everybody if rows.visible_to(cast.member(who)).exists()}


def test_a_leak_would_be_noticed(cast, monkeypatch):
    def leaky(member, prefix=""):
        return Q(**{f"{prefix}couple": None})

    monkeypatch.setattr("couples.core.shared.visible", leaky)
    assert who_sees(make(Note, cast.member("alex"), "private"), cast) != states(Note)["private"]
    assert who_sees(make(GoalStep, cast.member("alex"), "shared"), cast) != states(GoalStep)["shared"]


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
    is_no_thing(ROUTES[name], name, browse(who), ROUTES[name].shared(world))


def is_no_thing(route, name, client, address):
    """Whatever is asked of it, the answer is the same as for what doesn't exist."""
    for method in route.methods:
        theirs = ask(client, method, reverse(name, kwargs=address), route)
        none = ask(client, method, reverse(name, kwargs=nowhere(address)), route)
        assert said(theirs) == said(none)
        assert theirs.status_code in (302, 404)


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.model))
@pytest.mark.parametrize("who", ["alex", "sam", "robin", "dana", "ex"])
def test_a_thing_in_a_state_that_hides_it_is_no_thing(name, who, world: World, browse):
    route = ROUTES[name]
    addresses = route.hidden(world, who)
    assert addresses or who == route.owner
    for address in addresses:
        is_no_thing(route, name, browse(who), address)


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.mine))
@pytest.mark.parametrize("who", ["alex", "sam", "robin", "dana", "ex"])
def test_ones_own_thing_is_no_thing_to_anybody_else(name, who, world: World, browse):
    route = ROUTES[name]
    if who != route.owner:
        is_no_thing(route, name, browse(who), route.mine(world))


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if not route.public))
def test_the_two_get_in(name, world: World, browse):
    route = ROUTES[name]
    for who in (route.owner,) if route.mine else ("alex", "sam"):
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
