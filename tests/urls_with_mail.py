"""The addresses of an instance with a mail server: allauth leaves some out where there is none."""

from allauth.account.views import confirm_email, request_login_code
from django.urls import path

from reconnect.urls import *  # noqa: F403
from reconnect.urls import urlpatterns as without

urlpatterns = [
    path("accounts/login/code/", request_login_code, name="account_request_login_code"),
    path("accounts/confirm-email/<str:key>/", confirm_email, name="account_confirm_email"),
    *without,
]
