"""allauth's forms of passkeys, apps and codes: in our words, and unmoved by whatever is sent to them."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from couples.space.forms import NameField
from couples.space.mfa import decrypt, encrypt

MOST_PASSKEYS = 10
LONGEST = 50_000
"""Characters of what a browser may say of a passkey; it says about a thousand."""
NOT_MADE = lazy("That passkey couldn’t be kept. Try it once more.")
NOT_TAKEN = lazy("That passkey isn’t one we know. Try another, or sign in another way.")
TOO_OFTEN = {"too_many_login_attempts", "rate_limited"}


class CredentialField(forms.JSONField):
    """What a browser says of a passkey: JSON in which anything may stand. Raises ValidationError with one sentence."""

    def __init__(self, kind: Any, sentence: Any) -> None:
        self.kind = kind
        errors = {"invalid": sentence, "required": sentence}
        super().__init__(widget=forms.HiddenInput, error_messages=errors)

    def clean(self, value: Any) -> dict[str, Any]:
        """Return what was sent, if it is of its kind and from a page of this very host."""
        try:
            if len(value or "") > LONGEST:
                raise ValueError("too long for a passkey")
            sent = super().clean(value)
            read = self.kind.from_dict(sent)
            host = get_adapter().get_public_key_credential_rp_entity()["id"]
            if urlsplit(read.response.client_data.origin).hostname != host:
                raise ValueError("a page of another host")
            return _only_needed(read, sent) if self.kind is RegistrationResponse else dict(sent)
        except (
            Exception
        ) as error:  # A stranger's bytes pass four parsers here; none of them may end in a 500.
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


def _only_needed(read: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """Return a new passkey without what else was sent: it is stored. Its key must be one that we can use."""
    key = read.response.attestation_object.auth_data.credential_data.public_key
    if key.ALGORITHM not in CoseKey.supported_algorithms():
        raise ValueError("an unknown kind of key")
    with suppress(InvalidSignature):
        key.verify(b"", b"")
    told = sent.get("clientExtensionResults") or {}
    name = websafe_encode(read.raw_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(read.response.client_data),
            "attestationObject": websafe_encode(read.response.attestation_object),
        },
        "clientExtensionResults": {"credProps": {"rk": bool((told.get("credProps") or {}).get("rk"))}},
    }


class AddPasskeyForm(webauthn._BaseAddWebAuthnForm):  # type: ignore[misc]
    """A further way in, or the first one of a new account."""

    name = NameField(
        label=lazy("What shall we call it?"),
        help_text=lazy("So that you know it again, like “My phone”. Only you see it."),
        required=False,
    )
    credential = CredentialField(RegistrationResponse, NOT_MADE)

    def clean(self) -> dict[str, Any]:
        """Return the checked passkey. Raises ValidationError where it is for another page, site or moment."""
        if Authenticator.objects.filter(user=self.user, type="webauthn").count() >= MOST_PASSKEYS:
            raise ValidationError(_("You have ten passkeys already. Remove one first."), code="many")
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError as error:
            raise ValidationError(NOT_MADE, code="invalid") from error
        return cleaned


class NamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    name = NameField(
        label=lazy("What shall we call it?"),
        error_messages={"required": lazy("Give it a name by which you know it again.")},
    )


class _Known:
    """A passkey that is used: one sentence for whatever is wrong with it, but for trying too often."""

    def clean_credential(self) -> Authenticator:
        """Return the authenticator. Raises ValidationError."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            if error.code in TOO_OFTEN:
                raise
            raise ValidationError(NOT_TAKEN, code="invalid") from error


class PasskeyForm(_Known, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second factor."""

    credential = CredentialField(AuthenticationResponse, NOT_TAKEN)


class PasskeyAgainForm(_Known, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, to sign in again."""

    credential = CredentialField(AuthenticationResponse, NOT_TAKEN)


class PasskeySignInForm(_Known, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone: it says itself whose it is."""

    credential = CredentialField(AuthenticationResponse, NOT_TAKEN)


class CodeField(forms.CharField):
    """A short code that one copies from an app or from paper."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        errors = {"required": lazy("Type the code."), "max_length": lazy("That’s too long for a code.")}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), error_messages=errors, **kwargs)


class _Code:
    """A code of the app, or a recovery code; each counts once."""

    user: Any
    fields: dict[str, forms.Field]
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = set(Authenticator.objects.filter(user=self.user).values_list("type", flat=True))
        self.fields["code"].label = (
            _("The code that your app shows, or a recovery code")
            if "totp" in self.kinds
            else _("A recovery code")
        )

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError for a wrong one, and for one of the app's that was used already.

        allauth remembers a used code for half a minute; with a neighbouring code allowed, one is good for longer.
        """
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if error.code in TOO_OFTEN or not getattr(context.request, "secret_lost", False):
                raise
            raise ValidationError(_lost(), code="lost") from error
        used = salted_hmac("couples.space.factors", f"{self.authenticator.pk} {normalize_user_code(code)}")
        seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        if self.authenticator.type == "totp" and not cache.add(
            f"second-factor-{used.hexdigest()}", 1, seconds
        ):
            raise ValidationError(_("That code was used already. Wait for the next one."), code="used")
        return code


def _lost() -> str:
    return _(
        "We can’t check these codes any more, and it’s not your doing. "
        "Use a passkey, or ask whoever runs this server."
    )


class SecondFactorForm(_Code, AuthenticateForm):  # type: ignore[misc]
    """What stands after the password or the mailed code."""

    code = CodeField()


class CodeAgainForm(_Code, ReauthenticateForm):  # type: ignore[misc]
    """A code, to sign in again."""

    code = CodeField()


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """Setting up an authenticator app. Until then its secret waits in the session, which is in the database: sealed."""

    code = CodeField(label=lazy("The code that the app shows now"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        waiting = session.get(SECRET_SESSION_KEY, "")
        super().__init__(*args, **kwargs)
        if self.is_bound and waiting:
            try:
                self.secret = decrypt(waiting)
            except ValueError:
                self.secret = generate_totp_secret()
        session[SECRET_SESSION_KEY] = encrypt(self.secret)
