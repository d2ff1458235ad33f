"""``manage.py remind``: sends the reminders that are due. Safe every minute, twice at once, and after days off."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from couples.reminders.rounds import keep_on, remind


class Command(BaseCommand):
    """Looks at whoever has a reminder on and whose moment has come, and reminds them, once of each thing."""

    help = "Send the reminders that are due: once, or --every so many seconds until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often, and a file that is touched after each round, so that others see that it goes on."""
        parser.add_argument("--every", type=float, default=0, metavar="SECONDS")
        parser.add_argument("--alive", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """One round, or one after the other until SIGTERM or Ctrl-C; whoever is being reminded then still is."""
        if options["every"] <= 0:
            remind()
            return
        stop = threading.Event()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, lambda *_: stop.set())
        alive: Path | None = options["alive"]
        keep_on(options["every"], stop, lambda: alive.touch() if alive else None)
