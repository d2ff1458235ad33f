"""allauth's forms where this app wants something else of them."""

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, SignupForm
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from couples.core.people import Person

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
        messages.success(request, _("You sign in with the new address from now on."))
        return address


class JoinForm(SignupForm):  # type: ignore[misc]
    """Sign-up, in the order in which people say it."""

    field_order = ["name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS
