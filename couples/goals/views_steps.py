"""Steps of a goal: add, tick, change, remove, plan a time."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from couples.access import Request, load
from couples.core.drafts import Draft
from couples.core.handover import Handover
from couples.goals import steps
from couples.goals.forms import StepForm
from couples.goals.models import MOST_STEPS, Goal, GoalStep
from couples.goals.pages import blocked, show_goal, text_of_value
from couples.goals.rights import may_change, may_tick, rights, whom_for


def _load(request: Request, pk: uuid.UUID) -> GoalStep:
    return load(GoalStep.objects.select_related("goal"), request.member, pk)


@require_POST
def add(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Add a step to a goal."""
    member = request.member
    goal = load(Goal, member, pk)
    if stop := blocked(
        request, goal, rights(goal, member).add_step, ever=goal.belongs_to(member) or goal.is_mine(member)
    ):
        return stop
    form = StepForm(request.POST, member=member, goal=goal)
    if not form.is_valid():
        return show_goal(request, pk, "steps", 422, step_form=form)
    if goal.steps.count() >= MOST_STEPS:
        messages.info(
            request, _("A hundred steps are as many as a goal can hold. Perhaps a second goal would help.")
        )
        return redirect("goals:detail", pk)
    data = form.cleaned_data
    steps.add(member, goal, data["once"], data["text"], form.for_whom(), data["day"])
    return show_goal(request, pk, "steps") if request.htmx else redirect("goals:detail", pk)


@require_POST
def tick(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Tick a step, or untick it."""
    step = _load(request, pk)
    goal, member = step.goal, request.member
    mine = goal.is_private or step.who_id in (None, member.person.pk)
    if stop := blocked(request, goal, may_tick(step, goal, member), ever=mine):
        return stop
    steps.tick(member, step, request.POST.get("done") == "1")
    return show_goal(request, goal.pk, "steps") if request.htmx else redirect("goals:detail", goal.pk)


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Change one's own step."""
    step = _load(request, pk)
    goal, member = step.goal, request.member
    if stop := blocked(
        request, goal, may_change(step, goal, member), ever=step.author_id == member.person.pk
    ):
        return stop
    key = f"goals.step_edit:{pk}"
    who = {None: "both", member.person.pk: "me"}.get(step.who_id, "partner")
    standing = {"text": step.text, "day": step.day, "who": who, "version": step.version}
    data = request.POST.copy() if request.method == "POST" else None
    kept = Draft.objects.read(member, key) if data is None else {}
    form = StepForm(data, member=member, goal=goal, step=step, initial={**standing, **kept})
    status = 422 if form.is_bound else 200
    context = {"step": step, "goal": goal, "member": member, "draft": key}
    if data is not None and form.is_valid():
        if _change(request, step, form):
            return redirect("goals:detail", goal.pk)
        step.refresh_from_db()
        data["version"], status = str(step.version), 409
        form = StepForm(data, member=member, goal=goal, step=step)
        context |= {"stale": True, "day_now": text_of_value(step.day)}
    return render(request, "goals/step.html", {**context, "form": form}, status=status)


def _change(request: Request, step: GoalStep, form: StepForm) -> bool:
    data = form.cleaned_data
    changes = {"text": data["text"], "day": data["day"]}
    if whom_for(step.goal):
        changes["who"] = data["who"]
    return steps.change(request.member, step, data["version"], changes)


@require_POST
def remove(request: Request, pk: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """Remove one's own step. Where it is gone already, that is what was wanted."""
    member = request.member
    goal = load(Goal, member, pk)
    row = goal.steps.filter(pk=step).first()
    if row is None:
        return redirect("goals:detail", pk)
    if stop := blocked(request, goal, may_change(row, goal, member), ever=row.author_id == member.person.pk):
        return stop
    steps.remove(member, row)
    messages.success(request, _("Removed."))
    return redirect("goals:detail", pk)


@require_POST
def plan(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Make a date of a step: the room of dates opens with it filled in. Only its id is in the address."""
    step = _load(request, pk)
    if step.done_on is not None:
        messages.info(request, _("That step is done already."))
        return redirect("goals:detail", step.goal_id)
    handed = Handover.objects.make(request.member, "dates", {"title": step.text})
    return redirect(f"{reverse('dates:new')}?handover={handed}")
