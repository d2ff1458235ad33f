"""The pages of the dates room: lists, ideas, one plan, writing and changing it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from couples.access import Request, load
from couples.core.drafts import Draft
from couples.core.edits import history as versions
from couples.core.handover import Handover
from couples.core.paging import at_once
from couples.dates import actions, ics
from couples.dates import ideas as library
from couples.dates.forms import PlanForm, WordsForm, initial_of
from couples.dates.models import DatePlan
from couples.dates.rows import tell
from couples.dates.shelves import (
    AGREED,
    HOME,
    KINDS,
    LIVED,
    NEWEST,
    ONLY_YOU,
    PAST,
    SOONEST,
    WAITING,
    Choice,
    Shelf,
    any_past,
    filters,
    take,
)
from couples.dates.showing import plan_context, turned_away
from couples.dates.words import day_of

AT_ONCE = 12
IDEAS_AT_ONCE = 20
BESIDE = 5
FEW = 6
HANDED = (*actions.WORDS, "day_1", "time_1", "minutes")
"""What another room may have filled in."""


@require_GET
def home(request: Request) -> HttpResponse:
    """What is agreed, what is proposed, and what one has planned alone; or one of these lists whole."""
    choice = Choice.of(request.GET, HOME, SOONEST)
    if choice.show:
        return _list(request, HOME[choice.show], choice, "dates/list.html")
    shelves = [
        take(AGREED, request.member, choice, "", at_once(request, AT_ONCE)),
        take(WAITING, request.member, choice, "", BESIDE),
        take(ONLY_YOU, request.member, choice, "", BESIDE),
    ]
    tell(request.member, shelves)
    count = sum(len(shelf["rows"]) for shelf in shelves)
    context = {
        "coming": shelves[0],
        "beside": [shelf for shelf in shelves[1:] if shelf["rows"]],
        "nothing": not count,
        "choice": choice,
        "filters": filters(choice) if count > FEW or request.GET else "",
    }
    return render(request, "dates/home.html", context)


@require_GET
def past(request: Request) -> HttpResponse:
    """The dates that were, with what each says of them; and those that weren't to be."""
    choice = Choice.of(request.GET, PAST, NEWEST)
    return _list(request, PAST[choice.show], choice, "dates/past.html")


def _list(request: Request, shelf: Shelf, choice: Choice, template: str) -> HttpResponse:
    taken = take(shelf, request.member, choice, request.GET.get("after", ""), at_once(request, AT_ONCE))
    tell(request.member, [taken], looks=shelf is LIVED)
    if request.htmx:
        return render(request, "dates/rows.html", taken)
    past = shelf in PAST.values()
    shown = taken["rows"] or choice.kind or (past and any_past(request.member))
    context = {**taken, "choice": choice, "filters": filters(choice, past) if shown else ""}
    return render(request, template, context)


@require_GET
def ideas(request: Request) -> HttpResponse:
    """The library of ideas."""
    known: dict[str, Any] = {
        "kind": KINDS,
        "place": library.PLACES,
        "cost": library.COSTS,
        "child": {"1": ""},
        "order": library.ORDERS,
    }
    chosen = {name: request.GET.get(name, "") for name in known}
    chosen = {name: value if value in known[name] else "" for name, value in chosen.items()}
    found = library.some(**chosen)
    slugs = [idea.slug for idea in found]
    after = request.GET.get("after", "")
    start = slugs.index(after) + 1 if after in slugs else 0
    rows = found[start : start + IDEAS_AT_ONCE]
    more = library.link({**chosen, "after": rows[-1].slug}) if len(found) > start + IDEAS_AT_ONCE else ""
    chips = {"filters": library.filters(chosen), "orders": library.orders(chosen)}
    narrowed = any(value for name, value in chosen.items() if name != "order")
    context = {"rows": rows, "more": more, "narrowed": narrowed, **chips}
    return render(request, "dates/ideas.html#rows" if request.htmx else "dates/ideas.html", context)


def _prefilled(request: Request) -> tuple[uuid.UUID | None, dict[str, Any]]:
    """Return what the form begins with, and the id of its source: an idea, another room or an old plan."""
    if idea := library.ideas().get(request.GET.get("idea", "")):
        return idea.id, library.prefill(idea)
    if raw := request.GET.get("handover", ""):
        handed = Handover.objects.read(request.member, "dates", raw)
        fields: dict[str, Any] = {name: handed[name] for name in HANDED if name in handed}
        return (uuid.UUID(raw) if fields else None), fields
    if raw := request.GET.get("again", ""):
        try:
            plan = load(DatePlan, request.member, uuid.UUID(raw))
        except ValueError:
            return None, {}
        return plan.pk, {name: getattr(plan, name) for name in actions.WORDS}
    return None, {}


def _key(source: uuid.UUID | None) -> str:
    return f"dates.new:{source}" if source else "dates.new"


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Plan a date; nobody else sees it until it is proposed."""
    if request.method == "POST":
        form = PlanForm(request.POST, member=request.member)
        if form.is_valid():
            with transaction.atomic():
                plan = actions.write_draft(request.member, form.cleaned_data)
                Draft.objects.drop(request.member, _key(form.cleaned_data["source"]))
            return redirect("dates:detail", plan.pk)
        key = _key(form.cleaned_data.get("source"))
        return render(request, "dates/new.html", {"form": form, "draft": key}, status=422)
    source, fields = _prefilled(request)
    initial = {**fields, **Draft.objects.read(request.member, _key(source)), "source": source}
    form = PlanForm(initial=initial, member=request.member)
    return render(request, "dates/new.html", {"form": form, "draft": _key(source)})


@require_GET
def detail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One plan, and what one can do with it now."""
    plan = load(DatePlan.objects.for_page(), request.member, pk)
    return render(request, "dates/detail.html", plan_context(plan, request.member))


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Change a plan: all of it while it is a draft, its words once both read it."""
    plan = load(DatePlan.objects.for_page(), request.member, pk)
    may = actions.acts(plan, request.member)
    if "change" in may:
        return _change(request, plan)
    if "edit" in may:
        return _edit(request, plan)
    return turned_away(request, plan, "edit")


def _change(request: Request, plan: DatePlan) -> HttpResponse:
    key = f"dates.edit:{plan.pk}"
    context: dict[str, Any] = {"plan": plan, "draft": key}
    if request.method == "GET":
        initial = {**initial_of(plan, request.member), **Draft.objects.read(request.member, key)}
        context["form"] = PlanForm(initial=initial, member=request.member)
        return render(request, "dates/new.html", context)
    form = context["form"] = PlanForm(request.POST, member=request.member)
    if not form.is_valid():
        return render(request, "dates/new.html", context, status=422)
    if actions.change_draft(plan, request.member, form.cleaned_data["version"], form.cleaned_data):
        Draft.objects.drop(request.member, key)
        return redirect("dates:detail", plan.pk)
    return _stale(request, form, "dates/new.html", context)


def _edit(request: Request, plan: DatePlan) -> HttpResponse:
    key = f"dates.edit:{plan.pk}"
    context: dict[str, Any] = {"plan": plan, "draft": key}
    now = {name: getattr(plan, name) for name in ("title", "place", "notes")}
    if request.method == "GET":
        initial = {**now, **Draft.objects.read(request.member, key), "version": plan.version}
        context["form"] = WordsForm(initial=initial)
        return render(request, "dates/edit.html", context)
    form = context["form"] = WordsForm(request.POST)
    if not form.is_valid():
        return render(request, "dates/edit.html", context, status=422)
    changes = {name: form.cleaned_data[name] for name in now}
    if actions.edit(plan, request.member, form.cleaned_data["version"], changes):
        Draft.objects.drop(request.member, key)
        messages.success(request, _("Changed. The earlier words are kept."))
        return redirect("dates:detail", plan.pk)
    return _stale(request, form, "dates/edit.html", context)


def _stale(request: Request, form: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    """Somebody changed it meanwhile: show both texts, so that sending again is a choice."""
    present = load(DatePlan, request.member, context["plan"].pk)
    texts = {name: getattr(present, name) for name in ("title", "place", "notes")}
    differ = [(form[name], text) for name, text in texts.items() if form[name].value() != text]
    form.data = {**form.data.dict(), "version": present.version}
    return render(request, template, {**context, "differ": differ, "present": present}, status=409)


@require_POST
def remove(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Throw a draft away. Gone already is as well."""
    plan = DatePlan.objects.visible_to(request.member).filter(pk=pk).first()
    if plan is not None and not plan.is_draft:
        raise PermissionDenied
    if plan is not None and actions.remove_draft(plan, request.member):
        messages.success(request, _("Thrown away."))
    return redirect("dates:home")


@require_GET
def history(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The earlier words of a plan, and of what was said looking back."""
    plan = load(DatePlan.objects.prefetch_related("look_backs"), request.member, pk)
    if plan.is_draft:
        raise Http404
    looks = [(look, versions(look, request.member)) for look in plan.look_backs.all() if look.version]
    context = {"plan": plan, "versions": versions(plan, request.member), "looks": looks}
    return render(request, "dates/history.html", context)


@require_GET
def as_ics(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The plan as a calendar file, once a time was agreed."""
    plan = load(DatePlan.objects.for_cards(), request.member, pk)
    if plan.is_draft or plan.agreed_option is None:
        messages.info(request, _("There is a calendar file once you have agreed on a time."))
        return redirect(reverse("dates:detail", args=[plan.pk]))
    answer = HttpResponse(ics.calendar(plan), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="date-{day_of(plan.option, request.member)}.ics"'
    answer["Cache-Control"] = "no-store, private"
    return answer
