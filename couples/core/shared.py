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
from collections.abc import Iterable
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from couples.core.couple import Couple, Member
from couples.core.declared import Declaration
from couples.core.fields import private_names
from couples.core.policies import Policies, of_author, of_couple, of_owner, of_parent

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


def stay(model: type[models.Model], changed: Iterable[str]) -> None:
    """Refuse a change of owner that leaves words under the former owner's key. Raises FieldError."""
    fields = (*getattr(model, "owned_by", ()), getattr(model, "part_of", ""))
    owning = {one for name in fields for one in (name, f"{name}_id")}
    left = [name for name in private_names(model) if name not in changed]
    if left and owning & {*changed}:
        raise FieldError(f"A change of owner re-encrypts {', '.join(left)}: use hand_over.")


class OwnedQuerySet(models.QuerySet[M]):
    """Rows of somebody."""

    def update(self, **changes: Any) -> int:
        """Update rows. Raises FieldError for a change of owner that leaves words under the former owner's key."""
        stay(self.model, changes)
        return super().update(**changes)


class SharedQuerySet(OwnedQuerySet[M]):
    """Rows with an author that may be shared with the couple."""

    def visible_to(self, member: Member) -> Self:
        """All that the member may see: the one filter. Everything else answers as if it didn't exist."""
        return self.filter(visible(member))

    def open_to(self, member: Member) -> Self:
        """What both partners see today."""
        return self.filter(open_to(member))

    def own_of(self, member: Member) -> Self:
        """What the member alone sees so far."""
        return self.filter(own_until_open(member))


class PartQuerySet(OwnedQuerySet[M]):
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


class OwnQuerySet(OwnedQuerySet[M]):
    """Rows that one person owns and nobody else ever sees."""

    def visible_to(self, member: Member) -> Self:
        """The member's own rows."""
        return self.filter(owner=member.person)


class Base(models.Model):
    """A random id, which says nothing of when a row was made. ``owned_by``: the fields that say whose."""

    declared: ClassVar[Declaration]
    owned_by: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **how: Any) -> None:
        """Save the row. Raises FieldError for a change of owner alone, without its words."""
        stay(type(self), how.get("update_fields") or ())
        super().save(*args, **how)


class Own(Base):
    """What one person owns: nobody else ever sees it, nor that it exists."""

    owned_by = ("owner",)
    policies = staticmethod(of_owner)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    @property
    def key_owner(self) -> uuid.UUID:
        """Whose key encrypts its words: its owner's."""
        return self.owner_id


class OursQuerySet(OwnedQuerySet[M]):
    """Rows that a couple owns as a whole."""

    def visible_to(self, member: Member) -> Self:
        """Those of the member's present couple."""
        return self.filter(couple=member.couple)


class Ours(Base):
    """What a couple owns as a whole: both see it at once, and it is neither's alone."""

    owned_by = ("couple",)
    policies = staticmethod(of_couple)

    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    @property
    def key_owner(self) -> uuid.UUID:
        """Whose key encrypts its words: the couple's."""
        return self.couple_id


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
    owned_by = ("author", "couple")
    policies = staticmethod(of_author)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    couple = models.ForeignKey(Couple, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    opens_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @classmethod
    def lapsed(cls, couple: Couple, day: dt.date) -> Q | None:  # noqa: ARG003 (for those that override it)
        """Of what is sealed in a couple, what has waited too long on a day and is its author's alone; None for nothing."""
        return None

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


def shared_models() -> list[type[Shared]]:
    """Every concrete model that can be shared."""
    from django.apps import apps

    return [model for model in apps.get_app_config("couples").get_models() if issubclass(model, Shared)]


def part_models(model: type[models.Model]) -> list[type[Part]]:
    """Every concrete model whose rows are part of this one's."""
    from django.apps import apps

    parts = [one for one in apps.get_app_config("couples").get_models() if issubclass(one, Part)]
    return [part for part in parts if part._meta.get_field(part.part_of).related_model is model]
