"""What Today shows, gathered from the rooms by news and due: a fixed number of queries, whatever the years."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from dateutil.relativedelta import relativedelta
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from couples.checkins.models import CheckIn
from couples.checkins.stepping import TodaysStep, current_and_pair, today_of
from couples.core.couple import Couple, Member
from couples.core.due import Due
from couples.core.news import News
from couples.dates.kinds import DATE_DUE, LOOK_BACK_DUE
from couples.dates.models import DatePlan
from couples.goals.models import STEP_DUE, Goal, GoalStep
from couples.meeting.gather import Standing, standing
from couples.notes.models import GIVEN, Note
from couples.space.models import Invitation
from couples.space.overview import claims

ONBOARDING = dt.timedelta(days=21)
MOST_NEWS = 6
Waits = tuple[str, uuid.UUID, uuid.UUID | None]
"""What waits: its kind, its id, and the couple it is of."""

MOST_DUE = 60
MOST_STEPS = 2
MOST_LOOK_BACKS = 2


@dataclass
class Today:
    """All of one member's day."""

    greeting: str
    together: str
    news: list[tuple[News, str]] = field(default_factory=list)
    note: Note | None = None
    note_news: News | None = None
    next_date: DatePlan | None = None
    step: TodaysStep | None = None
    checkin: CheckIn | None = None
    meeting: Standing | None = None
    look_backs: list[DatePlan] = field(default_factory=list)
    steps: list[GoalStep] = field(default_factory=list)
    begin: list[tuple[str, str, bool]] = field(default_factory=list)
    claims: list[Invitation] = field(default_factory=list)
    waiting: list[Invitation] = field(default_factory=list)


def gather(member: Member) -> Today:
    """Gather a member's day."""
    today = Today(greeting(member), together(member))
    due = list(
        Due.objects.visible_to(member).order_by("at").values_list("kind", "about", "couple")[:MOST_DUE]
    )
    if member.couple is not None:
        _add_news(member, today)
        _add_dates(member, today, due)
        today.checkin, pair = current_and_pair(member)
        today.step = today_of(member, pair)
        today.meeting = standing(member)
        today.begin = beginnings(member)
    else:
        today.claims, today.waiting = claims(member)
        today.checkin = CheckIn.objects.current(member)
    _add_steps(member, today, due)
    return today


def _add_news(member: Member, today: Today) -> None:
    """The newest note is read on Today itself; the rest is a line each."""
    rows = list(News.objects.visible_to(member).order_by("-opens_on", "id")[:MOST_NEWS])
    given = [row for row in rows if row.kind == GIVEN.slug]
    if given:
        found = list(Note.objects.open_to(member).filter(pk=given[0].about))
        today.note = found[0] if found else None
        today.note_news = given[0] if today.note else None
    today.news = [(row, row.sentence(member)) for row in rows if row != today.note_news]


def _ids(due: Sequence[Waits], kind: str) -> list[uuid.UUID]:
    return [about for of, about, _couple in due if of == kind]


def _add_dates(member: Member, today: Today, due: Sequence[Waits]) -> None:
    coming, over = _ids(due, DATE_DUE.slug), _ids(due, LOOK_BACK_DUE.slug)[-MOST_LOOK_BACKS:]
    if not coming and not over:
        return
    wanted = DatePlan.objects.open_to(member).filter(pk__in=[*coming[:1], *over])
    plans = {plan.pk: plan for plan in wanted.with_time()}
    today.next_date = plans.get(coming[0]) if coming else None
    today.look_backs = [plans[pk] for pk in over if pk in plans]


def _add_steps(member: Member, today: Today, due: Sequence[Waits]) -> None:
    wanted = [(about, couple) for kind, about, couple in due if kind == STEP_DUE.slug][:MOST_STEPS]
    if not wanted:
        return
    # Where none is of a goal that is only theirs, the shorter question does.
    shared = all(couple is not None for _about, couple in wanted)
    rows = GoalStep.objects.open_to(member) if shared else GoalStep.objects.visible_to(member)
    steps = {step.pk: step for step in rows.filter(pk__in=[about for about, _couple in wanted]).for_cards()}
    today.steps = [steps[about] for about, _couple in wanted if about in steps]


def beginnings(member: Member) -> list[tuple[str, str, bool]]:
    """First things to do together, each with its address and whether it is done. Empty once all are, or after 21 days."""
    couple = member.couple
    if couple is None or member.today - couple.since > ONBOARDING:
        return []
    done = (
        Couple.objects.filter(pk=couple.pk)
        .values_list(
            Exists(Note.objects.open_to(member)),
            Exists(DatePlan.objects.open_to(member)),
            Exists(Goal.objects.open_to(member)),
        )
        .first()
    )
    name = member.partner.name if member.partner else ""
    words = [
        (_("Thank %(name)s for one small, true thing") % {"name": name}, "/notes/new/"),
        (_("Put one date in the calendar"), "/dates/new/"),
        (_("Name one thing you both want"), "/goals/new/"),
    ]
    found = [(text, url, ready) for (text, url), ready in zip(words, done or (False,) * 3, strict=True)]
    return [] if all(ready for _text, _url, ready in found) else found


def greeting(member: Member) -> str:
    """Greet by the person's own clock."""
    hour = timezone.localtime(member.now, member.person.zone).hour
    if 5 <= hour < 12:
        return _("Good morning, %(name)s") % {"name": member.person.name}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s") % {"name": member.person.name}
    return _("Good evening, %(name)s") % {"name": member.person.name}


def together(member: Member) -> str:
    """Say how long the two have been together, in years and months; nothing where no day is given or it is to come."""
    since = member.couple.together_since if member.couple else None
    if since is None or since > member.today:
        return ""
    span = relativedelta(member.today, since)
    parts = []
    if span.years:
        parts.append(ngettext("%(n)d year", "%(n)d years", span.years) % {"n": span.years})
    if span.months:
        parts.append(ngettext("%(n)d month", "%(n)d months", span.months) % {"n": span.months})
    return _("together %(time)s") % {"time": ", ".join(parts)} if parts else _("together for a few days")
