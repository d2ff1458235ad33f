"""The app as it is with a mail server: its settings, and the addresses that allauth has only then."""

import os
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, reload
from typing import Any

from django.conf import settings as current
from django.urls import clear_url_caches

from couples.core import context

URLS = (
    "allauth.account.urls",
    "allauth.mfa.webauthn.urls",
    "allauth.mfa.urls",
    "allauth.urls",
    "couples.space.account_urls",
    "reconnect.urls",
)


def _loaded(host: str) -> dict[str, Any]:
    """The settings as the file makes them with this mail server, or with none."""
    before = os.environ.pop("EMAIL_HOST", None)
    try:
        if host:
            os.environ["EMAIL_HOST"] = host
        return runpy.run_path(str(current.BASE_DIR / "reconnect" / "settings.py"))
    finally:
        os.environ.pop("EMAIL_HOST", None)
        if before is not None:
            os.environ["EMAIL_HOST"] = before


def _read_urls() -> None:
    """Read the address tables again, in the order in which they include each other."""
    for name in URLS:
        reload(import_module(name))
    clear_url_caches()


@contextmanager
def mail_server(settings: Any, monkeypatch: Any) -> Iterator[None]:
    """Change what a mail server changes, and put it back; mails land in Django's outbox."""
    without, with_mail = _loaded(""), _loaded("mail.example")
    changed = {name: value for name, value in with_mail.items() if name.isupper() and value != without[name]}
    before = {name: getattr(settings, name) for name in changed}
    changed["EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setitem(context._KNOWN, "has_mail", True)

    def use(values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(settings, name, value)
        _read_urls()

    use(changed)
    try:
        yield
    finally:
        use(before)
