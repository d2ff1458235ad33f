"""``manage.py content``: count and check everything that we wrote for people to read and choose from."""

from typing import Any

from django.core.management.base import BaseCommand

from strategies.library import KINDS, alike, pairs, shape

NEAREST = 3


class Command(BaseCommand):
    """Count, compare, and end with 1 where anything is wrong."""

    help = "Count and check all content; exits 1 on a fault."
    # They would stop at what is told here in full.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line ``KIND: COUNT`` for each kind and its nearest pairs; then what is wrong."""
        faults: list[str] = []
        for kind in KINDS.values():
            self.stdout.write(f"{kind.name}: {len(kind.texts())}")
            for share, one, other in pairs(kind)[:NEAREST] if kind.compared else []:
                self.stdout.write(f"    {share:.0%}  {one} / {other}")
            faults += [*shape(kind), *alike(kind)]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise SystemExit(1)
