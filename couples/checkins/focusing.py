"""What both say of a strategy, sealed until both have; and the focus that comes of it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from couples.checkins import stepping
from couples.checkins.models import ANSWERED, CHECKINS, NOON, TWO, Choice, Focus, Says
from couples.core import live
from couples.core.couple import Member
from couples.core.edits import Version, save_edit
from couples.core.news import News
from couples.core.owners import hold
from couples.core.wall import lifted
from couples.core.words import Broken
from strategies.reading import Strategy, strategy

ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True)
class Stand:
    """How a strategy stands for a member: what they said and, once both have, what the other said.

    ``is_waiting``: it is sealed, and counts once the other answers. ``changed``: whose earlier answers can be read.
    """

    slug: str = ""
    mine: str = ""
    is_waiting: bool = False
    theirs: str = ""
    focus: Focus | None = None
    is_full: bool = False
    changed: tuple[uuid.UUID, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether both see what both said."""
        return bool(self.theirs)

    @property
    def mine_in_words(self) -> str:
        """What they said."""
        return in_words(self.slug, self.mine)

    @property
    def theirs_in_words(self) -> str:
        """What the other said."""
        return in_words(self.slug, self.theirs)

    @property
    def both_want(self) -> bool:
        """Whether both said so, and it isn't their focus yet."""
        return self.mine == self.theirs == Says.FOCUS and self.focus is None


def in_words(slug: str, says: str) -> str:
    """What was said of a strategy, as its button says it; nothing for nothing."""
    if slug == ACKNOWLEDGE and says == Says.FOCUS:
        return gettext("We want to work on this")
    return str(Says(says).label) if says else ""


def earlier(member: Member, stand: Stand) -> list[tuple[dt.date, str, bool]]:
    """What was said before of what both have answered: until when, in words, and whether by this member. One query or none."""
    if not stand.changed:
        return []
    rows = (
        Version.objects.visible_to(member).filter(about__in=stand.changed).order_by("-edited_on", "-number")
    )
    found = []
    for row in rows:
        try:
            says = in_words(stand.slug, row.texts.get("says", ""))
        except Broken:
            says = gettext("These words can’t be read any more.")
        found.append((row.edited_on, says, row.editor_id == member.person.pk))
    return found


def stands(member: Member) -> dict[str, Stand]:
    """How each strategy stands of which anybody said something that this member may see. Two queries."""
    rows = list(Choice.objects.visible_to(member).filter(couple=member.couple))
    active = {one.strategy: one for one in Focus.objects.visible_to(member).filter(ended_on__isnull=True)}
    mine = {row.strategy: row for row in rows if row.author_id == member.person.pk}
    theirs = {row.strategy: str(row.says) for row in rows if row.author_id != member.person.pk}
    return {
        slug: Stand(
            slug=slug,
            mine=str(mine[slug].says) if slug in mine else "",
            is_waiting=slug in mine and mine[slug].is_waiting(member),
            theirs=theirs.get(slug, ""),
            focus=active.get(slug),
            is_full=len(active) >= TWO,
            changed=tuple(row.pk for row in rows if row.strategy == slug and row.opens_on and row.version),
        )
        for slug in {*mine, *theirs, *active}
    }


@transaction.atomic
def choose(member: Member, slug: str, says: Says) -> bool:
    """Say something of a strategy. Whether both see both answers now.

    It is sealed until the other has answered too; from then on a change of mind shows at once, and keeps what was said
    before with its day.
    """
    if not hold(member.couple):
        return False
    mine = Choice.objects.filter(author=member.person, couple=member.couple, strategy=slug)
    row = mine.filter(opens_on__isnull=False).first()
    if row is not None:
        return _change(member, row, says)
    row, _made = mine.update_or_create(
        author=member.person,
        couple=member.couple,
        strategy=slug,
        opens_on=None,
        defaults={
            "says": says,
            "pressed_on": member.today,
            "created_at": dt.datetime.combine(member.today, NOON, dt.UTC),
        },
    )
    return _reveal(member, row)


def _change(member: Member, row: Choice, says: Says) -> bool:
    """Say something else of what both have answered."""
    theirs = Choice.objects.open_to(member).filter(strategy=row.strategy, author=member.partner).first()
    if save_edit(row, member, row.version, {"says": str(says)}, member.couple) and theirs is not None:
        live.changed(member, CHECKINS)
        _follow(member, row, theirs)
    return True


@transaction.atomic
def unsay(member: Member, slug: str) -> None:
    """Take back what the other hasn't seen."""
    Choice.objects.own_of(member).filter(couple=member.couple, strategy=slug).delete()


def _reveal(member: Member, row: Choice) -> bool:
    """Open both where both have answered. Only here does one's act reach the other's row."""
    with lifted("whole"):
        both = Choice.objects.waiting(member).filter(strategy=row.strategy)
        theirs = both.filter(author=member.partner).first()
        if theirs is None:
            return False
        both.filter(pk__in=[row.pk, theirs.pk]).update(opens_on=member.today)
    News.objects.tell(member, ANSWERED, theirs)
    _follow(member, row, theirs)
    return True


def _follow(member: Member, row: Choice, theirs: Choice) -> None:
    """What both want becomes their focus; what one no longer wants is none."""
    both_want = row.says == theirs.says == Says.FOCUS
    begun = both_want and _begin(member, row.strategy)
    if not both_want:
        _end(member, row.strategy)
    stepping.anew(member, at_once=begun)


def _begin(member: Member, slug: str) -> bool:
    """Make it a focus, if there is a place."""
    active = Focus.objects.visible_to(member).filter(ended_on__isnull=True)
    taken = set(active.values_list("seat", flat=True))
    free = next((seat for seat in range(1, TWO + 1) if seat not in taken), None)
    if member.couple is None or free is None or active.filter(strategy=slug).exists():
        return False
    Focus.objects.create(couple=member.couple, strategy=slug, seat=free, since=member.today)
    return True


def _end(member: Member, slug: str) -> int:
    active = Focus.objects.visible_to(member).filter(ended_on__isnull=True, strategy=slug)
    return int(active.update(ended_on=member.today))


@transaction.atomic
def begin(member: Member, slug: str) -> bool:
    """Begin with what both want, now that there is a place. False where they don't both, or there is none.

    Where the other was quicker, it has begun.
    """
    if not hold(member.couple):
        return False
    stand = stands(member).get(slug, Stand())
    if stand.focus is not None:
        return True
    if not stand.both_want or not _begin(member, slug):
        return False
    stepping.anew(member, at_once=True)
    return True


@transaction.atomic
def rest(member: Member, slug: str) -> bool:
    """Let a focus rest: either may, and both see it. What both said of it gives way, so that it can be wanted again."""
    if not hold(member.couple):
        return False
    if not _end(member, slug):
        return False
    with lifted("whole"):
        said = Choice.objects.filter(couple=member.couple, strategy=slug, opens_on__isnull=False)
        for pk in said.values_list("pk", flat=True):
            News.objects.forget(member, pk)
            Version.objects.visible_to(member).filter(about=pk).delete()
        said.delete()
    live.changed(member, CHECKINS)
    stepping.anew(member)
    return True


def active(member: Member) -> list[tuple[Strategy, dt.date]]:
    """What their focus is, and since when."""
    rows = Focus.objects.visible_to(member).filter(ended_on__isnull=True).order_by("seat")
    found = ((known(row.strategy), row.since) for row in rows)
    return [(one, since) for one, since in found if one is not None]


def known(slug: str) -> Strategy | None:
    """The strategy of a slug; None where there is none."""
    try:
        return strategy(slug)
    except KeyError:
        return None
