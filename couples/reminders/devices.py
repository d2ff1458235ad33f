"""Browsers that show reminders: how one comes, and how it ends with whoever is signed in there.

A shared phone must not go on reminding somebody who signed out in it. So a device goes with the browser's sign-in: it ends
with signing out there, with the end of that session from elsewhere, with *sign out all the others*, a new password and
whatever else ends sessions, and when somebody else signs in in that browser. It does not end when a session merely
runs out after its thirty days: reminders are for those who are away. A signed cookie, which holds two random ids and no name,
tells which device this browser is.
"""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from couples.access import Request
from couples.core import wall
from couples.core.clock import today_in
from couples.core.doors import signed_out
from couples.core.owners import lock
from couples.core.people import Person
from couples.reminders.models import Device, mark_of
from couples.reminders.subscriptions import Subscription

COOKIE = "__Host-device" if settings.HTTPS else "device"
A_YEAR = 60 * 60 * 24 * 365
MOST = 10
AGENT = 300
_SIGNER = Signer(salt="couples.reminders.device", sep=".")


class TooMany(Exception):  # noqa: N818 (a word that is said)
    """This person has as many devices as one may have."""


class Taken(Exception):  # noqa: N818 (a word that is said)
    """This browser reminds another account."""


def here(request: HttpRequest) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The device that this browser is, and whose: two ids, or None. It may be no more."""
    try:
        device, owner = _SIGNER.unsign(request.COOKIES.get(COOKIE, "")).split(":")
        return uuid.UUID(device), uuid.UUID(owner)
    except (BadSignature, ValueError):
        return None


def is_here(request: HttpRequest, device: Device) -> bool:
    """Whether the browser that asks is this device."""
    return here(request) == (device.pk, device.owner_id)


def remember(response: HttpResponseBase, device: Device) -> None:
    """Let the browser keep which device it is."""
    value = _SIGNER.sign(f"{device.pk}:{device.owner_id}")
    response.set_cookie(
        COOKIE, value, max_age=A_YEAR, path="/", secure=settings.HTTPS, httponly=True, samesite="Lax"
    )


@transaction.atomic
def add(request: Request, subscription: Subscription) -> Device:
    """Let this browser show its person's reminders. The same browser again is the same device.

    Raises TooMany, or Taken where the address belongs to another account: pressing the button anew makes a new one.
    """
    person, mark = request.member.person, mark_of(subscription.endpoint)
    # One after the other, so that many at once are no more than there may be.
    lock(Person.objects.all(), person.pk)
    mine = Device.objects.filter(owner=person)
    said = {
        "subscription": subscription.text,
        "agent": request.META.get("HTTP_USER_AGENT", "")[:AGENT],
        "session": session_mark(request.session.session_key),
    }
    device: Device | None = mine.filter(mark=mark).first()
    if device is None:
        if mine.count() >= MOST:
            raise TooMany
        device = Device(owner=person, mark=mark, since=today_in(person.zone), **said)
        try:
            with transaction.atomic():
                device.save(force_insert=True)
        except IntegrityError:
            device = mine.filter(mark=mark).first()
            if device is None:
                raise Taken from None
        return device
    for name, value in said.items():
        setattr(device, name, value)
    device.save(update_fields=list(said))
    return device


def session_mark(key: str | None) -> str:
    """What is kept of a session's key: it opens nothing."""
    return salted_hmac("couples.reminders.session", key, algorithm="sha256").hexdigest() if key else ""


def _end(owner: uuid.UUID, **which: Any) -> None:
    with wall.accounts():
        person = Person.objects.filter(pk=owner).first()
    if person is not None:
        with wall.person(person):
            Device.objects.filter(owner=person, **which).delete()


def on_out(request: HttpRequest, user: Person | None, **_: Any) -> None:
    """Somebody signs out here: this browser reminds them no more."""
    found = here(request)
    if found is not None:
        _end(found[1], pk=found[0])
        request.device_ended = True  # type: ignore[attr-defined]
    mark = session_mark(request.session.session_key)
    if user is not None and mark:
        _end(user.pk, session=mark)


def on_in(request: HttpRequest, user: Person, **_: Any) -> None:
    """Somebody signs in here: their device goes with the new session, somebody else's ends."""
    found = here(request)
    if found is None:
        return
    device, owner = found
    if owner != user.pk:
        _end(owner, pk=device)
        request.device_ended = True  # type: ignore[attr-defined]
        return
    with wall.person(user):
        Device.objects.filter(pk=device).update(session=session_mark(request.session.session_key))


def on_signed_out(person: Person, keys: list[str] | None, request: HttpRequest | None, **_: Any) -> None:
    """Sessions were ended from elsewhere. The browser that goes on goes on being reminded, by its new session."""
    found = here(request) if request is not None else None
    with wall.person(person):
        mine = Device.objects.filter(owner=person)
        if keys is not None:
            mine.filter(session__in=[session_mark(key) for key in keys]).delete()
            return
        kept = mine.filter(pk=found[0]) if found else mine.none()
        mine.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
        if request is not None:
            kept.update(session=session_mark(request.session.session_key))


def connect() -> None:
    """Listen to signing in and out; called once, when all apps are loaded."""
    user_logged_in.connect(on_in)
    user_logged_out.connect(on_out)
    signed_out.connect(on_signed_out)


class DeviceMiddleware:
    """Takes the cookie out of a browser whose device has just ended with its sign-in."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        if getattr(request, "device_ended", False):
            response.delete_cookie(COOKIE, path="/", samesite="Lax")
        return response
