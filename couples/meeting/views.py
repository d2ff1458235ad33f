"""The weekly meeting: begin, go through its parts together, say, agree, close, read again."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from couples.access import Request, load, with_partner
from couples.core.paging import at_once, page
from couples.meeting import actions
from couples.meeting.actions import Came, draft_of
from couples.meeting.forms import AgreeForm, LineForm
from couples.meeting.material import notes_of, title_for_a_date, words_of
from couples.meeting.models import Agreement, Line, Meeting
from couples.meeting.parts import PARTS, Part, by_slug, parts_of
from couples.meeting.showing import earlier_texts, how_form, show_guide, show_kept

AT_ONCE = 12
NEWEST = ["-week", "-id"]


@require_GET
def home(request: Request) -> HttpResponse:
    """Begin a meeting or go on with one, and those that were; for htmx just the rows that follow."""
    member = request.member
    if member.couple is None:
        return render(request, "meeting/alone.html")
    ended = Meeting.objects.visible_to(member).filter(ended_on__isnull=False).select_related("agreement")
    found = page(ended, NEWEST, request.GET.get("after", ""), at_once(request, AT_ONCE))
    context: dict[str, Any] = {"page": found, "member": member, "more": "?after="}
    if request.htmx:
        return render(request, "meeting/rows.html", context)
    begun: list[Meeting] = list(Meeting.objects.begun(member)[:AT_ONCE])
    context["present"] = next((one for one in begun if one.week == member.week.first), None)
    context["unfinished"] = [one for one in begun if one.is_open and one != context["present"]]
    context |= {"week": Meeting(week=member.week.first, until=member.week.last), "parts": PARTS[:-2]}
    context["place"] = member.couple.time_zone.rpartition("/")[2].replace("_", " ")
    return render(request, "meeting/home.html", context)


@require_POST
@with_partner
def begin(request: Request) -> HttpResponse:
    """Begin this week's meeting, or go on with it."""
    return redirect("meeting:detail", actions.begin(request.member).pk)


def _whole(request: Request, pk: uuid.UUID) -> Meeting:
    meeting = Meeting.objects.whole(request.member, pk)
    if meeting is None:
        raise Http404
    return meeting


@require_GET
def detail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """A meeting: the part that both are at, or all of it once it has ended."""
    meeting = _whole(request, pk)
    return show_guide(request, meeting) if meeting.is_open else show_kept(request, meeting)


@require_POST
@with_partner
def go(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Go to another part, both of you. Whoever saw another part than the present one is only shown that."""
    meeting = load(Meeting, request.member, pk)
    actions.go(request.member, meeting, request.POST.get("part", ""), request.POST.get("to", ""))
    return redirect("meeting:detail", pk)


@require_POST
@with_partner
def line(request: Request, pk: uuid.UUID, part: str) -> HttpResponse:
    """Say something in a part, or take a note of one's own for it."""
    member = request.member
    meeting = load(Meeting, member, pk)
    asked = by_slug().get(part)
    if asked is None or asked.does != "line" or asked not in parts_of(meeting):
        raise Http404
    if "leave" in request.POST:
        return _left(request, meeting, asked)
    data = request.POST.dict()
    if "note" in data:
        data["words"] = _note(request, meeting, data["note"])
    form = LineForm(data, member=member, part=asked)
    if not form.is_valid():
        return _again(request, meeting, asked, form, 422)
    seen, words = form.cleaned_data["version"], form.cleaned_data["words"]
    came = actions.say(member, meeting, part, seen, words, from_note="note" in data)
    if came is Came.KEPT:
        messages.success(request, _("Kept."))
        return redirect("meeting:detail", pk)
    return _again(request, meeting, asked, form, 409)


def _left(request: Request, meeting: Meeting, part: Part) -> HttpResponse:
    actions.leave(request.member, meeting, part.slug)
    return redirect("meeting:detail", meeting.pk)


def _note(request: Request, meeting: Meeting, raw: str) -> str:
    try:
        pk = uuid.UUID(raw)
    except ValueError:
        return ""
    member = request.member
    note = notes_of(member, meeting).filter(author=member.person, pk=pk).first()
    return words_of(note) if note is not None else ""


@require_POST
@with_partner
def agree(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Write down what the two agree on, or change it. Two at once: the second sees both and chooses."""
    member = request.member
    meeting = load(Meeting, member, pk)
    if "leave" in request.POST:
        return _left(request, meeting, by_slug()["agreement"])
    standing = Agreement.objects.visible_to(member).filter(meeting=meeting).first()
    form = AgreeForm(request.POST.dict(), member=member, standing=standing)
    if not form.is_valid():
        return _again(request, meeting, by_slug()["agreement"], form, 422)
    changes = {name: form.cleaned_data[name] for name in ("words", "who", "by")}
    came = actions.agree(member, meeting, form.cleaned_data["version"], changes)
    if came is Came.KEPT:
        messages.success(request, _("Kept. It stands on Today, for both of you."))
        return redirect("meeting:detail", pk)
    return _again(request, meeting, by_slug()["agreement"], form, 409)


def _again(request: Request, meeting: Meeting, part: Part, form: Any, status: int) -> HttpResponse:
    """The form of one part once more: something is wrong with it, something else stands there, or the meeting is over."""
    member = request.member
    meeting.refresh_from_db()
    rows: Any = Line.objects.filter(author=member.person, part=part.slug)
    if part.does == "agree":
        rows = Agreement.objects.all()
    standing = rows.visible_to(member).filter(meeting=meeting).first()
    if standing is not None and status == 409:
        form.data = {**form.data, "version": standing.version}
    context = {"meeting": meeting, "member": member, "part": part, "form": form, "over": not meeting.is_open}
    context |= {"standing": standing if status == 409 else None, "draft": draft_of(part.slug, meeting)}
    return render(request, "meeting/again.html", context, status=status)


@require_POST
@with_partner
def how(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say how it went with what was agreed before."""
    meeting = _whole(request, pk)
    form = how_form(meeting, request.POST)
    if meeting.is_open and meeting.looks_at is None:
        messages.info(request, _("This meeting has nothing to look back at."))
        return redirect("meeting:detail", pk)
    if meeting.is_open and not form.is_valid():
        context = {"meeting": meeting, "member": request.member, "part": by_slug()["agreed"], "form": form}
        return render(request, "meeting/again.html", context, status=422)
    if meeting.is_open and actions.say_how(request.member, meeting, form.cleaned_data["how"]):
        messages.success(request, _("Kept."))
    else:
        messages.info(request, _("This meeting has ended, so it stays as it is."))
    return redirect("meeting:detail", pk)


@require_POST
@with_partner
def date(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Plan a date: the dates room's own form, filled in."""
    load(Meeting, request.member, pk)
    handed = actions.plan_a_date(request.member, title_for_a_date(request.member))
    return redirect(f"{reverse('dates:new')}?handover={handed}")


@require_POST
@with_partner
def close(request: Request, pk: uuid.UUID) -> HttpResponse:
    """End the meeting, for both."""
    meeting = load(Meeting, request.member, pk)
    if actions.close(request.member, meeting):
        messages.success(request, _("Closed. Both of you can read it here again."))
    return redirect("meeting:detail", pk)


@require_GET
def history(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What was written in a meeting before it was changed."""
    meeting = _whole(request, pk)
    context = {"meeting": meeting, "member": request.member, "texts": earlier_texts(meeting, request.member)}
    return render(request, "meeting/history.html", context)
