"""The demo: two lived-in couples, the same on every run of a day, and never among other people unless told."""

import pytest
from django.core.management import CommandError, call_command

from couples.core.people import Person
from couples.dates.models import DatePlan
from couples.goals.models import Goal
from couples.notes.models import Note
from tests.conftest import person

pytestmark = pytest.mark.django_db


def everything():
    return [
        list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in (Note, DatePlan, Goal)
    ]


def test_it_makes_two_couples_who_can_sign_in(client, capsys):
    call_command("demo")
    assert "reconnect-demo" in capsys.readouterr().out
    for name in ("alex", "sam", "dana", "kit"):
        client.post("/accounts/login/", {"login": f"{name}@example.org", "password": "reconnect-demo"})
        for path in ("/", "/notes/", "/dates/", "/goals/", "/space/"):
            assert client.get(path).status_code == 200
        client.logout()
    made = everything()
    call_command("demo")
    assert "there already" in capsys.readouterr().out
    assert everything() == made


def test_it_is_the_same_every_time(capsys):
    call_command("demo", years=1)
    first = everything()
    call_command("demo", years=1)
    assert everything() == first
    assert len(first[0]) > 900


def test_other_people_are_left_alone(capsys):
    person("robin")
    with pytest.raises(CommandError, match="other people"):
        call_command("demo")
    assert Person.objects.count() == 1
    call_command("demo", among_others=True)
    assert Person.objects.count() == 5
    with pytest.raises(CommandError, match="1 to 30"):
        call_command("demo", years=31)
