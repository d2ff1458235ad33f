"""Plans for the tests of the dates room."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.urls import reverse

from couples.core.couple import Member
from couples.core.due import Due
from couples.core.news import News
from couples.dates.kinds import STANDS, PlanState
from couples.dates.models import DatePlan, LookBack, PlanOption
from couples.dates.times import Slot, days, timed

DAY = dt.timedelta(days=1)
HTMX = {"HTTP_HX_REQUEST": "true"}


def evening(member: Member, ahead: int, hour: int = 19) -> Slot:
    """Three hours in the evening, so many days from today, by the member's clock."""
    return timed(member.today + ahead * DAY, dt.time(hour), 180, member.person.zone)


def stay(member: Member, ahead: int, nights: int = 2) -> Slot:
    """A getaway, so many days from today."""
    first = member.today + ahead * DAY
    return days(first, first + nights * DAY, member.zone)


def plan_of(member: Member, state: str = "draft", slots: list[Slot] | None = None, **fields: Any) -> DatePlan:
    """A plan of a member, as the database holds it in a state."""
    slots = slots or [evening(member, 3), evening(member, 4)]
    fields = {"title": "The ramen place", "kind": "date_night", "place": "Corner house", **fields}
    if state != "draft":
        fields |= {
            "couple": member.couple,
            "opens_on": member.today,
            "proposed_by": member.person,
            "state": state,
        }
    plan = DatePlan(author=member.person, starts_at=slots[0].starts_at, ends_at=slots[0].ends_at, **fields)
    options = [
        PlanOption(plan=plan, author=member.person, round=plan.round, position=n, **slot.columns())
        for n, slot in enumerate(slots, start=1)
    ]
    if state in STANDS:
        plan.state = PlanState.PROPOSED
    plan.save(force_insert=True)
    PlanOption.objects.bulk_create(options)
    if state in STANDS:
        DatePlan.objects.filter(pk=plan.pk).update(state=state, agreed_option=options[0])
    return DatePlan.objects.with_time().get(pk=plan.pk)


def lived(member: Member, ago: int = 3, **fields: Any) -> DatePlan:
    """A date that was, so many days ago; looking back waits for both."""
    plan = plan_of(member, "agreed", [evening(member, -ago)], **fields)
    for one in filter(None, (member.person, member.partner)):
        Due.objects.put(one, member.couple, "look_back", plan.pk, at=plan.ends_at, shows_from=plan.ends_at)
    return plan


def typed(member: Member, **more: Any) -> dict[str, Any]:
    """What a person sends with the form of a new plan."""
    here = member.now.astimezone(member.person.zone).date()
    words = {
        "once": str(uuid.uuid4()),
        "kind": "date_night",
        "title": "The ramen place",
        "place": "Corner house",
        "notes": "Window table",
        "day_1": f"{here + 3 * DAY}",
        "time_1": "19:00",
        "minutes": "180",
    }
    return {name: value for name, value in {**words, **more}.items() if value is not None}


def looks_of(plan: DatePlan) -> list[str]:
    """The lines said of a plan."""
    return [look.line for look in LookBack.objects.filter(plan=plan)]


def at(name: str, plan: DatePlan, *more: Any) -> str:
    """The address of an act on a plan."""
    return reverse(f"dates:{name}", args=[plan.pk, *more])


def act(client: Any, name: str, plan: DatePlan, **data: Any) -> Any:
    """Send an act as the page shows it now."""
    plan.refresh_from_db()
    return client.post(at(name, plan), {"seen": plan.standing, **data}, follow=True)


def news_of(member: Member) -> list[str]:
    """The kinds of what is new for a member."""
    return [row.kind for row in News.objects.visible_to(member)]


def offer_words(member: Member, *ahead: int, hour: str = "18:30") -> dict[str, str]:
    """What a person sends to offer times so many days from today."""
    here = member.now.astimezone(member.person.zone).date()
    words = {"minutes": "120"}
    for n, later in enumerate(ahead, start=1):
        words |= {f"day_{n}": f"{here + later * DAY}", f"time_{n}": hour}
    return words


def titles(text: str) -> list[str]:
    """The plans of a list, by their titles."""
    return re.findall(r"<h3><a [^>]*>([^<]*)</a>", text)


def many(
    member: Member, count: int, state: str = "agreed", kind: str = "date_night", ago: int | None = None
) -> list[DatePlan]:
    """A lot of plans, one a day, quickly."""
    plans, options = [], []
    for n in range(count):
        slot = evening(member, -(ago + n) if ago else n + 1)
        plan = DatePlan(author=member.person, kind=kind, title=f"{kind} {n:03}", starts_at=slot.starts_at)
        plan.ends_at = slot.ends_at
        if state != "draft":
            plan.couple, plan.opens_on, plan.proposed_by = member.couple, member.today, member.person
            plan.state = state if state == "proposed" else "proposed"
        plans.append(plan)
        options.append(PlanOption(plan=plan, author=member.person, position=1, **slot.columns()))
    DatePlan.objects.bulk_create(plans)
    PlanOption.objects.bulk_create(options)
    if state not in ("draft", "proposed"):
        for plan, option in zip(plans, options, strict=True):
            plan.state, plan.agreed_option = state, option
        DatePlan.objects.bulk_update(plans, ["state", "agreed_option"])
    return plans


@pytest.fixture
def alex(cast):
    """Alex, in Berlin."""
    return cast.member("alex")


@pytest.fixture
def sam(cast):
    """Sam, in Berlin."""
    return cast.member("sam")


@pytest.fixture
def afar(cast):
    """Sam lives in New York for now: return both members."""
    cast.sam.time_zone = "America/New_York"
    cast.sam.save()
    return cast.member("alex"), cast.member("sam")


@pytest.fixture
def agreed(browse, alex):
    """A plan of Alex that Sam said yes to."""
    plan = plan_of(alex)
    act(browse("alex"), "propose", plan)
    act(browse("sam"), "agree", plan, option=plan.offers[0].pk)
    plan.refresh_from_db()
    return plan
