"""A row in every table that belongs to somebody, and who may see each: in Python, apart from what the policies say."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from couples.checkins.models import Choice, Focus, StepPlan
from couples.core import enforce, keys
from couples.core.couple import Couple, Member
from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.edits import keep_version
from couples.core.handover import Handover
from couples.core.keys import HOUSE, Ring
from couples.core.news import News
from couples.core.practice import Done, DoneAlone
from couples.core.shared import Own, Part, Shared
from couples.dates.models import DatePlan, LookBack, PlanTask
from couples.goals.models import GoalStep
from couples.notes.models import GIVEN, Answer, Kept, Note
from couples.reminders.models import Hours, Reminder
from couples.space.models import Consent, Invitation
from tests.world import (
    World,
    make_agreement,
    make_checkin,
    make_choice,
    make_device,
    make_goal,
    make_line,
    make_meeting,
    make_plan,
    make_sending,
)

NAMES = ("alex", "sam", "dana", "kit", "robin", "ex")
ALIVE = ("open", "claimed")


def fill(world: World) -> None:
    """Add to the world what its tests have no use for, and the same things of the other couple and of an ended one."""
    cast = world.cast
    alex, sam, dana = cast.member("alex"), cast.member("sam"), cast.member("dana")
    past = Couple.objects.exclude(ended_on=None).get()
    for member in (alex, sam, dana):
        Draft.objects.create(owner=member.person, key="notes.new", words="{}")
        Handover.objects.create(owner=member.person, room="dates", words="{}")
        Due.objects.create(
            owner=member.person,
            couple=member.couple,
            kind="date",
            about=world.plan.pk,
            at=member.now,
            shows_from=member.now,
        )
        Reminder.objects.create(owner=member.person, kind="new", channel="push")
        Hours.objects.create(owner=member.person, look_at=member.now)
        make_device(member)
        make_sending(member)
        make_checkin(member, couple=member.couple)
        make_choice(member, couple=member.couple)
        DoneAlone.objects.create(owner=member.person, day=member.today, what="notes")
    for couple in (cast.ours, cast.theirs):
        Done.objects.create(couple=couple, day=alex.today, what="dates")
        Focus.objects.create(couple=couple, strategy="goals", seat=2, since=alex.today)
        StepPlan.objects.create(couple=couple, day=alex.today)
    met = make_meeting(dana, weeks=0)
    make_line(dana, met)
    make_agreement(cast.member("kit"), met)
    make_checkin(dana, couple=cast.theirs, opens_on=dana.today)
    Choice.objects.create(
        author=cast.kit,
        couple=cast.theirs,
        opens_on=dana.today,
        strategy="goals",
        says="no",
        pressed_on=dana.today,
    )
    Due.objects.create(
        owner=cast.alex, kind="step", about=world.own_step.pk, at=alex.now, shows_from=alex.now
    )
    theirs = Note.objects.create(author=cast.dana, couple=cast.theirs, opens_on=dana.today, what="theirs")
    for note, person in ((world.note, cast.sam), (theirs, cast.kit)):
        Answer.objects.create(note=note, author=person, answered_on=alex.today)
        Kept.objects.create(owner=person, note=note)
    keep_version(world.goal, sam, cast.ours, alex.today)
    plan, goal = make_plan(dana, "proposed"), make_goal(dana, "in")
    PlanTask.objects.create(plan=plan, author=cast.kit, text="theirs")
    LookBack.objects.create(plan=plan, author=cast.kit, line="theirs")
    GoalStep.objects.create(goal=goal, author=cast.kit, text="theirs")
    News.objects.create(
        owner=cast.kit, couple=cast.theirs, kind=GIVEN.slug, about=theirs.pk, opens_on=dana.today
    )
    keep_version(plan, dana, cast.theirs, dana.today)
    News.objects.create(
        owner=cast.sam,
        couple=cast.ours,
        kind=GIVEN.slug,
        about=world.later_note.pk,
        opens_on=world.later_note.opens_on,
    )
    DatePlan.objects.filter(pk=make_plan(alex, "proposed").pk).update(opens_on=None)
    for author in (cast.alex, cast.ex):
        Note.objects.create(author=author, couple=past, opens_on=past.ended_on, what="then")
        sealed = Note.objects.create(
            author=author, couple=past, opens_on=past.ended_on + dt.timedelta(days=1)
        )
        Answer.objects.create(note=sealed, author=author, answered_on=past.ended_on)
    for name in NAMES:
        person = getattr(cast, name)
        address = EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
        EmailConfirmation.objects.create(email_address=address, key=f"key-{name}", sent=timezone.now())
        Session.objects.create(session_key=f"session-{name}", session_data="", expire_date=timezone.now())
        UserSession.objects.create(user=person, session_key=f"session-{name}", ip="192.0.2.1", user_agent="")
        Authenticator.objects.create(user=person, type="totp", data={"secret": ""})
        Consent.objects.create(owner=person, version=9, given_on=alex.today)


def tables() -> dict[str, type]:
    """Every model whose rows belong to somebody, by its label."""
    return {model._meta.label: model for model, _policies in enforce.owned()}


def rows(model: type) -> list:
    """All rows of a model that can be seen, without any filter."""
    return list(model._base_manager.all())


def whole_of(row):
    """The row that a part is part of."""
    model = type(row)._meta.get_field(row.part_of).related_model
    return model._base_manager.get(pk=getattr(row, f"{row.part_of}_id"))


def may_see(row, member: Member) -> bool:
    """Whether this member may see a row."""
    special = SPECIAL.get(row._meta.label)
    if special is not None:
        return bool(special(row, member))
    if isinstance(row, Part):
        return may_see(whole_of(row), member)
    mine = member.person.pk
    if isinstance(row, Shared):
        if row.couple_id is None:
            return row.author_id == mine
        is_open = row.opens_on is not None and row.opens_on <= member.today
        return row.couple_id == _couple(member) and (row.author_id == mine or is_open)
    assert isinstance(row, Own), f"{row._meta.label}: say in SPECIAL who may see it"
    return row.owner_id == mine


def _knows(row, member) -> bool:
    two = (member.person.pk, row.pk)
    alive = Invitation._base_manager.filter(stage__in=ALIVE, inviter__in=two, claimed_by__in=two)
    return alive.exists() or row == member.partner


def _couple(member) -> object:
    return member.couple.pk if member.couple else None


SPECIAL = {
    "couples.Person": lambda row, member: row == member.person or _knows(row, member),
    "couples.Couple": lambda row, member: row.pk == _couple(member),
    "couples.Membership": lambda row, member: (
        row.person_id == member.person.pk or row.couple_id == _couple(member)
    ),
    "couples.Version": lambda row, member: row.couple_id == _couple(member),
    "couples.Done": lambda row, member: row.couple_id == _couple(member),
    "couples.Focus": lambda row, member: row.couple_id == _couple(member),
    "couples.StepPlan": lambda row, member: row.couple_id == _couple(member),
    "couples.Meeting": lambda row, member: row.couple_id == _couple(member),
    "couples.Line": lambda row, member: row.couple_id == _couple(member),
    "couples.Agreement": lambda row, member: row.couple_id == _couple(member),
    "couples.News": lambda row, member: (
        row.owner_id == member.person.pk and row.couple_id == _couple(member) and row.opens_on <= member.today
    ),
    "couples.Invitation": lambda row, member: member.person.pk in (row.inviter_id, row.claimed_by_id),
    "account.EmailAddress": lambda row, member: row.user_id == member.person.pk,
    "account.EmailConfirmation": lambda row, member: row.email_address.user_id == member.person.pk,
    "usersessions.UserSession": lambda row, member: row.user_id == member.person.pk,
    "sessions.Session": lambda row, member: UserSession._base_manager.filter(
        session_key=row.pk, user=member.person
    ).exists(),
    "mfa.Authenticator": lambda row, member: row.user_id == member.person.pk,
    "couples.Key": lambda row, member: (
        row.pk == HOUSE
        or row.person_id == member.person.pk
        or (row.couple_id and row.couple_id == _couple(member))
    ),
}
ACCOUNTS = {
    "couples.Person",
    "couples.Membership",
    "couples.Invitation",
    "account.EmailAddress",
    "account.EmailConfirmation",
    "usersessions.UserSession",
    "sessions.Session",
    "mfa.Authenticator",
}
"""Tables that stand open while nobody is let in: signing in needs them."""


@contextmanager
def any_key(every: Ring) -> Iterator[None]:
    """Within a context, use the keys of ``every``, which were at hand before: so that it is the wall that refuses."""
    token = keys._ring.set(every)
    try:
        yield
    finally:
        keys.give_back(token)
