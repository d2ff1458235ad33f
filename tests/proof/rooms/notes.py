"""Notes: write, change, give now or from a day on, take back, answer, keep, remove, search."""

import datetime as dt

from django.urls import reverse

from couples.notes.models import Answer, Note
from tests.proof.acts import LISTS, PAGES, act, mine, mine_to_share, shared, story
from tests.proof.model import Row

PAGES[Note] = ("notes:detail", "notes:edit", "notes:remove")
LISTS += ["/notes/", "/notes/?show=mine", "/notes/?show=kept", "/notes/?order=old", "/notes/jar/"]
LISTS += ["/notes/search/", "/notes/new/"]


@act("notes:new")
def write(stage, who, dice):
    words, typed = stage.planting(Note, "what", "meaning")
    once = stage.model.make_id()
    assert stage.post(who, "notes:new", once=once, **typed).status_code == 302
    pk = stage.made(who, Note, once)
    stage.touched = stage.model.add(Row(Note, pk, who, words))


def unopened(stage, who, row):
    return mine(stage, who, row) and not stage.model.is_open(row)


@act("notes:edit", on=Note, when=unopened)
def rewrite(stage, who, dice, row):
    words, typed = stage.planting(Note, "what", "meaning")
    assert stage.post(who, "notes:edit", row.pk, **typed).status_code == 302
    stage.model.rewrite(row, words)


@act("notes:give", on=Note, when=mine_to_share)
def give(stage, who, dice, row):
    assert stage.post(who, "notes:give", row.pk, when="now").status_code == 302
    stage.model.share(row, who)


@act("notes:give", on=Note, when=mine_to_share)
def give_from_a_day_on(stage, who, dice, row):
    day = stage.model.space_of(who).day(stage.model.now) + dt.timedelta(days=dice.randint(1, 9))
    assert stage.post(who, "notes:give", row.pk, when="day", day=day.isoformat()).status_code == 302
    stage.model.share(row, who, day)


@act("notes:take_back", on=Note, when=lambda *of: mine(*of) and of[2].space is not None)
def take_back(stage, who, dice, row):
    assert stage.post(who, "notes:take_back", row.pk).status_code == 302
    if not row.opened:
        stage.model.give_back(row)


def to_answer(stage, who, row):
    answered = any(part.model is Answer for part in stage.model.parts_of(row))
    return shared(stage, who, row) and row.author != who and not answered and not row.facts.get("removed")


@act("notes:answer", on=Note, when=to_answer)
def answer(stage, who, dice, row):
    words, typed = stage.planting(Answer, "words")
    page = reverse("notes:detail", args=[row.pk])
    assert stage.press(who, page, "notes:answer", row.pk, reaction="", **typed).status_code == 302
    stage.model.add(Row(Answer, None, who, words, parent=row))


@act("notes:keep", on=Note)
def keep(stage, who, dice, row):
    assert stage.post(who, "notes:keep", row.pk, keep=dice.choice("01")).status_code == 302


@act("notes:remove", on=Note, when=lambda *of: mine(*of) and not of[2].facts.get("removed"))
def remove(stage, who, dice, row):
    assert stage.post(who, "notes:remove", row.pk).status_code == 302
    if row.opened:
        row.words, row.facts["removed"] = {}, True
    else:
        row.gone = True


@act("notes:search")
def search(stage, who, dice):
    assert stage.post(who, "notes:search", words="zq").status_code == 302
    stage.read(who, "/notes/search/")


@act("notes:edit", on=Note, when=lambda *of: shared(*of) and of[2].author != of[1])
def try_to_edit_the_others(stage, who, dice, row):
    _words, typed = stage.planting(Note, "what", "meaning")
    assert stage.post(who, "notes:edit", row.pk, **typed).status_code == 403


@story
def tell(stage, one, other, dice):
    write(stage, one, dice)
    give(stage, one, dice, stage.touched)
    answer(stage, other, dice, stage.touched)
