"""Goals and their steps: write, change, propose, share, answer, reach, let go, take back, hand a step to the dates."""

import datetime as dt

from django.urls import reverse

from couples.core.handover import Handover
from couples.goals.models import Goal, GoalStep
from tests.proof.acts import LISTS, PAGES, act, mine, mine_alone, mine_to_share, shared, story
from tests.proof.model import Row

PAGES[Goal] = (
    "goals:detail",
    "goals:edit",
    "goals:history",
    "goals:preview",
    "goals:remove",
    "goals:reached",
)
LISTS += ["/goals/", "/goals/?show=only_you", "/goals/?show=proposed", "/goals/?order=day", "/goals/past/"]
LISTS += ["/goals/past/?show=only_you", "/goals/new/"]
ENDED = ("reached", "let_go")


def page(row):
    return reverse("goals:detail", args=[row.top.pk])


@act("goals:new")
def write(stage, who, dice):
    words, typed = stage.planting(Goal, "title", "why", "unit")
    typed["unit"] = words["unit"]
    holders = [row for row in stage.model.seen_by(who, Goal) if row.facts["horizon"] == "long"]
    facts = {"horizon": dice.choice(("short", "long")), "whose": dice.choice(("ours", "author", "partner"))}
    more = {"amount_target": "100", "amount_now": "5", **facts}
    if holders and facts["horizon"] == "short" and dice.random() < 0.6:
        more["parent"] = dice.choice(holders).pk
    step = stage.canary(GoalStep, "text")
    if with_step := dice.random() < 0.3:
        more["step"] = stage.typed(step)
    once = stage.model.make_id()
    if stage.post(who, "goals:new", once=once, **typed, **more).status_code == 422:
        return
    pk = stage.made(who, Goal, once)
    row = stage.touched = stage.model.add(Row(Goal, pk, who, words, facts={**facts, "state": "in"}))
    if with_step:
        stage.model.add(Row(GoalStep, None, who, {"text": step}, parent=row))


@act("goals:edit", on=Goal)
def rewrite(stage, who, dice, row):
    found = stage.form(who, reverse("goals:edit", args=[row.pk]), reverse("goals:edit", args=[row.pk]))
    if found is None:
        return
    names = [name for name in ("title", "why", "unit") if name in found.fields]
    words, typed = stage.planting(Goal, *names)
    typed = {name: words[name] if name == "unit" else text for name, text in typed.items()}
    answer = stage.post(who, "goals:edit", row.pk, **{**found.fields, **typed})
    if answer.status_code != 302:
        return
    stage.model.rewrite(row, words)
    row.facts["horizon"] = found.fields.get("horizon", row.facts["horizon"])
    if stage.model.is_open(row):
        history = stage.read(who, reverse("goals:history", args=[row.pk])).content.decode()
        assert any(canary in history for _space, canary in row.was)


def to_share(stage, who, row):
    return mine_to_share(stage, who, row) and row.facts["state"] == "in"


@act("goals:share", on=Goal, when=to_share)
def share(stage, who, dice, row):
    assert stage.post(who, "goals:share", row.pk).status_code == 302
    stage.model.share(row, who)
    row.words.pop("answer", None)
    row.facts["state"] = "in" if row.facts["whose"] == "author" else "proposed"


@act(
    "goals:share", on=Goal, when=lambda *of: mine(*of) and shared(*of) and of[2].facts["state"] == "declined"
)
def propose_again(stage, who, dice, row):
    assert stage.post(who, "goals:share", row.pk).status_code == 302
    stage.model.date(row)
    row.words.pop("answer", None)
    row.facts["state"] = "proposed"


def to_take_back(stage, who, row):
    state, whose = row.facts["state"], row.facts["whose"]
    alone = all(part.author == who for part in stage.model.parts_of(row))
    return (
        mine(stage, who, row)
        and shared(stage, who, row)
        and alone
        and (state == "proposed" or (state == "in" and whose == "author"))
    )


@act("goals:take_back", on=Goal, when=to_take_back)
def take_back(stage, who, dice, row):
    assert stage.post(who, "goals:take_back", row.pk).status_code == 302
    stage.model.date(row)
    stage.model.give_back(row)
    row.words.pop("answer", None)
    row.facts["state"] = "in"


def asked(stage, who, row):
    return shared(stage, who, row) and row.author != who and row.facts["state"] == "proposed"


@act("goals:answer", on=Goal, when=asked)
def answer(stage, who, dice, row):
    words, typed = stage.planting(Goal, "answer")
    here = reverse("goals:answer", args=[row.pk])
    yes = dice.random() < 0.7
    data = {"words": typed["answer"], "say": "in" if yes else "no"}
    assert stage.press(who, here, "goals:answer", row.pk, **data).status_code == 302
    row.words |= words
    row.facts["state"] = "in" if yes else "declined"


@act("goals:support", on=Goal, when=shared)
def support(stage, who, dice, row):
    stage.press(who, page(row), "goals:support", row.pk)


@act("goals:amount", on=Goal)
def set_amount(stage, who, dice, row):
    answer = stage.press(who, page(row), "goals:amount", row.pk, amount_now=str(dice.randint(0, 99)))
    if answer is not None and answer.status_code == 302:
        stage.model.date(row)


def _finish(stage, who, dice, row, state):
    route = f"goals:{state}"
    words, typed = stage.planting(Goal, "closing")
    here = reverse(route, args=[row.pk])
    answer = stage.press(who, here, route, row.pk, words=typed["closing"])
    if answer is not None and answer.status_code == 302:
        row.words |= words
        row.facts["state"] = state


@act("goals:reached", on=Goal, when=lambda *of: of[2].facts["state"] == "in")
def reach(stage, who, dice, row):
    _finish(stage, who, dice, row, "reached")


@act("goals:let_go", on=Goal, when=lambda *of: of[2].facts["state"] == "in")
def let_go(stage, who, dice, row):
    _finish(stage, who, dice, row, "let_go")


@act("goals:take_up", on=Goal, when=lambda *of: of[2].facts["state"] in ENDED)
def take_up(stage, who, dice, row):
    answer = stage.press(who, page(row), "goals:take_up", row.pk)
    if answer is not None and answer.status_code == 302:
        stage.model.date(row)
        row.words.pop("closing", None)
        row.facts["state"] = "in"


@act("goals:remove", on=Goal, when=mine_alone)
def remove(stage, who, dice, row):
    assert stage.post(who, "goals:remove", row.pk).status_code == 302
    row.gone = True


@act("goals:step_add", on=Goal)
def add_a_step(stage, who, dice, row):
    found = stage.form(who, page(row), reverse("goals:step_add", args=[row.pk]))
    if found is None:
        return
    word, once = stage.canary(GoalStep, "text"), stage.model.make_id()
    day = stage.model.now.date() + dt.timedelta(days=dice.randint(0, 9))
    data = {**found.fields, "text": stage.typed(word), "once": once, "day": day.isoformat()}
    data |= {"who": dice.choice(("both", "me", "partner"))} if "who" in found.fields else {}
    if stage.post(who, "goals:step_add", row.pk, **data).status_code == 302:
        pk = stage.made(who, GoalStep, once)
        stage.model.add(Row(GoalStep, pk, who, {"text": word}, parent=row))


def known(stage, who, row):
    return row.pk is not None


@act("goals:step_edit", on=GoalStep, when=known)
def change_a_step(stage, who, dice, row):
    here = reverse("goals:step_edit", args=[row.pk])
    words, typed = stage.planting(GoalStep, "text")
    answer = stage.press(who, here, "goals:step_edit", row.pk, **typed)
    if answer is not None and answer.status_code == 302:
        stage.model.rewrite(row, words)


@act("goals:step_tick", on=GoalStep, when=known)
def tick_a_step(stage, who, dice, row):
    stage.press(who, page(row), "goals:step_tick", row.pk)


@act("goals:step_remove", on=GoalStep, when=lambda *of: known(*of) and mine(*of))
def remove_a_step(stage, who, dice, row):
    here = reverse("goals:step_edit", args=[row.pk])
    answer = stage.press(who, here, "goals:step_remove", row.parent.pk, row.pk)
    if answer is not None and answer.status_code == 302:
        row.gone = True


@act("goals:step_plan", on=GoalStep, when=known)
def plan_a_time_for_a_step(stage, who, dice, row):
    answer = stage.post(who, "goals:step_plan", row.pk)
    if "handover=" in answer["Location"]:
        stage.model.handed[who] = Row(Handover, None, who, {"title": row.words["text"]})
        stage.handover[who] = answer["Location"]
        assert row.words["text"] in stage.read(who, answer["Location"]).content.decode()


@story
def tell(stage, one, other, dice):
    write(stage, one, dice)
    row = stage.touched
    add_a_step(stage, one, dice, row)
    share(stage, one, dice, row)
    if asked(stage, other, row):
        answer(stage, other, dice, row)
    for part in filter(lambda part: known(stage, one, part), stage.model.parts_of(row)):
        plan_a_time_for_a_step(stage, one, dice, part)
    for who in (one, other):
        rewrite(stage, who, dice, row)
        reach(stage, who, dice, row)
        take_up(stage, who, dice, row)
    for who in (one, other):
        let_go(stage, who, dice, row)
