"""Passkeys, authenticator apps and recovery codes: how allauth's second factors behave here."""

import base64
import logging
import os
import secrets
from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.stages import PasskeySignupStage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from couples.core.keys import house_secret
from couples.core.masters import NONCE, Unopened
from couples.core.people import Person

logger = logging.getLogger(__name__)
PURPOSE = b"reconnect second factors"
VERSION = "1:"


def _cipher() -> AESGCM:
    return AESGCM(house_secret(PURPOSE))


def encrypt(text: str) -> str:
    """Return the text sealed by AES-256-GCM under a key of the instance, as printable characters. Raises Unopened."""
    nonce = os.urandom(NONCE)
    sealed = _cipher().encrypt(nonce, text.encode(), PURPOSE)
    return VERSION + base64.b64encode(nonce + sealed).decode()


def decrypt(sealed: str) -> str:
    """Return the text. Raises ValueError for what isn't ours, was changed, or was sealed by another key."""
    if not sealed.startswith(VERSION):
        raise ValueError("not a sealed text")
    raw = base64.b64decode(sealed.removeprefix(VERSION), validate=True)
    try:
        return _cipher().decrypt(raw[:NONCE], raw[NONCE:], PURPOSE).decode()
    except (InvalidTag, Unopened) as error:
        raise ValueError("a sealed text that can't be opened") from error


def has_way_in(person: Person, *, without: Authenticator | None = None) -> bool:
    """Whether a password, a passkey or an app stands before this account, and not a mailed code alone."""
    rows = Authenticator.objects.filter(user=person, type__in=["webauthn", "totp"])
    return person.has_usable_password() or rows.exclude(pk=without.pk if without else None).exists()


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Our words, our drawing of the QR code, and secrets that stand in the database sealed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": lazy("That code isn’t right, or it was used already. Try the next one."),
        "cannot_delete_authenticator": lazy(
            "It’s the only way into your account. Choose a password or add a passkey first."
        ),
        "unverified_email": lazy("Confirm your e-mail address first, so that nobody locks you out of it."),
        "cannot_generate_recovery_codes": lazy(
            "Recovery codes are for when a passkey or an app is lost. Add one of these first."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret. In place of one that can't be opened comes one that nobody knows: no code fits it.

        The request then has ``secret_lost``, so that its page can say so.
        """
        try:
            return decrypt(encrypted_text)
        except ValueError:
            logger.error("A second factor's secret can't be opened: was the master key changed?")
            context.request.secret_lost = True
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """Return the QR code as inline SVG: the policy allows no picture from a data address."""
        title = _("The code to scan with your app")
        drawn = segno.make(url, error="m").svg_inline(
            omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None, title=title
        )
        return mark_safe(drawn.replace("<svg ", '<svg role="img" ', 1))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another way in is left without it."""
        return has_way_in(authenticator.user, without=authenticator)

    def generate_authenticator_name(self, user: Person, type: Any) -> str:  # noqa: A002 (allauth's)
        """Return the name that a new passkey has until its owner gives it another."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number} if number > 1 else _("My passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whom a passkey is for: this host, whatever its port."""
        host = urlsplit(f"//{context.request.get_host()}").hostname or settings.PUBLIC_HOST
        return {"id": host, "name": "Reconnect"}


class PasskeyStage(PasskeySignupStage):  # type: ignore[misc]
    """The step of signing in at which a passkey is made.

    It comes after beginning with one, and for whoever left off there: nobody is let in with a mailed code alone,
    since nothing could ask them to sign in again.
    """

    def handle(self) -> tuple[Any, bool]:
        """Return the page to go to, if any, and that signing in goes on."""
        if self.login.user is not None and not has_way_in(self.login.user):
            self.login.state["passkey_signup"] = True
        handled: tuple[Any, bool] = super().handle()
        return handled
