"""Putting the policies up: after each migration, and again where somebody took one down. On PostgreSQL alone."""

import hashlib
from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from couples.core.policies import (
    FUNCTIONS,
    NAMES,
    Policies,
    of_account,
    of_confirmations,
    of_factors,
    of_sessions,
)

OTHERS: dict[str, Callable[[], Policies]] = {
    "sessions.Session": of_sessions,
    "usersessions.UserSession": lambda: of_account("user_id"),
    "account.EmailAddress": lambda: of_account("user_id"),
    "account.EmailConfirmation": of_confirmations,
    "mfa.Authenticator": of_factors,
}
"""Tables of an account that others made."""


def owned() -> Iterator[tuple[type[models.Model], Policies]]:
    """Every model whose rows belong to somebody, with its policies."""
    for model in apps.get_models():
        if model._meta.label in OTHERS:
            yield model, OTHERS[model._meta.label]()
        elif hasattr(model, "declared"):
            yield model, model.policies()  # type: ignore[attr-defined]


# Of each table: whether it is walled for its owner too, how many policies stand, and what they were made from.
_STANDING = """
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, count(p.oid), min(obj_description(p.oid, 'pg_policy'))
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
    WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid) GROUP BY c.oid
"""
Standing = tuple[bool, int, str | None]


def _standing(connection: BaseDatabaseWrapper) -> dict[str, Standing]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        return {table: (whole, count, mark) for table, whole, count, mark in cursor.fetchall()}


def _mark(table: str, policies: Policies) -> str:
    made = [*FUNCTIONS, *(policy.sql(table) + policy.function for policy in policies)]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()


def missing(connection: BaseDatabaseWrapper) -> dict[str, Policies]:
    """The owned tables whose policies are not up to date, with those they should have. One query; none on SQLite."""
    if connection.vendor != "postgresql":
        return {}
    standing = _standing(connection)
    return {
        table: policies
        for table, policies in ((model._meta.db_table, policies) for model, policies in owned())
        if table in standing and standing[table] != (True, len(policies), _mark(table, policies))
    }


def apply(connection: BaseDatabaseWrapper) -> list[str]:
    """Put the policies of every owned table up to date, as the role that owns them; return the tables that changed."""
    wanted = missing(connection)
    if not wanted:
        return []
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('couples.core.policies'))")
        for function in FUNCTIONS:
            cursor.execute(function)
        for table, policies in wanted.items():
            for statement in _statements(table, policies):
                cursor.execute(statement)
    return sorted(wanted)


def _statements(table: str, policies: Policies) -> Iterator[str]:
    """All that makes the wall before one table what it should be."""
    for name in NAMES.values():
        yield f'DROP POLICY IF EXISTS {name} ON "{table}"'
    for policy in policies:
        if policy.function:
            yield policy.function
        yield policy.sql(table)
        yield f"COMMENT ON POLICY {NAMES[policy.command]} ON \"{table}\" IS '{_mark(table, policies)}'"
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'


def relax(connection: BaseDatabaseWrapper) -> None:
    """Let the owner of the tables see all rows while it migrates: ``apply`` ends it. For other roles nothing changes."""
    if connection.vendor != "postgresql":
        return
    standing = _standing(connection)
    with connection.cursor() as cursor:
        for model, _policies in owned():
            table = model._meta.db_table
            if standing.get(table, (False,))[0]:
                cursor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
