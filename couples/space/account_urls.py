"""Addresses of allauth at which something of ours answers. They stand before allauth's own."""

from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from couples.space import ways_in

urlpatterns = [
    path("reauthenticate/", ways_in.PasswordAgainView.as_view(), name="account_reauthenticate"),
    path("2fa/reauthenticate/", ways_in.CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("2fa/recovery-codes/", ways_in.CodesView.as_view(), name="mfa_view_recovery_codes"),
    # The page itself offers to download them, the one time that they are shown.
    path(
        "2fa/recovery-codes/download/",
        RedirectView.as_view(pattern_name="mfa_view_recovery_codes"),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/login/", ways_in.SignInView.as_view(), name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", ways_in.AgainView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", ways_in.RemoveView.as_view(), name="mfa_remove_webauthn"),
]
if settings.MFA_PASSKEY_SIGNUP_ENABLED:
    urlpatterns.append(path("2fa/webauthn/signup/", ways_in.SignUpView.as_view(), name="mfa_signup_webauthn"))
