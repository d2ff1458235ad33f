"""Fill the bare project: one person with 10,000 notes, as many years of a couple would have."""

import datetime as dt

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402  (models need the line above)

from bench.bare.models import Note  # noqa: E402


def main() -> None:
    """Do it once."""
    person, new = User.objects.get_or_create(username="alex@example.org")
    if new:
        first = dt.date(2016, 1, 1)
        text = (
            "You made coffee before I was awake, and brought it without a word. It was the best of the day."
        )
        Note._default_manager.bulk_create(
            Note(owner=person, title=f"Note {i}", text=text, day=first + dt.timedelta(days=i // 3))
            for i in range(10_000)
        )


if __name__ == "__main__":
    main()
