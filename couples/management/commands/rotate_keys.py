"""`manage.py rotate_keys data` and `manage.py rotate_keys master`: new keys for old words."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from couples.core.masters import Unopened, masters
from couples.core.rotation import SETTLED, Report, rotate_data, rotate_master


class Command(BaseCommand):
    """Changes keys while the app runs. Cut off, it is begun again; run twice, it does no harm."""

    help = (
        "Change keys while people use the app. 'data': every person and couple gets a new key, and all words are "
        "encrypted anew. 'master': all keys are wrapped anew. Safe to stop and to run again; run it once more after "
        "an hour to destroy what was replaced."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which keys, and for how long the old ones stay."""
        parser.add_argument("which", choices=("data", "master"))
        parser.add_argument(
            "--minutes",
            type=int,
            default=SETTLED,
            help="how long ago a key must have been replaced before it is destroyed (60; 0 only while the app is stopped)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate and say in numbers what was done."""
        if not 0 <= options["minutes"] <= 60 * 24 * 365:
            raise CommandError("--minutes takes a number from 0 up.")
        try:
            if options["which"] == "data":
                self.data(rotate_data(options["minutes"]))
            else:
                self.master(rotate_master(options["minutes"]))
        except (Unopened, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error

    def data(self, report: Report) -> None:
        """Say what became of the data keys. Raises CommandError where some words can't be read."""
        self.stdout.write(
            f"{report.owners} people and couples, {report.texts} texts encrypted anew. "
            f"{report.destroyed} old keys destroyed, {report.waiting} wait for the next run."
        )
        self.told_of_broken(report, "texts can't be read; their old keys are kept")

    def master(self, report: Report) -> None:
        """Say what became of the master keys. Raises CommandError where some keys can't be unwrapped."""
        self.stdout.write(f"{report.owners} keys wrapped anew.")
        if masters.from_environment and report.masters:
            self.stdout.write("An hour from now, MASTER_KEY needs only its first key.")
        elif len(masters.read()) > 1:
            self.stdout.write("The old master key is kept for an hour; run this again to destroy it.")
        self.told_of_broken(report, "keys can't be unwrapped; the old master keys are kept")

    def told_of_broken(self, report: Report, what: str) -> None:
        """Raise CommandError where not everything could be done."""
        if report.broken:
            raise CommandError(f"{report.broken} {what}.")
