"""A clock, a mail server and a push service of the test's own."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from couples.core.people import Person
from couples.core.reminding import Channel
from couples.core.wall import person as as_person
from couples.reminders.actions import Quiet, save
from couples.reminders.models import Device, mark_of
from couples.reminders.ready import kinds
from couples.reminders.rounds import remind
from tests.conftest import Cast
from tests.reminders.push import Browser, Service
from tests.reminders.smtp import Server

NOON = dt.datetime(2027, 3, 17, 11, 0, tzinfo=dt.UTC)
"""A Wednesday; noon in Berlin."""


class Clock:
    """The clock of this machine, as far as the app can tell."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def go(self, **by: float) -> None:
        """Let time go by, or jump."""
        self.now += dt.timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let the test say what time it is."""
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


def use(server: Server, settings: Any) -> None:
    """Let mails go to this server."""
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 1


@pytest.fixture
def smtp(settings: Any) -> Iterator[Server]:
    """A real mail server, which answers as the test says."""
    with Server() as server:
        use(server, settings)
        yield server


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    """A push service, which answers as the test says."""
    with Service() as service:
        settings.PUSH_HOSTS = [service.origin]
        yield service


def choose(person: Person, quiet: Quiet | None = None, **ways: str) -> None:
    """Switch kinds on or off; ``date_tomorrow`` for ``date.tomorrow``. What isn't named is off."""
    wanted = {name.replace("_", ".", 1): Channel(way) for name, way in ways.items()}
    assert set(wanted) <= {kind.slug for kind in kinds()}
    with as_person(Person.objects.get(pk=person.pk)) as member:
        channels = {kind.slug: wanted.get(kind.slug, Channel.OFF) for kind in kinds()}
        save(member, channels, quiet or Quiet())


def leave_alone(cast: Cast, *names: str) -> None:
    """Let these people, or else everybody but alex, have all kinds off: no round looks at them."""
    for name in names or ("sam", "dana", "kit", "robin", "ex"):
        choose(getattr(cast, name))


def confirm(person: Person) -> None:
    """The person has confirmed their address."""
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)


def device_of(person: Person, service: Service, path: str = "/one") -> Browser:
    """A browser of this person's that shows reminders."""
    browser = Browser(service.origin + path)
    with as_person(person) as member:
        Device.objects.create(
            owner=person,
            mark=mark_of(browser.endpoint),
            subscription=browser.subscription.text,
            agent="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            since=member.today,
        )
    return browser


@pytest.fixture
def soon(clock: Clock) -> Callable[..., int]:
    """Let the next look come, and do a round; how many messages left."""

    def act(**by: float) -> int:
        clock.go(**(by or {"minutes": 10}))
        return remind()

    return act
