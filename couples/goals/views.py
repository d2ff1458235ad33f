"""Pages of goals: the list, what is over, one goal, its history; writing, changing, removing."""

import uuid
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from couples.access import Request, load
from couples.core import content
from couples.core.drafts import Draft
from couples.core.paging import PAGE as MANY
from couples.core.paging import at_once
from couples.goals import actions
from couples.goals.forms import PLAN, WORDS, GoalForm, offered_parents, partner_name
from couples.goals.lists import PAGE, going_on, over
from couples.goals.models import OVER, Goal, Horizon
from couples.goals.pages import blocked, past_texts, show_goal, stale_edit
from couples.goals.rights import rights
from couples.goals.showing import state_text

SHOWN = ("all", "long", "short", "ours", "mine", "yours", "only_you", "proposed")
PAST = ("all", "reached", "let_go", "declined", "only_you")
FEW_NEAR, FEW_FAR = 3, 2


def choice(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    """Return a filter's choice; the first one for what isn't any."""
    value = request.GET.get(name, "")
    return value if value in allowed else allowed[0]


@require_GET
def home(request: Request) -> HttpResponse:
    """The goals that are going on; for htmx just the rows that follow. ``nothing``: there is no goal at all."""
    member = request.member
    show, order = choice(request, "show", SHOWN), choice(request, "order", ("new", "day"))
    size = at_once(request, PAGE)
    listed = going_on(member, show, order, request.GET.get("after", ""), size, whole=not request.htmx)
    context = {"member": member, "listed": listed, "show": show, "order": order}
    if request.htmx:
        return render(request, "goals/home.html#rows", context)
    name = member.partner.name if member.partner else ""
    context["nothing"] = show == "all" and not (
        listed.cards or listed.asked or listed.offered or listed.alone or listed.page.after
    )
    if not context["nothing"]:
        context["filters"] = _filters(show, order, name, get_language())
    return render(request, "goals/home.html", context)


@lru_cache(maxsize=512)
def _filters(show: str, order: str, name: str, language: str | None) -> str:
    """The links that choose what the list shows."""
    chips = [("ours", _("Ours")), ("mine", _("Yours"))]
    if name:
        chips.append(("yours", _("%(name)s’s") % {"name": name}))
    chips = [("all", _("All")), ("long", _("Long-term")), ("short", _("Short-term")), *chips]
    other = ("day", _("Nearest day first")) if order == "new" else ("new", _("Newest first"))
    context = {"chips": [*chips, ("only_you", _("Only you"))], "show": show, "order": order, "other": other}
    return render_to_string("goals/filters.html", context)


@require_GET
def past(request: Request) -> HttpResponse:
    """What was reached, let go or declined; for htmx just the rows that follow."""
    member = request.member
    show, order = choice(request, "show", PAST), choice(request, "order", ("new", "old"))
    found, rows = over(
        member, show, request.GET.get("after", ""), at_once(request, MANY), oldest=order == "old"
    )
    context = {"page": found, "rows": rows, "show": show, "order": order}
    if request.htmx:
        return render(request, "goals/past.html#rows", context)
    if rows or show != "all" or over(member, "only_you", "", 1)[1]:
        context["filters"] = _past_filters(show, order, get_language())
    return render(request, "goals/past.html", context)


@lru_cache(maxsize=64)
def _past_filters(show: str, order: str, language: str | None) -> str:
    chips = [("all", _("All")), *((state, state_text(state)) for state in OVER), ("only_you", _("Only you"))]
    other = ("old", _("Oldest first")) if order == "new" else ("new", _("Newest first"))
    context = {"chips": chips, "show": show, "order": order, "other": other}
    return render_to_string("goals/filters.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a goal. It is its author's alone until it is shared or proposed."""
    member = request.member
    offered, starter = offered_parents(member), _starter(request)
    draft = f"goals.new.{starter['slug']}" if starter else "goals.new"
    if request.method == "POST":
        form = GoalForm(request.POST, member=member, offered=offered)
        if form.is_valid():
            return _created(request, form, draft)
    else:
        form = GoalForm(member=member, offered=offered, initial=_first_words(request, starter, draft))
    context = {"form": form, "member": member, "starter": starter, "draft": draft}
    context["few"], context["rest"] = _starters()
    return render(request, "goals/new.html", context, status=422 if form.is_bound else 200)


def _created(request: Request, form: GoalForm, draft: str) -> HttpResponse:
    data = form.cleaned_data
    goal = actions.write(request.member, data["once"], form.changes(), data["step"], draft)
    if not goal.is_private or request.member.partner is None:
        messages.success(request, _("It’s kept. Only you see it."))
        return redirect("goals:detail", goal.pk)
    return redirect("goals:preview", goal.pk)


def _starters() -> list[list[tuple[Any, list[dict[str, Any]]]]]:
    """The ways to begin, near ones and far ones apart: the few that are shown, and the rest."""
    rows = content.rows("goals/starters.toml", "goal")
    near = [row for row in rows if row["horizon"] == Horizon.SHORT]
    far = [row for row in rows if row["horizon"] == Horizon.LONG]
    few = [(Horizon.SHORT.label, near[:FEW_NEAR]), (Horizon.LONG.label, far[:FEW_FAR])]
    return [few, [(Horizon.SHORT.label, near[FEW_NEAR:]), (Horizon.LONG.label, far[FEW_FAR:])]]


def _starter(request: Request) -> dict[str, Any] | None:
    """The way to begin that was chosen."""
    for starter in content.rows("goals/starters.toml", "goal"):
        if starter["slug"] == request.GET.get("starter", ""):
            return starter
    return None


def _first_words(request: Request, starter: dict[str, Any] | None, draft: str) -> dict[str, Any]:
    """What the form of a new goal begins with: what was typed into this one before, or else the starter."""
    kept = Draft.objects.read(request.member, draft)
    if starter:
        return {**{name: starter.get(name, "") for name in ("title", "why", "horizon", "step")}, **kept}
    within = request.GET.get("within", "")
    return {**kept, "parent": within, "horizon": Horizon.SHORT} if within else kept


@require_GET
def detail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One goal with its steps and, if it is a long-term one, the goals that it holds."""
    return show_goal(request, pk)


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Change a goal's words or plan. Two edits at once: the second sees both texts and chooses."""
    member = request.member
    goal = load(Goal.objects.select_related("parent"), member, pk)
    can = rights(goal, member)
    if answer := blocked(request, goal, can.edit, ever=goal.is_mine(member) or goal.belongs_to(member)):
        return answer
    form = edit_form(request, goal, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if actions.rewrite(member, goal, form.cleaned_data["version"], form.changes()):
            messages.success(request, _("Changed."))
            return redirect("goals:detail", pk)
        return stale_edit(request, goal, edit_form)
    context = {"form": form, "goal": goal, "member": member, "can": can, "draft": f"goals.edit:{pk}"}
    return render(request, "goals/edit.html", context, status=422 if form.is_bound else 200)


def edit_form(request: Request, goal: Goal, data: Any) -> GoalForm:
    """The form of a goal as the member may change it; without ``data`` with what stands, or the draft."""
    member, can = request.member, rights(goal, request.member)
    names = {name for allowed, group in ((can.words, WORDS), (can.plan, PLAN)) if allowed for name in group}
    if goal.is_private:
        names |= {"horizon", "whose"}
    offered = [] if goal.is_long and not goal.is_private else offered_parents(member, goal)
    initial: dict[str, Any] = {}
    if data is None:
        initial = {name: getattr(goal, name) for name in (*names - {"parent"}, "version")}
        initial |= {"parent": goal.parent_id, **Draft.objects.read(member, f"goals.edit:{goal.pk}")}
    form = GoalForm(data, member=member, offered=offered, goal=goal, initial=initial)
    form.only(names)
    return form


@require_GET
def history(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What a shared goal and its steps said before, with the days and who changed them."""
    goal = load(Goal, request.member, pk)
    context = {"goal": goal, "member": request.member, "changes": past_texts(goal, request.member)}
    return render(request, "goals/history.html", context)


@require_http_methods(["GET", "POST"])
def remove(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Throw away a goal that only its author sees, after being asked once."""
    goal = load(Goal, request.member, pk)
    if not goal.is_mine(request.member):
        raise PermissionDenied
    if not goal.is_private:
        name = partner_name(request.member)
        messages.info(
            request,
            _("%(name)s sees this goal too. You can let it go, or take it back first.") % {"name": name},
        )
        return redirect("goals:detail", pk)
    if request.method == "GET":
        return render(request, "goals/remove.html", {"goal": goal, "member": request.member})
    actions.remove(request.member, goal)
    messages.success(request, _("Thrown away."))
    return redirect("goals:home")
