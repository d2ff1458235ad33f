"""The weekly check-in: begin, look at it, seal it, the reveal, the picture over time, one's own weeks."""

import datetime as dt
import uuid
from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from couples.access import Request, load, with_partner
from couples.checkins import actions, focusing, picture, showing
from couples.checkins.actions import Came
from couples.checkins.forms import CheckInForm, RhythmForm, initial_of
from couples.checkins.models import CheckIn, id_of
from couples.core.drafts import Draft
from couples.core.forms import VersionField
from couples.core.paging import at_once, page
from couples.core.practice import Done
from couples.core.shared import Sees
from couples.core.text import clean
from couples.core.weeks import USUAL

NEWEST = ["-week", "-id"]
STAYS = lazy("This check-in is open to both of you now, so it stays as it is. The next one is a new page.")
WHY_NOT = {
    Came.EMPTY: lazy("There is nothing in it for both of you. Give one thing at least, and you can seal it."),
    Came.OVER: lazy("That week is over, so this check-in stays only yours. This week’s is a new page."),
    Came.STALE: lazy(
        "You changed it in another place meanwhile. This is how it looks now; seal it, if it’s right."
    ),
}
AT_ONCE = 8
LATELY = 26


@require_GET
def home(request: Request) -> HttpResponse:
    """This week's check-in, the picture over time, and the weeks that both can read again."""
    member = request.member
    if member.partner is None:
        return mine(request)
    own = CheckIn.objects.revealed(member).filter(author=member.person)
    found = page(own, NEWEST, request.GET.get("after", ""), at_once(request, AT_ONCE))
    context: dict[str, Any] = {"page": found, "more": "?after="}
    if request.htmx:
        return render(request, "checkins/rows.html", context)
    context |= {
        "weeks": Done.objects.weeks(member),
        "focus": focusing.active(member),
        "current": CheckIn.objects.current(member),
        **_picture(request, lambda first: showing.points(member, first), member.partner.name),
    }
    return render(request, "checkins/home.html", context)


def _picture(
    request: Request, points: Callable[[dt.date | None], list[picture.Point]], name: str | None
) -> dict[str, Any]:
    couple, range_ = request.member.couple, request.GET.get("range", "")
    range_ = range_ if range_ in dict(picture.RANGES) else picture.RANGES[0][0]
    first = picture.since(range_, request.member.today)
    most = max(couple.week_days, couple.former_week_days) if couple else USUAL
    drawn = picture.draw(points(first), first=first, last=request.member.today, name=name, most=most)
    return {"picture": drawn, "ranges": picture.RANGES, "range": range_}


@require_GET
def mine(request: Request) -> HttpResponse:
    """All of one's own weeks, whoever has seen them: only for oneself."""
    member = request.member
    weeks, now = showing.own_weeks(member), id_of(member, member.week.first)
    context = {
        "weeks": weeks if request.GET.get("weeks") == "all" else weeks[:LATELY],
        "more": len(weeks) > LATELY and request.GET.get("weeks") != "all",
        "causes": showing.own_causes(weeks),
        "current": next((one.row for one in weeks if one.row is not None and one.row.pk == now), None),
        **_picture(request, lambda _first: showing.own_points(weeks), None),
    }
    return render(request, "checkins/mine.html", context)


@require_http_methods(["GET", "POST"])
@with_partner
def rhythm(request: Request) -> HttpResponse:
    """The day on which their week begins, and how often they check in: either may choose, and it counts next time."""
    member = request.member
    couple: Any = copy(member.couple)
    shown = {"weekday": couple.week_from.weekday(), "every": couple.week_days, "version": couple.version}
    form = RhythmForm(request.POST or None, initial=shown)
    if request.method == "GET" or not form.is_valid():
        return render(request, "checkins/rhythm.html", {"form": form}, status=422 if request.POST else 200)
    data = form.cleaned_data
    if actions.change_rhythm(member, couple, data["version"], data["weekday"], data["every"]):
        messages.success(request, _("Saved. Both of you see it."))
        return redirect("checkins:home")
    couple.refresh_from_db()
    form = RhythmForm({**request.POST.dict(), "version": couple.version})
    return render(request, "checkins/rhythm.html", {"form": form, "present": couple}, status=409)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """The check-in of this week. It is its author's alone until it is sealed."""
    member = request.member
    present, pk = CheckIn.objects.current(member), id_of(member, member.week.first)
    if present is not None and request.method == "GET":
        return redirect("checkins:detail" if present.is_open(member) else "checkins:edit", present.pk)
    # Of this week and this space: what was begun in another never fills this one.
    key = f"checkins.new:{pk}"
    form = CheckInForm(request.POST or None, member=member, initial=Draft.objects.read(member, key))
    if request.method == "POST" and form.is_valid() and form.is_of(member.week.first):
        return _came(request, form, actions.write(member, *form.parts), pk)
    context = {"form": form, "draft": key}
    return render(request, "checkins/form.html", context, status=422 if request.method == "POST" else 200)


def _came(request: Request, form: CheckInForm, came: Came, pk: uuid.UUID) -> HttpResponse:
    """What comes of keeping it. Where it was changed in another place, both texts are shown, and one chooses."""
    if came is Came.KEPT:
        return redirect("checkins:detail", pk)
    row = CheckIn.objects.visible_to(request.member).filter(pk=pk).first()
    if came is Came.OPEN or row is None:
        return _seen_already(request, row)
    own = showing.aside(request.member, row)
    form.over(row.version)
    context = {
        "form": form,
        "draft": f"checkins.edit:{pk}",
        "row": row,
        "sees": row.sees(request.member).value,
        "standing": showing.items({**showing.given_by(row), **own["kept"]}),
        "standing_note": own["note"],
    }
    return render(request, "checkins/form.html", context, status=409)


def _seen_already(request: Request, row: CheckIn | None) -> HttpResponse:
    """It is open, so it stays as it is. Whatever was typed is shown, to be taken along."""
    row = row or CheckIn.objects.current(request.member)
    if row is None or not row.is_mine(request.member):
        raise PermissionDenied
    said = [request.POST.get(name, "") for name in ("appreciation", "wish", "note")]
    if words := [clean(text) for text in said if text]:
        return render(request, "checkins/late.html", {"row": row, "words": words}, status=409)
    messages.error(request, STAYS)
    return redirect("checkins:detail", row.pk)


@require_GET
def detail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """A check-in: to its author how it will look, or that it is sealed; once both are in, the reveal."""
    member = request.member
    row = load(CheckIn, member, pk)
    if row.is_open(member):
        return render(request, "checkins/reveal.html", {"row": row, **showing.reveal(member, row)})
    given, is_now = showing.given_by(row), row.pk == id_of(member, member.week.first)
    context: dict[str, Any] = {
        "row": row,
        "sees": row.sees(member).value,
        "items": showing.items(given),
        "is_broken": showing.is_broken(row),
        "aside": showing.aside(member, row),
        "is_now": is_now,
        "can_seal": bool(given) and is_now and member.partner is not None,
    }
    context["kept"] = showing.items(context["aside"]["kept"])
    return render(request, "checkins/own.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Change a check-in that only its author has seen."""
    member = request.member
    row = load(CheckIn, member, pk)
    if row.is_open(member) or not row.is_mine(member):
        return _seen_already(request, row)
    key = f"checkins.edit:{pk}"
    own = showing.aside(member, row)
    kept = {**initial_of(showing.given_by(row), own["kept"], own["note"]), **Draft.objects.read(member, key)}
    form = CheckInForm(request.POST or None, member=member, initial={**kept, "version": row.version})
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"] if "version" in request.POST else None
        return _came(request, form, actions.rewrite(member, row, *form.parts, seen), pk)
    context = {"form": form, "draft": key, "row": row, "sees": row.sees(member).value}
    return render(request, "checkins/form.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@with_partner
def seal(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Give it for both to see, once both are in."""
    member = request.member
    row = load(CheckIn, member, pk)
    if not row.is_mine(member):
        raise PermissionDenied
    seen = VersionField().clean(request.POST["version"]) if "version" in request.POST else None
    if row.sees(member) is Sees.ONLY_YOU and (said := WHY_NOT.get(actions.seal(member, row, seen))):
        messages.error(request, said)
    return redirect("checkins:detail", pk)


@require_POST
def take_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take back what is sealed."""
    member = request.member
    row = load(CheckIn, member, pk)
    if not row.is_mine(member):
        raise PermissionDenied
    if row.is_open(member):
        return _seen_already(request, row)
    if actions.take_back(member, row):
        messages.success(request, _("It’s only yours again."))
    return redirect("checkins:detail", pk)


@require_http_methods(["GET", "POST"])
def remove(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Throw away a check-in that only its author has seen, after being asked once."""
    member = request.member
    row = load(CheckIn, member, pk)
    if row.is_open(member) or not row.is_mine(member):
        return _seen_already(request, row)
    if request.method == "GET":
        return render(request, "checkins/remove.html", {"row": row})
    if not actions.remove(member, row):
        return _seen_already(request, row)
    messages.success(request, _("Thrown away."))
    return redirect("checkins:home")
