"""Every address of the app."""

from allauth.account.views import password_set
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from couples.space.again import signed_in_again_first
from reconnect import phone, views

handler429 = "reconnect.views.too_many"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("exit/", views.exit_page, name="exit"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("sw.js", phone.worker, name="worker"),
    path("offline/", phone.offline, name="offline"),
    # Without a password (a passkey opens the account) there is no old one to ask for: so it asks to sign in again.
    path("accounts/password/set/", signed_in_again_first(password_set), name="account_set_password"),
    path("accounts/sessions/", RedirectView.as_view(pattern_name="space:doors"), name="usersessions_list"),
    path("accounts/", include("couples.space.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("strategies/", include("strategies.urls")),
    path("", include("couples.urls")),
]
if settings.DEBUG:
    from reconnect.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
