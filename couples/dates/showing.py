"""What a plan's own page shows, and the door that every act on a plan goes through."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from couples.access import Request, load
from couples.core.couple import Member
from couples.dates import actions
from couples.dates.forms import TaskForm
from couples.dates.kinds import CLOSED, PlanState
from couples.dates.models import DatePlan


def plan_context(plan: DatePlan, member: Member, **extra: Any) -> dict[str, Any]:
    """Return all that ``dates/detail.html`` shows; nothing in it asks the database."""
    may = actions.acts(plan, member)
    looks = list(plan.look_backs.all())
    context = {
        "plan": plan,
        "may": may,
        "over": plan.stands and plan.is_over(member.now),
        "gone_by": plan.waits and all(offer.ends_at <= member.now for offer in plan.offers),
        "mine": next((look for look in looks if look.author_id == member.person.pk), None),
        "theirs": next((look for look in looks if look.author_id != member.person.pk), None),
        "task_form": TaskForm(member=member) if "tasks" in may else None,
        "aside": "tasks" in may or plan.tasks.all() or (plan.notes and not plan.is_draft),
        "changed": bool(plan.version) and not plan.is_draft,
    }
    if plan.is_draft and member.partner is not None:
        # The preview: the same words as the partner would read them, by the partner's clock.
        context["as_partner"] = Member(member.partner, member.couple, member.person, member.now, member.today)
        context["too_late"] = actions.gone_by(plan.offers, member)
    return {**context, **extra}


Act = Callable[[Request, DatePlan], HttpResponseBase]


def on_plan(name: str) -> Callable[[Act], Callable[[Request, uuid.UUID], HttpResponseBase]]:
    """Open a plan for an act, if the member may do it and, for a POST, if it still stands as it was shown.

    Otherwise back to the plan with a plain sentence; 403 for what this member may not do at all.
    """

    def wrap(view: Act) -> Callable[[Request, uuid.UUID], HttpResponseBase]:
        @wraps(view)
        def wrapped(request: Request, pk: uuid.UUID) -> HttpResponseBase:
            plan = load(DatePlan.objects.for_page(), request.member, pk)
            stale = request.method == "POST" and request.POST.get("seen") != plan.standing
            if name in actions.acts(plan, request.member) and not stale:
                return view(request, plan)
            return stands_differently(request, plan, name) if stale else turned_away(request, plan, name)

        return wrapped

    return wrap


def turned_away(request: Request, plan: DatePlan, name: str) -> HttpResponse:
    """Answer an act that isn't possible: 403 where it is the other one's, back to the plan otherwise."""
    if _never(plan, request.member, name):
        raise PermissionDenied
    return stands_differently(request, plan, name)


def _never(plan: DatePlan, member: Member, name: str) -> bool:
    """Whether this is the other one's to do: to answer one's own offer, to change the other's proposal."""
    if plan.is_draft or plan.state in CLOSED or (plan.stands and plan.is_over(member.now)):
        return False
    if name in ("agree", "decline"):
        return plan.waits and plan.by(member)
    return name in ("edit", "cancel") and plan.state == PlanState.PROPOSED and not plan.by(member)


def stands_differently(request: Request, plan: DatePlan, name: str) -> HttpResponse:
    """Back to the plan. What was done already, by the same member, needs no sentence."""
    mine = {
        "propose": not plan.is_draft,
        "agree": plan.state == PlanState.AGREED,
        "keep": plan.state == PlanState.AGREED,
        "offer": plan.waits and plan.by(request.member),
        "decline": plan.state in CLOSED and plan.closed_by_id == request.member.person.pk,
        "cancel": plan.state in CLOSED and plan.closed_by_id == request.member.person.pk,
    }
    if not mine.get(name, False):
        messages.info(request, _("This date has changed meanwhile. Here is how it stands now."))
    return redirect("dates:detail", plan.pk)
