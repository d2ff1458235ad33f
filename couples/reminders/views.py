"""Reminders: what one is reminded of, where, and the link by which a mail turns itself off."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from couples.access import Request, load
from couples.core.couple import Member
from couples.core.reminding import Channel
from couples.reminders import door as door
from couples.reminders import tokens, vapid, words
from couples.reminders.actions import save, turn_off, wake
from couples.reminders.devices import Taken, TooMany, add, here, remember
from couples.reminders.forms import DeviceForm, RemindersForm, field_of
from couples.reminders.models import Device, Hours
from couples.reminders.ready import chosen, kinds


@require_http_methods(["GET", "POST"])
def home(request: Request) -> HttpResponse:
    """All that one sets, with the exact words beside each switch."""
    member = request.member
    form = RemindersForm(request.POST) if request.method == "POST" else RemindersForm(initial=present(member))
    if form.is_valid():
        save(member, form.channels, form.quiet)
        messages.success(request, _("Saved."))
        return redirect("reminders:home")
    context = shown(request, form)
    return render(request, "reminders/home.html", context, status=422 if form.is_bound else 200)


def present(member: Member) -> dict[str, Any]:
    """What holds now, as the form has it."""
    hours = Hours.objects.visible_to(member).first() or Hours()
    ways = chosen(member.person)
    return {
        **{field_of(kind): ways[kind.slug] for kind in kinds()},
        "begins": hours.begins,
        "ends": hours.ends,
    }


def shown(request: Request, form: RemindersForm) -> dict[str, Any]:
    """What the page shows. A preview is made by what makes the message itself."""
    person = request.member.person
    rows = [(form[field_of(kind)], words.body(person, kind.slug)) for kind in kinds()]
    devices = list(Device.objects.visible_to(request.member).order_by("-since", "pk"))
    found = here(request)
    return {
        "form": form,
        "has_mail": settings.HAS_MAIL,
        "rows": rows,
        "subject": words.subject(),
        "sender": settings.DEFAULT_FROM_EMAIL,
        "pushed": (words.NAME, words.pushed()),
        "devices": devices,
        "here": next((one.pk for one in devices if found == (one.pk, one.owner_id)), None),
        "key": vapid.public_text(),
        "zone": person.zone.key,
        "no_device": not devices and Channel.PUSH in chosen(person).values(),
    }


@require_POST
def device_add(request: Request) -> HttpResponse:
    """Let this browser show reminders, by what it has said of itself."""
    if not request.member.person.agreed:
        return redirect("space:welcome")
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _not_added(request, " ".join(str(one) for some in form.errors.values() for one in some), 422)
    try:
        device = add(request, form.cleaned_data["subscription"])
    except TooMany:
        said = _("Ten devices are as many as there can be. Stop reminding on another one first.")
        return _not_added(request, said, 422)
    except Taken:
        return _not_added(
            request, _("This browser reminds another account. Press the button once more."), 409
        )
    wake(request.member.person)
    messages.success(request, _("This device shows your reminders now."))
    response = redirect("reminders:home")
    remember(response, device)
    return response


def _not_added(request: Request, said: str, status: int) -> HttpResponse:
    context = shown(request, RemindersForm(initial=present(request.member)))
    return render(request, "reminders/home.html", {**context, "device_error": said}, status=status)


@require_POST
def device_end(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Stop reminding on one device."""
    load(Device, request.member, pk).delete()
    messages.success(request, _("That device shows no more reminders."))
    return redirect("space:doors" if request.GET.get("to") == "doors" else "reminders:home")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Turn off the reminders that a mail was about, by its link; a mail program may POST by itself (RFC 8058).

    No session and no CSRF token: the token in the address can do this one thing. A GET changes nothing.
    """
    found = tokens.read(token)
    done = request.method == "POST"
    if found is None or (done and not turn_off(found[0], [kind.slug for kind in found[1]])):
        raise Http404
    response = render(request, "reminders/off.html", {"done": done})
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
