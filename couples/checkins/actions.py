"""Acts on check-ins. Each is one transaction and safe to do twice."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction

from couples.checkins import stepping
from couples.checkins.models import CHECKINS, NOON, REVEALED, Aside, CheckIn, id_of
from couples.core import live, weeks
from couples.core.couple import Couple, Member
from couples.core.drafts import Draft
from couples.core.edits import save_edit
from couples.core.news import News
from couples.core.owners import hand_over, hold, lock
from couples.core.practice import done
from couples.core.wall import lifted
from couples.core.words import Broken

BACK: dict[str, Any] = {"couple": None, "opens_on": None, "until": None}
"""What is set on a check-in that is only its author's again."""


class Came(Enum):
    """What came of keeping or sealing a check-in."""

    KEPT = "kept"
    OPEN = "open"
    STALE = "stale"
    OVER = "over"
    EMPTY = "empty"
    LEFT = "left"


def write(member: Member, given: dict[str, Any], kept: dict[str, Any], note: str) -> Came:
    """Keep the check-in of this week, for its author alone; one that was kept from another page meanwhile stands.

    ``given`` is what both will see, by item; ``kept`` and ``note`` never leave their author.
    """
    pk, words = id_of(member, member.week.first), json.dumps(given)
    with transaction.atomic():
        lapse(member)
        try:
            with transaction.atomic():
                made = CheckIn.objects.create(
                    pk=pk, author=member.person, week=member.week.first, words=words, created_at=_noon(member)
                )
        except IntegrityError:
            return _stands(member, pk, given, kept, note)
        _keep(member, made, kept, note)
        Draft.objects.drop_about(member, pk)
    return Came.KEPT


def _stands(member: Member, pk: uuid.UUID, given: dict[str, Any], kept: dict[str, Any], note: str) -> Came:
    """The same form sent twice is kept already; another one crosses what stands."""
    present = CheckIn.objects.visible_to(member).filter(pk=pk).first()
    if present is None or present.is_open(member):
        return Came.OPEN
    aside = Aside.objects.filter(owner=member.person, about=pk).first()
    try:
        own = aside.parts if aside else {"kept": {}, "note": ""}
        same = present.answers == given and own == {"kept": kept, "note": note}
    except Broken:
        return Came.STALE
    return Came.KEPT if same else Came.STALE


@transaction.atomic
def rewrite(
    member: Member,
    row: CheckIn,
    given: dict[str, Any],
    kept: dict[str, Any],
    note: str,
    seen: int | None = None,
) -> Came:
    """Change a check-in that only its author has seen; one that was sealed is only theirs again, to be looked at once more.

    ``seen`` is the version that the form was shown with.
    """
    hold(member.couple)
    present = lock(CheckIn.objects.own_of(member), row.pk)
    if present is None:
        return Came.OPEN
    if seen is not None and present.version != seen:
        return Came.STALE
    changes = {**BACK, "words": json.dumps(given), "version": present.version + 1}
    hand_over(CheckIn.objects.own_of(member), present, changes)
    _keep(member, present, kept, note)
    Draft.objects.drop_about(member, row.pk)
    return Came.KEPT


def _keep(member: Member, row: CheckIn, kept: dict[str, Any], note: str) -> None:
    """Keep what is only theirs; nothing of it is no row."""
    if not kept and not note:
        Aside.objects.filter(owner=member.person, about=row.pk).delete()
        return
    words = json.dumps({"kept": kept, "note": note})
    kept_row = {"words": words, "week": row.week}
    Aside.objects.update_or_create(owner=member.person, about=row.pk, defaults=kept_row)


def _noon(member: Member) -> dt.datetime:
    """A moment that says the week and nothing else: not when it was written."""
    return dt.datetime.combine(member.week.first, NOON, tzinfo=dt.UTC)


@transaction.atomic
def seal(member: Member, row: CheckIn, seen: int | None = None) -> Came:
    """Give it for both to see once both are in; where the other's is, both are open at once.

    Of this week alone, with one thing at least that is given, and not where it was changed since the version ``seen``.
    """
    if not hold(member.couple):
        return Came.LEFT
    lapse(member)
    if row.pk != id_of(member, member.week.first):
        return Came.OVER
    # What was sealed in this week and has lapsed, since the week grew longer, was given back just now.
    row = CheckIn.objects.visible_to(member).filter(pk=row.pk).first() or row
    if not row.given:
        return Came.EMPTY
    alone = CheckIn.objects.filter(pk=row.pk, author=member.person, couple__isnull=True)
    if seen is not None:
        alone = alone.filter(version=seen)
    # How often it was changed is nobody's business but its author's.
    shared = {"couple": member.couple, "opens_on": None, "until": member.week.last, "version": 0}
    if hand_over(alone, row, shared):
        _reveal(member, row)
        return Came.KEPT
    # Pressed twice at once, it is sealed already.
    there = CheckIn.objects.filter(pk=row.pk, author=member.person, couple=member.couple).exists()
    return Came.KEPT if there else Came.STALE


def _reveal(member: Member, row: CheckIn) -> None:
    """Open both where both are in. Only here does one's act reach the other's row."""
    with lifted("whole"):
        both = CheckIn.objects.filter(couple=row.couple, week=row.week, opens_on__isnull=True)
        both = both.filter(until__gte=member.today)
        theirs = both.filter(author=member.partner).first()
        if theirs is not None:
            # Nothing of how it was changed before stays to be compared.
            both.update(opens_on=member.today, until=None, version=0)
    if theirs is None:
        return
    row.opens_on = member.today
    News.objects.tell(member, REVEALED, theirs)
    done(member, "checkins")
    stepping.anew(member)


@transaction.atomic
def change_rhythm(member: Member, couple: Couple, seen: int, weekday: int, days: int) -> bool:
    """Choose another check-in day, or another length, from the next week on. False where the other changed it meanwhile."""
    now, before = weeks.changed(member.today, couple.rhythm, couple.former_rhythm, weekday, days)
    if (weekday, days) == (couple.week_from.weekday(), couple.week_days):
        return True
    changes = {"week_from": now.begins, "week_days": now.days}
    changes |= {"former_week_from": before.begins, "former_week_days": before.days}
    if not save_edit(couple, member, seen, changes, couple):
        return False
    live.changed(member, live.SPACE)
    live.changed(member, CHECKINS)
    return True


@transaction.atomic
def take_back(member: Member, row: CheckIn) -> bool:
    """It is only theirs again. False where both have seen it."""
    hold(member.couple)
    sealed = CheckIn.objects.filter(
        pk=row.pk, author=member.person, couple__isnull=False, opens_on__isnull=True
    )
    return hand_over(sealed, row, BACK)


@transaction.atomic
def remove(member: Member, row: CheckIn) -> bool:
    """Throw away what only its author has seen. False where both have."""
    hold(member.couple)
    if not CheckIn.objects.own_of(member).filter(pk=row.pk).delete()[0]:
        return False
    Aside.objects.filter(owner=member.person, about=row.pk).delete()
    Draft.objects.drop_about(member, row.pk)
    return True


def lapse(member: Member) -> None:
    """What its week went by without the other's is only its author's again. Nobody else can tell."""
    rows: Iterable[CheckIn] = list(CheckIn.objects.lapsed(member))
    for row in rows:
        hand_over(CheckIn.objects.lapsed(member), row, BACK)
