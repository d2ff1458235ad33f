"""Notes: read, write, give, answer, keep, remove, draw, search."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from couples.access import Request, load, with_partner
from couples.core import content
from couples.core import search as core_search
from couples.core.drafts import Draft
from couples.core.paging import at_once, page
from couples.notes import actions
from couples.notes.forms import AnswerForm, GiveForm, NoteForm, SearchForm
from couples.notes.models import Kept, Note
from couples.notes.showing import rows

FILTERS = [
    ("all", lazy("All")),
    ("to_me", lazy("To you")),
    ("from_me", lazy("From you")),
    ("kept", lazy("Kept")),
]
NEWEST = ["-opens_on", "-created_at", "-id"]
OLDEST = ["opens_on", "created_at", "id"]
UNGIVEN = ["-created_at", "-id"]
AT_ONCE = 12


def _choice(request: Request, name: str, allowed: list[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in allowed else allowed[0]


@require_GET
def home(request: Request) -> HttpResponse:
    """The list of notes; for htmx just the rows that follow."""
    member = request.member
    show = _choice(request, "show", ["all", "to_me", "from_me", "kept", "mine"])
    order = _choice(request, "order", ["new", "old"])
    ordering = UNGIVEN if show == "mine" else OLDEST if order == "old" else NEWEST
    found = page(
        Note.objects.listed(member, show), ordering, request.GET.get("after", ""), at_once(request, AT_ONCE)
    )
    context: dict[str, Any] = {
        "page": found,
        "rows": rows(member, found),
        "show": show,
        "order": order,
        "filters": FILTERS,
        "more": f"?show={show}&order={order}&after=",
    }
    if request.htmx:
        return render(request, "notes/rows.html", context)
    if show != "mine":
        context["ungiven"] = list(Note.objects.own_of(member).order_by(*UNGIVEN)[:3])
    return render(request, "notes/home.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a note. It is its author's alone until it is given."""
    member = request.member
    starters = content.rows("notes/starters.toml", "starter")
    starter = next((one for one in starters if one["slug"] == request.GET.get("starter")), None)
    draft = f"notes.new.{starter['slug']}" if starter else "notes.new"
    begun: dict[str, Any] = (
        {name: starter[name].rstrip("…") for name in ("what", "meaning")} if starter else {}
    )
    form = NoteForm(
        request.POST or None, member=member, initial={**begun, **Draft.objects.read(member, draft)}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        note = actions.write(member, data["once"], data["what"], data["meaning"], draft)
        return redirect("notes:detail", note.pk)
    context = {"form": form, "starters": starters[:5], "more_starters": starters[5:], "draft": draft}
    return render(request, "notes/new.html", context, status=422 if form.is_bound else 200)


@require_GET
def detail(request: Request, pk: uuid.UUID) -> HttpResponse:
    """A note: to its author before it is given the preview, after that the note with its answer."""
    note = load(Note.objects.select_related("answer"), request.member, pk)
    return _detail(request, note)


def _detail(request: Request, note: Note, status: int = 200, **forms: Any) -> HttpResponse:
    member = request.member
    context: dict[str, Any] = {
        "note": note,
        "mine": note.is_mine(member),
        "sees": note.sees(member).value,
        **forms,
    }
    if not note.is_open(member):
        context.setdefault("form", GiveForm(member=member))
        return render(request, "notes/preview.html", context, status=status)
    context["kept"] = Kept.objects.filter(owner=member.person, note=note).exists()
    answered = hasattr(note, "answer")
    if not (answered or context["mine"] or note.removed_on or "form" in context):
        context["form"] = AnswerForm(initial=Draft.objects.read(member, f"notes.answer:{note.pk}"))
    context["draft"] = f"notes.answer:{note.pk}"
    return render(request, "notes/detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Change a note that the partner can't see yet."""
    member = request.member
    note = load(Note, member, pk)
    if note.is_open(member):
        return _given_already(request, note)
    key = f"notes.edit:{pk}"
    kept = {"what": note.what, "meaning": note.meaning, **Draft.objects.read(member, key)}
    form = NoteForm(request.POST or None, member=member, initial=kept)
    if request.method == "POST" and form.is_valid():
        if not actions.rewrite(member, note, form.cleaned_data["what"], form.cleaned_data["meaning"]):
            return _given_already(request, note)
        return redirect("notes:detail", pk)
    return render(
        request,
        "notes/edit.html",
        {"form": form, "note": note, "draft": key},
        status=422 if form.is_bound else 200,
    )


def _given_already(request: Request, note: Note) -> HttpResponse:
    if not note.is_mine(request.member):
        raise PermissionDenied
    messages.info(request, _("This note is given, so its words stay as they are. You can remove it."))
    return redirect("notes:detail", note.pk)


@require_POST
@with_partner
def give(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Give the note to the partner: now, or from a day on."""
    member = request.member
    note = load(Note, member, pk)
    if not note.is_mine(member):
        raise PermissionDenied
    form = GiveForm(request.POST, member=member)
    if note.couple_id is None and not form.is_valid():
        return _detail(request, note, status=422, form=form)
    if note.couple_id is None and actions.give(member, note, form.cleaned_data["day"]):
        name = member.partner.name if member.partner else ""
        later = form.cleaned_data["day"] is not None
        said = (
            _("%(name)s will have your note from that day on.") if later else _("%(name)s has your note now.")
        )
        messages.success(request, said % {"name": name})
    return redirect("notes:detail", pk)


@require_POST
def take_back(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take back a note whose day has not come."""
    note = load(Note, request.member, pk)
    if not note.is_mine(request.member):
        raise PermissionDenied
    if actions.take_back(request.member, note):
        messages.success(request, _("It’s only yours again."))
    return redirect("notes:detail", pk)


@require_POST
def answer(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Say something back to a note one was given."""
    member = request.member
    note = load(Note.objects.select_related("answer"), member, pk)
    if note.is_mine(member):
        raise PermissionDenied
    if hasattr(note, "answer") or note.removed_on:
        return redirect("notes:detail", pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _detail(request, note, status=422, form=form)
    actions.answer(member, note, form.cleaned_data["reaction"], form.cleaned_data["words"])
    messages.success(request, _("Your answer is with the note."))
    return redirect("notes:detail", pk)


@require_POST
def keep(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Keep a note as a favourite, or no longer; only you see that."""
    note = load(Note, request.member, pk)
    wanted = request.POST.get("keep") == "1"
    actions.keep(request.member, note, wanted)
    if request.htmx:
        return render(request, "notes/detail.html#keep", {"note": note, "kept": wanted})
    return redirect("notes:detail", pk)


@require_http_methods(["GET", "POST"])
def remove(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Remove one's own note, after being asked once."""
    note = load(Note, request.member, pk)
    if not note.is_mine(request.member):
        raise PermissionDenied
    if request.method == "GET":
        return render(request, "notes/remove.html", {"note": note, "given": note.is_open(request.member)})
    actions.remove(request.member, note)
    messages.success(request, _("Removed."))
    return redirect("notes:home")


@require_GET
@with_partner
def jar(request: Request) -> HttpResponse:
    """Draw an old note at random, and see the weeks that had notes."""
    note = Note.objects.draw(request.member)
    weeks = Note.objects.weeks(request.member)
    context = {"note": note, "weeks": weeks, "filled": sum(1 for week in weeks if week)}
    return render(request, "notes/jar.html", context)


@require_http_methods(["GET", "POST"])
def search(request: Request) -> HttpResponseBase:
    """Search one's notes. The words are kept as a draft, so that no address and no browser history holds them."""
    member = request.member
    if "clear" in request.POST:
        Draft.objects.drop(member, "notes.search")
        return redirect("notes:search")
    if request.method == "POST":
        form = SearchForm(request.POST)
        if form.is_valid():
            Draft.objects.keep(member, "notes.search", {"words": form.cleaned_data["words"]})
            return redirect("notes:search")
        return render(request, "notes/search.html", {"form": form}, status=422)
    words = str(Draft.objects.read(member, "notes.search").get("words", ""))
    context: dict[str, Any] = {"form": SearchForm(initial={"words": words}), "words": words}
    if words:
        newest = Note.objects.listed(member, "all").order_by(*NEWEST)
        found = core_search.search(newest, ["what", "meaning", "answer__words"], words)
        context["page"] = page(found, NEWEST, request.GET.get("after", ""), at_once(request, AT_ONCE))
        context |= {"rows": rows(member, context["page"]), "more": "?after="}
    return render(request, "notes/rows.html" if request.htmx else "notes/search.html", context)
