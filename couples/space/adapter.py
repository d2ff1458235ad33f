"""How allauth behaves here."""

from ipaddress import ip_address
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from couples.core.people import Person
from couples.space import browsers
from couples.space.limits import forget_tries, spend, spend_try
from couples.space.mail import send_after_commit
from couples.space.models import Invitation
from couples.space.tokens import joined_at

NOWHERE = "0.0.0.0"  # noqa: S104 (an address that is none, for a connection that has none)
AGAIN = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
    "mfa_reauthenticate": _("Use a code"),
}


def _unmapped(address: str) -> str:
    """An IPv4 address as itself, where a socket for both kinds tells it as ``::ffff:192.0.2.1`` (RFC 4291, 2.5.5.2).

    All of these lie in one /64, which counts as one household.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(getattr(found, "ipv4_mapped", None) or found)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up as the operator set it, sign-in that tells nobody who has an account, mails once things have happened."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and this password don’t fit together."),
        "mismatch_or_unconfirmed": _(
            "This address and this password don’t fit together, or the address isn’t confirmed yet. "
            "A code by mail helps with both."
        ),
        "incorrect_password": _("That’s not your password."),
        "enter_current_password": _("That’s not your password."),
        "incorrect_code": _("That’s not the code. Look again at the newest mail."),
        "too_many_login_attempts": _("That was tried too often. Wait a few minutes."),
        "rate_limited": _("That was tried too often. Wait a few minutes."),
        "duplicate_email": _("That’s your address already."),
    }

    def validation_error(self, code: str, *args: Any) -> Any:
        """Return the error for a form. Where addresses are confirmed, a wrong password and that can't be told apart."""
        if code == "email_password_mismatch" and settings.HAS_MAIL:
            code = "mismatch_or_unconfirmed"
        return super().validation_error(code, *args)

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

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of whoever asks, as far as the trusted proxies tell; of one that came past them, its own."""
        try:
            told = str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            told = request.META.get("REMOTE_ADDR") or NOWHERE
        return _unmapped(told)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        forget_tries(request, credentials.get("email", ""))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try, and see whether its address could be right. Raises ImmediateHttpResponse (429) for one too many."""
        email = credentials.get("email", "")
        self._login_failed_rl_usage = spend_try(request, email)
        confirmed = EmailAddress.objects.is_verified(email)
        if confirmed:
            # allauth looks further for any other address: so do we for this one.
            Person.objects.filter(email=email).first()
        mandatory = app_settings.EMAIL_VERIFICATION == app_settings.EmailVerificationMethod.MANDATORY
        self.counts_as_right = confirmed or not mandatory

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the person whose password this is, or None; where mails are sent, only for a confirmed address.

        An address that waits for its confirmation answers as a wrong password does: else whoever signs up with an
        address and then signs in with it could tell whether it had an account before.
        """
        person = super().authenticate(request, **credentials)
        return person if self.counts_as_right else None

    def _rollback_login_failed_rl_usage(self) -> None:
        if self.counts_as_right:
            super()._rollback_login_failed_rl_usage()

    def post_login(self, request: HttpRequest, user: Person, *, signup: bool, **how: Any) -> HttpResponse:
        """Lead on. Where mails are sent, one tells of a sign-in from a browser that this person hasn't used before."""
        response: HttpResponse = super().post_login(request, user, signup=signup, **how)
        if not signup and not browsers.knows(request, user):
            self.send_notification_mail("account/email/new_sign_in", user)
        browsers.remember(request, response, user)
        return response

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

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Mail the code of an address. Raises ImmediateHttpResponse (429) for one too many of somebody signed in."""
        if request.user.is_authenticated:
            spend(request, "confirm_next")
        super().send_confirmation_mail(request, emailconfirmation, signup)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail after the commit. Where none leaves the machine, nothing that opens an account is kept instead."""
        if not settings.HAS_MAIL:
            return
        request = self.request  # allauth's own is gone where it mails after the commit
        known = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        send_after_commit(self.render_mail(template_prefix, email, known))

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Save a new person. The same form sent twice at once makes one: the second is led to sign-in."""
        try:
            with transaction.atomic():
                saved: Person = super().save_user(request, user, form, commit)
        except IntegrityError as error:
            raise ImmediateHttpResponse(redirect("account_login")) from error
        return saved
