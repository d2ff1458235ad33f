"""A lived-in couple to look at."""

import datetime as dt
import random
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from couples.checkins import demo as checkins
from couples.core import wall
from couples.core.clock import today_in
from couples.core.couple import Couple, Membership, member_for
from couples.core.keys import held_for
from couples.core.news import News
from couples.core.people import CONSENT, Person, zone_of
from couples.dates import demo as dates
from couples.dates.kinds import PlanState
from couples.dates.models import DatePlan
from couples.goals import demo as goals
from couples.meeting import demo as meeting
from couples.notes import demo as notes
from couples.notes.models import GIVEN, Note
from couples.reminders import demo as reminders

PASSWORD = "reconnect-demo"  # noqa: S105 (the demo's, printed by make demo)
PEOPLE = ("alex", "sam", "dana", "kit")
NOTES_A_YEAR = 1000


class Command(BaseCommand):
    """Fills a database with the couples alex and sam, dana and kit, the same on every run of a day."""

    help = (
        "Fill the database with two lived-in couples: alex@example.org and sam@example.org, dana@ and kit@."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """``--years`` makes so many full years; ``--among-others`` allows a database that has other people."""
        parser.add_argument("--years", type=int, default=0, help="so many years, full to the brim (1 to 30)")
        parser.add_argument(
            "--among-others", action="store_true", help="even if other people are in this database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demo, or leave one that is there as it is (``--years`` makes it anew)."""
        years = options["years"]
        if not 0 <= years <= 30:
            raise CommandError("--years takes a number from 1 to 30.")
        addresses = [f"{name}@example.org" for name in PEOPLE]
        if Person.objects.exclude(email__in=addresses).exists() and not options["among_others"]:
            raise CommandError(
                "This database has other people in it. Take another (DATA=/some/folder), or add --among-others."
            )
        if Person.objects.filter(email__in=addresses).exists():
            if not years:
                self.stdout.write("The demo is there already.")
                return
            unmake(addresses)
        make(years)
        self.stdout.write(
            f"alex@example.org and sam@example.org, dana@example.org and kit@example.org: {PASSWORD}"
        )


@transaction.atomic
def unmake(addresses: list[str]) -> None:
    """Throw away the demo's people and couples, with all that is theirs."""
    with wall.accounts():
        couples = list(Couple.objects.filter(memberships__person__email__in=addresses).distinct())
    for couple in couples:
        with wall.couple(couple):
            # A plan and its agreed option point at each other: apart, parts are deleted before what they are part of,
            # and behind the wall they must be, since a part is seen with its whole.
            DatePlan.objects.filter(couple=couple).update(agreed_option=None, state=PlanState.CANCELLED)
            couple.delete()
    for one in Person.objects.filter(email__in=addresses):
        with wall.person(one):
            one.delete()


@transaction.atomic
@held_for()
def make(years: int) -> None:
    """Make both couples; ``years`` 0 means half a year at an ordinary pace."""
    with wall.accounts():
        people = [_person(name) for name in PEOPLE]
    days = years * 365 or 182
    _couple(
        people[0], people[1], "Europe/London", dt.date(2019, 8, 20), days, years * NOTES_A_YEAR or 120, seed=1
    )
    _couple(people[2], people[3], "Europe/Berlin", dt.date(2012, 2, 29), 60, 20, seed=2)


def _person(name: str) -> Person:
    zone = "Europe/Berlin" if name in ("dana", "kit") else "Europe/London"
    today = today_in(zone_of(zone))
    person = Person.objects.create_user(
        f"{name}@example.org",
        PASSWORD,
        name=name.capitalize(),
        time_zone=zone,
        welcomed_on=today,
        consent_version=CONSENT,
        consented_on=today,
    )
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return person


def _couple(
    first: Person, second: Person, zone: str, together: dt.date, days: int, count: int, *, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 (a demo, the same every time)
    today = today_in(zone_of(zone))
    since = today - dt.timedelta(days=days)
    with wall.accounts():
        couple = Couple.objects.create(time_zone=zone, together_since=together, since=since)
        for seat, person in enumerate((first, second), start=1):
            Membership.objects.create(couple=couple, person=person, seat=seat)
    with wall.couple(couple):
        notes.fill(first, second, couple, today, days, rng, count)
        dates.fill(first, second, couple, today, days, rng)
        goals.fill(first, second, couple, today, days, rng)
        checkins.fill(first, second, couple, today, days, rng)
        meeting.fill(first, second, couple, today, days, rng)
        reminders.fill(first)
        _tell(second, couple)


def _tell(author: Person, couple: Couple) -> None:
    """The newest note of the second partner is new for the first."""
    member = member_for(author)
    newest = (
        Note.objects.open_to(member).filter(author=author).order_by("-opens_on", "-created_at", "id").first()
    )
    if newest is not None:
        News.objects.tell(member, GIVEN, newest, newest.opens_on)
