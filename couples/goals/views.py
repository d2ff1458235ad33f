"""Pages of goals: the list, what is over, one goal, its history; writing, changing, removing."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from couples.access import Request, load
from couples.core import content
from couples.core.clock import LAST_DAY
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.handover import Handover
from couples.core.paging import Page, page
from couples.goals import actions
from couples.goals.forms import PLAN, WORDS, GoalForm, offered_parents, partner_name
from couples.goals.models import OVER, Goal, Horizon, State, held, next_steps
from couples.goals.pages import blocked, past_texts, show_goal, stale_edit
from couples.goals.rights import rights

SHOWN = ("all", "long", "short", "ours", "mine", "yours", "only_you", "proposed")
PAST = ("all", "reached", "let_go", "declined", "only_you")
MOST_BESIDE = 40
MOST_ALONE = 6


def choice(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    """Return a filter's choice; the first one for what isn't any."""
    value = request.GET.get(name, "")
    return value if value in allowed else allowed[0]


@require_GET
def home(request: Request) -> HttpResponse:
    """The goals that are going on; for htmx just the rows that follow."""
    member = request.member
    show, order = choice(request, "show", SHOWN), choice(request, "order", ("new", "day"))
    found = _listed(member, show, order, request.GET.get("after", ""))
    context: dict[str, Any] = {"member": member, "page": found, "show": show, "order": order}
    shown = list(found.rows)
    if show == "all" and not request.htmx:
        context |= _beside(member, shown)
    _add_cards(member, shown)
    if request.htmx:
        return render(request, "goals/home.html#rows", context)
    context["filters"] = _filters(member)
    return render(request, "goals/home.html", context)


def _listed(member: Member, show: str, order: str, after: str) -> Page[Goal]:
    alone = show == "only_you"
    rows = Goal.objects.own_of(member) if alone else Goal.objects.open_to(member)
    rows = rows.filter(state=State.PROPOSED if show == "proposed" else State.IN)
    if show == "all":
        rows = rows.apart(member)
    elif show in Horizon.values:
        rows = rows.filter(horizon=show)
    elif show in ("ours", "mine", "yours"):
        rows = rows.carried_by(member, show)
    if order == "day":
        rows = rows.annotate(until=Coalesce(F("by"), Value(LAST_DAY)))
        return page(rows, ["horizon", "until", "id"], after)
    newest = ["-created_at", "id"] if alone else ["-opens_on", "-created_at", "id"]
    return page(rows, ["horizon", *newest], after)


def _beside(member: Member, shown: list[Goal]) -> dict[str, Any]:
    """Return proposals and what only the member sees, and add both to the cards that are ``shown``."""
    rows = list(Goal.objects.beside(member).order_by("-state", "-created_at", "id")[:MOST_BESIDE])
    proposed = [goal for goal in rows if goal.state == State.PROPOSED]
    alone = [goal for goal in rows if goal.state != State.PROPOSED and not goal.is_held]
    shown += [*proposed, *alone[:MOST_ALONE]]
    return {
        "asked": [goal for goal in proposed if not goal.is_mine(member)],
        "offered": [goal for goal in proposed if goal.is_mine(member)],
        "alone": alone[:MOST_ALONE],
        "more_alone": len(alone) > MOST_ALONE,
    }


def _add_cards(member: Member, shown: list[Goal]) -> None:
    """Fetch what the cards need: the short-term goals beneath, and the next steps of all. Two queries."""
    long = [goal for goal in shown if goal.is_long]
    prefetch_related_objects(long, held(member))
    prefetch_related_objects([*shown, *(one for goal in long for one in goal.held)], next_steps())


def _filters(member: Member) -> list[tuple[str, str]]:
    whose = [("ours", _("Ours")), ("mine", _("Yours"))]
    if member.partner is not None:
        whose.append(("yours", _("%(name)s’s") % {"name": member.partner.name}))
    return [("all", _("All")), ("long", _("Long-term")), ("short", _("Short-term")), *whose]


@require_GET
def past(request: Request) -> HttpResponse:
    """What was reached, let go or declined; for htmx just the rows that follow."""
    member = request.member
    show = choice(request, "show", PAST)
    rows = Goal.objects.own_of(member) if show == "only_you" else Goal.objects.open_to(member)
    rows = rows.filter(state=show) if show in OVER else rows.filter(state__in=OVER)
    found = page(rows, ["-ended_on", "id"], request.GET.get("after", ""))
    labels = [
        ("all", _("All")),
        ("reached", _("Reached")),
        ("let_go", _("Let go")),
        ("declined", _("Not this one")),
    ]
    context = {
        "member": member,
        "page": found,
        "show": show,
        "filters": [*labels, ("only_you", _("Only you"))],
    }
    return render(request, "goals/past.html#rows" if request.htmx else "goals/past.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a goal. It is its author's alone until it is shared or proposed."""
    member = request.member
    offered = offered_parents(member)
    if request.method == "POST":
        form = GoalForm(request.POST, member=member, offered=offered)
        if form.is_valid():
            return _created(request, form)
    else:
        form = GoalForm(member=member, offered=offered, initial=_first_words(request))
    starters = content.rows("goals/starters.toml", "goal")
    context = {"form": form, "member": member, "starters": starters, "draft": "goals.new"}
    return render(request, "goals/new.html", context, status=422 if form.is_bound else 200)


def _created(request: Request, form: GoalForm) -> HttpResponse:
    data = form.cleaned_data
    goal = actions.write(request.member, data["once"], form.changes(), data["step"])
    if request.GET.get("handover"):
        Handover.objects.use(request.member, "goals")
    if not goal.is_private or request.member.partner is None:
        messages.success(request, _("It’s kept. Only you see it."))
        return redirect("goals:detail", goal.pk)
    return redirect("goals:preview", goal.pk)


def _first_words(request: Request) -> dict[str, Any]:
    for starter in content.rows("goals/starters.toml", "goal"):
        if starter["slug"] == request.GET.get("starter", ""):
            return {name: starter.get(name, "") for name in ("title", "why", "horizon", "step")}
    if handed := Handover.objects.read(request.member, "goals", request.GET.get("handover", "")):
        return handed
    kept = Draft.objects.read(request.member, "goals.new")
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
