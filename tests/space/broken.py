"""A mail server that is down."""

from smtplib import SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class Backend(BaseEmailBackend):
    """Refuses every mail, and says to whom it was."""

    def send_messages(self, email_messages: Any) -> int:
        """Raise as smtplib does."""
        raise SMTPServerDisconnected(f"no mail to {email_messages[0].to}")
