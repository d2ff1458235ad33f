"""A list of dates as it is shown: what every row says is worked out once, not in the template."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from couples.core.couple import Member
from couples.core.words import legible
from couples.dates import words
from couples.dates.kinds import CLOSED, STANDS, PlanKind, PlanState
from couples.dates.models import DatePlan, LookBack, PlanOption
from couples.dates.words import Span

Looks = dict[uuid.UUID, list[tuple[str, str]]]


@dataclass(slots=True)
class Row:
    """One plan of a list.

    ``tint`` is the class of whose colour it has, with a space before it. ``time`` says when and where it is,
    ``stand`` what it is and how it stands. ``looks`` are the lines said of it, each with its author's name.
    """

    href: str
    tint: str
    leaf: SafeString
    title: str
    time: str
    stand: str
    closing: str
    looks: list[tuple[str, str]]


class Teller:
    """Says plans to a member. What many plans have in common is looked up once."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.stands: dict[tuple[object, ...], str] = {}

    def row(self, plan: DatePlan, offers: list[Span], looks: list[tuple[str, str]]) -> Row:
        """The row of a plan; ``offers`` are those of ``offers_of``."""
        span = min(offers, default=Span(plan.starts_at))
        day = words.day_of(span, self.member)
        year = str(day.year) if day.year != self.member.today.year else ""
        return Row(
            f"/dates/{plan.pk}/",
            self.tint(plan),
            words.leaf_text(day),
            legible(plan, "title"),
            " · ".join(filter(None, (words.hour(span, self.member), year, legible(plan, "place")))),
            f"{self.stand(plan)}{_choices(len(offers)) if _has_choices(plan) else ''}",
            legible(plan, "closing"),
            looks,
        )

    def tint(self, plan: DatePlan) -> str:
        """Whose turn a plan is: its author's alone, whoever proposed it, or nobody's."""
        if plan.is_draft:
            return " mine"
        if plan.state == PlanState.PROPOSED:
            return " mine" if plan.by(self.member) else " yours"
        return ""

    def stand(self, plan: DatePlan) -> str:
        """What kind of date it is and how it stands; the heading says it of what isn't proposed yet."""
        if plan.is_draft:
            return str(PlanKind(plan.kind).label)
        over = plan.stands and plan.is_over(self.member.now)
        key = (
            plan.kind,
            plan.couple_id,
            plan.state,
            plan.round > 1,
            over,
            plan.proposed_by_id,
            plan.closed_by_id,
        )
        if key not in self.stands:
            self.stands[key] = f"{PlanKind(plan.kind).label} · {words.state(plan, self.member)}"
        return self.stands[key]


def _agreed(plan: DatePlan) -> uuid.UUID | None:
    """The id of the agreed option, if that is the time that counts."""
    counts = not plan.is_draft and plan.state in (*STANDS, *CLOSED)
    return plan.agreed_option_id if counts else None


def _has_choices(plan: DatePlan) -> bool:
    return plan.is_draft or plan.state == PlanState.PROPOSED


def _choices(count: int) -> str:
    if count < 2:
        return ""
    return " · " + ngettext("%(count)s time", "%(count)s times to choose from", count) % {"count": count}


def offers_of(plans: list[DatePlan]) -> dict[uuid.UUID, list[Span]]:
    """Fetch the times that rows show, the agreed one or those of the present round: one query.

    A join to the rounds of the plans would cost more than asking for every round that is the present one of
    some plan; what that brings along is left out here.
    """
    found: dict[uuid.UUID, list[Span]] = {plan.pk: [] for plan in plans}
    rounds = {plan.pk: plan.round for plan in plans if not _agreed(plan)}
    agreed = [plan.agreed_option_id for plan in plans if _agreed(plan)]
    if found:
        offered = Q(plan__in=list(rounds), round__in=set(rounds.values()))
        values = PlanOption.objects.filter(offered | Q(pk__in=agreed)).values_list(
            "plan_id", "round", "starts_at", "first_day", "last_day"
        )
        for plan, number, starts_at, first_day, last_day in values:
            if rounds.get(plan, number) == number:
                found[plan].append(Span(starts_at, first_day, last_day))
    return found


def looks_of(plans: list[DatePlan], member: Member) -> Looks:
    """Fetch what was said of plans, the member's own words first: one query."""
    found: Looks = {plan.pk: [] for plan in plans}
    looks = LookBack.objects.filter(plan__in=list(found)) if found else LookBack.objects.none()
    for look in looks.values_list("pk", "plan_id", "author_id", "line", named=True):
        said = (words.name_of(look.author_id, member), legible(look, "line"))
        lines = found[look.plan_id]
        lines.insert(0 if look.author_id == member.person.pk else len(lines), said)
    return found


def tell(member: Member, shelves: list[dict[str, Any]], looks: bool = False) -> None:
    """Put rows in the place of the plans of shelves: one query for all, another if ``looks`` are shown."""
    plans = [plan for shelf in shelves for plan in shelf["rows"]]
    offers, teller = offers_of(plans), Teller(member)
    said = looks_of(plans, member) if looks else {}
    for shelf in shelves:
        shelf["rows"] = [teller.row(plan, offers[plan.pk], said.get(plan.pk, [])) for plan in shelf["rows"]]
