"""The checklist of a plan: who arranges what."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from couples.access import Request, load
from couples.dates import actions
from couples.dates.forms import TaskForm
from couples.dates.models import DatePlan, PlanTask
from couples.dates.showing import plan_context


def _back(request: Request, pk: uuid.UUID, form: TaskForm | None = None) -> HttpResponse:
    """The checklist afresh for htmx, otherwise the plan's page at its checklist."""
    if not request.htmx and form is None:
        return redirect(reverse("dates:detail", args=[pk]) + "#tasks")
    plan = load(DatePlan.objects.for_page(), request.member, pk)
    context = plan_context(plan, request.member)
    if form is not None:
        context["task_form"] = form
    template = "dates/tasks.html" if request.htmx else "dates/detail.html"
    return render(request, template, context, status=200 if form is None else 422)


def _stays(request: Request, pk: uuid.UUID) -> bool:
    """Whether the list of a plan stays as it is, which is then said."""
    plan = load(DatePlan.objects.prefetch_related("look_backs"), request.member, pk)
    if "tasks" in actions.acts(plan, request.member):
        return False
    messages.info(request, _("This date is over or off, so its list stays as it is."))
    return True


@require_POST
def add(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Put something on the list."""
    if _stays(request, pk):
        return _back(request, pk)
    plan = load(DatePlan, request.member, pk)
    form = TaskForm(request.POST, member=request.member)
    if form.is_valid() and not actions.add_task(plan, request.member, form.cleaned_data):
        form.add_error("text", _("This list is full. Forty things are plenty for a date."))
    return _back(request, pk, None if form.is_valid() else form)


def _task(request: Request, pk: uuid.UUID, task: uuid.UUID) -> PlanTask:
    return load(PlanTask.objects.filter(plan=pk).select_related("plan"), request.member, task)


@require_POST
def tick(request: Request, pk: uuid.UUID, task: uuid.UUID) -> HttpResponse:
    """Done (``done=1``), or not done after all. Either of the two says so."""
    found = _task(request, pk, task)
    if not _stays(request, pk):
        actions.tick(found, request.member, request.POST.get("done") == "1")
    return _back(request, pk)


@require_POST
def remove(request: Request, pk: uuid.UUID, task: uuid.UUID) -> HttpResponse:
    """Take something off the list: by who put it there. Removed already is as well."""
    found = (
        PlanTask.objects.filter(plan=pk)
        .visible_to(request.member)
        .select_related("plan")
        .filter(pk=task)
        .first()
    )
    if found is None:
        load(DatePlan, request.member, pk)
        return _back(request, pk)
    if found.author_id != request.member.person.pk:
        raise PermissionDenied
    if not _stays(request, pk):
        actions.remove_task(found, request.member)
    return _back(request, pk)
