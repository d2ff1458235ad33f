"""What happens when a way into an account changes: all other sessions of its person end at once, and mails tell of it.

The session in which it was done goes on. Where it was done without one, by a link from a mail in another browser, all
end: nobody knows then which of them is the person's own.
"""

from typing import Any

from allauth.account import signals
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.apps import apps
from django.http import HttpRequest

from couples.core.people import Person
from couples.space.sessions import end_all, end_others


def _is_here(request: HttpRequest, user: Person) -> bool:
    return request.user.is_authenticated and request.user.pk == user.pk


def on_password(request: HttpRequest, user: Person, **_: Any) -> None:
    """A new password was set by somebody signed in, who goes on."""
    end_others(request, user)


def on_reset(request: HttpRequest, user: Person, **_: Any) -> None:
    """A new password was set by a link from a mail: everybody signs in anew, with it."""
    end_all(user)


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


def on_second_step(request: HttpRequest, user: Person, **_: Any) -> None:
    """A passkey, an app for codes or recovery codes came or went. While signing up there is no session to end."""
    if _is_here(request, user):
        end_others(request, user)


def on_added(authenticator: Any = None, **how: Any) -> None:
    """One was added. Recovery codes come by themselves with the first of the others, which has ended the sessions.

    allauth tells of them after the commit: the answer may have its cookie by then, and a new session key would be lost.
    """
    if getattr(authenticator, "type", "") != "recovery_codes":
        on_second_step(**how)


def connect() -> None:
    """Listen to allauth; called once, when all apps are loaded."""
    signals.password_changed.connect(on_password)
    signals.password_set.connect(on_password)
    signals.password_reset.connect(on_reset)
    signals.email_changed.connect(on_address)
    if apps.is_installed("allauth.mfa"):
        from allauth.mfa import signals as second

        second.authenticator_added.connect(on_added)
        second.authenticator_removed.connect(on_second_step)
        second.authenticator_reset.connect(on_second_step)
