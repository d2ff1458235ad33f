"""The exact words that leave the app: the same for every kind, and the same as the page shows beside each switch."""

import json
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from couples.core.people import Person
from couples.reminders.tokens import address

NAME = "Reconnect"


def subject() -> str:
    """The subject of a mail, in the language that is active."""
    return _("There is something for you")


def body(person: Person, *kinds: str) -> str:
    """The text of a mail; its link turns these kinds off."""
    context = {"address": f"{settings.PUBLIC_URL}/", "off": address(person.pk, *kinds)}
    return render_to_string("reminders/mail.txt", context).strip() + "\n"


def pushed() -> str:
    """What a device shows."""
    return _("There is something for you.")


class OneLine(EmailMessage):
    """A mail whose headers aren't folded: a long address alone would leave its header's first line empty."""

    def message(self, *args: Any, **kwargs: Any) -> Any:
        """Return the message as it leaves."""
        made = super().message(*args, **kwargs)
        made.policy = made.policy.clone(max_line_length=998)
        return made


def mail(person: Person, *kinds: str) -> EmailMessage:
    """The mail, in the person's language, with the header that lets their mail program turn it off (RFC 8058)."""
    headers = {
        "List-Unsubscribe": f"<{address(person.pk, *kinds)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    with translation.override(person.language):
        return OneLine(subject(), body(person, *kinds), to=[person.email], headers=headers)


def payload(person: Person) -> bytes:
    """What is pushed, encrypted for the device."""
    with translation.override(person.language):
        return json.dumps({"title": NAME, "body": pushed(), "url": "/"}).encode()
