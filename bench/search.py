"""How long searching takes: every word of ten years of notes is decrypted for it. Asked is at most 0.5 s for 10,000 notes.

    .venv/bin/python -m bench.search

It fills a database of its own (SQLite; ``DATABASE_URL`` for another, which must be empty) with the demo and searches as
one of its people, for a word that many notes have, that some have, and that none has. Exit code 1 where it takes longer.
"""

import os
import statistics
import sys
import tempfile
import time

ASKED = 0.5
WORDS = ("the", "tea", "zebra crossing")


def main() -> None:
    """Fill, search, print, judge."""
    with tempfile.TemporaryDirectory(prefix="reconnect-bench-") as folder:
        os.environ |= {"DATA": folder, "DJANGO_SETTINGS_MODULE": "reconnect.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("demo", years=10, stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
        sys.exit(measure() > ASKED)


def measure() -> float:
    """Print the median of seven searches for each of the words; return the longest of these."""
    from couples.core import keys, wall
    from couples.core.people import Person
    from couples.core.search import search
    from couples.notes.models import Note

    longest = 0.0
    with wall.person(Person.objects.get(email="alex@example.org")) as member:
        token = keys.take(member.person.pk, member.couple.pk, found=member.keys)
        notes = Note.objects.open_to(member).order_by("-opens_on", "-created_at", "-id")
        for words in WORDS:
            took = []
            for _ in range(7):
                began = time.perf_counter()
                found = len(search(notes, ["what", "meaning", "answer__words"], words))
                took.append(time.perf_counter() - began)
            longest = max(longest, statistics.median(took))
            print(f"{words!r}: {found} of {notes.count()} notes in {statistics.median(took):.3f} s")
        keys.give_back(token)
    return longest


if __name__ == "__main__":
    main()
