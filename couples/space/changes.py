"""What happens when a way into an account changes: all other sessions of its person end at once, and mails tell of it.

The session in which it was done goes on. Where it was done without one, by a link from a mail in another browser, all
end: nobody knows then which of them is the person's own.
"""

from typing import Any

from allauth.account import signals
from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import unstash_login
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils.translation import gettext as _

from couples.core import wall
from couples.core.people import Person
from couples.space.sessions import end_all, end_others


def _is_here(request: HttpRequest, user: Person) -> bool:
    return request.user.is_authenticated and request.user.pk == user.pk


def on_password(request: HttpRequest, user: Person, **_: Any) -> None:
    """A new password was set by somebody signed in, who goes on."""
    end_others(request, user)


def on_reset(request: HttpRequest, user: Person, **_: Any) -> None:
    """A new password was set by a link from a mail: everybody signs in anew, with it.

    Whoever has the link reads the mail: that confirms a first address, and ends what opened the account before.
    """
    address = EmailAddress.objects.filter(user=user, email=user.email).first()
    if address is not None and _is_first(address) and not address.verified:
        _take_second_steps(user)
        address.set_verified()
    end_all(user)


def _take_second_steps(user: Person) -> None:
    # Only their owner may, behind the wall too: that is who confirms the address.
    with wall.person(user):
        Authenticator.objects.filter(user=user).delete()


def free(email: str, owner: Person) -> None:
    """Take away an account that was begun with this address and never opened: its mail is read by somebody else.

    An account that somebody was welcomed to, or that confirmed any address, stays.
    """
    begun = Person.objects.filter(email=email.lower(), welcomed_on__isnull=True).exclude(pk=owner.pk).first()
    if begun is None or EmailAddress.objects.filter(user=begun, verified=True).exists():
        return
    with wall.person(begun):
        begun.delete()


def _is_first(address: EmailAddress) -> bool:
    """Whether this person has confirmed no other address."""
    others = EmailAddress.objects.filter(user=address.user, verified=True).exclude(pk=address.pk)
    return not others.exists()


def _signs_up_here(request: HttpRequest, user: Person) -> bool:
    login = unstash_login(request, peek=True)
    return bool(login and login.signup and login.user and login.user.pk == user.pk)


def on_confirmed(request: HttpRequest, email_address: EmailAddress, **_kwargs: Any) -> None:
    """A first address was confirmed. Unless that was where the account was begun, what opened it until now opens no more.

    Anybody can begin an account with somebody else's address and a password of their own, and wait for its owner.
    """
    user = email_address.user
    if _is_here(request, user) or _signs_up_here(request, user) or not _is_first(email_address):
        return
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        _take_second_steps(user)
        end_all(user)
    messages.info(
        request,
        _(
            "Your address is confirmed. No password or passkey of before opens your account: choose your own now."
        ),
    )


def on_address(request: HttpRequest, user: Person, from_email_address: EmailAddress | None, **_: Any) -> None:
    """Another address counts from now on. A first one that is confirmed changes nothing."""
    if from_email_address is None:
        return
    if _is_here(request, user):
        end_others(request, request.user)  # type: ignore[arg-type]
    else:
        end_all(user)
    # allauth tells the former address; whoever reads the new one should know it too.
    get_adapter(request).send_notification_mail("account/email/email_changed", user)


def second_step(person: Person) -> None:
    """A passkey, an app for codes or recovery codes came or went. While signing up there is no session to end."""
    request = context.request
    if request is not None and _is_here(request, person):
        end_others(request, request.user)


def on_made(instance: Any, created: bool, **_: Any) -> None:
    """One was added. Recovery codes come by themselves with the first of the others."""
    if created and instance.type != "recovery_codes":
        second_step(instance.user)


def on_gone(instance: Any, origin: Any = None, **_: Any) -> None:
    """One was removed; recovery codes that are made anew are removed first. With its whole account there is nothing to end."""
    if not isinstance(origin, Person) and getattr(origin, "model", None) is not Person:
        second_step(instance.user)


def on_signed_out(user: Person | None, request: HttpRequest | None = None, **_: Any) -> None:
    """Somebody signs out: streams of that session end once it is over, which this signal comes before."""
    if user is not None and request is not None:
        request.signed_out = user.pk  # type: ignore[attr-defined]


def connect() -> None:
    """Listen to allauth; called once, when all apps are loaded."""
    signals.password_changed.connect(on_password)
    signals.password_set.connect(on_password)
    signals.password_reset.connect(on_reset)
    signals.email_confirmed.connect(on_confirmed)
    signals.email_changed.connect(on_address)
    # allauth's own signals come after the commit, when the answer may have its cookie: the new key would be lost.
    user_logged_out.connect(on_signed_out)
    post_save.connect(on_made, sender=Authenticator)
    post_delete.connect(on_gone, sender=Authenticator)
