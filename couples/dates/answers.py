"""What the two say to a plan: propose, agree, offer another time, keep, not this one, call off, look back."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from couples.access import Request, load, with_partner
from couples.core.drafts import Draft
from couples.dates import actions
from couples.dates.forms import AgreeForm, ClosingForm, LookBackForm, TimesForm
from couples.dates.kinds import PlanState
from couples.dates.models import DatePlan, LookBack
from couples.dates.showing import on_plan, plan_context, stands_differently


def _said(request: Request, plan: DatePlan, act: str, done: bool, sentence: str) -> HttpResponse:
    """Back to the plan, with what was done, or with how it stands where the other was quicker."""
    if not done:
        return stands_differently(request, load(DatePlan, request.member, plan.pk), act)
    if sentence:
        messages.success(
            request, sentence % {"name": request.member.partner.name if request.member.partner else ""}
        )
    return redirect("dates:detail", plan.pk)


@require_POST
@on_plan("propose")
@with_partner
def propose(request: Request, plan: DatePlan) -> HttpResponse:
    """Show a draft to the partner."""
    if actions.gone_by(plan.offers, request.member):
        messages.info(request, _("One of your times has gone by. Choose a later one first."))
        return redirect("dates:edit", plan.pk)
    done = actions.propose(plan, request.member)
    return _said(request, plan, "propose", done, _("%(name)s sees your plan now."))


@require_POST
@on_plan("agree")
def agree(request: Request, plan: DatePlan) -> HttpResponse:
    """Say yes to one of the times."""
    form = AgreeForm(request.POST, offers=plan.offers)
    if not form.is_valid():
        present = load(DatePlan.objects.for_page(), request.member, plan.pk)
        if present.standing != request.POST.get("seen"):
            # The other was quicker while this plan was being read: its times are of another round already.
            return stands_differently(request, present, "agree")
        context = plan_context(plan, request.member, agree_form=form)
        return render(request, "dates/detail.html", context, status=422)
    option = form.cleaned_data["option"]
    if option.ends_at <= request.member.now:
        messages.info(request, _("That time has gone by. Offer another one."))
        return redirect("dates:detail", plan.pk)
    done = actions.agree(plan, request.member, option)
    return _said(request, plan, "agree", done, _("It’s a date."))


@require_http_methods(["GET", "POST"])
@on_plan("offer")
def offer(request: Request, plan: DatePlan) -> HttpResponse:
    """Offer other times."""
    key = f"dates.offer:{plan.pk}"
    context: dict[str, Any] = {"plan": plan, "draft": key}
    if request.method == "GET":
        initial = {"minutes": plan.option.minutes or 180, **Draft.objects.read(request.member, key)}
        context["form"] = TimesForm(initial=initial, member=request.member, kind=plan.kind)
        return render(request, "dates/offer.html", context)
    form = context["form"] = TimesForm(request.POST, member=request.member, kind=plan.kind)
    if not form.is_valid():
        return render(request, "dates/offer.html", context, status=422)
    with transaction.atomic():
        done = actions.offer(plan, request.member, form.cleaned_data["slots"])
        if done:
            Draft.objects.drop(request.member, key)
    return _said(request, plan, "offer", done, _("%(name)s sees the new times now."))


@require_POST
@on_plan("keep")
def keep(request: Request, plan: DatePlan) -> HttpResponse:
    """Keep the time that was agreed."""
    return _said(
        request, plan, "keep", actions.keep(plan, request.member), _("The time you agreed on stays.")
    )


@require_http_methods(["GET", "POST"])
@on_plan("decline")
def decline(request: Request, plan: DatePlan) -> HttpResponse:
    """Not this one."""
    return _close(request, plan, "decline")


@require_http_methods(["GET", "POST"])
@on_plan("cancel")
def cancel(request: Request, plan: DatePlan) -> HttpResponse:
    """Call a date off, or take one's own proposal back."""
    return _close(request, plan, "cancel")


def _close(request: Request, plan: DatePlan, act: str) -> HttpResponse:
    key = f"dates.{act}:{plan.pk}"
    over = plan.stands and plan.is_over(request.member.now)
    context: dict[str, Any] = {"plan": plan, "draft": key, "act": act, "over": over}
    if request.method == "GET":
        context["form"] = ClosingForm(initial=Draft.objects.read(request.member, key))
        return render(request, "dates/close.html", context)
    form = context["form"] = ClosingForm(request.POST)
    if not form.is_valid():
        return render(request, "dates/close.html", context, status=422)
    state = PlanState.DECLINED if act == "decline" else PlanState.CANCELLED
    with transaction.atomic():
        done = actions.close(plan, request.member, state, form.cleaned_data["words"])
        if done:
            Draft.objects.drop(request.member, key)
    sentence = _("Said. You can always plan another one.") if act == "decline" else _("It’s called off.")
    return _said(request, plan, act, done, sentence)


@require_http_methods(["GET", "POST"])
def look_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One line and one best moment, once a date is over; one's own words can be changed later."""
    plan = load(DatePlan.objects.for_page(), request.member, pk)
    if "look_back" not in actions.acts(plan, request.member):
        messages.info(request, _("You can look back once the date is over."))
        return redirect("dates:detail", plan.pk)
    own = next((look for look in plan.look_backs.all() if look.author_id == request.member.person.pk), None)
    key = f"dates.look:{plan.pk}"
    context: dict[str, Any] = {"plan": plan, "draft": key, "own": own}
    if request.method == "GET":
        known = {"line": own.line, "best": own.best, "version": own.version} if own else {}
        context["form"] = LookBackForm(initial={**known, **Draft.objects.read(request.member, key)})
        return render(request, "dates/look_back.html", context)
    form = context["form"] = LookBackForm(request.POST)
    if not form.is_valid():
        return render(request, "dates/look_back.html", context, status=422)
    return _look(request, context, own)


def _look(request: Request, context: dict[str, Any], own: LookBack | None) -> HttpResponse:
    """Keep what was said. Where it was said already in another place, show that text beside."""
    plan, form = context["plan"], context["form"]
    words = {"line": form.cleaned_data["line"], "best": form.cleaned_data["best"]}
    done = own is None and actions.look_back(plan, request.member, **words)
    if not done:
        own = LookBack.objects.visible_to(request.member).get(plan=plan, author=request.member.person)
    if own and actions.rewrite_look(own, request.member, form.cleaned_data["version"], words):
        done = True
    if done or own is None:
        Draft.objects.drop(request.member, context["draft"])
        messages.success(request, _("Kept. Both of you can read it."))
        return redirect("dates:detail", plan.pk)
    own.refresh_from_db()
    form.data = {**form.data.dict(), "version": own.version}
    differ = [(form[name], getattr(own, name)) for name in words]
    return render(request, "dates/look_back.html", {**context, "own": own, "differ": differ}, status=409)
