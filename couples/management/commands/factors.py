"""``manage.py factors``: for somebody who has lost passkey, app and recovery codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from couples.core import wall
from couples.core.people import Person
from couples.space.sessions import end_all


class Command(BaseCommand):
    """Says how somebody signs in beside the password, and with ``--remove`` takes all of it away, and signs them out."""

    help = "Show the passkeys, app and recovery codes of an account; --remove takes them away."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address of the account, and whether to remove."""
        parser.add_argument("email")
        parser.add_argument("--remove", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an address without an account."""
        person = Person.objects.filter(email=options["email"]).first()
        if person is None:
            raise CommandError("There is no account with this address.")
        rows = Authenticator.objects.filter(user=person)
        kinds = sorted(rows.values_list("type", flat=True))
        if not kinds:
            self.stdout.write("Nothing beside the password.")
        elif options["remove"]:
            with wall.person(person):
                rows.delete()
            end_all(person)
            self.stdout.write(
                f"Removed: {', '.join(kinds)}. The password, or a mailed code, opens the account."
            )
        else:
            self.stdout.write(f"{', '.join(kinds)}. Remove them with --remove.")
