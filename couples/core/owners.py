"""Whose a row is, and changing that: sharing, taking back, leaving. Words follow under the new owner's key."""

import datetime as dt
import uuid
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from couples.core.couple import Couple
from couples.core.fields import private_names, seal_private, sealed
from couples.core.keys import held_for
from couples.core.people import Person
from couples.core.shared import Part, part_models, shared_models
from couples.core.wall import lifted
from couples.core.words import Broken


def withdraw_unopened(couple: Couple, today: dt.date, author: Person | None = None) -> None:
    """Give everything of a couple, or of one author in it, that was never opened back to its author alone."""
    for model in shared_models():
        rows: models.QuerySet[Any] = model._default_manager.filter(couple=couple)
        if author is not None:
            rows = rows.filter(author=author)
        unopened = rows.filter(Q(opens_on__isnull=True) | Q(opens_on__gt=today))
        for row in list(unopened):
            # The other's words go back to the other: under a key that the one who leaves has not.
            with held_for(row.author_id):
                hand_over(unopened, row, {"couple": None, "opens_on": None, **model.withdrawn})


def stay_shut(couple: Couple, day: dt.date) -> None:
    """Give what has lapsed by a day back to its author, before the couple's day moves back and it could be revealed."""
    for model in shared_models():
        lapsed = model.lapsed(couple, day)
        if lapsed is None:
            continue
        with lifted("whole"):
            rows: models.QuerySet[Any] = model._default_manager.filter(
                lapsed, couple=couple, opens_on__isnull=True
            )
            for row in list(rows):
                with held_for(row.author_id):
                    hand_over(rows, row, {"couple": None, "opens_on": None, **model.withdrawn})


def stay_open(couple: Couple, before: dt.date, today: dt.date) -> None:
    """Keep open what was open when the couple's day moves back: its time zone went west over midnight."""
    for model in shared_models():
        rows: models.QuerySet[Any] = model._default_manager.filter(couple=couple)
        rows.filter(opens_on__gt=today, opens_on__lte=before).update(opens_on=today)


def lock(rows: models.QuerySet[Any], pk: uuid.UUID) -> Any:
    """Return the row as it stands now, and keep others from changing it until the transaction ends; None if it's gone.

    On SQLite the transaction itself is the lock.
    """
    return rows.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()


def hold(couple: Couple | None) -> bool:
    """Whatever the two do at the same second, they do one after the other. False where they are a couple no longer."""
    return couple is not None and lock(Couple.objects.filter(ended_on__isnull=True), couple.pk) is not None


def lock_whole(part: Part) -> None:
    """Hold what a new or changed part belongs to, as it stands now: its owner's key is the part's."""
    whole: Any = getattr(part, part.part_of)
    present = lock(type(whole)._default_manager.all(), whole.pk)
    if present is not None:
        setattr(part, part.part_of, present)


def hand_over(rows: models.QuerySet[Any], row: Any, changes: dict[str, Any]) -> bool:
    """Change who owns a row: its words and those of its parts are encrypted anew, under the new owner's key.

    ``rows`` says where the row must still stand for that; False where it doesn't, or where the couple that it is to be
    shared with has ended. ``changes`` are set on ``row`` as well. A text that can't be read stays as it is stored. In
    the caller's transaction, or one of its own.
    """
    with transaction.atomic():
        couple = changes.get("couple")
        # Leaving ends the couple first, then looks for what was never opened: after that nothing comes in.
        if couple is not None and lock(Couple.objects.filter(ended_on__isnull=True), couple.pk) is None:
            return False
        present = lock(rows.order_by(), row.pk)
        if present is None:
            return False
        texts = _texts(present)
        parts = [(part, _texts(part)) for model in part_models(type(row)) for part in _parts(model, present)]
        for name, value in changes.items():
            setattr(row, name, value)
            setattr(present, name, value)
        texts = {name: text for name, text in texts.items() if name not in changes}
        stored = {**seal_private(present, changes), **sealed(present, **texts)}
        models.QuerySet(type(row)).filter(pk=row.pk).update(**stored)
        for part, words in parts:
            setattr(part, part.part_of, present)
            if words:
                models.QuerySet(type(part)).filter(pk=part.pk).update(**sealed(part, **words))
        for name, text in texts.items():
            setattr(row, name, text)
    return True


def _parts(model: type[Part], row: Any) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model._default_manager.filter(**{model.part_of: row})
    return rows.select_for_update(of=("self",), no_key=True) if private_names(model) else rows.none()


def _texts(row: Any) -> dict[str, str]:
    """The private texts of a row that can be read."""
    found = {}
    for name in private_names(type(row)):
        try:
            found[name] = getattr(row, name)
        except Broken:
            continue
    return found
