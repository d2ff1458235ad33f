"""Dates: plan, change, propose, agree, offer other times, keep, say no, call off, look back, the checklist."""

import datetime as dt

from django.urls import reverse

from couples.dates.models import DatePlan, LookBack, PlanTask
from tests.proof.acts import LISTS, PAGES, act, mine, mine_alone, mine_to_share, shared, story
from tests.proof.model import Row

PAGES[DatePlan] = (
    "dates:detail",
    "dates:edit",
    "dates:history",
    "dates:ics",
    "dates:offer",
    "dates:look_back",
)
LISTS += ["/dates/", "/dates/?show=agreed", "/dates/?show=waiting", "/dates/?show=only_you", "/dates/past/"]
LISTS += ["/dates/past/?show=let_go", "/dates/new/"]
LONGEST = dt.timedelta(days=12)
"""After that much time, whatever ``times`` offered is over."""
KINDS = ("date_night", "hobby", "unplugged", "getaway")


def page(row):
    return reverse("dates:detail", args=[row.top.pk])


def times(stage, dice):
    """One or two times in the coming days, as hours and as days: the kind decides which are read."""
    first = stage.model.now.date() + dt.timedelta(days=dice.randint(2, 9))
    day, next_day = first.isoformat(), (first + dt.timedelta(days=1)).isoformat()
    hours = {"day_1": day, "time_1": "19:00", "minutes": "180"}
    if dice.random() < 0.4:
        hours |= {"day_2": next_day, "time_2": "20:00"}
    return {**hours, "first_1": day, "last_1": next_day}


@act("dates:new")
def plan(stage, who, dice):
    words, typed = stage.planting(DatePlan, "title", "place", "notes")
    source = stage.handover.pop(who, "") if dice.random() < 0.7 else ""
    start = source or "/dates/new/"
    found = stage.form(who, start, "/dates/new/")
    once = stage.model.make_id()
    data = {**found.fields, **times(stage, dice), **typed, "kind": dice.choice(KINDS), "once": once}
    assert stage.post(who, "dates:new", **data).status_code == 302
    if source:
        stage.model.handed.pop(who, None)
    pk = stage.made(who, DatePlan, once)
    stage.touched = stage.model.add(Row(DatePlan, pk, who, words))


@act("dates:edit", on=DatePlan)
def rewrite(stage, who, dice, row):
    here = reverse("dates:edit", args=[row.pk])
    words, typed = stage.planting(DatePlan, "title", "place", "notes")
    more = {} if row.space else times(stage, dice)
    answer = stage.press(who, here, "dates:edit", row.pk, **typed, **more)
    if answer is None or answer.status_code != 302:
        return
    stage.model.rewrite(row, words)
    if row.space:
        history = stage.read(who, reverse("dates:history", args=[row.pk])).content.decode()
        assert any(canary in history for _space, canary in row.was)


@act("dates:remove", on=DatePlan, when=mine_alone)
def remove(stage, who, dice, row):
    assert stage.post(who, "dates:remove", row.pk).status_code == 302
    row.gone = True


@act("dates:propose", on=DatePlan, when=mine_to_share)
def propose(stage, who, dice, row):
    answer = stage.press(who, page(row), "dates:propose", row.pk)
    if answer is not None and answer["Location"] == page(row):
        row.was = set()
        stage.model.share(row, who)
        row.facts = {"by": who}


def asked(stage, who, row):
    return shared(stage, who, row) and row.facts.get("by") != who


@act("dates:agree", on=DatePlan, when=asked)
def agree(stage, who, dice, row):
    answer = stage.press(who, page(row), "dates:agree", row.pk)
    if answer is not None and answer.status_code == 302:
        row.facts["agreed"] = stage.model.now


@act("dates:offer", on=DatePlan, when=shared)
def offer_other_times(stage, who, dice, row):
    here = reverse("dates:offer", args=[row.pk])
    answer = stage.press(who, here, "dates:offer", row.pk, **times(stage, dice))
    if answer is not None and answer.status_code == 302:
        row.facts["by"] = who


def agreed(stage, who, row):
    return shared(stage, who, row) and "agreed" in row.facts


@act("dates:keep", on=DatePlan, when=agreed)
def keep_the_time(stage, who, dice, row):
    for route in ("dates:keep", "dates:agree"):  # a button of the second form leads there too
        if found := stage.form(who, page(row), reverse(route, args=[row.pk])):
            stage.post(who, "dates:keep", row.pk, seen=found.fields["seen"])
            return


def _close(stage, who, dice, row, route):
    words, typed = stage.planting(DatePlan, "closing")
    answer = stage.press(who, reverse(route, args=[row.pk]), route, row.pk, words=typed["closing"])
    if answer is not None and answer.status_code == 302:
        row.words |= words


@act("dates:decline", on=DatePlan, when=asked)
def say_not_this_one(stage, who, dice, row):
    _close(stage, who, dice, row, "dates:decline")


@act("dates:cancel", on=DatePlan, when=shared)
def call_off(stage, who, dice, row):
    _close(stage, who, dice, row, "dates:cancel")


@act("dates:look_back", on=DatePlan, when=agreed)
def look_back(stage, who, dice, row):
    over = row.facts["agreed"] + LONGEST
    stage.pass_time(max(over - stage.model.now, dt.timedelta()))
    words, typed = stage.planting(LookBack, "line", "best")
    here = reverse("dates:look_back", args=[row.pk])
    answer = stage.press(who, here, "dates:look_back", row.pk, **typed)
    if answer is None or answer.status_code != 302:
        return
    looks = [part for part in stage.model.parts_of(row) if part.model is LookBack and part.author == who]
    if looks:
        stage.model.rewrite(looks[0], words)
    else:
        stage.model.add(Row(LookBack, None, who, words, parent=row))


@act("dates:task_add", on=DatePlan)
def add_a_task(stage, who, dice, row):
    word, once = stage.canary(PlanTask, "text"), stage.model.make_id()
    data = {"text": stage.typed(word), "once": once, "who": dice.choice(("me", "both", "partner"))}
    if stage.model.space_of(who) is None:
        data["who"] = "me"
    answer = stage.press(who, page(row), "dates:task_add", row.pk, **data)
    if answer is not None and answer.status_code == 302:
        pk = stage.made(who, PlanTask, once)
        stage.model.add(Row(PlanTask, pk, who, {"text": word}, parent=row))


@act("dates:task_tick", on=PlanTask)
def tick_a_task(stage, who, dice, row):
    stage.press(who, page(row), "dates:task_tick", row.parent.pk, row.pk)


@act("dates:task_remove", on=PlanTask, when=mine)
def remove_a_task(stage, who, dice, row):
    answer = stage.press(who, page(row), "dates:task_remove", row.parent.pk, row.pk)
    if answer is not None and answer.status_code == 302:
        row.gone = True


@story
def tell(stage, one, other, dice):
    plan(stage, one, dice)
    row = stage.touched
    rewrite(stage, one, dice, row)
    add_a_task(stage, one, dice, row)
    propose(stage, one, dice, row)
    rewrite(stage, one, dice, row)
    agree(stage, other, dice, row)
    offer_other_times(stage, other, dice, row)
    keep_the_time(stage, one, dice, row)
    look_back(stage, other, dice, row)
    look_back(stage, other, dice, row)
    plan(stage, other, dice)
    propose(stage, other, dice, stage.touched)
    say_not_this_one(stage, one, dice, stage.touched)
