"""The one mail that this room sends."""

import logging
from collections.abc import Callable
from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from couples.core.people import Person
from couples.space.actions import Outcome, invite, send

logger = logging.getLogger(__name__)


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
    except (SMTPException, OSError) as error:
        logger.warning("The mail server refused an invitation: %s", type(error).__name__)
        invitation.delete()
        return Outcome.UNDELIVERED
    return Outcome.SENT if send(invitation) else Outcome.TAKEN
