"""What both say of a strategy, their focus, and the small step of a day: acts from Today, a reveal and a strategy's page."""

import re
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from couples.access import Request, load, with_partner
from couples.checkins import focusing, stepping
from couples.checkins.forms import ChoiceForm
from couples.checkins.models import Choice, Says
from couples.core.text import clean
from strategies.reading import Strategy

FROM_A_REVEAL = re.compile(r"/checkins/[0-9a-f-]{36}/")


def _strategy(slug: str) -> Strategy:
    found = focusing.known(slug)
    if found is None:
        raise Http404
    return found


def _back(request: Request, slug: str) -> HttpResponse:
    """To the page on which it was pressed: a reveal, or the strategy's own."""
    back = request.POST.get("back", "")
    return redirect(back) if FROM_A_REVEAL.fullmatch(back) else redirect("strategies:detail", slug)


@require_GET
@with_partner
def choice(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Where something said of a strategy stands: on the strategy's page."""
    row = load(Choice, request.member, pk)
    return redirect("strategies:detail", row.strategy)


@require_POST
@with_partner
def choose(request: Request, slug: str) -> HttpResponse:
    """Say something of a strategy: sealed until both have."""
    chosen, form = _strategy(slug), ChoiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the three."))
        return _back(request, slug)
    if focusing.choose(request.member, slug, Says(form.cleaned_data["says"])):
        stand = focusing.stands(request.member)[slug]
        if stand.focus is not None:
            messages.success(
                request, _("“%(title)s” is your focus now, for both of you.") % {"title": chosen.title}
            )
    return _back(request, slug)


@require_POST
@with_partner
def unsay(request: Request, slug: str) -> HttpResponse:
    """Take back what the other hasn't seen."""
    _strategy(slug)
    focusing.unsay(request.member, slug)
    return _back(request, slug)


@require_POST
@with_partner
def begin(request: Request, slug: str) -> HttpResponse:
    """Begin with what both want, now that there is a place."""
    _strategy(slug)
    if not focusing.begin(request.member, slug):
        messages.error(request, _("Two at a time are enough: let one rest first, and this can begin."))
    return _back(request, slug)


@require_POST
@with_partner
def rest(request: Request, slug: str) -> HttpResponse:
    """Let a focus rest."""
    chosen = _strategy(slug)
    if focusing.rest(request.member, slug):
        messages.success(request, _("“%(title)s” rests. You can take it up again.") % {"title": chosen.title})
    return _back(request, slug)


def _seen(request: Request) -> str:
    return clean(request.POST.get("step", ""))[:40]


@require_POST
@with_partner
def did_it(request: Request) -> HttpResponse:
    """They did today's step."""
    if not stepping.did_it(request.member, _seen(request)):
        messages.error(request, _("Meanwhile there’s another small step for today. Have a look."))
    return redirect("home")


@require_POST
@with_partner
def undo(request: Request) -> HttpResponse:
    """They hadn't, after all."""
    stepping.undo(request.member, _seen(request))
    return redirect("home")


@require_POST
@with_partner
def swap(request: Request) -> HttpResponse:
    """Another step for today: once a day, by either."""
    if not stepping.swap(request.member, _seen(request)):
        messages.error(request, _("Today’s step was changed or done already, and once a day is enough."))
    return redirect("home")
