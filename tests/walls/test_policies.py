"""Who sees what without any filter: each table, as each of the cast, as nobody, and in each context."""

import datetime as dt
from contextlib import nullcontext

import pytest
from django.db import connection

from couples.core import enforce, policies, wall
from couples.core.couple import Couple, Member
from couples.core.drafts import Draft
from couples.core.keys import HOUSE
from couples.core.people import zone_of
from couples.core.shared import Own, Part, Shared
from couples.notes.models import Note
from couples.reminders.models import Hours
from tests.walls.everything import ACCOUNTS, NAMES, may_see, rows, tables, whole_of

pytestmark = [pytest.mark.usefixtures("standing"), pytest.mark.django_db]
FREE = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "cache",
}
"""Tables that hold nothing of anybody."""


def query(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_every_table_but_these_is_walled_for_its_owner_too():
    found = query("""
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, count(p.oid) > 0
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid
    """)
    assert {name for name, *walled in found if not all(walled)} == FREE
    assert {name for name, *walled in found if all(walled)} == {
        model._meta.db_table for model in tables().values()
    }
    assert enforce.missing(connection) == {}


def test_a_base_class_brings_its_policy():
    for model in tables().values():
        for base, said in ((Shared, "wall_shared(author_id, couple_id, opens_on)"), (Part, "wall_part_")):
            if issubclass(model, base):
                assert said in " ".join(policy.rows for policy in model.policies())
    assert Own.policies() == policies.of_owner()


@pytest.mark.parametrize("label", sorted(tables()))
def test_each_sees_what_is_theirs_and_nothing_else(full, label):
    model = tables()[label]
    everything = rows(model)
    assert everything, "no row to look at: tests/walls/everything.py makes one"
    everybody = {name: full.cast.member(name) for name in NAMES}
    wanted = {
        name: {row.pk for row in everything if may_see(row, member)} for name, member in everybody.items()
    }
    assert any(wanted.values())
    assert not all(len(seen) == len(everything) for seen in wanted.values())
    for name, member in everybody.items():
        with wall.person(member.person):
            assert {row.pk for row in rows(model)} == wanted[name], name


@pytest.mark.parametrize("label", sorted(tables()))
def test_nobody_sees_nothing_but_what_signing_in_needs(full, label):
    everything = len(rows(tables()[label]))
    with wall.behind():
        assert len(theirs(label)) == (everything if label in ACCOUNTS else 0)
    with wall.accounts():
        open_ones = ACCOUNTS | {"couples.Couple", "couples.Hours"}
        assert len(theirs(label)) == (everything if label in open_ones else 0)


def test_whom_it_is_time_to_remind_shows_to_nobody_who_is_signed_in(full):
    """On the pages of one's account, and while linking or leaving, one's own alone."""
    cast = full.cast
    for act in ("", "accounts", "tell"):
        with wall.person(cast.alex), wall.lifted(act) if act else nullcontext():
            assert [hours.owner_id for hours in Hours.objects.all()] == [cast.alex.pk]
    with wall.accounts():
        assert Hours.objects.update(look_at=None) == 0
        assert Hours.objects.all().delete()[0] == 0
        assert Hours.objects.count() == 3


def theirs(label):
    """The rows that can be seen and are somebody's: the instance's own key is nobody's."""
    return [row for row in rows(tables()[label]) if row.pk != HOUSE]


def test_a_job_of_an_ended_couple_sees_nothing_that_they_did_since(full):
    cast = full.cast
    past = Couple.objects.exclude(ended_on=None).get()
    with wall.couple(past):
        assert set(Note.objects.values_list("couple", flat=True)) == {past.pk}
        assert not Draft.objects.exists()
        assert not Note.objects.filter(author=cast.alex, couple=None).exists()


@pytest.mark.parametrize("label", sorted(tables()))
def test_a_job_sees_all_of_one_couple_and_nothing_of_another(full, label):
    """What either could see or has alone, and no row of anybody else."""
    model, cast = tables()[label], full.cast
    if label in ACCOUNTS:
        return
    everything = rows(model)
    two = {cast.alex.pk, cast.sam.pk}

    def of_them(row):
        if isinstance(row, Part):
            return of_them(whole_of(row))
        if isinstance(row, Couple):
            return row.pk == cast.ours.pk
        couple = getattr(row, "couple_id", None)
        named = (getattr(row, name, None) for name in ("owner_id", "author_id", "person_id"))
        person = next(filter(None, named), None)
        return row.pk == HOUSE or couple == cast.ours.pk or (couple is None and person in two)

    wanted = {row.pk for row in everything if of_them(row)}
    assert 0 < len(wanted) < len(everything)
    with wall.couple(cast.ours):
        assert {row.pk for row in rows(model)} == wanted


def test_what_is_sealed_or_for_later_is_hidden_until_its_day(full, monkeypatch):
    later, sam = full.later_note, full.cast.sam
    noon = dt.datetime.combine(later.opens_on, dt.time(12), tzinfo=dt.UTC)
    for moment, seen in ((noon - dt.timedelta(days=1), False), (noon, True)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        with wall.person(sam):
            assert type(later).objects.filter(pk=later.pk).exists() is seen
            assert bool(rows(tables()["couples.News"])) is seen


ZONES = (
    "Europe/Berlin",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/New_York",
    "Asia/Kathmandu",
    "UTC",
)


@pytest.mark.parametrize("zone", ZONES)
def test_the_day_is_the_couples_day(cast, zone, monkeypatch):
    """At every hour of three days, with a zone that was changed and without."""
    first = dt.datetime(2026, 10, 24, tzinfo=dt.UTC)
    for former, changed in (("", None), ("Pacific/Pago_Pago", first), ("Pacific/Kiritimati", first)):
        Couple.objects.filter(pk=cast.ours.pk).update(
            time_zone=zone, former_zone=former, zone_changed_at=changed
        )
        for hour in range(0, 72, 5):
            moment = first + dt.timedelta(hours=hour)
            monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
            with wall.person(cast.alex) as member:
                said = query("SELECT current_setting('app.today')")[0][0]
                assert said == member.today.isoformat()
    monkeypatch.undo()


def test_the_day_of_somebody_alone_is_their_own(cast):
    for zone in ZONES:
        cast.robin.time_zone = zone
        cast.robin.save()
        with wall.person(type(cast.robin).objects.get(pk=cast.robin.pk)) as member:
            assert query("SELECT current_setting('app.today')")[0][0] == member.today.isoformat()


def test_a_zone_that_postgres_does_not_know_hides_nothing_that_is_open(cast, full):
    """The app counts in UTC then; the database in the latest day on earth."""
    Couple.objects.filter(pk=cast.ours.pk).update(time_zone="Atlantis/Deep")
    with wall.person(cast.sam) as member:
        said = dt.date.fromisoformat(query("SELECT current_setting('app.today')")[0][0])
        assert zone_of("Atlantis/Deep").key == "UTC"
        assert member.today <= said == (member.now + dt.timedelta(hours=14)).date()


def test_the_member_is_the_same_let_in_or_not(full):
    for name in NAMES:
        outside: Member = full.cast.member(name)
        with wall.person(getattr(full.cast, name)) as member:
            assert (member.couple, member.partner) == (outside.couple, outside.partner)
            assert member.couple is None or vars(member.couple).keys() == vars(outside.couple).keys()
