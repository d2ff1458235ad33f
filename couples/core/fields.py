"""Fields for the words of a person's life."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import signals
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute
from django.db.models.sql.compiler import SQLUpdateCompiler

from couples.core.keys import Held, ring
from couples.core.words import Sealed, seal


class _Opening(DeferredAttribute):
    """Opens stored words when they are read, and not before."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            return super().__get__(instance, cls)
        words = instance.__dict__[name]
        if isinstance(words, Sealed):
            words = instance.__dict__[name] = _open(instance, name, words)
        return words

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def _open(instance: Any, name: str, words: Sealed) -> str:
    """The words, if they are encrypted for whoever owns the row."""
    owner = instance.key_owner
    if words.owner != owner:
        # It may have changed hands between two queries, or here without being saved. What is stored now decides.
        present = type(instance)._base_manager.filter(pk=instance.pk).first() or instance
        words, owner = present.__dict__[name], present.key_owner
    return words.of(instance.pk, owner) if isinstance(words, Sealed) else words


class _SealedCol(Col):
    """A column that may be selected, and nothing else: no order, no function, no ``F()`` in an update."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        # A compiler has no select while it is making it; whatever asks for the column later is no selection.
        # (A prefetch that is cut to so many rows, ``qualify``, selects a second time.)
        selected = compiler.select is not None and not getattr(compiler, "qualify", None)
        if selected or isinstance(compiler, SQLUpdateCompiler):
            raise FieldError(f"{self.target.name} is private text: a query can select it, nothing else.")
        # What a function is made of looks the same from here. No database knows this name, which ``select_format``
        # takes off what is selected as it is.
        sql, params = super().as_sql(compiler, connection)
        return f"private_text_can_be_selected_and_nothing_else({sql})", params

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        """The column alone: what is asked of a whole expression that is selected, never of its parts."""
        return super().as_sql(compiler, compiler.connection)

    def get_group_by_cols(self) -> list[Any]:
        return [_plain(self)]


def _plain(column: Col) -> Col:
    return Col(column.alias, column.target, column.output_field)


class _IsNull(IsNull):
    """The one question that may be asked."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(_plain(lhs) if isinstance(lhs, _SealedCol) else lhs, rhs)


@dataclass(frozen=True)
class _Raw:
    """Sealed words on their way into the database by a save that skips ``pre_save``: one of a fixture."""

    stored: str


def _seal_raw(instance: Any, raw: bool, **kwargs: Any) -> None:
    for field in _private(type(instance)) if raw else ():
        sealed_words = field.pre_save(instance, True)
        if sealed_words:
            instance.__dict__[field.attname] = _Raw(sealed_words.stored)


def _unseal_raw(instance: Any, raw: bool, **kwargs: Any) -> None:
    for field in _private(type(instance)) if raw else ():
        words = instance.__dict__.get(field.attname)
        if isinstance(words, _Raw):
            instance.__dict__[field.attname] = Sealed(words.stored, field.place)


class PrivateTextField(models.TextField):  # type: ignore[type-arg]
    """Intimate free text, encrypted under the key of whoever owns the row (its ``key_owner``).

    Saving a row encrypts (``bulk_create`` too); reading the attribute decrypts, which raises ``Broken`` for what was
    damaged or moved. A query may select it, also by another name (``F()``), and ask ``isnull``. Lookups, ordering and
    expressions that would be written (``update()``, ``bulk_update``, a save) raise FieldError, and so does
    ``bulk_create`` that would update it in another row; a function of it fails in the database. Ordered by another name
    for it, or in a union, rows come in the order of what is stored, which is none. ``values()`` gives ``Sealed`` words;
    ``update()`` takes those of ``sealed()`` and the empty text, which is stored as it is. Search goes through
    ``couples.core.search``.
    """

    descriptor_class = _Opening

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        signals.pre_save.connect(_seal_raw, sender=cls)
        signals.post_save.connect(_unseal_raw, sender=cls)

    @property
    def place(self) -> str:
        """Model and field, to which the ciphertext is bound."""
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is private text: it can't be looked up by {lookup_name}.")
        return _IsNull

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is private text: it can't be looked up by {lookup_name}.")

    def get_col(self, alias: str, output_field: Any = None) -> Col:
        return _SealedCol(alias, self, output_field or self)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Stored words stay sealed until they are read."""
        return Sealed(value, self.place) if value else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Encrypt under the key of the row's present owner."""
        words = model_instance.__dict__.get(self.attname)
        if hasattr(words, "resolve_expression"):
            raise self.refusal()
        if not words:
            return words
        key = ring().of(model_instance.key_owner)
        if isinstance(words, Sealed):
            if words.key == key.pk and not add:
                return words
            words = _open(model_instance, self.attname, words)
        return self.sealed_by(key, model_instance.pk, str(words))

    def sealed_by(self, key: Held, row: uuid.UUID, text: str) -> Sealed:
        """Encrypt a text for the row with this id."""
        return Sealed(seal(self.place, key, row, text), self.place)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Let through what is sealed, and nothing."""
        if isinstance(value, Sealed | _Raw):
            return value.stored
        if value is None or value == "":
            return value
        raise self.refusal()

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Refuse an upsert: what it writes into a row that is there is sealed for the one that isn't made."""
        if self in getattr(compiler.query, "update_fields", ()):
            raise self.refusal()
        return "%s"

    def refusal(self) -> FieldError:
        """What to raise where words would be written that aren't encrypted for their row."""
        return FieldError(
            f"{self.name} is private text: save the row, or update with sealed(row, {self.name}=…)."
        )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return self.get_db_prep_save(value, connection)


def _private(model: type[models.Model]) -> list[PrivateTextField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, PrivateTextField)]


def private_names(model: type[models.Model]) -> list[str]:
    """The names of a model's private texts."""
    return [field.name for field in _private(model)]


def sealed(row: Any, **texts: str) -> dict[str, Any]:
    """Return texts as ``update()`` takes them, encrypted for this row and its present owner."""
    key = ring().of(row.key_owner)
    found: dict[str, Any] = {}
    for name, text in texts.items():
        found[name] = row._meta.get_field(name).sealed_by(key, row.pk, text) if text else text
    return found


def seal_private(row: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Return ``changes`` as ``update()`` takes them: the private texts among them encrypted for the row."""
    private = {name: changes[name] for name in private_names(type(row)) if changes.get(name)}
    return {**changes, **sealed(row, **private)} if private else changes
