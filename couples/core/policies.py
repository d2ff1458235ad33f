"""The second wall, in SQL: what PostgreSQL itself lets somebody see and write, whatever the code asks for.

Each model says its policies by its base class (``Own``, ``Part``, ``Shared``) or, where it is special, by a class
method ``policies`` of its own, in the words below. ``couples.core.wall`` sets for whom a transaction runs; while nothing
is set, nothing is shown. ``couples.core.enforce`` puts the policies up.

What a transaction says of itself, by ``set_config(…, true)``:

| setting | meaning |
| --- | --- |
| ``app.person``, ``app.couple``, ``app.today`` | who is let in, their couple, the day it is for it |
| ``app.session`` | the key of the session that is let in |
| ``app.act`` | what is lifted for a moment: ``tell`` (news and due of either), ``accounts`` (people, seats, invitations, \
sessions), ``whole`` (all that the couple's two own; for leaving, jobs and commands), ``house`` (the instance's own \
key; for its rotation), ``export`` (below) |
| ``app.leaver``, ``app.former`` | with the act ``export``: who left, and the couple that has ended |
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.db import models

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


# Only what PostgreSQL plans quickly: a policy is one call of a PL/pgSQL function, which is planned once a connection.
# The same conditions as plain SQL, or as SQL functions, made each page a fifth slower, nearly all of it planning.
ME, OURS, TODAY = _setting("person", "::uuid"), _setting("couple", "::uuid"), _setting("today", "::date")
ACT, SESSION = _setting("act"), _setting("session")
LEAVER, FORMER = _setting("leaver", "::uuid"), _setting("former", "::uuid")
TELL = f"{ACT} IN ('tell', 'whole')"
WHOLE = f"{ACT} = 'whole'"
EXPORT = f"{ACT} = 'export'"
AJAR = f"({ME} IS NULL AND {ACT} IS NULL OR {ACT} IN ('accounts', 'whole'))"
"""When account tables can be read: nobody is let in yet, since signing in needs them; or an act says so."""
NOBODY = f"({ME} IS NULL AND ({ACT} IS NULL OR {ACT} = 'accounts'))"
"""When they can be written as well: signing in and signing up can't say yet who it is."""
HOUSE = "person_id IS NULL AND couple_id IS NULL"
"""The instance's own key, which is nobody's."""


def _function(head: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {head} RETURNS boolean LANGUAGE plpgsql STABLE AS "
        f"$$ BEGIN RETURN {' '.join(body.split())}; END $$"
    )


FUNCTIONS = (
    # The day it is in a zone. Of a zone that this server doesn't know: the latest day on earth, as the app's own
    # filter is exact, and what is open must not be hidden.
    """
    CREATE OR REPLACE FUNCTION wall_day(zone text, moment timestamptz) RETURNS date LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN (moment AT TIME ZONE zone)::date;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN (moment AT TIME ZONE 'UTC' + interval '14 hours')::date;
    END $$
    """,
    # Whether this person has a seat in the couple of this transaction: one that is open, but in an export.
    _function(
        "wall_seated(who uuid)",
        f"""
        EXISTS (SELECT FROM couples_membership m WHERE m.person_id = who AND (
            m.couple_id = {OURS} AND m.ended_on IS NULL OR m.couple_id = {FORMER}
        ))
        """,
    ),
    _function("wall_own(owner uuid)", f"owner = {ME} OR {WHOLE} AND wall_seated(owner)"),
    _function(
        "wall_shared(author uuid, couple uuid, opens date)",
        f"""
        couple = {OURS} AND (opens <= {TODAY} OR author = {ME} OR {WHOLE})
        OR couple IS NULL AND (author = {ME} OR {WHOLE} AND wall_seated(author))
        """,
    ),
    _function(
        "wall_kept(author uuid, couple uuid, opens date)",
        f"{EXPORT} AND couple = {FORMER} AND (opens <= {TODAY} OR author = {LEAVER})",
    ),
    _function(
        "wall_news(owner uuid, couple uuid, opens date)",
        f"couple = {OURS} AND (owner = {ME} AND opens <= {TODAY} OR {TELL})",
    ),
    _function(
        "wall_due(owner uuid, couple uuid)",
        f"""
        owner = {ME} AND (couple IS NULL OR couple = {OURS}) OR {TELL} AND couple = {OURS}
        OR {WHOLE} AND couple IS NULL AND wall_seated(owner)
        """,
    ),
    _function(
        "wall_key(person uuid, couple uuid)",
        f"person = {ME} OR couple = {OURS} OR {WHOLE} AND wall_seated(person)",
    ),
    _function("wall_account(who uuid)", f"{AJAR} OR who = {ME}"),
    _function("wall_written(who uuid)", f"{NOBODY} OR who = {ME}"),
    # Oneself, and with whom one shares a couple or an invitation that is alive.
    _function(
        "wall_person(who uuid)",
        f"""
        {AJAR} OR who = {ME} OR ({ME} IS NOT NULL OR {EXPORT}) AND (wall_seated(who) OR EXISTS (
            SELECT FROM couples_invitation i
            WHERE who IN (i.inviter_id, i.claimed_by_id) AND {ME} IN (i.inviter_id, i.claimed_by_id)
                AND i.stage IN ('open', 'claimed')
        ))
        """,
    ),
    _function("wall_couple(id uuid)", f"id = {OURS} OR {ACT} = 'accounts' OR {EXPORT} AND id = {FORMER}"),
    _function(
        "wall_seat(person uuid, couple uuid)",
        f"{AJAR} OR person = {ME} OR couple = {OURS} OR {EXPORT} AND couple = {FORMER}",
    ),
    # The present session, and the others of the same person.
    _function(
        "wall_session(key text)",
        f"""
        {AJAR} OR key = {SESSION} OR EXISTS (
            SELECT FROM usersessions_usersession u WHERE u.session_key = key AND u.user_id = {ME}
        )
        """,
    ),
)


@dataclass(frozen=True)
class Policy:
    """One permissive policy: the rows that a command may see and may write, and the function that it wants to have.

    ``written``: what a row must be afterwards, where that is less than what may be locked.
    """

    rows: str
    command: Command = "ALL"
    function: str = ""
    written: str = ""

    def sql(self, table: str) -> str:
        """The statement that makes it."""
        parts = [f'CREATE POLICY {NAMES[self.command]} ON "{table}" FOR {self.command}']
        if self.command != "INSERT":
            parts.append(f"USING ({self.rows})")
        if self.command in ("ALL", "UPDATE", "INSERT"):
            parts.append(f"WITH CHECK ({self.written or self.rows})")
        return " ".join(parts)


Policies = tuple[Policy, ...]


def of_owner() -> Policies:
    """One person's alone."""
    return (Policy("wall_own(owner_id)"),)


def of_news() -> Policies:
    """Its owner's once its day has come; whoever tells it writes for the other."""
    return (Policy("wall_news(owner_id, couple_id, opens_on)"),)


def of_due() -> Policies:
    """Its owner's; either of the two lets something wait for both."""
    return (Policy("wall_due(owner_id, couple_id)"),)


def of_looks() -> Policies:
    """Its owner's. A command that runs for nobody may read whom it is time to look at."""
    return Policy("wall_own(owner_id)"), Policy(f"{ME} IS NULL AND {ACT} = 'accounts'", "SELECT")


def of_author() -> Policies:
    """Its author's alone; the couple's from its day on; sealed while it has none. Its author alone makes or deletes it."""
    row = "(author_id, couple_id, opens_on)"
    seen, by = f"wall_shared{row}", f"(author_id = {ME} OR {WHOLE})"
    return (
        Policy(f"{seen} OR wall_kept{row}", "SELECT"),
        Policy(f"{seen} AND {by}", "INSERT"),
        Policy(seen, "UPDATE"),
        Policy(f"{seen} AND {by}", "DELETE"),
    )


def of_couple() -> Policies:
    """Both partners' alike."""
    return Policy(f"couple_id = {OURS}"), Policy(f"{EXPORT} AND couple_id = {FORMER}", "SELECT")


def of_keys() -> Policies:
    """One person's, or both partners' alike: whichever of ``person`` and ``couple`` is set.

    Whoever may read what a couple that ended left behind may read its key as well. The instance's own everybody reads,
    and makes where there is none; its rotation alone changes it, and nobody deletes it.
    """
    own = "wall_key(person_id, couple_id)"
    kept = f"{EXPORT} AND (couple_id = {FORMER} OR person_id = {LEAVER})"
    return (
        Policy(f"{own} OR {HOUSE} OR {kept}", "SELECT"),
        Policy(f"{own} OR {HOUSE}", "INSERT"),
        Policy(f"{own} OR {HOUSE} AND {ACT} = 'house'", "UPDATE"),
        Policy(own, "DELETE"),
    )


def of_parent(model: type[models.Model], field: str) -> Policies:
    """As the row that ``field`` leads to: whoever sees that one sees this one, and may write it but in an export."""
    link: Any = model._meta.get_field(field)
    whole = link.related_model._meta.db_table
    seen = f"wall_part_{whole}({link.column})"
    made = _function(f"wall_part_{whole}(whole uuid)", f'EXISTS (SELECT FROM "{whole}" w WHERE w.id = whole)')
    written = f"{ACT} IS DISTINCT FROM 'export' AND {seen}"
    writes: tuple[Command, ...] = ("INSERT", "UPDATE", "DELETE")
    return Policy(seen, "SELECT", made), *(Policy(written, command) for command in writes)


def of_account(column: str) -> Policies:
    """An account's own. Open while nobody is let in; an act for both lets others' be read, never written."""
    writes: tuple[Command, ...] = ("INSERT", "UPDATE", "DELETE")
    written = (Policy(f"wall_written({column})", command) for command in writes)
    return Policy(f"wall_account({column})", "SELECT"), *written


def of_factors() -> Policies:
    """As of an account; but a second factor is taken away by its owner alone, never while nobody is let in."""
    *others, _delete = of_account("user_id")
    return *others, Policy(f"user_id = {ME}", "DELETE")


def of_people() -> Policies:
    """Oneself, and whom one shares a couple or an invitation with. Linking and leaving lock both; one writes oneself."""
    return (
        Policy("wall_person(id)", "SELECT"),
        Policy(NOBODY, "INSERT"),
        Policy("wall_account(id)", "UPDATE", written="wall_written(id)"),
        Policy(f"id = {ME}", "DELETE"),
    )


def of_couples() -> Policies:
    """The couple itself. It begins by linking alone."""
    return (
        Policy("wall_couple(id)", "SELECT"),
        Policy(f"{ACT} = 'accounts'", "INSERT"),
        Policy(f"id = {OURS}", "UPDATE"),
        Policy(f"id = {OURS} AND {WHOLE}", "DELETE"),
    )


def of_seats() -> Policies:
    """One's own seats, those of one's couple. They are taken by linking and given up by leaving alone."""
    given_up = f"{WHOLE} AND couple_id = {OURS}"
    return (
        Policy("wall_seat(person_id, couple_id)", "SELECT"),
        Policy(f"{ACT} = 'accounts'", "INSERT"),
        Policy(given_up, "UPDATE"),
        Policy(given_up, "DELETE"),
    )


def of_invitations() -> Policies:
    """Its maker's, and whose who said yes to it. Saying yes or no to another's, and linking, need their act."""
    two = f"{ME} IN (inviter_id, claimed_by_id)"
    return (
        Policy(f"{AJAR} OR {two}", "SELECT"),
        Policy(f"inviter_id = {ME}", "INSERT"),
        Policy(f"{ACT} IN ('accounts', 'whole') OR {two}", "UPDATE"),
        Policy(two, "DELETE"),
    )


def of_sessions() -> Policies:
    """The present one, and the others of the same person."""
    return (Policy("wall_session(session_key)"),)


def of_confirmations() -> Policies:
    """As the address that is to be confirmed."""
    its = "EXISTS (SELECT FROM account_emailaddress a WHERE a.id = email_address_id"
    writes: tuple[Command, ...] = ("INSERT", "UPDATE", "DELETE")
    written = (Policy(f"{its} AND wall_written(a.user_id))", command) for command in writes)
    return Policy(f"{its})", "SELECT"), *written
