"""Run as a program: two couples at the same time over the same connections; prints what was seen, as JSON.

Each thread is one person. Every round opens a context, at times breaks off in the middle of it, and then looks
around with nobody let in.
"""

import json
import sys
import threading

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from couples.core import wall  # noqa: E402
from couples.core.people import Person  # noqa: E402
from couples.notes.models import Answer, Note  # noqa: E402

ROUNDS = int(sys.argv[1])
PEOPLE = ("alex", "sam", "dana", "kit")


class BrokenOffError(Exception):
    """Something went wrong in the middle."""


def around() -> list[str]:
    """What shows while nobody is let in: in a transaction, and without one."""
    wrong = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.person', true), current_setting('app.couple', true)")
        if any(cursor.fetchone()):
            wrong.append("somebody was left in")
        if Note.objects.exists() or Answer.objects.exists():
            wrong.append("something showed in a transaction")
    if Note.objects.exists():
        wrong.append("something showed without a transaction")
    return wrong


def live(person: Person, seen: set[str], wrong: list[str], gate: threading.Barrier) -> None:
    """All rounds of one person."""
    gate.wait()
    for number in range(ROUNDS):
        try:
            with wall.person(person) as member:
                couples = set(Note.objects.exclude(couple=None).values_list("couple", flat=True))
                alone = set(Note.objects.filter(couple=None).values_list("author", flat=True))
                list(Answer.objects.all().iterator(chunk_size=7))
                seen |= {str(pk) for pk in couples}
                if couples != {member.couple.pk} or not alone <= {person.pk}:
                    wrong.append(f"{person.name} saw {couples} {alone}")
                if number % 3 == 1:
                    raise BrokenOffError
        except BrokenOffError:
            pass
        wrong += around()
        if number % 5 == 0:
            connection.close()
    connection.close()


def main() -> None:
    """Let all live at once."""
    people = [Person.objects.get(email=f"{name}@example.org") for name in PEOPLE]
    seen: dict[str, set[str]] = {person.name: set() for person in people}
    wrong: list[str] = []
    gate = threading.Barrier(len(people))
    threads = [
        threading.Thread(target=live, args=[person, seen[person.name], wrong, gate]) for person in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = {"wrong": wrong[:5], "seen": {name: sorted(found) for name, found in seen.items()}}
    sys.stdout.write(json.dumps(said))


main()
