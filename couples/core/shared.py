"""Who sees what. One rule, four words, two bases.

A row that can be shared has an author, perhaps a couple, and perhaps a day from which it is open:

| couple | opens_on | word |
| --- | --- | --- |
| none | none | only you |
| set | today or earlier | both of you |
| set | none | when both have answered (sealed) |
| set | later | from a day on |
"""

import datetime as dt
import uuid
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Couple, Member
from couples.core.declared import Declaration
from couples.core.fields import private_names, seal_private, sealed
from couples.core.keys import held_for
from couples.core.people import Person
from couples.core.policies import Policies, of_author, of_owner, of_parent
from couples.core.words import Broken

NOON = dt.time(12)


class Sees(models.TextChoices):
    """The four words of who sees what."""

    ONLY_YOU = "only_you", _("Only you")
    BOTH = "both", _("Both of you")
    WHEN_BOTH = "sealed", _("When both have answered")
    FROM_DAY = "from_day", _("From a day on")


def open_to(member: Member, prefix: str = "") -> Q:
    """Rows that both partners see today. Nothing where the member is alone."""
    if member.couple is None:
        return Q(pk__in=[])
    return Q(**{f"{prefix}couple": member.couple, f"{prefix}opens_on__lte": member.today})


def own_until_open(member: Member, prefix: str = "") -> Q:
    """The member's own rows that the partner can't see, or can't see yet.

    Three plain alternatives: each is a short range of an index, which one nested condition would not be.
    """
    mine: dict[str, Any] = {f"{prefix}author": member.person}
    alone = Q(**mine, **{f"{prefix}couple__isnull": True})
    if member.couple is None:
        return alone
    mine[f"{prefix}couple"] = member.couple
    later = Q(**mine, **{f"{prefix}opens_on__gt": member.today})
    sealed = Q(**mine, **{f"{prefix}opens_on__isnull": True})
    return alone | later | sealed


def visible(member: Member, prefix: str = "") -> Q:
    """All that a member may see: what is open to both, and their own (alone, or of the present couple)."""
    alone = Q(**{f"{prefix}author": member.person, f"{prefix}couple__isnull": True})
    if member.couple is None:
        return alone
    mine = Q(**{f"{prefix}author": member.person, f"{prefix}couple": member.couple})
    return open_to(member, prefix) | alone | mine


M = TypeVar("M", bound=models.Model, covariant=True)


class SharedQuerySet(models.QuerySet[M]):
    """Rows with an author that may be shared with the couple."""

    def update(self, **changes: Any) -> int:
        """Update rows. Raises FieldError for a change of owner that leaves words under the former owner's key."""
        if {"couple", "couple_id"} & set(changes):
            left = [name for name in private_names(self.model) if name not in changes]
            if left:
                raise FieldError(f"A change of couple re-encrypts {', '.join(left)}: use hand_over.")
        return super().update(**changes)

    def visible_to(self, member: Member) -> Self:
        """All that the member may see: the one filter. Everything else answers as if it didn't exist."""
        return self.filter(visible(member))

    def open_to(self, member: Member) -> Self:
        """What both partners see today."""
        return self.filter(open_to(member))

    def own_of(self, member: Member) -> Self:
        """What the member alone sees so far."""
        return self.filter(own_until_open(member))


class PartQuerySet(models.QuerySet[M]):
    """Rows that are part of another one and are seen with it."""

    def visible_to(self, member: Member) -> Self:
        """Parts of all that the member may see."""
        return self.filter(visible(member, self._prefix()))

    def open_to(self, member: Member) -> Self:
        """Parts of what both partners see today."""
        return self.filter(open_to(member, self._prefix()))

    def _prefix(self) -> str:
        model: Any = self.model
        return f"{model.part_of}__"


class OwnQuerySet(models.QuerySet[M]):
    """Rows that one person owns and nobody else ever sees."""

    def visible_to(self, member: Member) -> Self:
        """The member's own rows."""
        return self.filter(owner=member.person)


class Base(models.Model):
    """A random id, which says nothing of when a row was made."""

    declared: ClassVar[Declaration]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Own(Base):
    """What one person owns: nobody else ever sees it, nor that it exists."""

    policies = staticmethod(of_owner)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    @property
    def key_owner(self) -> uuid.UUID:
        """Whose key encrypts its words: its owner's."""
        return self.owner_id


class Part(Base):
    """What is part of a shared row: ``part_of`` names the field that leads to it."""

    part_of: ClassVar[str]

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @property
    def key_owner(self) -> uuid.UUID:
        """Whose key encrypts its words: that of the row it is part of."""
        whole: Shared = getattr(self, self.part_of)
        return whole.key_owner

    @classmethod
    def policies(cls) -> Policies:
        """In the database too it is seen with the row it is part of."""
        return of_parent(cls, cls.part_of)


class Shared(Base):
    """What a person makes alone and may share with the couple, by an act of its own.

    ``created_at`` (UTC) orders rows within a day and never reaches a template; sharing sets it anew. ``version``
    counts edits (see ``couples.core.edits``). ``withdrawn`` is what else to set on a row that leaving gives back.
    """

    withdrawn: ClassVar[dict[str, Any]] = {}
    policies = staticmethod(of_author)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    couple = models.ForeignKey(Couple, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    opens_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def key_owner(self) -> uuid.UUID:
        """Whose key encrypts its words: the couple's once it is given, until then its author's."""
        return self.couple_id or self.author_id

    def is_open(self, member: Member) -> bool:
        """Whether both partners see it today."""
        if member.couple is None or self.couple_id != member.couple.pk or self.opens_on is None:
            return False
        return self.opens_on <= member.today

    def sees(self, member: Member) -> Sees:
        """The word for who sees it today."""
        if self.couple_id is None:
            return Sees.ONLY_YOU
        if self.opens_on is None:
            return Sees.WHEN_BOTH
        return Sees.BOTH if self.opens_on <= member.today else Sees.FROM_DAY

    def is_mine(self, member: Member) -> bool:
        """Whether the member wrote it."""
        return self.author_id == member.person.pk

    def share(self, member: Member, opens_on: dt.date | None = None) -> None:
        """Share with the couple, at once or from a day (in the couple's time zone) on. Saving is ``hand_over``'s.

        Raises ValueError for someone else's row or a member without a couple: views check both before.
        """
        if member.couple is None or not self.is_mine(member):
            raise ValueError("Only its author can share a row, and only with a partner.")
        self.couple = member.couple
        self.opens_on = opens_on or member.today
        # Lists order by this within a day: it must not tell when the words were written.
        self.created_at = (
            member.now if opens_on is None else dt.datetime.combine(opens_on, NOON, tzinfo=dt.UTC)
        )


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


def stay_open(couple: Couple, before: dt.date, today: dt.date) -> None:
    """Keep open what was open when the couple's day moves back: its time zone went west over midnight."""
    for model in shared_models():
        rows: models.QuerySet[Any] = model._default_manager.filter(couple=couple)
        rows.filter(opens_on__gt=today, opens_on__lte=before).update(opens_on=today)


def shared_models() -> list[type[Shared]]:
    """Every concrete model that can be shared."""
    from django.apps import apps

    return [model for model in apps.get_app_config("couples").get_models() if issubclass(model, Shared)]


def part_models(model: type[models.Model]) -> list[type[Part]]:
    """Every concrete model whose rows are part of this one's."""
    from django.apps import apps

    parts = [one for one in apps.get_app_config("couples").get_models() if issubclass(one, Part)]
    return [part for part in parts if part._meta.get_field(part.part_of).related_model is model]


def lock(rows: models.QuerySet[Any], pk: uuid.UUID) -> Any:
    """Return the row as it stands now, and keep others from changing it until the transaction ends; None if it's gone.

    On SQLite the transaction itself is the lock.
    """
    return rows.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()


def lock_whole(part: Part) -> None:
    """Hold what a new or changed part belongs to, as it stands now: its owner's key is the part's."""
    whole: Any = getattr(part, part.part_of)
    present = lock(type(whole)._default_manager.all(), whole.pk)
    if present is not None:
        setattr(part, part.part_of, present)


def hand_over(rows: models.QuerySet[Any], row: Any, changes: dict[str, Any]) -> bool:
    """Change who owns a row: its words and those of its parts are encrypted anew, under the new owner's key.

    ``rows`` says where the row must still stand for that; False where it doesn't. ``changes`` are set on ``row`` as
    well. A text that can't be read stays as it is stored. In the caller's transaction, or one of its own.
    """
    with transaction.atomic():
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
