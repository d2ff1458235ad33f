"""Changing keys while people use the app: owner by owner, in steps that can be cut off and begun again."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from couples.core import keys, wall
from couples.core.couple import Couple
from couples.core.edits import Version
from couples.core.fields import PrivateTextField, private_names
from couples.core.keys import HOUSE, Key
from couples.core.masters import Unopened, masters, unwrap, wrap
from couples.core.people import Person
from couples.core.shared import Own, Part
from couples.core.words import Broken, Sealed

AT_ONCE = 200
SETTLED = 60
"""Minutes after which no request can still be using what it read before a change of keys."""


@dataclass
class Report:
    """What was done, in numbers: never whose."""

    owners: int = 0
    texts: int = 0
    destroyed: int = 0
    waiting: int = 0
    broken: int = 0
    masters: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Owner:
    """A person or a couple whose words have a key."""

    pk: uuid.UUID
    row: Person | Couple

    def behind_wall(self) -> AbstractContextManager[Any]:
        """The context in which all of its words can be seen."""
        return wall.person(self.row) if isinstance(self.row, Person) else wall.couple(self.row)

    def keys(self) -> models.QuerySet[Key]:
        """Its keys, retired ones too."""
        return Key.objects.filter(**{"person" if isinstance(self.row, Person) else "couple": self.pk})

    def rows(self, model: type[models.Model]) -> models.QuerySet[Any]:
        """The rows of a model whose words are under this owner's key."""
        every: models.QuerySet[Any] = model._default_manager.order_by("pk")
        if issubclass(model, Own):
            return every.filter(owner=self.pk) if isinstance(self.row, Person) else every.none()
        if model is Version:
            return every.filter(couple=self.pk) if isinstance(self.row, Couple) else every.none()
        prefix = f"{model.part_of}__" if issubclass(model, Part) else ""
        if isinstance(self.row, Couple):
            return every.filter(**{f"{prefix}couple": self.pk})
        return every.filter(**{f"{prefix}couple__isnull": True, f"{prefix}author": self.pk})


def private_models() -> list[type[models.Model]]:
    """Every model that holds private text."""
    return [model for model in apps.get_app_config("couples").get_models() if private_names(model)]


def owners() -> Iterator[Owner]:
    """Everybody who may have a key, page by page: people, then couples."""
    for model in (Person, Couple):
        last: uuid.UUID | None = None
        while True:
            with wall.accounts():
                rows: models.QuerySet[Any] = model._default_manager.order_by("pk")
                found = list(rows.filter(pk__gt=last)[:AT_ONCE] if last else rows[:AT_ONCE])
            if not found:
                break
            yield from (Owner(row.pk, row) for row in found)
            last = found[-1].pk


def rotate_data(minutes: int = SETTLED) -> Report:
    """Give every owner a new key and encrypt their words anew under it; called again, finish that.

    A key that was retired at least so many ``minutes`` ago, and opens nothing any more, is destroyed; younger ones
    wait for the next call, since a request that began before may still write under them. While an owner has a
    retired key there is no further new one: a call that was cut off is begun again where it stood.
    """
    report = Report()
    for owner in owners():
        with keys.held_for(owner.pk):
            _rotate(owner, minutes, report)
    return report


def _rotate(owner: Owner, minutes: int, report: Report) -> None:
    now = timezone.now()
    if not _begun(owner):
        return
    report.owners += 1
    keys.ring().forget(owner.pk)
    whole = _encrypt_anew(owner, report)
    with owner.behind_wall():
        for key in owner.keys().filter(retired_at__isnull=False):
            if whole and aged(key.retired_at, now, minutes):
                key.delete()
                report.destroyed += 1
            else:
                report.waiting += 1


def _begun(owner: Owner) -> bool:
    """Let a new key seal what this owner writes, unless an earlier call did. False for an owner without keys."""
    with owner.behind_wall():
        found = list(owner.keys())
        if found and all(key.retired_at is None for key in found):
            keys.retire(owner.pk)
        return bool(found)


def _encrypt_anew(owner: Owner, report: Report) -> bool:
    """Bring every text of an owner under the current key. False where some can't be read: their key stays.

    Each page is a transaction of its own: nobody waits for longer, and a call that is cut off loses one page.
    """
    whole = True
    for model in private_models():
        last: uuid.UUID | None = None
        while True:
            with owner.behind_wall(), transaction.atomic():
                rows = owner.rows(model).select_for_update(of=("self",), no_key=True)
                found = list(rows.filter(pk__gt=last)[:AT_ONCE] if last else rows[:AT_ONCE])
                for row in found:
                    whole = _renew(owner, row, report) and whole
            if not found:
                break
            last = found[-1].pk
    return whole


def _renew(owner: Owner, row: Any, report: Report) -> bool:
    current = keys.ring().of(owner.pk)
    changes, whole = {}, True
    for name in private_names(type(row)):
        words = row.__dict__[name]
        if not isinstance(words, Sealed) or words.key == current.pk:
            continue
        field: PrivateTextField = row._meta.get_field(name)
        try:
            changes[name] = field.sealed_by(current, row.pk, words.of(row.pk, owner.pk))
        except Broken:
            report.broken += 1
            whole = False
    if changes:
        models.QuerySet(type(row)).filter(pk=row.pk).update(**changes)
        report.texts += len(changes)
    return whole


def rotate_master(minutes: int = SETTLED) -> Report:
    """Wrap every key anew under a new master key, and forget masters that wrap nothing any more.

    With ``MASTER_KEY`` nothing is made or forgotten: its first key is the new one, and ``Report.masters`` names those
    that can be taken out. In the file, a second key is the former one: while there is one, no further is made, and
    once the new one is ``minutes`` old the former is forgotten.
    """
    known = masters.read()
    now = dt.datetime.now(dt.UTC)
    if not masters.from_environment and len(known) < 2:
        masters.add()
    report = Report()
    newest = masters.newest().name
    with wall.house():
        _wrap_anew(Key.objects.filter(pk=HOUSE), newest, report)
    for owner in owners():
        with owner.behind_wall():
            _wrap_anew(owner.keys(), newest, report)
    if not report.broken:
        report.masters = [master.name for master in masters.read()[1:]]
        if not masters.from_environment and aged(masters.read()[0].made, now, minutes):
            masters.drop(set(report.masters))
    return report


def _wrap_anew(rows: Iterable[Key], newest: str, report: Report) -> None:
    for key in rows:
        if key.master == newest:
            continue
        tied = keys.bound(key.pk, key.held.owner)
        try:
            name, wrapped = wrap(unwrap(key.master, key.wrapped, tied), tied)
        except Unopened:
            report.broken += 1
            continue
        Key.objects.filter(pk=key.pk, wrapped=key.wrapped).update(master=name, wrapped=wrapped)
        report.owners += 1


def aged(moment: dt.datetime | None, now: dt.datetime, minutes: int) -> bool:
    """Whether something was set aside so many minutes ago that no request can still be using it."""
    return moment is not None and now - moment >= dt.timedelta(minutes=minutes)
