"""Sending reminders by mail, over one connection a round."""

import logging
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import EmailMessage, get_connection

from couples.reminders.outcomes import Outcome

log = logging.getLogger(__name__)


class Mails:
    """The mail server for one round. While it can't be reached, it is not asked again until the next."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._is_down = False

    def send(self, message: EmailMessage) -> Outcome:
        """Send one mail, and say how it went."""
        if not self._is_open():
            return Outcome.REFUSED
        message.connection = self._connection
        try:
            message.send()
        except (SMTPException, OSError, ValueError) as error:
            log.warning("A reminder could not be mailed: %s", said(error))
            self.close()
            return outcome_of(error)
        return Outcome.SENT

    def _is_open(self) -> bool:
        """Whether there is a connection: before it is there, nothing can have been sent."""
        if self._connection is None and not self._is_down:
            fresh = get_connection()
            try:
                fresh.open()
                if raw := getattr(fresh, "connection", None):
                    raw.ehlo_or_helo_if_needed()
                self._connection = fresh
            except (SMTPException, OSError, ValueError) as error:
                log.warning("The mail server for reminders can't be reached: %s", said(error))
                self._is_down = True
        return self._connection is not None

    def close(self) -> None:
        """End the connection, if there is one. Whether it can still say goodbye makes no difference."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (SMTPException, OSError) as error:
                log.info("The mail server went without a word: %s", said(error))


def code_of(error: Exception) -> int:
    """What the mail server answered, as a number; 0 where it didn't. Of several refusals, the one that may pass."""
    if isinstance(error, SMTPRecipientsRefused):
        return min((code for code, _words in error.recipients.values()), default=0)
    return int(error.smtp_code) if isinstance(error, SMTPResponseException) else 0


def outcome_of(error: Exception) -> Outcome:
    """How it went where an open connection broke off. Without an answer it may be on its way."""
    code = code_of(error)
    if 400 <= code < 500:
        return Outcome.REFUSED
    if 500 <= code < 600 or isinstance(error, ValueError):
        return Outcome.FAILED
    return Outcome.UNCERTAIN


def said(error: Exception) -> str:
    """What kind of error it was, and nothing of its words: they may repeat an address."""
    return f"{type(error).__name__} {code_of(error) or ''}".strip()
