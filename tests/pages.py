"""Every page that a person of the demo can open, by name: what the pictures and the page tests go through."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from couples.checkins.models import CheckIn
from couples.core.couple import Member
from couples.dates.models import DatePlan
from couples.goals.models import Goal
from couples.meeting.models import Meeting
from couples.notes.models import Note

PUBLIC = {
    "start": "/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "help": "/help/",
    "strategies": "/strategies/",
    "strategy": "/strategies/quality-time/",
    "join-garbled": "/join/nonsense/",
    "reminders-off-garbled": "/reminders/off/nonsense/",
    "not-found": "/nowhere/",
    "offline": "/offline/",
}
PLAIN = {
    "today": "/",
    "more": "/more/",
    "help-signed-in": "/help/",
    "notes": "/notes/",
    "notes-kept": "/notes/?show=kept",
    "notes-own": "/notes/?show=mine",
    "notes-new": "/notes/new/",
    "notes-jar": "/notes/jar/",
    "notes-search": "/notes/search/",
    "dates": "/dates/",
    "dates-past": "/dates/past/",
    "dates-ideas": "/dates/ideas/",
    "dates-new": "/dates/new/",
    "goals": "/goals/",
    "goals-past": "/goals/past/",
    "goals-new": "/goals/new/",
    "checkins": "/checkins/",
    "checkins-new": "/checkins/new/",
    "checkins-mine": "/checkins/mine/",
    "checkins-day": "/checkins/day/",
    "strategy-ours": "/strategies/communication/",
    "meetings": "/checkins/meeting/",
    "space": "/space/",
    "space-you": "/space/you/",
    "space-us": "/space/us/",
    "space-leave": "/space/leave/",
    "welcome": "/welcome/",
    "doors": "/space/doors/",
    "consent": "/space/consent/",
    "reminders": "/reminders/",
    "password": "/accounts/password/change/",
    "e-mail": "/accounts/email/",
    "ways-in": "/accounts/2fa/",
    "passkeys": "/accounts/2fa/webauthn/",
    "sign-out": "/accounts/logout/",
}


def _first(rows: QuerySet[Any]) -> uuid.UUID | None:
    found: uuid.UUID | None = rows.order_by("pk").values_list("pk", flat=True).first()
    return found


def things(member: Member) -> dict[str, str]:
    """Pages about one thing, for this member: what the demo has of each kind and state."""
    notes, plans, goals = (model.objects.open_to(member) for model in (Note, DatePlan, Goal))
    checkins = CheckIn.objects.open_to(member).order_by("-week")
    meetings = Meeting.objects.visible_to(member)
    theirs, mine = Q(author=member.partner), Q(author=member.person)
    wanted: dict[str, tuple[str, Callable[[], uuid.UUID | None]]] = {
        "checkin-revealed": ("/checkins/{}/", lambda: _first(checkins.filter(mine))),
        "checkin-own": ("/checkins/{}/", lambda: _first(CheckIn.objects.own_of(member))),
        "checkin-edit": ("/checkins/{}/edit/", lambda: _first(CheckIn.objects.own_of(member))),
        "checkin-remove": ("/checkins/{}/remove/", lambda: _first(CheckIn.objects.own_of(member))),
        "meeting": ("/checkins/meeting/{}/", lambda: _first(meetings.filter(ended_on=None))),
        "meeting-kept": ("/checkins/meeting/{}/", lambda: _first(meetings.exclude(ended_on=None))),
        "note-theirs": ("/notes/{}/", lambda: _first(notes.filter(theirs, answer__isnull=True))),
        "note-answered": ("/notes/{}/", lambda: _first(notes.filter(mine, answer__isnull=False))),
        "note-remove": ("/notes/{}/remove/", lambda: _first(notes.filter(mine))),
        "note-preview": ("/notes/{}/", lambda: _first(Note.objects.own_of(member))),
        "note-edit": ("/notes/{}/edit/", lambda: _first(Note.objects.own_of(member))),
        "date-agreed": ("/dates/{}/", lambda: _first(plans.filter(state="agreed", ends_at__gt=member.now))),
        "date-edit": (
            "/dates/{}/edit/",
            lambda: _first(plans.filter(state="agreed", ends_at__gt=member.now)),
        ),
        "date-times": (
            "/dates/{}/times/",
            lambda: _first(plans.filter(state="agreed", ends_at__gt=member.now)),
        ),
        "date-proposed": (
            "/dates/{}/",
            lambda: _first(plans.filter(state="proposed", ends_at__gt=member.now)),
        ),
        "date-past": ("/dates/{}/", lambda: _first(plans.filter(state="agreed", ends_at__lt=member.now))),
        "date-own": ("/dates/{}/", lambda: _first(DatePlan.objects.own_of(member))),
        "goal-in": ("/goals/{}/", lambda: _first(goals.filter(state="in", horizon="long"))),
        "goal-edit": ("/goals/{}/edit/", lambda: _first(goals.filter(mine, state="in"))),
        "goal-proposed": ("/goals/{}/", lambda: _first(goals.filter(state="proposed"))),
        "goal-own": ("/goals/{}/", lambda: _first(Goal.objects.own_of(member))),
    }
    found = ((name, path, pick()) for name, (path, pick) in wanted.items())
    return {name: path.format(pk) for name, path, pk in found if pk is not None}
