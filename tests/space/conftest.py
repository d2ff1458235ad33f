"""Two people who aren't linked yet, and what they do."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from couples.core.couple import Couple, Membership
from couples.core.people import Person
from couples.space.actions import invite
from couples.space.models import Invitation
from tests.conftest import Cast, person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(one: Person) -> Client:
    """A client in which this person is signed in."""
    client = Client()
    client.force_login(Person.objects.get(pk=one.pk), backend=BACKEND)
    return client


def verify(one: Person, email: str = "") -> None:
    """Let an address be verified as this person's."""
    EmailAddress.objects.create(user=one, email=email or one.email, verified=True, primary=True)


def link_of(one: Person, email: str = "") -> str:
    """An invitation's token, straight from the action."""
    _outcome, invitation, token = invite(one, email)
    assert invitation is not None
    return token


def code_in(message: EmailMessage) -> str:
    """The code that stands on a line of its own in a mail."""
    return re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)$", message.body, re.MULTILINE)[1]


def newest(one: Person) -> Invitation:
    """The invitation that this person made last."""
    return Invitation.objects.filter(inviter=one).order_by("-created_at")[0]


def partner_of(one: Person) -> Person | None:
    """The one with whom this person shares a space now."""
    seat = Membership.objects.filter(person=one, ended_on__isnull=True).first()
    return None if seat is None else Person.objects.exclude(pk=one.pk).get(memberships__couple=seat.couple_id)


def couples() -> int:
    """How many couples there are now."""
    return Couple.objects.filter(ended_on__isnull=True).count()


@pytest.fixture
def jo(cast: Cast) -> Person:
    """Somebody new, alone like robin."""
    return person("jo")


@pytest.fixture
def client_of() -> Callable[[Person], Client]:
    """Sign somebody in."""
    return sign_in


@pytest.fixture
def later(monkeypatch):
    """Let time pass for what asks Django for it."""
    real = timezone.now

    def by(delta):
        monkeypatch.setattr(timezone, "now", lambda: real() + delta)

    return by
