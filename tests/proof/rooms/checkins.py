"""Check-ins: answer, keep some of it, change, seal, take back, throw away; the reveal; what both say of a strategy."""

import uuid

from couples.checkins.models import Aside, CheckIn, Choice
from couples.core.couple import member_for
from tests.proof.acts import LISTS, PAGES, act, mine, mine_alone, story
from tests.proof.model import Row

PAGES[CheckIn] = ("checkins:detail", "checkins:edit", "checkins:remove")
PAGES[Choice] = ()  # it holds no words, and stands on the pages of strategies
LISTS += [
    "/checkins/",
    "/checkins/mine/",
    "/checkins/new/",
    "/checkins/day/",
    "/strategies/goals/",
    "/strategies/",
]
SLUGS = ("goals", "communication", "quality-time")


def _week(stage, who):
    """The week it is, and with whom one shares it."""
    return member_for(stage.people[who]).week.first, stage.model.space_of(who)


def _now(stage, who):
    """One's own check-in of the week it is."""
    rows = [row for row in stage.model.rows if row.model is CheckIn and row.author == who and row.alive]
    return next((row for row in rows if row.facts["made"] == _week(stage, who)), None)


def _answers(stage):
    words, given = stage.planting(CheckIn, "words")
    kept, note = stage.planting(Aside, "words")
    sent = {"closeness": "3", "stress": "4", "appreciation": given["words"], "note": note["words"]}
    return words, kept, sent


def _keep(stage, row, words):
    """What one keeps of it takes the place of what one kept before."""
    for part in stage.model.rows:
        if part.model is Aside and part.facts["of"] is row:
            part.gone = True
    aside = Row(Aside, None, row.author, words)
    aside.facts["of"] = row
    stage.model.add(aside)


@act("checkins:new", when=lambda stage, who: _now(stage, who) is None)
def answer(stage, who, dice):
    words, kept, sent = _answers(stage)
    sent["keep"] = dice.choice(["stress", "closeness"])
    once = uuid.uuid5(uuid.NAMESPACE_OID, _week(stage, who)[0].isoformat())
    assert stage.post(who, "checkins:new", **sent).status_code == 302
    pk = stage.made(who, CheckIn, once)
    row = stage.touched = stage.model.add(Row(CheckIn, pk, who, words))
    row.facts["made"] = _week(stage, who)
    _keep(stage, row, kept)


def unopened(stage, who, row):
    return mine(stage, who, row) and not stage.model.is_open(row)


@act("checkins:edit", on=CheckIn, when=unopened)
def change(stage, who, dice, row):
    words, kept, sent = _answers(stage)
    assert stage.post(who, "checkins:edit", row.pk, **sent).status_code == 302
    stage.model.rewrite(row, words)
    _keep(stage, row, kept)


def _to_seal(stage, who, row):
    this_week = row.facts["made"] == _week(stage, who)
    return mine_alone(stage, who, row) and this_week and stage.model.space_of(who) is not None


@act("checkins:seal", on=CheckIn, when=_to_seal)
def seal(stage, who, dice, row):
    assert stage.post(who, "checkins:seal", row.pk).status_code == 302
    stage.model.share(row, who, sealed=True)
    other = stage.model.partner_of(who)
    theirs = _now(stage, other)
    if theirs is not None and theirs.space is row.space:
        stage.model.reveal(row, theirs)


@act("checkins:seal", on=CheckIn, when=lambda *of: mine_alone(*of) and not _to_seal(*of))
def seal_too_late(stage, who, dice, row):
    assert stage.post(who, "checkins:seal", row.pk).status_code == 302


@act("checkins:take_back", on=CheckIn, when=lambda *of: unopened(*of) and of[2].space is not None)
def take_back(stage, who, dice, row):
    assert stage.post(who, "checkins:take_back", row.pk).status_code == 302
    stage.model.give_back(row)


@act("checkins:remove", on=CheckIn, when=unopened)
def throw_away(stage, who, dice, row):
    assert stage.post(who, "checkins:remove", row.pk).status_code == 302
    row.gone = True
    for part in stage.model.rows:
        if part.model is Aside and part.facts["of"] is row:
            part.gone = True


def together(stage, who):
    return stage.model.space_of(who) is not None


@act("checkins:choose", "checkins:unsay", "checkins:begin", "checkins:rest", when=together)
def say_of_a_strategy(stage, who, dice):
    slug = dice.choice(SLUGS)
    assert (
        stage.post(who, "checkins:choose", slug, says=dice.choice(["focus", "fine", "no"])).status_code == 302
    )
    route = dice.choice(["checkins:unsay", "checkins:begin", "checkins:rest"])
    assert stage.post(who, route, slug).status_code == 302


@act("checkins:step_done", "checkins:step_undo", "checkins:step_swap", when=together)
def do_the_small_step(stage, who, dice):
    for route in ("checkins:step_done", "checkins:step_undo", "checkins:step_swap"):
        stage.post(who, route, step=dice.choice(["late-thanks", ""]))


@act("checkins:rhythm", when=together)
def choose_a_day(stage, who, dice):
    sent = {"weekday": str(dice.randrange(7)), "every": dice.choice(["7", "14"])}
    assert stage.press(who, "/checkins/day/", "checkins:rhythm", **sent).status_code == 302


@story
def tell(stage, one, other, dice):
    answer(stage, one, dice)
    seal(stage, one, dice, stage.touched)
    answer(stage, other, dice)
    seal(stage, other, dice, stage.touched)
