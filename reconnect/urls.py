"""Every address of the app."""

from django.conf import settings
from django.urls import include, path

from reconnect import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("exit/", views.exit_page, name="exit"),
    path("accounts/", include("couples.space.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("strategies/", include("strategies.urls")),
    path("", include("couples.urls")),
]
if settings.DEBUG:
    from reconnect.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
