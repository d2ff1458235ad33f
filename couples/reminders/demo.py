"""Reminders of the demo's couples: chosen, with no device to show them, so that nothing of a demo is ever sent."""

from django.utils import timezone

from couples.core.people import Person
from couples.core.reminding import Channel
from couples.reminders.models import Hours, Reminder

CHOSEN = ("date.tomorrow", "goal.step")


def fill(person: Person) -> None:
    """Let somebody be reminded of a few things."""
    rows = [Reminder(owner=person, kind=kind, channel=Channel.PUSH) for kind in CHOSEN]
    Reminder.objects.bulk_create(rows)
    Hours.objects.create(owner=person, look_at=timezone.now())
