"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from couples.core.people import Person
from couples.space.models import Invitation
from couples.space.tokens import joined_at

AGAIN = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
    "mfa_reauthenticate": _("Use a code"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up as the operator set it; after it comes the welcome, which remembers an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this visitor may sign up: by the operator's choice, and perhaps with a good invitation."""
        if settings.SIGNUP == "closed":
            return False
        if settings.SIGNUP == "open":
            return True
        token = joined_at(request.POST.get("next") or request.GET.get("next", ""))
        invitation = Invitation.objects.of_token(token) if token else None
        return invitation is not None and invitation.is_open(timezone.now())

    def is_safe_url(self, url: str) -> bool:
        """Whether one may be sent there after signing in: a path on this very site, nothing else."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """A new person is welcomed first."""
        return resolve_url("space:welcome")

    def get_login_stages(self) -> list[str]:
        """Return the steps of signing in; ours lets nobody in who has a mailed code and nothing else."""
        theirs = "allauth.mfa.webauthn.stages.PasskeySignupStage"
        return [
            "couples.space.mfa.PasskeyStage" if one == theirs else one for one in super().get_login_stages()
        ]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return how this person can sign in again: the first is asked for, and codes, which are few, come last."""
        methods = {method["id"]: method for method in super().get_reauthentication_methods(user)}
        return [{**methods[name], "description": said} for name, said in AGAIN.items() if name in methods]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail. Where none leaves the machine, nothing that opens an account may stand in a log instead."""
        if settings.HAS_MAIL:
            super().send_mail(template_prefix, email, context)

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Save a new person. The same form sent twice at once makes one: the second is led to sign-in."""
        try:
            with transaction.atomic():
                saved: Person = super().save_user(request, user, form, commit)
        except IntegrityError as error:
            raise ImmediateHttpResponse(redirect("account_login")) from error
        return saved
