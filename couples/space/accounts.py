"""allauth's forms where this app wants something else of them."""

import secrets
from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    BaseConfirmCodeForm,
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
    default_token_generator,
)
from allauth.account.models import EmailAddress
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from couples.core.people import Person
from couples.space.changes import free
from couples.space.limits import spend_for
from couples.space.sessions import end_others

ADDRESS = lazy("E-mail address")


class SignInForm(LoginForm):  # type: ignore[misc]
    """Signing in, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = ADDRESS


class AddressForm(AddEmailForm):  # type: ignore[misc]
    """A new e-mail address. With a mail server it waits for its confirmation; without one it counts at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS

    def clean_email(self) -> str:
        """Return the address. Raises ValidationError for a taken one where no mail could tell its owner."""
        address: str = super().clean_email()
        if not settings.HAS_MAIL and Person.objects.filter(email=address).exclude(pk=self.user.pk).exists():
            raise ValidationError(_("Another account here has this address already."), code="taken")
        return address

    def save(self, request: HttpRequest) -> EmailAddress:
        """Begin the change, or make it where nothing can be confirmed."""
        if settings.HAS_MAIL:
            return super().save(request)
        with transaction.atomic():
            EmailAddress.objects.filter(user=self.user).delete()
            address = EmailAddress.objects.create(
                user=self.user, email=self.cleaned_data["email"], primary=True
            )
            self.user.email = address.email
            self.user.save(update_fields=["email"])
            end_others(request, self.user)
        messages.success(request, _("You sign in with the new address from now on."))
        return address


class ConfirmForm(ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code of an address that is to be confirmed."""

    def clean_code(self) -> str:
        """Return the code. The right one shows whose the address is: nobody who never came in keeps it from them."""
        if self.user is not None and BaseConfirmCodeForm.clean_code(self):
            free(self.email, self.user)
        code: str = super().clean_code()
        return code


class JoinForm(SignupForm):  # type: ignore[misc]
    """Sign-up, in the order in which people say it."""

    field_order = ["name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS

    def try_save(self, request: HttpRequest) -> Any:
        """Make the account; for an address that has one, take as long over it and mail its owner instead."""
        if self.account_already_exists:
            self._pretend(request)
        return super().try_save(request)

    def _pretend(self, request: HttpRequest) -> None:
        """Do all that making an account takes, and take it back: the time it takes must tell nothing."""
        address = self.cleaned_data["email"]
        self.account_already_exists = False
        self.cleaned_data["email"] = f"{secrets.token_hex(16)}@example.invalid"
        with transaction.atomic():
            self.save(request)
            transaction.set_rollback(True)
        self.account_already_exists, self.cleaned_data["email"] = True, address


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Asking for a code by mail: so many for one address, whether it has an account or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS

    def clean_email(self) -> str:
        """Return the address. Raises ImmediateHttpResponse (429) where it is one too many."""
        spend_for(context.request, "code_for", self.cleaned_data["email"])
        email: str = super().clean_email()
        return email


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """Asking for a new password: so often for one address, whether it has an account or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS

    def clean_email(self) -> str:
        """Return the address. Raises ImmediateHttpResponse (429) where it is one too many."""
        spend_for(context.request, "password_for", self.cleaned_data["email"])
        email: str = super().clean_email()
        return email

    def save(self, request: HttpRequest, **how: Any) -> str:
        """Mail the link; for an address without an account, take as long over it and mail that there is none."""
        if not self.users:
            default_token_generator.make_token(Person())
        address: str = super().save(request, **how)
        return address


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password after a forgotten one, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, again")


class OtherPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Another password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, again")
