"""The mails of this room: neutral, without a name, sent once what they tell of has really happened."""

import logging
from collections.abc import Callable
from smtplib import SMTPException

from django.core.mail import EmailMessage, send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from couples.core.people import Person
from couples.space.actions import Outcome, invite, send

logger = logging.getLogger(__name__)
REFUSED = (SMTPException, OSError, ValueError)
"""What sending a mail may raise; ValueError for an address that can't be written as a mail server wants it."""


def send_after_commit(message: EmailMessage) -> None:
    """Send a mail once the transaction is through: what is rolled back tells nobody. A failing mail server breaks nothing."""
    transaction.on_commit(lambda: _deliver(message), robust=True)


def _deliver(message: EmailMessage) -> None:
    try:
        message.send()
    except REFUSED as error:
        logger.warning("The mail server refused a mail: %s", type(error).__name__)


def invite_by_mail(person: Person, email: str, address_of: Callable[[str], str]) -> Outcome:
    """Invite an address; ``address_of`` turns a token into a full web address.

    The mail goes out before the invitation opens and before an earlier one ends: a mail server that fails
    leaves everything as it was. It carries nobody's words and no name, so that it can't be used to send any.
    """
    outcome, invitation, token = invite(person, email, sent=False)
    if invitation is None:
        return outcome
    words = render_to_string("space/invitation.txt", {"address": address_of(token)})
    try:
        send_mail(_("An invitation to Reconnect"), words, None, [email])
    except REFUSED as error:
        logger.warning("The mail server refused an invitation: %s", type(error).__name__)
        invitation.delete()
        return Outcome.UNDELIVERED
    return Outcome.SENT if send(invitation) else Outcome.TAKEN
