"""A small world in which alex and sam share one of everything, and alex has one of everything alone."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from couples.core.couple import Member
from couples.core.news import News
from couples.core.people import Person
from couples.dates.models import DatePlan, LookBack, PlanOption, PlanTask
from couples.goals.models import Goal, GoalStep
from couples.notes.models import ANSWERED, Note
from couples.space.models import Invitation, fingerprint
from couples.space.sessions import public_key
from tests.conftest import Cast

CANARY = "canary"
TOKEN = "t" * 43
DAY = dt.timedelta(days=1)


@dataclass
class World:
    """Things of alex and sam, and the words that nobody else may ever see. ``own_`` is what only alex sees."""

    cast: Cast
    note: Note
    own_note: Note
    later_note: Note
    plan: DatePlan
    proposed_plan: DatePlan
    past_plan: DatePlan
    own_plan: DatePlan
    task: PlanTask
    own_task: PlanTask
    goal: Goal
    proposed_goal: Goal
    own_goal: Goal
    step: GoalStep
    own_step: GoalStep
    news: News
    invitation: Invitation
    claimed: Invitation
    session: str
    words: list[str] = field(default_factory=lambda: [CANARY])

    def only_alexs(self) -> list[Any]:
        """What sam must not be able to tell of."""
        return [self.own_note, self.later_note, self.own_plan, self.own_task, self.own_goal, self.own_step]


def build(cast: Cast) -> World:
    """One of everything."""
    alex, sam = cast.member("alex"), cast.member("sam")
    news_of = _note(alex, shared=0)
    News.objects.tell(sam, ANSWERED, news_of)
    plan, own_plan = make_plan(alex, "agreed"), make_plan(alex, "draft")
    past = make_plan(sam, "agreed", -5)
    LookBack.objects.create(plan=past, author=cast.sam, line=f"{CANARY} line", best=f"{CANARY} best")
    goal, own_goal = make_goal(alex, "in"), make_goal(alex, "in", shared=False)
    return World(
        cast=cast,
        note=news_of,
        own_note=_note(alex),
        later_note=_note(alex, shared=9),
        plan=plan,
        proposed_plan=make_plan(sam, "proposed", 8),
        past_plan=past,
        own_plan=own_plan,
        task=PlanTask.objects.create(plan=plan, author=cast.alex, text=f"{CANARY} task"),
        own_task=PlanTask.objects.create(plan=own_plan, author=cast.alex, text=f"{CANARY} own task"),
        goal=goal,
        proposed_goal=make_goal(sam, "proposed"),
        own_goal=own_goal,
        step=GoalStep.objects.create(goal=goal, author=cast.alex, text=f"{CANARY} step"),
        own_step=GoalStep.objects.create(goal=own_goal, author=cast.alex, text=f"{CANARY} own step"),
        news=News.objects.get(owner=cast.alex),
        invitation=Invitation.objects.create(
            inviter=cast.robin,
            token_hash=fingerprint(TOKEN),
            created_at=alex.now,
            expires_at=alex.now + 7 * DAY,
        ),
        claimed=Invitation.objects.create(
            inviter=cast.kit,
            claimed_by=cast.robin,
            stage="claimed",
            token_hash=fingerprint(TOKEN[::2]),
            created_at=alex.now,
            expires_at=alex.now + 7 * DAY,
        ),
        session=make_session(cast.alex, "s" * 32),
    )


def _note(member: Member, shared: int | None = None) -> Note:
    note = Note(author=member.person, what=f"{CANARY} what", meaning=f"{CANARY} meaning")
    if shared is not None:
        note.couple, note.opens_on = member.couple, member.today + shared * DAY
    note.save()
    return note


def make_session(person: Person, key: str, agent: str = "") -> str:
    """A session of a person in another browser; its public key."""
    found = SessionStore(key)
    kept = {SESSION_KEY: str(person.pk), HASH_SESSION_KEY: person.get_session_auth_hash()}
    Session.objects.create(pk=key, session_data=found.encode(kept), expire_date=found.get_expiry_date())
    UserSession.objects.create(user=person, session_key=key, user_agent=agent, ip="192.0.2.1")
    return public_key(key)


def make_plan(member: Member, state: str, in_days: int = 3) -> DatePlan:
    """A plan of a member: a *draft* is only theirs, anything else both see."""
    start = member.now.replace(minute=0, second=0, microsecond=0) + in_days * DAY
    plan = DatePlan(
        author=member.person,
        title=f"{CANARY} plan",
        place=f"{CANARY} place",
        kind="date_night",
        proposed_by=member.person,
        starts_at=start,
        ends_at=start + dt.timedelta(hours=3),
    )
    if state != "draft":
        plan.couple, plan.opens_on, plan.state = member.couple, member.today, "proposed"
    plan.save()
    local = start.astimezone(member.person.zone)
    option = PlanOption.objects.create(
        plan=plan,
        author=member.person,
        position=1,
        day=local.date(),
        time=local.time(),
        minutes=180,
        zone=member.person.time_zone,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
    )
    if state == "agreed":
        plan.state, plan.agreed_option = "agreed", option
        plan.save()
    return plan


def make_goal(member: Member, state: str, *, shared: bool = True, horizon: str = "short") -> Goal:
    """A goal of a member: ours, or not shared and only theirs."""
    goal = Goal(
        author=member.person,
        title=f"{CANARY} goal",
        why=f"{CANARY} why",
        horizon=horizon,
        whose="ours",
        state=state,
        amount_target=20000,
        amount_now=3200,
        unit="€",
    )
    if shared:
        goal.couple, goal.opens_on = member.couple, member.today
    goal.save()
    return goal
