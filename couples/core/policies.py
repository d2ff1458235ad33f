"""The second wall, in SQL: what PostgreSQL itself lets somebody see and write, whatever the code asks for.

Each model says its policies by its base class (``Own``, ``Part``, ``Shared``) or, where it is special, by a class
method ``policies`` of its own, in the words below. ``couples.core.wall`` sets for whom a transaction runs; while nothing
is set, nothing is shown. Migrations put the policies up to date when they end (``apply``).

What a transaction says of itself, by ``set_config(…, true)``:

| setting | meaning |
| --- | --- |
| ``app.person``, ``app.couple``, ``app.today`` | who is let in, their couple, the day it is for it |
| ``app.session`` | the key of the session that is let in |
| ``app.act`` | what is lifted for a moment: ``tell`` (news and due of either), ``accounts`` (people, seats, invitations, \
sessions), ``whole`` (all that the couple's two own; for leaving, jobs and commands), ``export`` (below) |
| ``app.leaver``, ``app.former`` | with the act ``export``: who left, and the couple that has ended |
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Command = Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]
NAMES: dict[Command, str] = {
    "ALL": "wall",
    "SELECT": "wall_select",
    "INSERT": "wall_insert",
    "UPDATE": "wall_update",
    "DELETE": "wall_delete",
}


def _setting(name: str, kind: str = "") -> str:
    return f"nullif(current_setting('app.{name}', true), ''){kind}"


ME, OURS, TODAY = _setting("person", "::uuid"), _setting("couple", "::uuid"), _setting("today", "::date")
ACT, SESSION = _setting("act"), _setting("session")
LEAVER, FORMER = _setting("leaver", "::uuid"), _setting("former", "::uuid")
TELL = f"{ACT} IN ('tell', 'whole')"
WHOLE = f"{ACT} = 'whole'"
EXPORT = f"{ACT} = 'export'"
AJAR = f"({ME} IS NULL AND {ACT} IS DISTINCT FROM 'export' OR {ACT} IN ('accounts', 'whole'))"
"""When account tables stand open: nobody is let in yet, since signing in needs them; or an act says so."""

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION wall_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT {ME} $$;
CREATE OR REPLACE FUNCTION wall_couple() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT {OURS} $$;
CREATE OR REPLACE FUNCTION wall_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT {TODAY} $$;
CREATE OR REPLACE FUNCTION wall_act() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT {ACT} $$;

-- The day it is in a zone. Of a zone that this server doesn't know: the latest day on earth, as the app's own filter
-- is exact, and what is open must not be hidden.
CREATE OR REPLACE FUNCTION wall_day(zone text, moment timestamptz) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (moment AT TIME ZONE zone)::date;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN (moment AT TIME ZONE 'UTC' + interval '14 hours')::date;
END $$;

-- Whether this person has a seat in the couple of this transaction.
CREATE OR REPLACE FUNCTION wall_seated(who uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM couples_membership m WHERE m.person_id = who AND m.couple_id IN ({OURS}, {FORMER}));
END $$;

-- Whether the one who is let in may see who this person is: the two share a couple, or an invitation that is alive.
CREATE OR REPLACE FUNCTION wall_knows(who uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN wall_seated(who) OR EXISTS (
        SELECT FROM couples_invitation i
        WHERE who IN (i.inviter_id, i.claimed_by_id) AND {ME} IN (i.inviter_id, i.claimed_by_id)
            AND i.stage IN ('open', 'claimed')
    );
END $$;

-- Whether this session is one of the person's who is let in.
CREATE OR REPLACE FUNCTION wall_opened(session text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM usersessions_usersession u WHERE u.session_key = session AND u.user_id = {ME});
END $$;
"""  # noqa: S608 (our own names, no input)


@dataclass(frozen=True)
class Policy:
    """One permissive policy: rows for which ``using`` holds, for a command; ``check``: what may be written (else the same)."""

    using: str
    command: Command = "ALL"
    check: str = ""

    def sql(self, table: str) -> str:
        """The statement that makes it."""
        parts = [f'CREATE POLICY {NAMES[self.command]} ON "{table}" FOR {self.command}']
        if self.command != "INSERT":
            parts.append(f"USING ({self.using})")
        if self.command in ("ALL", "UPDATE", "INSERT"):
            parts.append(f"WITH CHECK ({self.check or self.using})")
        return " ".join(parts)


Policies = tuple[Policy, ...]


def of_owner(column: str = "owner_id") -> Policies:
    """One person's alone."""
    return (Policy(f"{column} = {ME} OR {WHOLE} AND wall_seated({column})"),)


def of_news() -> Policies:
    """Its owner's once its day has come; whoever tells it writes for the other."""
    return (Policy(f"couple_id = {OURS} AND (owner_id = {ME} AND opens_on <= {TODAY} OR {TELL})"),)


def of_due() -> Policies:
    """Its owner's; either of the two lets something wait for both."""
    alone = f"{WHOLE} AND couple_id IS NULL AND wall_seated(owner_id)"
    return (Policy(f"owner_id = {ME} OR {TELL} AND couple_id = {OURS} OR {alone}"),)


def of_author() -> Policies:
    """Its author's alone; the couple's from its day on; sealed while it has none."""
    ours = f"couple_id = {OURS} AND (opens_on <= {TODAY} OR author_id = {ME} OR {WHOLE})"
    alone = f"couple_id IS NULL AND (author_id = {ME} OR {WHOLE} AND wall_seated(author_id))"
    kept = f"{EXPORT} AND couple_id = {FORMER} AND (opens_on <= {TODAY} OR author_id = {LEAVER})"
    return Policy(f"{ours} OR {alone}"), Policy(kept, "SELECT")


def of_couple() -> Policies:
    """Both partners' alike."""
    return Policy(f"couple_id = {OURS}"), Policy(f"{EXPORT} AND couple_id = {FORMER}", "SELECT")


def of_keys() -> Policies:
    """One person's, or both partners' alike: whichever of ``person`` and ``couple`` is set. The instance's is nobody's.

    Whoever may read what a couple that ended left behind may read its key as well.
    """
    alone = f"person_id = {ME} OR {WHOLE} AND wall_seated(person_id)"
    kept = f"{EXPORT} AND (couple_id = {FORMER} OR person_id = {LEAVER})"
    house = "person_id IS NULL AND couple_id IS NULL"
    return Policy(f"{alone} OR couple_id = {OURS} OR {house}"), Policy(kept, "SELECT")


def of_parent(model: type[models.Model], field: str) -> Policies:
    """As the row that ``field`` leads to: whoever sees that one sees this one."""
    link: Any = model._meta.get_field(field)
    table, parent = model._meta.db_table, link.related_model._meta.db_table
    return (Policy(f'EXISTS (SELECT FROM "{parent}" whole WHERE whole.id = "{table}".{link.column})'),)


def of_account(column: str) -> Policies:
    """An account's own; open while nobody is let in."""
    return (Policy(f"{AJAR} OR {column} = {ME}"),)


def of_people() -> Policies:
    """Oneself, and whom one shares a couple or an invitation with."""
    return (
        Policy(f"{AJAR} OR id = {ME}"),
        Policy(f"({ME} IS NOT NULL OR {EXPORT}) AND wall_knows(id)", "SELECT"),
    )


def of_couples() -> Policies:
    """The couple itself. It begins by linking alone."""
    return (
        Policy(f"id = {OURS} OR {EXPORT} AND id = {FORMER} OR {ACT} = 'accounts'", "SELECT"),
        Policy(f"{ACT} = 'accounts'", "INSERT"),
        Policy(f"id = {OURS}", "UPDATE"),
        Policy(f"id = {OURS} AND {WHOLE}", "DELETE"),
    )


def of_seats() -> Policies:
    """One's own seats, those of one's couple. They are taken by linking and given up by leaving alone."""
    ours = f"person_id = {ME} OR couple_id = {OURS} OR {EXPORT} AND couple_id = {FORMER}"
    return (
        Policy(f"{AJAR} OR {ours}", "SELECT"),
        Policy(f"{ACT} = 'accounts'", "INSERT"),
        Policy(f"{ACT} IN ('accounts', 'whole')", "UPDATE"),
        Policy(f"{ACT} IN ('accounts', 'whole')", "DELETE"),
    )


def of_invitations() -> Policies:
    """Its maker's, and whose who said yes to it."""
    return (Policy(f"{AJAR} OR {ME} IN (inviter_id, claimed_by_id)"),)


def of_sessions() -> Policies:
    """The present one, and the others of the same person."""
    return (Policy(f"{AJAR} OR session_key = {SESSION} OR wall_opened(session_key)"),)


def of_confirmations() -> Policies:
    """As the address that is to be confirmed."""
    address = "SELECT FROM account_emailaddress a WHERE a.id = email_address_id"
    return (Policy(f"EXISTS ({address})"),)


OTHERS: dict[str, Callable[[], Policies]] = {
    "sessions.Session": of_sessions,
    "usersessions.UserSession": lambda: of_account("user_id"),
    "account.EmailAddress": lambda: of_account("user_id"),
    "account.EmailConfirmation": of_confirmations,
    "mfa.Authenticator": lambda: of_account("user_id"),
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
    made = [FUNCTIONS, *(policy.sql(table) for policy in policies)]
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
        cursor.execute(FUNCTIONS)
        for table, policies in wanted.items():
            for statement in _statements(table, policies):
                cursor.execute(statement)
    return sorted(wanted)


def _statements(table: str, policies: Policies) -> Iterator[str]:
    """All that makes the wall before one table what it should be."""
    for name in NAMES.values():
        yield f'DROP POLICY IF EXISTS {name} ON "{table}"'
    for policy in policies:
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
