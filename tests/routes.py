"""A row for each route: what it answers to whom. A route without a row fails ``test_access.py``."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from couples.checkins.models import CheckIn, Choice
from couples.core.news import News
from couples.dates.models import DatePlan, PlanTask
from couples.goals.models import Goal, GoalStep
from couples.meeting.models import Meeting
from couples.notes.models import Note
from couples.reminders.models import Device
from couples.space.models import Invitation
from tests.world import TOKEN, World, make, states

Kwargs = Callable[[World], dict[str, Any]]
GET = ("GET",)
POST = ("POST",)
BOTH = ("GET", "POST")


@dataclass(frozen=True)
class Route:
    """``model``: whose things it names. In which of their states somebody sees them, the model declares.

    ``shared``: the address of a thing that alex and sam both see, ``mine``: of one that only its ``owner`` sees.
    ``part``: the name of the part's id in the address, beside ``pk`` of what it is part of.
    ``also``: what stands in the address of a thing beside its id, whatever the thing.
    ``others``: the address of what is nobody's. ``answers``: what the two may get, whatever the state of the thing.
    """

    methods: tuple[str, ...]
    public: bool = False
    model: type[Model] | None = None
    shared: Kwargs | None = None
    mine: Kwargs | None = None
    part: str = ""
    also: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    post: dict[str, Any] = field(default_factory=dict)
    owner: str = "alex"
    answers: tuple[int, ...] = (200, 204, 302, 303, 403, 409, 422)

    def kwargs(self, world: World) -> dict[str, Any]:
        """An address that is there for its owner."""
        found = self.shared or self.mine
        return found(world) if found else self.others

    def naming(self, thing: Any) -> dict[str, Any]:
        """The address of a thing."""
        if not self.part:
            return {"pk": thing.pk, **self.also}
        return {"pk": getattr(thing, f"{thing.part_of}_id"), self.part: thing.pk}

    def hidden(self, world: World, who: str) -> list[dict[str, Any]]:
        """Addresses of a thing of the owner in every state in which ``who`` doesn't see it, as declared."""
        owner = world.cast.member(self.owner)
        seen = {
            state: {self.owner} if state == "own" else names for state, names in states(self.model).items()
        }
        return [
            self.naming(make(self.model, owner, state)) for state, names in seen.items() if who not in names
        ]


def things(methods: tuple[str, ...], model: type[Model], name: str, **more: Any) -> Route:
    """A route about one thing: ``name`` is one in the world that alex and sam share."""
    also = more.get("also", {})
    return Route(methods, model=model, shared=lambda world: {"pk": getattr(world, name).pk, **also}, **more)


def own(methods: tuple[str, ...], model: type[Model], name: str, **more: Any) -> Route:
    """A route about one person's things: ``name`` is one in the world."""
    return Route(methods, model=model, mine=lambda world: {"pk": getattr(world, name).pk}, **more)


def robins(methods: tuple[str, ...], name: str = "invitation", **more: Any) -> Route:
    """A route about an invitation, which is its inviter's."""
    return own(methods, Invitation, name, owner="robin", **more)


def parts(methods: tuple[str, ...], model: type[Model], part: str, of: str, **more: Any) -> Route:
    """A route about a part of a thing: ``part`` names the part's id, and both are things in the world."""
    return Route(
        methods,
        model=model,
        part=part,
        shared=lambda world: {"pk": getattr(world, of).pk, part: getattr(world, part).pk},
        **more,
    )


NOTE, PLAN, GOAL, STEPS = (Note, "note"), (DatePlan, "plan"), (Goal, "goal"), (GoalStep, "step")
ASKED = (DatePlan, "proposed_plan")
NEW_GOAL = {"title": "x", "horizon": "short", "whose": "ours", "once": str(uuid.uuid4())}
ANSWER = {"say": "in", "words": "x", "version": "0"}
STEP = {"text": "x", "who": "both", "day": "2031-05-01", "once": str(uuid.uuid4())}
WORDS = {"what": "x", "meaning": "y", "once": str(uuid.uuid4())}
TIMES = {"day_1": "2031-05-01", "time_1": "19:00", "minutes": "180"}
JOIN = {"token": TOKEN}
CHECKIN, SLUG = (CheckIn, "checkin"), {"slug": "goals"}
MEETING, SOON = (Meeting, "meeting"), (dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=9)).isoformat()

ROUTES: dict[str, Route] = {
    "healthz": Route(GET, public=True),
    "exit": Route(POST, public=True),
    "manifest": Route(GET, public=True),
    "worker": Route(GET, public=True),
    "offline": Route(GET, public=True),
    "home": Route(GET, public=True),
    "more": Route(GET),
    "core:draft": Route(POST, others={"key": "notes.new"}, post={"what": "x"}),
    "core:news_seen": Route(POST),
    "core:news_open": own(POST, News, "news"),
    "help:index": Route(GET, public=True),
    "strategies:index": Route(GET, public=True),
    "strategies:detail": Route(GET, public=True, others={"slug": "goals"}),
    "space:welcome": Route(BOTH, post={"name": "x"}),
    "space:home": Route(GET),
    "space:you": Route(BOTH, post={"name": "x"}),
    "space:us": Route(BOTH, post={"time_zone": "x"}),
    "space:us_history": Route(GET),
    "space:leave": Route(BOTH),
    "space:consent": Route(BOTH),
    "space:doors": Route(GET),
    "space:end_others": Route(POST),
    "space:end_session": Route(POST, mine=lambda world: {"key": world.session}),
    "space:invite": Route(POST),
    "space:invite_mail": Route(POST, post={"email": "x"}, answers=(200, 302, 404, 422)),
    "space:qr": robins(GET, answers=(200, 404)),
    "space:revoke": robins(POST),
    "space:confirm": robins(POST),
    "space:refuse": robins(POST),
    "space:take_back": robins(POST, "claimed"),
    "space:join": Route(GET, public=True, others=JOIN, answers=(200, 302, 403, 404, 409, 410)),
    "space:accept": Route(POST, others=JOIN, answers=(200, 302, 303, 403, 404, 409, 410)),
    "space:decline": Route(POST, others=JOIN, answers=(200, 302, 303, 403, 404, 409, 410)),
    "notes:home": Route(GET),
    "notes:new": Route(BOTH, post=WORDS),
    "notes:jar": Route(GET),
    "notes:search": Route(BOTH, post={"words": "x"}),
    "notes:detail": things(GET, *NOTE),
    "notes:edit": things(BOTH, *NOTE, post={"what": "x", "meaning": "y"}),
    "notes:give": things(POST, *NOTE, post={"when": "now"}),
    "notes:take_back": things(POST, *NOTE),
    "notes:answer": things(POST, *NOTE, post={"words": "x"}),
    "notes:keep": things(POST, *NOTE, post={"keep": "1"}),
    "notes:remove": things(BOTH, *NOTE),
    "checkins:home": Route(GET, answers=(200,)),
    "checkins:new": Route(BOTH, post={"closeness": "4"}, answers=(200, 302, 409)),
    "checkins:mine": Route(GET, answers=(200,)),
    "checkins:rhythm": Route(BOTH, post={"weekday": "2", "every": "7", "version": "0"}, answers=(200, 302)),
    "checkins:detail": things(GET, *CHECKIN, answers=(200,)),
    "checkins:edit": things(BOTH, *CHECKIN, post={"closeness": "4"}, answers=(302, 403)),
    "checkins:seal": things(POST, *CHECKIN, answers=(302, 403)),
    "checkins:take_back": things(POST, *CHECKIN, answers=(302, 403)),
    "checkins:remove": things(BOTH, *CHECKIN, answers=(302, 403)),
    "checkins:choice": things(GET, Choice, "choice", answers=(302,)),
    "checkins:choose": Route(POST, others=SLUG, post={"says": "focus"}, answers=(302,)),
    "checkins:unsay": Route(POST, others=SLUG, answers=(302,)),
    "checkins:begin": Route(POST, others=SLUG, answers=(302,)),
    "checkins:rest": Route(POST, others=SLUG, answers=(302,)),
    "checkins:step_done": Route(POST, post={"step": "x"}, answers=(302,)),
    "checkins:step_undo": Route(POST, post={"step": "x"}, answers=(302,)),
    "checkins:step_swap": Route(POST, post={"step": "x"}, answers=(302,)),
    "meeting:home": Route(GET, answers=(200,)),
    "meeting:begin": Route(POST, answers=(302,)),
    "meeting:detail": things(GET, *MEETING, answers=(200,)),
    "meeting:go": things(POST, *MEETING, post={"part": "talk", "to": "wish"}, answers=(302,)),
    "meeting:line": things(
        POST, *MEETING, also={"part": "well"}, post={"words": "x", "version": "0"}, answers=(302,)
    ),
    "meeting:agree": things(
        POST,
        *MEETING,
        post={"words": "x", "who": "both", "by": SOON, "version": "0"},
        answers=(302,),
    ),
    "meeting:how": things(POST, *MEETING, post={"how": "kept"}, answers=(302,)),
    "meeting:date": things(POST, *MEETING, answers=(302,)),
    "meeting:close": things(POST, *MEETING, answers=(302,)),
    "meeting:history": things(GET, *MEETING, answers=(200,)),
    "dates:home": Route(GET, answers=(200,)),
    "dates:past": Route(GET, answers=(200,)),
    "dates:ideas": Route(GET, answers=(200,)),
    "dates:new": Route(BOTH, post={"kind": "date_night", "title": "x", **TIMES}, answers=(200, 302)),
    "dates:detail": things(GET, *PLAN, answers=(200,)),
    "dates:edit": things(BOTH, *PLAN, post={"title": "x", "version": "0"}, answers=(200, 302)),
    "dates:remove": things(POST, *PLAN, answers=(403,)),
    "dates:history": things(GET, *PLAN, answers=(200,)),
    "dates:ics": things(GET, *PLAN, answers=(200,)),
    "dates:propose": things(POST, *PLAN, post={"seen": "draft-0"}, answers=(302,)),
    "dates:agree": things(POST, *ASKED, post={"seen": "proposed-1"}, answers=(403, 422)),
    "dates:offer": things(BOTH, *PLAN, post={"seen": "agreed-1", **TIMES}, answers=(200, 302)),
    "dates:keep": things(POST, *PLAN, post={"seen": "agreed-1"}, answers=(302,)),
    "dates:decline": things(BOTH, *ASKED, post={"seen": "proposed-1"}, answers=(200, 302)),
    "dates:cancel": things(BOTH, *PLAN, post={"seen": "agreed-1"}, answers=(200, 302)),
    "dates:look_back": things(
        BOTH, DatePlan, "past_plan", post={"line": "x", "version": "0"}, answers=(200, 302)
    ),
    "dates:task_add": things(POST, *PLAN, post={"text": "x", "who": "both"}, answers=(302,)),
    "dates:task_tick": parts(POST, PlanTask, "task", "plan", post={"done": "1"}, answers=(302,)),
    "dates:task_remove": parts(POST, PlanTask, "task", "plan", answers=(302,)),
    "goals:home": Route(GET, answers=(200,)),
    "goals:past": Route(GET, answers=(200,)),
    "goals:new": Route(BOTH, post=NEW_GOAL, answers=(200, 302)),
    "goals:detail": things(GET, *GOAL, answers=(200,)),
    "goals:edit": things(BOTH, *GOAL, post={"title": "x", "version": "0"}, answers=(200, 302, 409)),
    "goals:history": things(GET, *GOAL, answers=(200,)),
    "goals:remove": things(BOTH, *GOAL, answers=(302, 403)),
    "goals:preview": things(GET, *GOAL, answers=(302,)),
    "goals:share": things(POST, *GOAL, answers=(302, 403)),
    "goals:take_back": things(POST, *GOAL, answers=(302, 403)),
    "goals:answer": things(BOTH, Goal, "proposed_goal", post=ANSWER, answers=(200, 302, 403)),
    "goals:support": things(POST, *GOAL, post={"support": "1"}, answers=(302, 403)),
    "goals:amount": things(POST, *GOAL, post={"amount_now": "5", "version": "0"}, answers=(302, 409)),
    "goals:reached": things(BOTH, *GOAL, post={"words": "x"}, answers=(200, 302)),
    "goals:let_go": things(BOTH, *GOAL, post={"words": "x"}, answers=(200, 302)),
    "goals:take_up": things(POST, *GOAL, answers=(302,)),
    "goals:step_add": things(POST, *GOAL, post=STEP, answers=(302,)),
    "goals:step_remove": parts(POST, GoalStep, "step", "goal", answers=(302, 403)),
    "goals:step_edit": things(BOTH, *STEPS, post={**STEP, "version": "0"}, answers=(200, 302, 403)),
    "goals:step_tick": things(POST, *STEPS, post={"done": "1"}, answers=(302,)),
    "goals:step_plan": things(POST, *STEPS, answers=(302,)),
    "reminders:home": Route(BOTH, answers=(200, 422)),
    "reminders:device_add": Route(POST, answers=(422,)),
    "reminders:device_end": own(POST, Device, "device", answers=(302,)),
    "reminders:off": Route(BOTH, public=True, others={"token": TOKEN}, answers=(404,)),
}
KEYED = {"uidb36": "x", "key": "y"}
ALLAUTH: dict[str, dict[str, Any]] = {
    "account_login": {},
    "account_logout": {},
    "account_signup": {},
    "account_inactive": {},
    "account_reauthenticate": {},
    "account_email": {},
    "account_email_verification_sent": {},
    "account_change_password": {},
    "account_set_password": {},
    "account_reset_password": {},
    "account_reset_password_done": {},
    "account_reset_password_from_key_done": {},
    "account_confirm_login_code": {},
    "usersessions_list": {},
    "mfa_index": {},
    "mfa_authenticate": {},
    "mfa_reauthenticate": {},
    "mfa_activate_totp": {},
    "mfa_deactivate_totp": {},
    "mfa_view_recovery_codes": {},
    "mfa_generate_recovery_codes": {},
    "mfa_download_recovery_codes": {},
    "mfa_list_webauthn": {},
    "mfa_add_webauthn": {},
    "mfa_reauthenticate_webauthn": {},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_login_webauthn": {},
    "account_confirm_email": {"key": "x"},
    "account_reset_password_from_key": KEYED,
}
# With a mail server, codes are mailed in place of the link that confirms an address.
MAILING = {"account_request_login_code", "account_signup_by_passkey", "mfa_signup_webauthn"}
NOT_MAILING = {"account_confirm_email"}
