"""allauth's views of passkeys and codes where something else has to come of them."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.account.views import ReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import (
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
    SignupWebAuthnView,
)
from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from couples.core.people import Person
from couples.space.waiting import drop_old, what_waits


class SignInView(LoginWebAuthnView):  # type: ignore[misc]
    """Signing in by a passkey alone."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Back to the sign-in page, which still knows where one was going."""
        super().form_invalid(form)
        return redirect(passthrough_next_redirect_url(self.request, reverse("account_login"), "next"))


class _Waited:
    """A page that asks to sign in again says what for, and does it only while that is what somebody is about to do."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever left such a page open doesn't act by the hand of whoever finds it."""
        if drop_old(request) and request.method == "POST":
            messages.info(
                request, _("That was left open for a while, so nothing was done. Begin it once more.")
            )
            return redirect("home")
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is about to happen."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context["act"] = what_waits(get_next_redirect_url(self.request) or "")  # type: ignore[attr-defined]
        return context


class PasswordAgainView(_Waited, ReauthenticateView):  # type: ignore[misc]
    """Signing in again by the password."""


class CodeAgainView(_Waited, ReauthenticateByCodeView):  # type: ignore[misc]
    """Signing in again by a code."""


class AgainView(_Waited, ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Signing in again by a passkey."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Once more, or another way; what waits for it goes on waiting."""
        super().form_invalid(form)
        return redirect(self.passthrough_next_url(self.request.path))


class SignUpView(SignupWebAuthnView):  # type: ignore[misc]
    """Beginning with a passkey."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Let the new person in, and show the recovery codes before anything else: there is no password."""
        response: HttpResponse = super().form_valid(form)
        if not self.request.user.is_authenticated:
            return response
        # Whoever made a passkey a moment ago needn't show it again.
        passkey = Authenticator.objects.filter(user=self.request.user, type="webauthn").latest("pk")
        record_authentication(
            self.request,
            self.request.user,
            "mfa",
            id=passkey.pk,
            type=passkey.type,
            reauthenticated=True,
            passwordless=True,
        )
        auto_generate_recovery_codes(self.request)
        onward = urlencode({"next": response["Location"]})
        return redirect(f"{reverse('mfa_view_recovery_codes')}?{onward}")


class RemoveView(RemoveWebAuthnView):  # type: ignore[misc]
    """Taking a passkey away, but for the only way in."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Remove it. The row of its owner is held meanwhile, so that the last two can't go at once."""
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=self.request.user.pk)
            if get_adapter().can_delete_authenticator(self.object):
                removed: HttpResponse = super().form_valid(form)
                return removed
        messages.error(self.request, get_adapter().error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")


class CodesView(ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, once."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where one was going, if that is on this very site."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["onward"] = get_next_redirect_url(self.request)
        context["lost"] = getattr(self.request, "secret_lost", False)
        return context
