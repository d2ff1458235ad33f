"""What a person can do without the partner being able to tell. A new room adds its own."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from couples.notes.models import Note
from tests.world import World

WORDS = {"what": "secret thing", "meaning": "secret meaning"}


def post(client: Client, name: str, *args: object, **data: str) -> None:
    """Send a form, which must be accepted."""
    answer = client.post(reverse(name, args=args), data)
    assert answer.status_code in (200, 204, 302), (name, answer.status_code, answer.content[-2000:])


def write_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:new", **WORDS, once=str(uuid.uuid4()))


def draft_a_note(world: World, alex: Client) -> None:
    post(alex, "core:draft", "notes.new", **WORDS)


def change_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:edit", world.own_note.pk, **WORDS)


def throw_a_note_away(world: World, alex: Client) -> None:
    post(alex, "notes:remove", world.own_note.pk)


def give_a_note_from_a_day_on(world: World, alex: Client) -> None:
    day = (world.cast.member("alex").today + dt.timedelta(days=5)).isoformat()
    post(alex, "notes:give", world.own_note.pk, when="day", day=day)


def take_a_note_back(world: World, alex: Client) -> None:
    post(alex, "notes:take_back", world.later_note.pk)
    assert Note.objects.get(pk=world.later_note.pk).couple is None


def keep_a_note(world: World, alex: Client) -> None:
    post(alex, "notes:keep", world.note.pk, keep="1")


def search_the_notes(world: World, alex: Client) -> None:
    post(alex, "notes:search", words="secret")


def read_the_news(world: World, alex: Client) -> None:
    post(alex, "core:news_open", world.news.pk)


ACTS: list[Callable[[World, Client], None]] = [
    write_a_note,
    draft_a_note,
    change_a_note,
    throw_a_note_away,
    give_a_note_from_a_day_on,
    take_a_note_back,
    keep_a_note,
    search_the_notes,
    read_the_news,
]
