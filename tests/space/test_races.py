"""Two at once, through the real views, again and again: exactly one couple each time, and never an error.

On PostgreSQL 200 rounds where two are after one seat, and 50 of the rest; on SQLite, which lets one write after the
other, fewer.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client

from couples.core.couple import Couple, Membership, member_for
from couples.core.people import Person
from couples.space.actions import accept, leave
from couples.space.models import Invitation, Stage
from tests.conftest import person
from tests.space.conftest import link_of, newest, sign_in, verify

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Post = tuple[Client, str]


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[HttpResponse]]]:
    """Send posts at the same moment, each from a thread of its own, and return the answers in order."""
    pool = ThreadPoolExecutor(2)

    def send(barrier: threading.Barrier, post: Post) -> HttpResponse:
        barrier.wait(timeout=20)
        return post[0].post(post[1])

    def together(*posts: Post) -> list[HttpResponse]:
        barrier = threading.Barrier(len(posts))
        return list(pool.map(send, [barrier] * len(posts), posts))

    yield together
    barrier = threading.Barrier(2)
    list(pool.map(lambda _number: (barrier.wait(timeout=20), connections.close_all()), range(2)))
    pool.shutdown()
    connections.close_all()


@pytest.fixture
def some_rounds() -> range:
    """How often to try what has happened before."""
    return range(50 if connection.vendor == "postgresql" else 25)


@pytest.fixture
def rounds() -> range:
    """How often to try where two are after one seat."""
    return range(200 if connection.vendor == "postgresql" else 25)


@pytest.fixture
def three(db) -> tuple[Person, Person, Person]:
    """The inviter and two more, with verified addresses, all alone."""
    people = tuple(person(name) for name in ("ina", "lou", "max"))
    for one in people:
        verify(one)
    return people


def begin_anew() -> None:
    """Forget what the round before left."""
    Invitation.objects.all().delete()
    Couple.objects.all().delete()


def the_couple() -> set[object]:
    """The two who are linked now. Fails unless there is exactly one couple, with two seats."""
    couple = Couple.objects.get()
    people = set(Membership.objects.filter(couple=couple).values_list("person", flat=True))
    assert len(people) == 2
    assert Membership.objects.count() == 2
    alive = Invitation.objects.filter(stage__in=(Stage.OPEN, Stage.CLAIMED))
    assert not alive.filter(Q(inviter__in=people) | Q(claimed_by__in=people)).exists()
    return people


def codes(answers: list[HttpResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_two_claim_the_same_link(three, rounds, at_once):
    ina, lou, most = three
    host, guests = sign_in(ina), [sign_in(lou), sign_in(most)]
    for _round in rounds:
        begin_anew()
        token = link_of(ina)
        answers = at_once(*((guest, f"/join/{token}/accept/") for guest in guests))
        assert codes(answers) == [302, 410]
        invitation = newest(ina)
        winner = (lou, most)[[answer.status_code for answer in answers].index(302)]
        assert invitation.claimed_by == winner
        assert host.post(f"/space/invitation/{invitation.pk}/confirm/").status_code == 302
        assert the_couple() == {ina.pk, winner.pk}


def test_two_sessions_accept_the_same_mail(three, some_rounds, at_once):
    """Bound to one address, an invitation has one invitee: here with two open windows."""
    ina, lou, _max = three
    windows = [sign_in(lou), sign_in(lou)]
    for _round in some_rounds:
        begin_anew()
        token = link_of(ina, lou.email)
        answers = at_once(*((window, f"/join/{token}/accept/") for window in windows))
        assert [answer["Location"] for answer in answers] == ["/space/", "/space/"]
        assert the_couple() == {ina.pk, lou.pk}


def test_one_accepts_two_mails(three, rounds, at_once):
    ina, lou, most = three
    windows = [sign_in(lou), sign_in(lou)]
    for _round in rounds:
        begin_anew()
        tokens = [link_of(one, lou.email) for one in (ina, most)]
        answers = at_once(
            *((window, f"/join/{token}/accept/") for window, token in zip(windows, tokens, strict=True))
        )
        assert codes(answers)[0] == 302
        assert codes(answers)[1] in (409, 410)
        assert lou.pk in the_couple()


def test_one_claims_two_links_and_both_confirm(three, rounds, at_once):
    ina, lou, most = three
    windows, hosts = [sign_in(lou), sign_in(lou)], [sign_in(ina), sign_in(most)]
    for _round in rounds:
        begin_anew()
        tokens = [link_of(one) for one in (ina, most)]
        answers = at_once(
            *((window, f"/join/{token}/accept/") for window, token in zip(windows, tokens, strict=True))
        )
        assert codes(answers) == [302, 302]
        paths = [f"/space/invitation/{newest(one).pk}/confirm/" for one in (ina, most)]
        assert codes(at_once(*zip(hosts, paths, strict=True))) == [302, 302]
        assert lou.pk in the_couple()


def test_one_confirms_while_accepting_a_mail(three, rounds, at_once):
    ina, lou, most = three
    host, window = sign_in(ina), sign_in(ina)
    for _round in rounds:
        begin_anew()
        link_of(ina)
        own = newest(ina)
        accept(lou, own)
        token = link_of(most, ina.email)
        answers = at_once((host, f"/space/invitation/{own.pk}/confirm/"), (window, f"/join/{token}/accept/"))
        assert codes(answers)[0] == 302
        assert codes(answers)[1] in (302, 409, 410)
        assert ina.pk in the_couple()


def test_two_accept_each_other(three, rounds, at_once):
    """Crossed invitations: whoever comes second finds the other's yes; both at once find each other's."""
    ina, lou, _max = three
    windows = [sign_in(ina), sign_in(lou)]
    for _round in rounds:
        begin_anew()
        tokens = [link_of(one) for one in (lou, ina)]
        answers = at_once(
            *((window, f"/join/{token}/accept/") for window, token in zip(windows, tokens, strict=True))
        )
        assert codes(answers) == [302, 302]
        assert the_couple() == {ina.pk, lou.pk}


def test_leaving_twice_at_once(three, some_rounds, at_once):
    ina, lou, _max = three
    for _round in some_rounds:
        begin_anew()
        verified = link_of(ina, lou.email)
        accept(lou, Invitation.objects.of_token(verified))
        members = [member_for(ina), member_for(lou)]
        with ThreadPoolExecutor(2) as pool:
            left = list(pool.map(lambda member: (leave(member), connections.close_all())[0], members))
        assert sorted(left) == [False, True]
        assert not Membership.objects.filter(ended_on__isnull=True).exists()
