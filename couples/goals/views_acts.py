"""Acts on one goal: preview and share, answer, support, amount, its end, taking it up again."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from couples.access import Request, load, with_partner
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.goals import actions
from couples.goals.forms import AmountForm, AnswerForm, FinishForm, partner_name
from couples.goals.models import Goal, State, Whose
from couples.goals.pages import blocked, editor_name, listed_steps, load_goal, show_goal
from couples.goals.rights import rights
from couples.goals.showing import Eyes


def _named(member: Member, sentence: str) -> str:
    return sentence % {"name": partner_name(member)}


@require_GET
@with_partner
def preview(request: Request, pk: uuid.UUID) -> HttpResponse:
    """A goal that only its author sees, as the partner would see it."""
    member = request.member
    goal = load_goal(member, pk)
    if answer := blocked(request, goal, goal.is_private and goal.state == State.IN, ever=True, done=True):
        return answer
    partner = replace(member, person=member.partner, partner=member.person) if member.partner else member
    hidden = goal.within is not None and not goal.within.is_open(member)
    if hidden:
        goal.within = None
    context = {"goal": goal, "member": member, "as_partner": partner, "card": Eyes(partner).card(goal)}
    context |= {"steps": listed_steps(goal, member), "own": goal.whose == Whose.AUTHOR, "hidden": hidden}
    return render(request, "goals/preview.html", context)


@require_POST
@with_partner
def share(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The second, explicit act: propose a goal, or share one's own; a declined one once more."""
    member = request.member
    goal = load(Goal, member, pk)
    again = goal.state == State.DECLINED
    allowed = rights(goal, member).share or (again and goal.is_mine(member))
    if answer := blocked(request, goal, allowed, ever=goal.is_mine(member), done=not goal.is_private):
        return answer
    if not (actions.propose_again if again else actions.share)(member, goal):
        messages.info(request, _("It changed just now. Look at it again first."))
    elif goal.whose == Whose.AUTHOR:
        messages.success(request, _named(member, _("%(name)s sees your goal now.")))
    else:
        messages.success(
            request, _named(member, _("Proposed. %(name)s can say what it would be like to join in."))
        )
    return redirect("goals:detail", pk)


@require_POST
def take_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Make a proposal, or one's own shared goal, only one's own again."""
    member = request.member
    goal = load(Goal, member, pk)
    allowed, mine = rights(goal, member).take_back, goal.is_mine(member)
    if answer := blocked(request, goal, allowed, ever=mine, done=goal.is_private):
        return answer
    if actions.take_back(member, goal):
        messages.success(request, _("It’s only yours again."))
    else:
        messages.info(request, _named(member, _("%(name)s is part of it by now. You can let it go instead.")))
    return redirect("goals:detail", pk)


@require_http_methods(["GET", "POST"])
@with_partner
def answer(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say "I'm in" or "not this one" to the partner's proposal, as it was read."""
    member = request.member
    goal = load_goal(member, pk)
    if stop := blocked(request, goal, rights(goal, member).answer, ever=not goal.is_mine(member)):
        return stop
    key = f"goals.answer:{pk}"
    form = AnswerForm(
        request.POST if request.method == "POST" else None, initial=Draft.objects.read(member, key)
    )
    say, status = request.POST.get("say", ""), 200
    if form.is_bound:
        fresh = form.is_valid() and form.cleaned_data["version"] == goal.version
        if fresh and say in ("in", "no"):
            return _answered(request, goal, say == "in", form.cleaned_data["words"])
        status = 409 if form.is_valid() and not fresh else 422
    context = {
        "goal": goal,
        "card": Eyes(member).card(goal),
        "member": member,
        "form": form,
        "steps": listed_steps(goal, member),
        "draft": key,
    }
    return render(request, "goals/answer.html", {**context, "changed": status == 409}, status=status)


def _answered(request: Request, goal: Goal, yes: bool, words: str) -> HttpResponse:
    member = request.member
    if not actions.answer(member, goal, yes, words):
        messages.info(request, _("This goal has moved on meanwhile. Here’s how it stands now."))
        return redirect("goals:home")
    said = _("You’re both in.") if yes else _("%(name)s will read that it’s not this one.")
    messages.success(request, _named(member, said) if not yes else said)
    return redirect("goals:detail", goal.pk)


@require_POST
@with_partner
def support(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Stand behind the partner's goal, or no longer."""
    member = request.member
    goal = load(Goal, member, pk)
    if stop := blocked(request, goal, rights(goal, member).support, ever=not goal.belongs_to(member)):
        return stop
    wanted = request.POST.get("support") == "1"
    if actions.support(member, goal, wanted) and not request.htmx:
        said = _("%(name)s sees that you support it.") if wanted else _("Taken back.")
        messages.success(request, _named(member, said) if wanted else said)
    return redirect("goals:detail", pk)


@require_POST
def amount(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say how far it has come by now. Two at once: the second sees the other's amount and chooses."""
    member = request.member
    goal = load(Goal, member, pk)
    can = rights(goal, member).finish and goal.amount_target is not None
    if stop := blocked(request, goal, can, ever=goal.is_private or goal.belongs_to(member)):
        return stop
    form = AmountForm(request.POST)
    if not form.is_valid():
        return show_goal(request, pk, "amount", 422, amount_form=form)
    if not actions.set_amount(member, goal, form.cleaned_data["version"], form.cleaned_data["amount_now"]):
        return _stale_amount(request, goal)
    if request.htmx:
        return show_goal(request, pk, "amount")
    messages.success(request, _("Kept."))
    return redirect("goals:detail", pk)


def _stale_amount(request: Request, goal: Goal) -> HttpResponse:
    goal.refresh_from_db()
    data = request.POST.copy()
    data["version"] = str(goal.version)
    other = editor_name(goal, request.member)
    return show_goal(request, goal.pk, "amount", 409, amount_form=AmountForm(data), stale=True, other=other)


def _finish(request: Request, pk: uuid.UUID, state: State) -> HttpResponse:
    member = request.member
    goal = load(Goal, member, pk)
    ever, done = goal.is_private or goal.belongs_to(member), goal.state == state
    if stop := blocked(request, goal, rights(goal, member).finish, ever=ever, done=done):
        return stop
    key = f"goals.finish:{pk}"
    form = FinishForm(
        request.POST if request.method == "POST" else None, initial=Draft.objects.read(member, key)
    )
    if form.is_bound and form.is_valid():
        if actions.finish(member, goal, state, form.cleaned_data["words"]):
            messages.success(request, _ended(goal, state))
        else:
            messages.info(request, _("It changed just now. Look at it again first."))
        return redirect("goals:detail", pk)
    context = {"goal": goal, "member": member, "form": form, "draft": key, "reached": state == State.REACHED}
    return render(request, "goals/finish.html", context, status=422 if form.is_bound else 200)


def _ended(goal: Goal, state: State) -> str:
    if state == State.LET_GO:
        return _("Let go. It’s kept under “Reached and let go”.")
    if goal.is_ours:
        return _("The two of you got there. It’s kept under “Reached and let go”.")
    return _("You got there. It’s kept under “Reached and let go”.")


@require_http_methods(["GET", "POST"])
def reached(request: Request, pk: uuid.UUID) -> HttpResponse:
    """We got there, or I did; with a few words, if one likes."""
    return _finish(request, pk, State.REACHED)


@require_http_methods(["GET", "POST"])
def let_go(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Let a goal go, kindly."""
    return _finish(request, pk, State.LET_GO)


@require_POST
def take_up(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take up again what was reached or let go."""
    member = request.member
    goal = load(Goal, member, pk)
    allowed = rights(goal, member).take_up and goal.state != State.DECLINED
    ever = goal.is_private or goal.belongs_to(member)
    if stop := blocked(request, goal, allowed, ever=ever, done=goal.state == State.IN):
        return stop
    if actions.take_up(member, goal):
        messages.success(request, _("Taken up again."))
    return redirect("goals:detail", pk)
