"""A small world in which alex and sam share one of everything, and alex has one of everything alone.

``MAKERS`` has a maker for every declared model: what a declaration says of who sees it is tried on what they make.
"""

import datetime as dt
import itertools
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Model

from couples.checkins.models import Aside, CheckIn, Choice, Focus, StepPlan, id_of
from couples.core.couple import Couple, Member
from couples.core.declared import Declaration
from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.edits import Version
from couples.core.handover import Handover
from couples.core.news import News
from couples.core.people import Person
from couples.core.practice import Done, DoneAlone
from couples.core.shared import Part, Shared
from couples.dates.models import DatePlan, LookBack, PlanOption, PlanTask
from couples.goals.models import Goal, GoalStep
from couples.meeting.models import Agreement, Line, Meeting
from couples.notes.models import ANSWERED, Answer, Kept, Note
from couples.reminders.models import Device, Hours, Reminder, Sending, mark_of
from couples.space.models import Consent, Invitation, fingerprint
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
    checkin: CheckIn
    own_checkin: CheckIn
    sealed_checkin: CheckIn
    choice: Choice
    sealed_choice: Choice
    meeting: Meeting
    kept_meeting: Meeting
    news: News
    invitation: Invitation
    claimed: Invitation
    session: str
    device: Device
    words: list[str] = field(default_factory=lambda: [CANARY])

    def only_alexs(self) -> list[Any]:
        """What sam must not be able to tell of."""
        alone = [self.own_note, self.later_note, self.own_plan, self.own_task, self.own_goal, self.own_step]
        return [*alone, self.own_checkin, self.sealed_checkin, self.sealed_choice]


def build(cast: Cast) -> World:
    """One of everything."""
    alex, sam = cast.member("alex"), cast.member("sam")
    news_of = _note(alex, shared=0)
    News.objects.tell(sam, ANSWERED, news_of)
    plan, own_plan = make_plan(alex, "agreed"), make_plan(alex, "draft")
    past = make_plan(sam, "agreed", -5)
    LookBack.objects.create(plan=past, author=cast.sam, line=f"{CANARY} line", best=f"{CANARY} best")
    goal, own_goal = make_goal(alex, "in"), make_goal(alex, "in", shared=False)
    before, both = alex.week.first - 7 * DAY, {"couple": alex.couple, "opens_on": alex.today}
    make_checkin(sam, week=before, **both)
    Focus.objects.create(couple=alex.couple, strategy="communication", seat=1, since=alex.today)
    for member in (alex, sam):
        make_choice(member, strategy="communication", **both)
    kept_meeting, meeting = make_meeting(alex, weeks=2, ended_on=alex.today), make_meeting(sam, weeks=1)
    meeting.looks_at = make_agreement(alex, kept_meeting)
    meeting.save()
    for member in (alex, sam):
        make_line(member, meeting, "talk")
        make_line(member, kept_meeting, "well")
    make_line(alex, meeting, "well")
    make_agreement(sam, meeting)
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
        checkin=make_checkin(alex, week=before, **both),
        own_checkin=make_checkin(alex, pk=id_of(alex, alex.week.first), week=alex.week.first),
        sealed_checkin=make_checkin(alex, week=before - 7 * DAY, couple=alex.couple),
        choice=Choice.objects.get(author=cast.alex),
        sealed_choice=make_choice(alex, couple=alex.couple, strategy="quality-time"),
        meeting=meeting,
        kept_meeting=kept_meeting,
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
        device=make_device(alex),
    )


def _note(member: Member, shared: int | None = None) -> Note:
    seen = {} if shared is None else {"couple": member.couple, "opens_on": member.today + shared * DAY}
    return make_note(member, **seen)


def make_note(member: Member, **seen: Any) -> Note:
    """A note of a member; ``seen``: its couple and day, if it isn't only theirs."""
    return Note.objects.create(
        author=member.person, what=f"{CANARY} what", meaning=f"{CANARY} meaning", **seen
    )


def make_checkin(member: Member, **seen: Any) -> CheckIn:
    """A check-in of a member, with what they keep of it; ``seen``: week, couple and day, if it isn't only theirs."""
    words = {"closeness": 4, "stress": 3, "appreciation": f"{CANARY} appreciation", "feelings": ["tired"]}
    seen = {"week": _another_week(), "words": json.dumps(words), **seen}
    made = CheckIn.objects.create(author=member.person, **seen)
    make_aside(member, made)
    return made


def make_aside(member: Member, of: CheckIn | None = None) -> Aside:
    """What a member keeps of a check-in."""
    about = {"about": of.pk if of else uuid.uuid4(), "week": of.week if of else member.week.first}
    words = json.dumps({"kept": {"wish": f"{CANARY} wish"}, "note": f"{CANARY} note"})
    return Aside.objects.create(owner=member.person, words=words, **about)


def make_choice(member: Member, **seen: Any) -> Choice:
    """What a member says of a strategy; ``seen``: with which couple, and from which day both see it."""
    kept = {"strategy": f"none-{uuid.uuid4().hex[:20]}", "says": "focus", "pressed_on": member.today}
    return Choice.objects.create(author=member.person, **{**kept, **seen})


def make_meeting(
    member: Member, couple: Couple | None = None, weeks: int | None = None, **more: Any
) -> Meeting:
    """A meeting of a member's couple, or of another one: so many ``weeks`` ago, or of a week that nobody else uses."""
    week = _another_week() if weeks is None else member.week.first - 7 * weeks * DAY
    kept = {"couple": couple or member.couple, "week": week, "until": week + 6 * DAY, "begun_on": week}
    return Meeting.objects.create(**{**kept, "part": "talk", **more})


_WEEKS = itertools.count()


def _another_week() -> dt.date:
    """The first day of a week that nothing else was made of."""
    return dt.date(1970, 1, 4) + 7 * next(_WEEKS) * DAY


def make_line(member: Member, meeting: Meeting, part: str = "well") -> Line:
    """What a member says in a part of a meeting."""
    whose = {"meeting": meeting, "couple": meeting.couple, "author": member.person}
    return Line.objects.create(**whose, part=part, words=f"{CANARY} {part}")


def make_agreement(member: Member, meeting: Meeting, **more: Any) -> Agreement:
    """What a meeting agreed on, as a member wrote it down."""
    whose = {
        "meeting": meeting,
        "couple": meeting.couple,
        "author": member.person,
        "by": member.today + 7 * DAY,
    }
    return Agreement.objects.create(**{**whose, "words": f"{CANARY} agreement", **more})


def make_session(person: Person, key: str, agent: str = "") -> str:
    """A session of a person in another browser; its public key."""
    found = SessionStore(key)
    kept = {SESSION_KEY: str(person.pk), HASH_SESSION_KEY: person.get_session_auth_hash()}
    Session.objects.create(pk=key, session_data=found.encode(kept), expire_date=found.get_expiry_date())
    UserSession.objects.create(user=person, session_key=key, user_agent=agent, ip="192.0.2.1")
    return public_key(key)


def make_device(member: Member) -> Device:
    """A browser that shows a member's reminders; nothing can be sent to it."""
    endpoint = f"https://push.invalid/{CANARY}/{uuid.uuid4()}"
    kept = {"mark": mark_of(endpoint), "subscription": f'{{"endpoint": "{endpoint}"}}', "since": member.today}
    return Device.objects.create(owner=member.person, **kept)


def make_sending(member: Member) -> Sending:
    """That a member was reminded of something."""
    what = {"kind": "new", "key": str(uuid.uuid4()), "channel": "push", "claimed_at": member.now}
    return Sending.objects.create(owner=member.person, **what)


def make_plan(member: Member, state: str, in_days: int = 3, **seen: Any) -> DatePlan:
    """A plan of a member: a *draft* is only theirs, anything else both see; ``seen``: another couple, another day."""
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
    for name, value in seen.items():
        setattr(plan, name, value)
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


def make_goal(
    member: Member, state: str, *, shared: bool = True, horizon: str = "short", **seen: Any
) -> Goal:
    """A goal of a member: ours, or not shared and only theirs; ``seen``: another couple, another day."""
    both = {"couple": member.couple, "opens_on": member.today} if shared else {}
    return Goal.objects.create(
        author=member.person,
        title=f"{CANARY} goal",
        why=f"{CANARY} why",
        horizon=horizon,
        whose="ours",
        state=state,
        amount_target=20000,
        amount_now=3200,
        unit="€",
        **{**both, **seen},
    )


def _due(member: Member) -> Due:
    times = {"at": member.now, "shows_from": member.now}
    return Due.objects.create(
        owner=member.person, couple=member.couple, kind="date", about=uuid.uuid4(), **times
    )


def _news(member: Member) -> News:
    about = {"kind": ANSWERED.slug, "about": uuid.uuid4()}
    return News.objects.create(owner=member.person, couple=member.couple, opens_on=member.today, **about)


def _kept(member: Member) -> Kept:
    today = {"couple": member.couple, "opens_on": member.today}
    return Kept.objects.create(owner=member.person, note=make_note(member, **today))


def _invitation(member: Member) -> Invitation:
    token = fingerprint(uuid.uuid4().hex)
    times = {"created_at": member.now, "expires_at": member.now + 7 * DAY}
    return Invitation.objects.create(inviter=member.person, token_hash=token, stage="revoked", **times)


def _option(member: Member, plan: DatePlan) -> PlanOption:
    return plan.options.get()


def _version(member: Member, couple: Couple) -> Version:
    return Version.objects.create(
        couple=couple,
        about=uuid.uuid4(),
        number=1,
        editor=member.person,
        edited_on=member.today,
        words=f'{{"title": "{CANARY} before"}}',
    )


# What an author has takes a member, and who sees it (a couple, a day) if that isn't only them. A part takes its
# member and what it is part of. What one person owns takes its member; what both own, a member and their couple.
MAKERS: dict[type[Model], Callable[..., Any]] = {
    Note: make_note,
    Answer: lambda member, note: Answer.objects.create(
        note=note, author=member.person, words=f"{CANARY} answer", answered_on=member.today
    ),
    Kept: _kept,
    DatePlan: lambda member, **seen: make_plan(member, "agreed" if seen else "draft", **seen),
    PlanOption: _option,
    PlanTask: lambda member, plan: PlanTask.objects.create(
        plan=plan, author=member.person, text=f"{CANARY} task"
    ),
    LookBack: lambda member, plan: LookBack.objects.create(
        plan=plan, author=member.person, line=f"{CANARY} line", best=f"{CANARY} best"
    ),
    Goal: lambda member, **seen: make_goal(member, "in", shared=bool(seen), **seen),
    GoalStep: lambda member, goal: GoalStep.objects.create(
        goal=goal, author=member.person, text=f"{CANARY} step"
    ),
    Draft: lambda member: Draft.objects.create(
        owner=member.person, key=f"notes.answer:{uuid.uuid4()}", words=f'{{"words": ["{CANARY}"]}}'
    ),
    Handover: lambda member: Handover.objects.create(
        owner=member.person, room="dates", words=f'{{"title": "{CANARY}"}}'
    ),
    Due: _due,
    News: _news,
    Version: _version,
    Invitation: _invitation,
    Consent: lambda member: Consent.objects.create(owner=member.person, version=9, given_on=member.today),
    CheckIn: make_checkin,
    Aside: make_aside,
    Choice: make_choice,
    Focus: lambda member, couple: Focus.objects.create(
        couple=couple, strategy="goals", seat=2, since=member.today, ended_on=member.today
    ),
    StepPlan: lambda member, couple: StepPlan.objects.create(couple=couple, day=member.today),
    Done: lambda member, couple: Done.objects.create(couple=couple, day=member.today, what="notes"),
    Meeting: make_meeting,
    Line: lambda member, couple: make_line(member, make_meeting(member, couple)),
    Agreement: lambda member, couple: make_agreement(member, make_meeting(member, couple)),
    DoneAlone: lambda member: DoneAlone.objects.create(owner=member.person, day=member.today, what="notes"),
    Reminder: lambda member: Reminder.objects.create(owner=member.person, kind="new", channel="push"),
    Hours: lambda member: Hours.objects.create(owner=member.person),
    Device: make_device,
    Sending: make_sending,
}

_OF_BOTH = {"shared": {"alex", "sam"}, "former": set()}
STATES: dict[str, dict[str, set[str]]] = {
    "owner": {"own": {"alex"}},
    "named": {"own": {"alex"}},
    "once_shared": {"private": {"alex"}, **_OF_BOTH},
    "from_day": {"private": {"alex"}, "later": {"alex"}, **_OF_BOTH},
    "when_both": {"private": {"alex"}, "sealed": {"alex"}, **_OF_BOTH},
    "with_shared_parent": _OF_BOTH,
    "both": _OF_BOTH,
}
"""The states that a thing of alex can be in, by what its model declares, and who of all people sees it then."""


def declared_models() -> list[Any]:
    """Every model of ours."""
    return list(apps.get_app_config("couples").get_models())


def whole_of(model: Any) -> Any:
    """The model that a part is part of."""
    return model._meta.get_field(model.part_of).related_model


def states(model: Any) -> dict[str, set[str]]:
    """The states of a model's rows with who sees them; a part has those of what it is part of."""
    declared: Declaration = model.declared
    return states(whole_of(model)) if declared.sees == "with_parent" else STATES[str(declared.sees)]


def make(model: Any, member: Member, state: str) -> Any:
    """Make a thing of a member in a state (see ``STATES``)."""
    former = Couple.objects.filter(memberships__person=member.person, ended_on__isnull=False).first()
    couple = former if state == "former" else member.couple
    if issubclass(model, Part):
        return MAKERS[model](member, make(whole_of(model), member, state))
    if not issubclass(model, Shared):
        return MAKERS[model](member, couple) if model.declared.owner == "couple" else MAKERS[model](member)
    days = {"shared": member.today, "later": member.today + 9 * DAY, "former": dt.date(2020, 5, 1)}
    return MAKERS[model](
        member, **({} if state == "private" else {"couple": couple, "opens_on": days.get(state)})
    )
