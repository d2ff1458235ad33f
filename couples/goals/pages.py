"""What the pages of one goal share."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from couples.access import Request, load
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.edits import Version
from couples.core.paging import PAGE, at_once, page
from couples.goals.amounts import plain_amount
from couples.goals.forms import AmountForm, GoalForm, StepForm, partner_name
from couples.goals.models import MOST_STEPS, Goal, GoalStep, State
from couples.goals.rights import may_change, may_tick, rights
from couples.goals.showing import Eyes

DATED = 100

# Built once: to build a query costs more than to run it. Typed loosely: rows of chosen columns.
_GOES_ON = Case(
    When(state__in=(State.IN, State.PROPOSED), then=Value(0)), default=Value(1), output_field=IntegerField()
)
_HELD: Any = Goal.objects.in_brief().annotate(rank=_GOES_ON)


def blocked(
    request: Request, goal: Goal, allowed: bool, *, ever: bool, done: bool = False
) -> HttpResponse | None:
    """None where an act is ``allowed``. 403 where it is never the member's to do; else back to the goal.

    ``done``: it was done already, so there is nothing to say.
    """
    if allowed:
        return None
    if not ever:
        raise PermissionDenied
    if not done:
        messages.info(request, _("This goal has moved on meanwhile. Here’s how it stands now."))
    return redirect("goals:detail", goal.pk)


def load_goal(member: Member, pk: uuid.UUID) -> Goal:
    """Return a goal with its parent, which is None unless the member may see it. Raises Http404."""
    goal: Goal = load(Goal, member, pk)
    goal.within = None
    if goal.parent_id is not None:
        goal.within = Goal.objects.visible_to(member).filter(pk=goal.parent_id).first()
    return goal


def listed_steps(goal: Goal, member: Member) -> list[GoalStep]:
    """Return the goal's steps in order, with what the member may do: ``can_tick`` and ``can_change``."""
    steps = sorted(goal.steps.order_by("created_at", "pk")[: 2 * MOST_STEPS], key=lambda step: step.order)
    eyes = Eyes(member)
    for step in steps:
        step.who_does = eyes.who(step)
        step.can_tick = may_tick(step, goal, member)
        step.can_change = may_change(step, goal, member)
    return steps


def held_page(goal: Goal, member: Member, after: str, size: int) -> dict[str, Any]:
    """Return the short-term goals beneath a long-term one that the member sees: those that go on first.

    As a page's ``held`` and ``held_cards``.
    """
    found = page(_HELD.visible_to(member).filter(parent=goal), ["rank", "-created_at", "id"], after, size)
    eyes = Eyes(member)
    return {"held": found, "held_cards": [eyes.card(one, standing=True) for one in found.rows]}


def show_goal(
    request: Request, pk: uuid.UUID, part: str = "", status: int = 200, **forms: Any
) -> HttpResponse:
    """Show a goal: the page, or for htmx the ``part`` that changed. ``forms``: those that have errors."""
    member, size = request.member, at_once(request, PAGE)
    goal = load_goal(member, pk)
    context: dict[str, Any] = {
        "goal": goal,
        "card": Eyes(member).card(goal),
        "member": member,
        "can": rights(goal, member),
        "draft": f"goals.step:{pk}",
    }
    if request.htmx and not part and goal.is_long and request.GET.get("after"):
        context |= held_page(goal, member, request.GET["after"], size)
        return render(request, "goals/detail.html#held", context)
    context["steps"] = listed_steps(goal, member)
    context["open_steps"] = [step for step in context["steps"] if step.done_on is None]
    context["done_steps"] = [step for step in context["steps"] if step.done_on is not None]
    context["full"] = len(context["steps"]) >= MOST_STEPS
    if not part and not goal.is_private:
        context["dated"] = _dated(goal, member, context["steps"]).exists()
    if goal.is_long:
        context |= held_page(goal, member, request.GET.get("after", ""), size)
    if context["can"].add_step and "step_form" not in forms:
        kept = Draft.objects.read(member, context["draft"]) if not request.htmx else {}
        forms["step_form"] = StepForm(member=member, goal=goal, initial=kept)
    if context["can"].finish and goal.amount_target is not None and "amount_form" not in forms:
        forms["amount_form"] = AmountForm(initial={"amount_now": goal.amount_now, "version": goal.version})
    template = f"goals/detail.html#{part}" if request.htmx and part else "goals/detail.html"
    return render(request, template, {**context, **forms}, status=status)


def stale_edit(request: Request, goal: Goal, make: Callable[[Request, Goal, Any], GoalForm]) -> HttpResponse:
    """The goal was changed meanwhile: show what was typed beside what stands now; the person chooses."""
    member = request.member
    goal = load_goal(member, goal.pk)
    can = rights(goal, member)
    if answer := blocked(request, goal, can.edit, ever=True):
        return answer
    data = request.POST.copy()
    data["version"] = str(goal.version)
    form = make(request, goal, data)
    form.is_valid()
    standing = {name: text_of(goal, name) for name in form.fields}
    typed = form.changes() if form.is_valid() else {}
    pairs = [
        (
            field,
            standing[field.name],
            field.name in typed and text_of_value(typed[field.name]) != standing[field.name],
        )
        for field in form.visible_fields()
    ]
    context = {
        "form": form,
        "pairs": pairs,
        "goal": goal,
        "member": member,
        "can": can,
        "draft": f"goals.edit:{goal.pk}",
    }
    return render(
        request, "goals/edit.html", {**context, "whose_text": editor_name(goal, member)}, status=409
    )


def editor_name(goal: Goal, member: Member) -> str:
    """Return the partner's name if they changed the goal last; nothing for the member, in another tab."""
    versions = Version.objects.visible_to(member).filter(about=goal.pk).order_by("-number")
    last = versions.values_list("editor_id", flat=True).first() if member.couple else None
    return partner_name(member) if last and last != member.person.pk else ""


def text_of_value(value: Any) -> str:
    """Return a form's value as it is shown."""
    if value is None:
        return ""
    if isinstance(value, Goal):
        return str(value.title)
    if hasattr(value, "quantize"):
        return plain_amount(value)
    return str(date_format(value, "j F Y")) if hasattr(value, "year") else str(value)


def text_of(goal: Goal, name: str) -> str:
    """Return what stands in a field of a goal loaded by ``load_goal``, as it is shown."""
    return text_of_value(goal.within if name == "parent" else getattr(goal, name, ""))


def _dated(goal: Goal, member: Member, steps: Iterable[GoalStep]) -> QuerySet[Version]:
    """Earlier versions of a shared goal and its steps."""
    return Version.objects.visible_to(member).filter(about__in=[goal.pk, *(step.pk for step in steps)])


def past_texts(goal: Goal, member: Member) -> list[dict[str, Any]]:
    """Return the changes of a shared goal and its steps, newest first: day, editor, texts before."""
    steps = {step.pk: step for step in goal.steps.all()[: 2 * MOST_STEPS]}
    if member.couple is None or goal.is_private:
        return []
    rows = _dated(goal, member, steps.values()).order_by("-edited_on", "-number")
    changes, after = [], {goal.pk: _texts(goal), **{pk: _texts(step) for pk, step in steps.items()}}
    for version in rows[:DATED]:
        texts = version.texts
        model = Goal if version.about == goal.pk else GoalStep
        before = [
            (_label(model, name), _readable(name, text))
            for name, text in texts.items()
            if text != after[version.about].get(name, "")
        ]
        after[version.about] = texts
        changes.append(
            {"day": version.edited_on, "mine": version.editor_id == member.person.pk, "before": before}
        )
    return [change for change in changes if change["before"]]


def _texts(row: Goal | GoalStep) -> dict[str, str]:
    return {name: str(getattr(row, name) or "") for name in row.declared.versions}


def _label(model: type[Goal | GoalStep], name: str) -> str:
    field: Any = model._meta.get_field(name)
    label: str = str(field.verbose_name)
    return label


def _readable(name: str, text: str) -> str:
    """A dated text as it is shown: days and amounts are stored plainly."""
    if name in ("by", "day") and (day := parse_date(text)):
        return date_format(day, "j F Y")
    return text.removesuffix(".00") if name.startswith("amount") else text
