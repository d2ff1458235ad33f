"""Pages of people and their space: welcome, space, what one sets, leaving."""

import datetime as dt
from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from couples.access import Request, with_partner
from couples.core import live
from couples.core.couple import Couple, Member
from couples.core.edits import history, save_edit
from couples.core.news import News
from couples.core.owners import stay_open, stay_shut
from couples.core.wall import lifted
from couples.space.actions import leave
from couples.space.again import signed_in_again
from couples.space.consent import agree, earlier, withdraw
from couples.space.forms import ConsentForm, MailForm, UsForm, WelcomeForm, YouForm
from couples.space.models import Consent
from couples.space.overview import alone
from couples.space.tokens import joined_at

P = ParamSpec("P")


def welcomed(
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """Only for somebody who has been welcomed and has given their consent."""

    @wraps(view)
    def wrapped(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.member.person.agreed:
            return redirect("space:welcome")
        return view(request, *args, **kwargs)

    return wrapped


def welcome_before(path: str) -> str:
    """The address of the welcome that leads on to ``path``."""
    return f"{reverse('space:welcome')}?{urlencode({'next': path})}"


@require_http_methods(["GET", "POST"])
def welcome(request: Request) -> HttpResponse:
    """Name, time zone, consent; later the consent alone. It leads on to the invitation that brought the person."""
    onward = request.POST.get("next") or request.GET.get("next", "")
    onward = onward if joined_at(onward) else ""
    person = copy(request.member.person)
    if not person.agreed:
        new = person.welcomed_on is None
        sent = request.POST if request.method == "POST" else None
        form = WelcomeForm(sent, instance=person) if new else ConsentForm(sent)
        if not form.is_valid():
            last = None if new else Consent.objects.visible_to(request.member).order_by("-given_on").first()
            context = {"form": form, "onward": onward, "new": new, "last": last}
            return render(request, "space/welcome.html", context, status=422 if form.is_bound else 200)
        agree(person)
    return redirect(onward or "space:home")


@require_GET
@welcomed
def home(request: Request) -> HttpResponse:
    """The two of you; or alone, how to invite."""
    return show_space(request)


def show_space(request: Request, mail_form: MailForm | None = None) -> HttpResponse:
    """The space as it stands; 422 with what was typed where an address to invite was wrong."""
    if request.member.couple is not None:
        return render(request, "space/home.html")
    context = alone(request, mail_form)
    return render(request, "space/alone.html", context, status=422 if mail_form else 200)


@require_http_methods(["GET", "POST"])
@welcomed
def you(request: Request) -> HttpResponse:
    """What a person sets for themselves."""
    form = YouForm(request.POST or None, instance=copy(request.member.person))
    if form.is_valid():
        with transaction.atomic():
            form.instance.save(update_fields=list(form.fields))
            # The rest of it is nobody else's.
            if "name" in form.changed_data:
                live.changed(request.member, live.SPACE)
        messages.success(request, _("Saved."))
        return redirect("space:home")
    return render(request, "space/you.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@with_partner
def us(request: Request) -> HttpResponse:
    """What the two set together. An edit that crosses the partner's shows both and lets one choose."""
    couple = request.member.couple
    assert couple is not None  # noqa: S101 (with_partner)
    if request.method == "GET":
        return render(request, "space/us.html", {"form": UsForm(initial=_offered(couple))})
    form = UsForm(request.POST)
    if not form.is_valid():
        return render(request, "space/us.html", {"form": form}, status=422)
    if change_us(request.member, copy(couple), form):
        messages.success(request, _("Saved. Both of you see it."))
        return redirect("space:home")
    couple.refresh_from_db()
    form = UsForm({**request.POST.dict(), "version": couple.version})
    return render(request, "space/us.html", {"form": form, "present": couple}, status=409)


@transaction.atomic
def change_us(member: Member, couple: Couple, form: UsForm) -> bool:
    """Save what the two set together. What was open stays open, and what wasn't stays shut, whatever the zone."""
    zone, since = form.cleaned_data["time_zone"], form.cleaned_data["together_since"]
    changes = {"together_since": since, "time_zone": zone}
    if not save_edit(couple, member, form.cleaned_data["version"], changes, couple):
        return False
    live.changed(member, live.SPACE)
    before = member.couple
    if before is None or before.time_zone == zone:
        return True
    before.move(zone, member.now)
    Couple.objects.filter(pk=couple.pk).update(
        former_zone=before.former_zone, zone_changed_at=before.zone_changed_at
    )
    today = before.day(member.now)
    if today < member.today:
        stay_shut(couple, member.today)
        stay_open(before, member.today, today)
        with lifted("tell"):
            told = News.objects.filter(couple=couple, opens_on__gt=today, opens_on__lte=member.today)
            told.update(opens_on=today)
    return True


def _offered(couple: Couple) -> dict[str, Any]:
    """What the form begins with: as it stands. What a person noted alone is offered beside it, not filled in."""
    return {
        "together_since": couple.together_since,
        "time_zone": couple.time_zone,
        "version": couple.version,
    }


@require_GET
@with_partner
def us_history(request: Request) -> HttpResponse:
    """How it was before, with days."""
    versions = history(request.member.couple, request.member)
    for version in versions:
        version["texts"] = [(label, _as_day(text)) for label, text in version["texts"]]
    return render(request, "space/us_history.html", {"versions": versions})


def _as_day(text: str) -> dt.date | str:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text


@require_http_methods(["GET", "POST"])
@signed_in_again
def leave_space(request: Request) -> HttpResponse:
    """Leave, alone and at once. What it means stands before the button; the button asks to sign in again."""
    if request.member.couple is None:
        return redirect("space:home")
    if request.method == "GET":
        return render(request, "space/leave.html")
    if leave(request.member):
        messages.success(request, _("You’ve left. What was only yours is still yours."))
    return redirect("space:home")


@require_http_methods(["GET", "POST"])
@signed_in_again
def consent(request: Request) -> HttpResponse:
    """What was agreed to, and when. A POST takes it back, after signing in again; what follows stands before.

    Whoever agreed to earlier words, and doesn't to the present ones, takes that back here as well.
    """
    if request.member.person.consented_on is None:
        return redirect("space:welcome")
    if request.method == "POST":
        withdraw(request.member)
        return redirect("space:welcome")
    member = request.member
    name = member.partner.name if member.partner else ""
    context = {"person": member.person, "earlier": earlier(member), "name": name}
    return render(request, "space/consent.html", context)
