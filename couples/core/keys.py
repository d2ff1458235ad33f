"""Data keys: one a couple and one a person (for what is only theirs), each wrapped by the master key.

A ring holds the keys a request may use: its person's and its couple's. They come with the member's query.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connections, models, transaction
from django.db.models import Q
from django.utils import timezone

from couples.core.declared import Declaration
from couples.core.masters import SIZE, Unopened, masters, unwrap, wrap
from couples.core.policies import Policies, of_keys

HOUSE = uuid.UUID("00000000-0000-4000-8000-000000000000")
"""The id of the key of the instance itself, and of its owner: for what belongs to no person's words, as codes of MFA."""


class Key(models.Model):
    """A wrapped key. Of an owner's keys the one that isn't retired seals; the others only open."""

    declared = Declaration(owner="person", sees="named", export="never", deletion="with_owner")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    couple = models.ForeignKey("couples.Couple", null=True, on_delete=models.CASCADE, related_name="+")
    master = models.CharField(max_length=16)
    wrapped = models.CharField(max_length=120)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(couple__isnull=True), name="key_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(couple__isnull=False) | Q(pk=HOUSE),
                name="key_has_owner",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(retired_at__isnull=True), name="key_one_a_person"
            ),
            models.UniqueConstraint(
                fields=["couple"], condition=Q(retired_at__isnull=True), name="key_one_a_couple"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def policies(cls) -> Policies:
        """In the database too they are one person's or one couple's. The instance's own is everybody's."""
        return of_keys()

    @property
    def held(self) -> "Held":
        """As a ring holds it."""
        owner = self.person_id or self.couple_id or HOUSE
        return Held(self.pk, owner, self.master, self.wrapped, self.retired_at is not None)


@dataclass
class Held:
    """A key on a ring."""

    pk: uuid.UUID
    owner: uuid.UUID
    master: str
    wrapped: str
    retired: bool

    @cached_property
    def secret(self) -> bytes:
        """The bare key. Raises Unopened."""
        return unwrap(self.master, self.wrapped, bound(self.pk, self.owner))

    @cached_property
    def cipher(self) -> AESGCM:
        """Ready for use. Raises Unopened."""
        return AESGCM(self.secret)


def bound(pk: uuid.UUID, owner: uuid.UUID) -> bytes:
    """What a wrapped key is bound to: it opens for no other owner."""
    return b"reconnect key" + pk.bytes + owner.bytes


@dataclass
class Ring:
    """The keys at hand. ``owners``: whose keys may be used; None where nobody is asking (commands, tests)."""

    owners: frozenset[uuid.UUID] | None = None
    keys: dict[bytes, Held] = field(default_factory=dict)
    current: dict[uuid.UUID, Held] = field(default_factory=dict)

    def put(self, found: Iterable[Held]) -> None:
        """Hang up keys."""
        for key in found:
            if self.owners is None or key.owner in self.owners:
                self.keys[key.pk.bytes] = key
                if not key.retired:
                    self.current[key.owner] = key

    def of(self, owner: uuid.UUID) -> Held:
        """Return the key that seals an owner's words, made on first use. Raises Unopened for a stranger's."""
        if self.owners is not None and owner not in self.owners:
            raise Unopened("These are not the words of whoever is asking.")
        if owner not in self.current:
            self.put([make(owner)])
        return self.current[owner]

    def forget(self, owner: uuid.UUID) -> None:
        """Look the owner's keys up again: they were changed."""
        self.keys = {pk: key for pk, key in self.keys.items() if key.owner != owner}
        self.current.pop(owner, None)

    def named(self, pk: bytes) -> Held:
        """Return the key with this id. Raises Unopened where there is none, or it is a stranger's."""
        if pk not in self.keys:
            self.put(_load(uuid.UUID(bytes=pk), self.owners))
        if pk not in self.keys:
            raise Unopened("The key of these words isn't here.")
        return self.keys[pk]


def _load(pk: uuid.UUID, owners: frozenset[uuid.UUID] | None) -> list[Held]:
    """The key with this id; with it all others of these owners: made since the ring was, by another request."""
    rows = Key.objects.filter(pk=pk)
    if owners is not None:
        rows = Key.objects.filter(Q(person__in=owners) | Q(couple__in=owners))
    return [row.held for row in rows]


_ring: ContextVar[Ring | None] = ContextVar("ring", default=None)


def ring() -> Ring:
    """The ring of this request or command; without one, a bare one for this moment."""
    return _ring.get() or Ring()


def take(*owners: uuid.UUID, found: Iterable[Held] = ()) -> Token[Ring | None]:
    """From here on, use the keys of these owners alone, of which some may have been ``found`` already."""
    fresh = Ring(frozenset(owners))
    fresh.put(found)
    return _ring.set(fresh)


def give_back(token: Token[Ring | None]) -> None:
    """End what ``take`` began."""
    _ring.reset(token)


@contextmanager
def only(*owners: uuid.UUID, found: Iterable[Held] = ()) -> Iterator[None]:
    """Within, the keys of these owners alone can be used: what ``take`` takes, given back."""
    token = take(*owners, found=found)
    try:
        yield
    finally:
        give_back(token)


@contextmanager
def held_for(*owners: uuid.UUID) -> Iterator[None]:
    """Within, the keys of these owners can be used as well as those at hand: leaving gives words back to both."""
    here = ring()
    wider = Ring(
        None if here.owners is None else here.owners | set(owners), dict(here.keys), dict(here.current)
    )
    token = _ring.set(wider)
    try:
        yield
    finally:
        give_back(token)


def make(owner: uuid.UUID) -> Held:
    """Return the owner's key from the database, made now if there is none. Two who make it at once get the same."""
    found = _present(owner)
    if found is None:
        _secure_house()
        pk = HOUSE if owner == HOUSE else uuid.uuid4()
        name, wrapped = wrap(AESGCM.generate_key(SIZE * 8), bound(pk, owner))
        try:
            with transaction.atomic():
                Key.objects.create(pk=pk, master=name, wrapped=wrapped, **_columns(owner))
        except IntegrityError:
            pass
        found = _present(owner)
    if found is None:
        raise Unopened("There is no such owner of words.")
    return found


def _columns(owner: uuid.UUID) -> dict[str, uuid.UUID]:
    if owner == HOUSE:
        return {}
    couples = apps.get_model("couples.Couple").objects
    return {"couple_id": owner} if couples.filter(pk=owner).exists() else {"person_id": owner}


def _present(owner: uuid.UUID) -> Held | None:
    whose = Q(pk=HOUSE) if owner == HOUSE else Q(person=owner) | Q(couple=owner)
    row = Key.objects.filter(whose, retired_at__isnull=True).first()
    return row.held if row else None


def _secure_house() -> None:
    """Never begin with a new master key where an older one wrapped keys before.

    The instance's own key tells: it is the first that is made. Raises Unopened where it can't be opened.
    """
    row = Key.objects.filter(pk=HOUSE).first()
    if row is not None:
        row.held.secret  # noqa: B018 (it raises)
    elif masters.newest():
        name, wrapped = wrap(AESGCM.generate_key(SIZE * 8), bound(HOUSE, HOUSE))
        try:
            with transaction.atomic():
                Key.objects.create(pk=HOUSE, master=name, wrapped=wrapped)
        except IntegrityError:
            _secure_house()


def house_secret(purpose: bytes) -> bytes:
    """Return 32 bytes of the instance for one purpose, the same for good, whatever the master key is.

    Raises Unopened where the master key isn't here.
    """
    return HKDF(hashes.SHA256(), SIZE, salt=None, info=b"reconnect " + purpose).derive(
        Ring().of(HOUSE).secret
    )


@checks.register(checks.Tags.database)
def check_master(databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Stop before anything is written where the master key isn't the one that wrapped the keys of this database."""
    for alias in databases or ():
        if Key._meta.db_table not in connections[alias].introspection.table_names():
            continue
        row = Key.objects.using(alias).filter(pk=HOUSE).first()
        try:
            if row is not None:
                row.held.secret  # noqa: B018 (it raises)
        except (Unopened, ImproperlyConfigured):
            said = (
                "The master key doesn't fit this database. Put back MASTER_KEY or the file DATA/master-key."
            )
            return [checks.Error(said, id="couples.E010")]
    return []


FOLDED = """(SELECT {gather}({id} || '.' || k.master || '.' || k.wrapped
    || CASE WHEN k.couple_id IS NULL THEN '.p' ELSE '.c' END
    || CASE WHEN k.retired_at IS NULL THEN '1' ELSE '0' END, ' ')
    FROM {table} k WHERE k.person_id = me.id OR k.couple_id = mine.couple_id)"""
"""Both rings' keys in one column of the query that finds the member."""


def folded_sql(vendor: str) -> str:
    """The column for ``member_for``: the keys of the person ``me`` and of the couple of the seat ``mine``."""
    postgres = vendor == "postgresql"
    names = ("string_agg", "k.id::text") if postgres else ("group_concat", "k.id")
    return FOLDED.format(gather=names[0], id=names[1], table=Key._meta.db_table)


def unfold(column: str | None, person: uuid.UUID, couple: uuid.UUID | None) -> list[Held]:
    """The keys out of that column."""
    found = []
    for one in (column or "").split():
        pk, master, wrapped, mark = one.split(".")
        owner = couple if mark[0] == "c" and couple else person
        found.append(Held(uuid.UUID(pk), owner, master, wrapped, mark[1] == "0"))
    return found


def retire(owner: uuid.UUID) -> None:
    """Let a new key seal what this owner writes from now on; the old one opens what it sealed."""
    with transaction.atomic():
        Key.objects.filter(Q(person=owner) | Q(couple=owner), retired_at__isnull=True).update(
            retired_at=timezone.now()
        )
        make(owner)
