"""Alex and Sam at their browsers, day after day: every page that either reads is held against the model."""

import datetime as dt
import random
import re
import uuid
import zoneinfo
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from difflib import unified_diff
from typing import Any
from unittest import mock

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from couples.checkins import stepping
from couples.core.couple import member_for
from couples.space import actions
from tests.checkins.life_model import DAY, PEOPLE, Hole, Model, Row, other
from tests.checkins.life_pages import WORD, look_at_today
from tests.conftest import link, person
from tests.crawl import bare

START = dt.date(2027, 3, 3)
ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TOASTS = ('class="toast"', 'role="alert"')


class Life:
    """One run: from two who share nothing on ``START``. Whatever it does comes from ``seed``."""

    def __init__(self, seed: object) -> None:
        self.dice = random.Random(str(seed))
        self.figures: Counter[str] = Counter()
        self.model = Model(START)
        self.minutes = 0
        self.clock = mock.patch("django.utils.timezone.now", self.now)
        self.plan: Any = None

    def __enter__(self) -> "Life":
        self.clock.start()
        cache.clear()
        self.people = {who: person(who, id=self.new_id()) for who in ("alex", "sam")}
        self.clients = {who: Client() for who in self.people}
        return self

    def __exit__(self, *_error: object) -> None:
        self.clock.stop()

    def now(self) -> dt.datetime:
        """The moment it is, for both and for the app: an hour of daylight."""
        begins = dt.datetime.combine(self.model.day, dt.time(8), ZONE).astimezone(dt.UTC)
        return begins + dt.timedelta(minutes=min(self.minutes, 600))

    def new_id(self) -> uuid.UUID:
        """An id that comes again with the seed."""
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)

    def new_word(self) -> str:
        """A word that nobody has typed yet."""
        return "zq" + "".join(self.dice.choice("abcdefghijklmnopqrstuvwxy") for _ in range(9))

    def some_row(self, who: str) -> Row | None:
        """One of somebody's newer check-ins: mostly the present one."""
        rows = self.model.own(who)[:5]
        return self.dice.choice([*rows[:1] * 4, *rows]) if rows else None

    def next_day(self) -> None:
        """Night falls. Nobody has to be there for the small step of the next day."""
        space, week = self.model.space, self.model.week()
        self.model.pass_day()
        if self.model.week() != week:
            over = [row for row in self.model.rows if row.made == (space, week) and not row.gone]
            self.figures["lapsed"] += sum(row.space is not None and not row.open for row in over)
        self.minutes = 0
        self.figures["days"] += 1
        if (self.model.day - START).days % 20 == 1:
            for who, client in self.clients.items():
                client.force_login(self.people[who], backend=BACKEND)
        if self.model.space is not None:
            self.model.came(stepping.step_of(self.plan, self.model.day))

    def link(self) -> None:
        """They share a space from today on."""
        one, two = self.dice.sample(sorted(self.people), 2)
        link(self.people[one], self.people[two], id=self.new_id(), since=self.model.day)
        self.model.link()
        self.acted()

    def acted(self, *, may_change: bool = False) -> None:
        """After each act: what the app has for the small step now, without anybody looking."""
        self.minutes += self.dice.randrange(1, 30)
        if self.model.space is not None:
            self.plan = stepping.plan_of(member_for(self.people["alex"]))
            self.model.came(stepping.step_of(self.plan, self.model.day), may_change=may_change)

    # Asking.

    def post(self, who: str, path: str, *, late: bool = False, **data: Any) -> Any:
        """Send a form, which leads to another page. ``late``: where it can't count any more, its words may come back."""
        answer = self.clients[who].post(path, data)
        self.figures["posts"] += 1
        self.watch(who, path, answer, WORD.findall(str(data)))
        if answer.status_code != 302 and not (late and answer.status_code == 409):
            raise Hole(f"{who} gets {answer.status_code} for {path}")
        return answer

    def read(self, who: str, path: str) -> tuple[int, str]:
        """Open a page. Raises Hole where it isn't what this person is to see."""
        answer = self.clients[who].get(path)
        self.figures["pages"] += 1
        self.watch(who, path, answer)
        return answer.status_code, answer.content.decode()

    def page(self, who: str, path: str) -> str:
        """Open a page that has to be there."""
        status, html = self.read(who, path)
        if status != 200:
            raise Hole(f"{who} gets {status} for {path}")
        return html

    def watch(self, who: str, path: str, answer: Any, typed: Collection[str] = ()) -> None:
        """No word of anybody's reaches one who may not read it, or hasn't typed it just now."""
        # A token may look like a word; only what was typed can be read by anybody.
        for word in ({*WORD.findall(answer.content.decode())} & self.model.words.keys()) - {*typed}:
            if not self.model.may_read(who, word):
                raise Hole(f"{who} reads {word} on {path}, of {self.model.words[word]}")

    # Inference.

    def pages_of(self, who: str, slug: str) -> list[str]:
        """Some of the pages on which somebody might find out what the other did."""
        row = self.model.current(who)
        sure = ["/"]
        if self.model.space is not None and self.model.space.pair:
            mine = next(row for row in self.model.space.pair if row.who == who)
            sure.append(f"/checkins/{mine.pk}/")
        if slug:
            sure.append(f"/strategies/{slug}/")
        rest = [
            "/checkins/",
            "/checkins/mine/",
            "/notes/",
            "/more/",
            "/checkins/meeting/",
            "/strategies/goals/",
        ]
        rest.append("/checkins/new/" if row is None else f"/checkins/{row.pk}/")
        return list(dict.fromkeys([*sure, *self.dice.sample(rest, 4)]))[:3]

    def bare(self, who: str, path: str) -> str:
        """A page without tokens, and without what it says once of one's own acts."""
        html = self.read(who, path)[1]
        return bare(self.read(who, path)[1] if any(toast in html for toast in TOASTS) else html)

    @contextmanager
    def unseen(self, who: str, slug: str = "") -> Iterator[None]:
        """Whatever one does within, the other can't tell: their pages are the same at the same moment."""
        they, moment = other(who), self.minutes
        paths = self.pages_of(they, slug)
        before = {path: self.bare(they, path) for path in paths}
        yield
        self.minutes = moment
        for path in paths:
            self.same(f"{they} can tell from {path} what {who} did", before[path], self.bare(they, path))
        self.figures["compared"] += 1

    def outcome(self, who: str) -> list[str]:
        """Somebody's Today, and that of tomorrow, whatever ids new rows got. For worlds that the model doesn't follow."""
        found = []
        for day in (self.model.day, self.model.day + DAY):
            with mock.patch.object(self.model, "day", day):
                html = bare(self.clients[who].get("/").content.decode())
            found.append(
                "\n".join(sorted(IDS.sub("", html).replace("<li>", "\n").replace("</li>", "\n").splitlines()))
            )
        return found

    def same(self, what: str, one: str, two: str) -> None:
        """Raise Hole where two pages differ, with the lines."""
        if one != two:
            differ = list(unified_diff(one.splitlines(), two.splitlines(), n=0, lineterm=""))
            raise Hole(f"{what}: {' '.join(differ)[:600]}")

    # Looking.

    def look(self) -> None:
        """Both look at Today, one after the other: the small step is the same, and stays."""
        if self.model.space is None:
            return
        for who in self.dice.sample(("alex", "sam"), 2):
            look_at_today(self, who)
        plan = stepping.plan_of(member_for(self.people["sam"]))
        for days in range(4):
            day = self.model.day + days * DAY
            if stepping.step_of(plan, day) != stepping.step_of(self.plan, day):
                raise Hole(f"the step of {day} changed by looking")
        self.figures["looks"] += 1

    def leave(self) -> None:
        """One of the two leaves, for both."""
        with transaction.atomic():
            actions.leave(member_for(self.people[self.dice.choice(PEOPLE)]))
        self.model.leave()
        self.figures["left"] += 1
