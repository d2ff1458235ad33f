"""What waits for somebody to sign in again: what it is, in words, and for how long it waits."""

import time
from urllib.parse import urlsplit

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

LASTS = 5 * 60
SHOWN_AT = "shown_at"
ACTS = {
    "space:leave": _("You’re about to leave the space that you two share."),
    "space:consent": _("You’re about to take your consent back."),
    "space:end_session": _("You’re about to sign out a browser."),
    "space:end_others": _("You’re about to sign out every other browser."),
    "account_email": _("You’re about to change your e-mail address."),
    "account_set_password": _("You’re about to choose a password."),
    "mfa_activate_totp": _("You’re about to add an app for codes."),
    "mfa_deactivate_totp": _("You’re about to take away your app for codes."),
    "mfa_view_recovery_codes": _("You’re about to see your recovery codes."),
    "mfa_generate_recovery_codes": _("You’re about to make new recovery codes."),
    "mfa_list_webauthn": _("You’re about to see your passkeys."),
    "mfa_add_webauthn": _("You’re about to add a passkey."),
    "mfa_edit_webauthn": _("You’re about to give a passkey another name."),
    "mfa_remove_webauthn": _("You’re about to take a passkey away."),
}


def what_waits(path: str) -> str:
    """Return a sentence on what is done at this path once somebody has signed in again; the empty string where none is."""
    try:
        return str(ACTS.get(resolve(urlsplit(path).path).view_name, ""))
    except Resolver404:
        return ""


def drop_old(request: HttpRequest) -> bool:
    """Forget a form that waits longer than ``LASTS`` since the page that asks was first shown. Whether one was forgotten."""
    waiting = request.session.get(STATE_SESSION_KEY)
    if not isinstance(waiting, dict):
        return False
    now = time.time()
    if SHOWN_AT not in waiting:
        request.session[STATE_SESSION_KEY] = {**waiting, SHOWN_AT: now}
    elif now - waiting[SHOWN_AT] > LASTS:
        del request.session[STATE_SESSION_KEY]
        return True
    return False
