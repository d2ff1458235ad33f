"""Whether the time of an answer tells who has an account: a known and an unknown address, with the real hasher.

    .venv/bin/python -m bench.timing --rounds 60

Rounds alternate between the two, each from a fresh browser, on an instance with a mail server (its mails are kept in
memory) and without rate limits. Said are the medians, their ratio, and how often the known one took longer: 50 % is
what a guess would give. Exit code 1 where a ratio is beyond a tenth of 1.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

KNOWN = "alex@example.org"
PASSWORD = "a quiet evening in"
MOST = 0.1
Way = Callable[[str], tuple[str, dict[str, str]]]
WAYS: dict[str, Way] = {
    "sign-in": lambda email: ("/accounts/login/", {"login": email, "password": "wrong wrong"}),
    "sign-up": lambda email: ("/accounts/signup/", {"email": email, "password1": PASSWORD, "name": "N"}),
    "password reset": lambda email: ("/accounts/password/reset/", {"email": email}),
    "code by mail": lambda email: ("/accounts/login/code/", {"email": email}),
}


def prepare(folder: str) -> None:
    """An instance with a mail server and one account."""
    os.environ.update(DATA=folder, SECRET_KEY="only-for-measuring-" + "k7" * 20, EMAIL_HOST="localhost")
    os.environ["DJANGO_SETTINGS_MODULE"] = "reconnect.settings"
    import django

    django.setup()
    from allauth.account.models import EmailAddress
    from django.conf import settings
    from django.core.management import call_command

    from couples.core.people import Person

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ACCOUNT_RATE_LIMITS = False
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    person = Person.objects.create_user(KNOWN, PASSWORD, name="Alex")
    EmailAddress.objects.create(user=person, email=KNOWN, verified=True, primary=True)


def took(way: Way, email: str) -> float:
    """Milliseconds until the answer. Raises AssertionError where it isn't what is meant to be measured."""
    from django.test import Client

    client, (path, data) = Client(), way(email)
    began = time.perf_counter()
    answer = client.post(path, data)
    spent = (time.perf_counter() - began) * 1000
    assert answer.status_code in (200, 302), answer.status_code
    return spent


def measure(way: Way, rounds: int) -> tuple[list[float], list[float]]:
    """Known and unknown, in turn; who comes first alternates too."""
    known, unknown = [], []
    for number in range(rounds + 2):
        pair: list[Any] = [(known, KNOWN), (unknown, f"nobody{number}@example.org")]
        for times, email in pair if number % 2 else reversed(pair):
            times.append(took(way, email))
    return known[2:], unknown[2:]


def main() -> None:
    """Measure every way, say the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="reconnect-timing-") as folder:
        prepare(folder)
        print(
            "| way | known, ms | unknown, ms | ratio | known took longer |\n| --- | --- | --- | --- | --- |"
        )
        for name, way in WAYS.items():
            known, unknown = measure(way, rounds)
            ours, theirs = statistics.median(known), statistics.median(unknown)
            longer = sum(a > b for a in known for b in unknown) / len(known) / len(unknown)
            worst = max(worst, abs(ours / theirs - 1))
            print(f"| {name} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.3f} | {longer:.0%} |")
    sys.exit(worst > MOST)


if __name__ == "__main__":
    main()
