"""Five people at their browsers, one clock, and an eye on every page they read."""

import datetime as dt
import random
import re
import uuid
from collections import Counter, defaultdict
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from couples.core import fields
from couples.core.couple import member_for
from couples.core.edits import Version
from couples.core.news import News
from couples.core.once import new_id
from tests.conftest import PASSWORD, person
from tests.formfinder import Found, forms
from tests.proof.acts import LISTS, PAGES
from tests.proof.model import CANARY, PEOPLE, Model, Row
from tests.routes import ROUTES
from tests.world import declared_models

START = dt.datetime(2027, 3, 17, 18, 30, tzinfo=dt.UTC)
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
NEWS = re.compile(r'action="/news/([0-9a-f-]{36})/"')
FINE = {200, 204, 302, 303, 403, 404, 409, 410, 422}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Hole(AssertionError):  # noqa: N818 (it is the finding)
    """The wall has a hole."""


def private_fields() -> dict[Any, list[str]]:
    """Every declared model that holds private text, with the names of those fields."""
    found = {model: fields.private_names(model) for model in declared_models()}
    return {model: names for model, names in found.items() if names}


class Stage:
    """One run: from five people who don't know each other, until ``close`` undoes all of it."""

    def __init__(self, figures: Counter[str] | None = None) -> None:
        self.figures: Counter[str] = Counter() if figures is None else figures
        self.model = Model(START)
        self.steps = 0
        self.text = ""
        self.clock = mock.patch("django.utils.timezone.now", self.now)
        self.clock.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        cache.clear()
        self.people = {name: person(name) for name in PEOPLE}
        self.clients = {name: Client() for name in PEOPLE}
        self.sign_in()
        self.stood: dict[Any, Any] = {}
        self.stands: defaultdict[Any, set[str]] = defaultdict(set)
        self.sent = 0
        self.touched: Row | None = None
        self.handover: dict[str, str] = {}

    def now(self) -> dt.datetime:
        """The moment it is, for everybody and for the app."""
        return self.model.now

    def close(self) -> None:
        """Count what was planted, and undo everything."""
        for (model, name), canaries in self.stands.items():
            self.figures[f"field {model.__name__}.{name}"] += len(canaries)
        self.figures["canaries"] += len(self.model.planted)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.clock.stop()

    def sign_in(self) -> None:
        """Everybody signs in."""
        self.signed_in = self.model.now
        for name, client in self.clients.items():
            client.force_login(self.people[name], backend=BACKEND)

    def pass_time(self, by: dt.timedelta) -> None:
        """Time passes: days come, and sessions end."""
        self.model.now += by
        self.model.open()
        if self.model.now > self.signed_in + dt.timedelta(days=20):
            self.sign_in()

    # Typing.

    def canary(self, model: type[Any], name: str) -> str:
        """A new word for a private field."""
        return self.model.canary(model, name)

    def typed(self, canary: str) -> str:
        """What is typed into a field: the canary, among whatever else people type."""
        return f"{canary} {self.text}"

    def planting(self, model: type[Any], *names: str) -> tuple[dict[str, str], dict[str, str]]:
        """New words for some fields: as the model remembers them, and as they are typed."""
        words = {name: self.canary(model, name) for name in names}
        return words, {name: self.typed(word) for name, word in words.items()}

    def sure(self, who: str, answer: Any) -> Any:
        """Give one's password, where an act asks to sign in again first. The answer is that of the act."""
        if not answer.get("Location", "").startswith("/accounts/reauthenticate/"):
            return answer
        cache.clear()  # how often one may try is not what this is about
        return self.clients[who].post(answer["Location"], {"password": PASSWORD})

    # Asking.

    def read(self, who: str, path: str, *, htmx: bool = False) -> Any:
        """Open a page. Raises Hole where it shows this person what they may not see."""
        answer = self.clients[who].get(path, headers={"HX-Request": "true"} if htmx else {})
        self.figures["pages"] += 1
        self.watch(who, path, answer)
        return answer

    def post(self, who: str, route: str, /, *args: Any, **data: Any) -> Any:
        """Send a form, as it stands. Raises Hole for an answer that shows too much, or is none of ours."""
        path = reverse(route, args=args)
        answer = self.clients[who].post(path, data)
        self.sent += 1
        typed = {canary for value in data.values() for canary in CANARY.findall(str(value))}
        self.watch(who, f"POST {path}", answer, typed)
        return answer

    def made(self, who: str, model: type[Any], once: uuid.UUID) -> uuid.UUID:
        """The id of the row that a form of somebody's made."""
        return new_id(model, member_for(self.people[who]), once)

    def press(self, who: str, page: str, route: str, /, *args: Any, **data: Any) -> Any:
        """Open a page and send one of its forms with ``data`` in it. None where the page has no such form."""
        found = self.form(who, page, reverse(route, args=args))
        return self.post(who, route, *args, **{**found.fields, **data}) if found else None

    def form(self, who: str, page: str, action: str) -> Found | None:
        """The form of a page that leads to an address."""
        answer = self.read(who, page)
        if answer.status_code != 200:
            return None
        found = [one for one in forms(page, answer.content.decode()) if one.action == action]
        return found[0] if found else None

    def watch(self, who: str, path: str, answer: Any, typed: set[str] | None = None) -> None:
        """Hold an answer against the model."""
        if answer.status_code not in FINE:
            raise Hole(f"{who} got {answer.status_code} from {path}")
        body = answer.content.decode("utf-8", "replace") + answer.get("Location", "")
        known = set(CANARY.findall(body)) & self.model.planted.keys()
        for canary in known - (typed or set()) - self.model.allowed(who):
            raise Hole(f"{who} reads {canary}, typed into {self.model.planted[canary]}, on {path}")
        told = NEWS.findall(body)
        for about in News.objects.filter(pk__in=told).values_list("about", flat=True) if told else ():
            if str(about) in self.model.hidden(who):
                raise Hole(f"{who} is told news of {about}, which they can't see, on {path}")
        for pk in set(IDS.findall(body)) & self.model.hidden(who):
            if pk not in path:
                raise Hole(f"{who} finds the id {pk}, of what they can't see, on {path}")

    # Looking.

    def look_at(self, row: Row, dice: random.Random) -> None:
        """Everybody opens a thing's page: whoever may see it finds its words, to all others it is not there.

        One who may see it and one who may not open another page about it too.
        """
        top = row.top
        if not PAGES[top.model]:
            return
        own, *others = PAGES[top.model]
        seers = [who for who in PEOPLE if self.model.may_see(top, who)]
        for who in PEOPLE:
            answer = self.read(who, reverse(own, args=[top.pk]))
            if answer.status_code != (200 if who in seers else 404):
                raise Hole(f"{who} gets {answer.status_code} for {top.model.__name__} {top.pk}")
            if who in seers:
                self.find(who, top, answer.content.decode())
        for who in [
            dice.choice(some) for some in (seers, [one for one in PEOPLE if one not in seers]) if some
        ]:
            other = dice.choice(others)
            answer = self.read(who, reverse(other, args=[top.pk]), htmx=dice.random() < 0.3)
            if who not in seers and answer.status_code not in (302, 404):
                raise Hole(f"{who} gets {answer.status_code} from {other} for {top.model.__name__} {top.pk}")

    def find(self, who: str, row: Row, html: str) -> None:
        """Raises Hole where a word isn't on the page where it should be."""
        for one in (row, *self.model.parts_of(row)):
            for name, canary in one.words.items():
                if canary not in html:
                    raise Hole(f"{who} doesn’t find {one.model.__name__}.{name} of {row.pk} on its page")

    def look_around(self, dice: random.Random) -> None:
        """Three of the five open one of the pages that gather, perhaps as a fragment."""
        for who in dice.sample(PEOPLE, 3):
            self.read(who, dice.choice(LISTS), htmx=dice.random() < 0.4)

    def look_everywhere(self) -> None:
        """Everybody opens every page that gathers, and every page of everything there is."""
        for who in PEOPLE:
            for path in LISTS:
                self.read(who, path)
                self.read(who, path, htmx=True)
        for row in self.model.rows:
            if row.parent is None and row.alive and row.model in PAGES:
                self.look_at(row, random.Random(0))

    def look_back(self) -> None:
        """What both have seen doesn't change in silence: fixed words stay or go, others leave a dated text."""
        now = self.standing()
        for key, (open_in, texts) in now.items():
            was_open_in, before = self.stood.get(key, (None, {}))
            if open_in is None or was_open_in is not open_in:
                continue
            for name, text in texts.items():
                if text != before[name]:
                    self.changed(*key, name, before[name], text)
        self.stood = now

    def changed(self, model: type[Any], pk: uuid.UUID, name: str, before: str, after: str) -> None:
        """Raises Hole where a text that both see was changed and nothing tells of it."""
        if name in model.declared.fixed:
            if after and before:
                raise Hole(f"{model.__name__}.{name} was changed, which nobody may")
            return
        dated = [version.texts.get(name) for version in Version.objects.filter(about=pk)]
        if before and before not in dated:
            raise Hole(f"an earlier {model.__name__}.{name} was forgotten")

    def standing(self) -> dict[tuple[type[Any], uuid.UUID], tuple[Any, dict[str, str]]]:
        """Every private text that can be shared, and the space in which both see it now, if they do."""
        rows = {
            row.pk: row
            for row in self.model.rows
            if row.parent is None or row.model.declared.owner == "couple"
        }
        found = {}
        for model, names in private_fields().items():
            link = getattr(model, "part_of", "")
            for one in model._default_manager.all():
                texts = {name: getattr(one, name) for name in names}
                for name, text in texts.items():
                    self.stands[model, name] |= set(CANARY.findall(text)) & self.model.planted.keys()
                if model.declared.owner in ("author", "part", "couple"):
                    row = rows.get(getattr(one, f"{link}_id") if link else one.pk)
                    open_in = row.space if row and self.model.is_open(row) else None
                    found[model, one.pk] = (open_in, texts)
        return found

    # Where one has no business.

    def trespass(self, who: str, row: Row, dice: random.Random) -> None:
        """Somebody tries an address of what they can't see. Raises Hole unless it answers as for what isn't."""
        names = [name for name, route in ROUTES.items() if route.model is row.model]
        if not names:
            return
        name = dice.choice(sorted(names))
        route = ROUTES[name]
        top = row.top
        there = {"pk": top.pk, route.part: row.pk} if route.part else {"pk": row.pk}
        nowhere = {key: uuid.uuid4() for key in there}
        there, nowhere = {**there, **route.also}, {**nowhere, **route.also}
        for method in route.methods:
            one, none = (
                self.ask(who, method, reverse(name, kwargs=keys), route) for keys in (there, nowhere)
            )
            if (one.status_code, one.get("Location")) != (none.status_code, none.get("Location")):
                raise Hole(f"{who} can tell {name} of {row.pk}: {one.status_code}, not {none.status_code}")

    def ask(self, who: str, method: str, path: str, route: Any) -> Any:
        """Send a request of a kind."""
        if method == "GET":
            return self.read(who, path)
        answer = self.clients[who].post(path, route.post)
        self.watch(who, path, answer)
        return answer
