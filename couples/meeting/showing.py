"""What the pages of a meeting show: the part that both are at, or all of it once it is kept."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from couples.access import Request
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.edits import Version
from couples.core.people import Person
from couples.core.text import says_something
from couples.core.words import Broken, legible
from couples.meeting.actions import draft_of
from couples.meeting.forms import AgreeForm, HowForm, LineForm, who_of
from couples.meeting.gather import next_week
from couples.meeting.material import gather
from couples.meeting.models import Agreement, Line, Meeting
from couples.meeting.parts import PARTS, Part, beside, by_slug, parts_of, present


@dataclass
class Said:
    """What the two said in a part."""

    part: Part
    mine: Line | None = None
    theirs: Line | None = None


@dataclass
class Begun:
    """A form of a part that holds words which weren't sent."""

    part: Part
    form: forms.Form
    draft: str


@dataclass
class Unkept:
    """Words of a part that weren’t sent, as plain text."""

    part: Part
    words: str


def said_in(meeting: Meeting, member: Member) -> list[Said]:
    """What was said, part by part; parts in which nobody said anything aren't there."""
    found: dict[str, Said] = {}
    for line in meeting.said_in_it:
        part = by_slug().get(line.part)
        if part is None:
            continue
        said = found.setdefault(part.slug, Said(part))
        if line.author_id == member.person.pk:
            said.mine = line
        else:
            said.theirs = line
    return [found[part.slug] for part in PARTS if part.slug in found]


def line_form(member: Member, part: Part, line: Line | None, words: str, begun: dict[str, Any]) -> LineForm:
    """The form of what one says in a part: with what one is typing, else has said, else may begin with."""
    initial: dict[str, Any] = {"words": words}
    if line is not None:
        initial = {"words": legible(line, "words"), "version": line.version}
    return LineForm(member=member, part=part, initial={**initial, **begun})


def agree_form(member: Member, agreement: Agreement | None, **begun: Any) -> AgreeForm:
    """The form of what the two agree on, with what stands."""
    initial: dict[str, Any] = {"who": "both", "by": next_week(member)}
    if agreement is not None:
        initial = {"words": legible(agreement, "words"), "by": agreement.by, "version": agreement.version}
        initial["who"] = who_of(agreement, member)
    return AgreeForm(member=member, standing=agreement, initial={**initial, **begun})


def how_form(meeting: Meeting, data: Any = None) -> HowForm:
    """The form of how it went with what was agreed before."""
    how = meeting.looks_at.how if meeting.looks_at is not None else ""
    return HowForm(data, said=bool(how), initial={"how": how})


@dataclass
class Guide:
    """The open meeting, as this member sees it now."""

    meeting: Meeting
    member: Member
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.part = present(self.meeting)
        self.said = {said.part.slug: said for said in said_in(self.meeting, self.member)}

    @property
    def now(self) -> Said:
        """What was said in the present part."""
        return self.said.get(self.part.slug) or Said(self.part)

    @property
    def so_far(self) -> list[Said]:
        """What was said in all the other parts."""
        return [said for slug, said in self.said.items() if slug != self.part.slug]

    @property
    def key(self) -> str:
        """The draft of the present part."""
        return draft_of(self.part.slug, self.meeting)

    @property
    def unsent(self) -> bool:
        """Whether one is in the middle of typing in the present part."""
        return self.key in self.drafts

    @property
    def stands(self) -> bool:
        """Whether what the present part asks for is there."""
        part, looks_at = self.part, self.meeting.looks_at
        if part.does == "agree":
            return self.meeting.agreed is not None
        return bool(looks_at and looks_at.how) if part.does == "how" else self.now.mine is not None

    def form_of(self, part: Part, words: str = "") -> forms.Form | None:
        """The form of a part in which one writes, with what one is in the middle of typing."""
        begun = self.drafts.get(draft_of(part.slug, self.meeting), {})
        if part.does == "agree":
            return agree_form(self.member, self.meeting.agreed, **begun)
        if part.does != "line":
            return None
        said = self.said.get(part.slug)
        return line_form(self.member, part, said.mine if said else None, words, begun)

    def begun(self) -> list[Begun]:
        """What one was typing in other parts when both went on."""
        others = [part for part in parts_of(self.meeting) if part.slug != self.part.slug]
        keys = {part: draft_of(part.slug, self.meeting) for part in others}
        found = ((part, self.form_of(part), key) for part, key in keys.items() if key in self.drafts)
        return [Begun(part, form, key) for part, form, key in found if form is not None]


def _drafts(member: Member, meeting: Meeting) -> dict[str, dict[str, Any]]:
    rows = Draft.objects.visible_to(member).filter(key__endswith=f":{meeting.pk}", key__startswith="meeting.")
    found = {}
    for row in rows[:20]:
        try:
            found[row.key] = row.fields
        except Broken:
            continue
    return found


def unkept(meeting: Meeting, drafts: dict[str, dict[str, Any]]) -> list[Unkept]:
    """What one was typing, part by part, where it says something."""
    parts = [part for part in parts_of(meeting) if part.does in ("line", "agree")]
    found = [Unkept(part, drafts.get(draft_of(part.slug, meeting), {}).get("words", "")) for part in parts]
    return [one for one in found if isinstance(one.words, str) and says_something(one.words)]


def show_guide(request: Request, meeting: Meeting) -> HttpResponse:
    """The part that both are at."""
    member = request.member
    drafts = _drafts(member, meeting)
    guide = Guide(meeting, member, drafts)
    part, material = guide.part, gather(member, meeting, guide.part.slug)
    before, after = beside(meeting)
    parts = list(parts_of(meeting))
    at = parts.index(part)
    context: dict[str, Any] = {
        "meeting": meeting,
        "member": member,
        "guide": guide,
        "part": part,
        "parts": [(one, "done" if n < at else "now" if n == at else "") for n, one in enumerate(parts)],
        "number": at + 1,
        "before": before,
        "after": after,
        "material": material,
        "form": guide.form_of(part, material.words),
        "from_check_in": bool(material.words) and guide.now.mine is None and not guide.unsent,
        "begun": guide.begun(),
        "unkept": unkept(meeting, drafts),
        "how_form": how_form(meeting),
    }
    return render(request, "meeting/guide.html", context)


def show_kept(request: Request, meeting: Meeting) -> HttpResponse:
    """The meeting as it is kept."""
    member = request.member
    said = said_in(meeting, member)
    agreement = meeting.agreed
    rows: list[Line | Agreement | None] = [line for one in said for line in (one.mine, one.theirs)]
    context = {"meeting": meeting, "member": member, "agreement": agreement}
    context["before"] = [one for one in said if one.part in PARTS[:4]]
    context["after"] = [one for one in said if one.part in PARTS[4:]]
    context["nothing"] = not (said or agreement)
    context["unkept"] = unkept(meeting, _drafts(member, meeting))
    context["changed"] = any(row.version for row in (*rows, agreement) if row is not None)
    return render(request, "meeting/kept.html", context)


@dataclass
class Earlier:
    """A text as it stood before an edit: of which part, whose, with who and by when where it was agreed."""

    version: Version
    part: Part
    author: Person | None
    texts: dict[str, str]

    @property
    def by(self) -> dt.date | None:
        """The day by which it was to be done, where it was an agreement."""
        try:
            return dt.date.fromisoformat(self.texts.get("by", ""))
        except ValueError:
            return None


def earlier_texts(meeting: Meeting, member: Member) -> list[Earlier]:
    """All earlier texts of a whole meeting, the latest first: one query."""
    rows: dict[Any, Line | Agreement] = {line.pk: line for line in meeting.said_in_it}
    if meeting.agreed is not None:
        rows[meeting.agreed.pk] = meeting.agreed
    versions = Version.objects.visible_to(member).filter(about__in=rows).select_related("editor")
    found = []
    for version in versions.order_by("-edited_on", "about", "-number")[:200]:
        row = rows[version.about]
        part = by_slug().get(row.part if isinstance(row, Line) else "agreement")
        try:
            texts = version.texts
        except Broken:
            texts = {"words": legible(version, "words")}
        if part is not None:
            found.append(Earlier(version, part, version.editor, texts))
    return found
