"""The weekly meeting: begin, go on, say, agree, change, say how it went, plan a date, close."""

import datetime as dt

from couples.core.couple import member_for
from couples.meeting.models import Agreement, Line, Meeting
from tests.proof.acts import LISTS, PAGES, act, shared, story
from tests.proof.model import Row

PAGES[Meeting] = ("meeting:detail", "meeting:history")
LISTS += ["/checkins/meeting/"]
PARTS = ("well", "thanks", "talk", "wish", "loved")


def linked(stage, who):
    return stage.model.space_of(who) is not None


@act("meeting:begin", when=linked)
def begin(stage, who, dice):
    answer = stage.post(who, "meeting:begin")
    assert answer.status_code == 302
    space, week = stage.model.space_of(who), member_for(stage.people[who]).week.first
    begun = [row for row in stage.model.rows if row.model is Meeting and row.space is space]
    stage.touched = next((row for row in begun if row.facts["week"] == week), None)
    if stage.touched is None:
        pk = Meeting.objects.get(pk=answer["Location"].split("/")[-2]).pk
        day = space.day(stage.model.now)
        row = Row(Meeting, pk, who, space=space, opens_on=day, opened=True, facts={"week": week})
        stage.touched = stage.model.add(row)


def going_on(stage, who, row):
    return shared(stage, who, row) and not row.facts.get("ended")


def _part(stage, who, meeting, model, row, words):
    """What stands in the meeting now, in the model as well."""
    known = next((one for one in stage.model.rows if one.pk == row.pk), None)
    if known is None:
        stage.model.add(Row(model, row.pk, who, words, parent=meeting))
    else:
        stage.model.rewrite(known, words)


def _say(stage, who, row, part):
    words, typed = stage.planting(Line, "words")
    mine = {"meeting": row.pk, "author": stage.people[who], "part": part}
    before = Line.objects.filter(**mine).first()
    sent = {**typed, "version": before.version if before else ""}
    assert stage.post(who, "meeting:line", row.pk, part, **sent).status_code == 302
    _part(stage, who, row, Line, Line.objects.get(**mine), words)


@act("meeting:line", on=Meeting, when=going_on)
def say(stage, who, dice, row):
    _say(stage, who, row, dice.choice(PARTS))


@act("meeting:agree", on=Meeting, when=going_on)
def agree(stage, who, dice, row):
    words, typed = stage.planting(Agreement, "words")
    before = Agreement.objects.filter(meeting=row.pk).first()
    day = stage.model.space_of(who).day(stage.model.now) + dt.timedelta(days=dice.randint(1, 20))
    sent = {**typed, "who": dice.choice(("both", "me", "partner")), "by": day.isoformat()}
    sent["version"] = before.version if before else ""
    assert stage.post(who, "meeting:agree", row.pk, **sent).status_code == 302
    _part(stage, who, row, Agreement, Agreement.objects.get(meeting=row.pk), words)


@act("meeting:line", "meeting:agree", on=Meeting, when=shared)
def say_too_late(stage, who, dice, row):
    """On what stood before, or once the meeting is over: nothing changes, and what was typed is shown to this one alone."""
    _words, typed = stage.planting(Line, "words")
    if row.facts.get("ended"):
        assert stage.post(who, "meeting:line", row.pk, "wish", **typed, version="").status_code == 409
    elif Agreement.objects.filter(meeting=row.pk).exists():
        day = stage.model.space_of(who).day(stage.model.now).isoformat()
        late = {"who": "both", "by": day, "version": "999"}
        assert stage.post(who, "meeting:agree", row.pk, **typed, **late).status_code == 409


@act("meeting:go", on=Meeting, when=going_on)
def go(stage, who, dice, row):
    at = Meeting.objects.get(pk=row.pk).part
    to = dice.choice((*PARTS, "agreement", "date", "close", "goals", "nowhere"))
    assert stage.post(who, "meeting:go", row.pk, part=at, to=to).status_code == 302


@act("meeting:how", on=Meeting, when=going_on)
def say_how(stage, who, dice, row):
    assert stage.post(who, "meeting:how", row.pk, how=dice.choice(("kept", "not_yet"))).status_code in (
        302,
        422,
    )


@act("meeting:date", on=Meeting, when=going_on)
def plan_a_date(stage, who, dice, row):
    answer = stage.post(who, "meeting:date", row.pk)
    assert stage.read(who, answer["Location"]).status_code == 200
    stage.model.handed.pop(who, None)


@act("meeting:close", on=Meeting, when=going_on)
def close(stage, who, dice, row):
    assert stage.post(who, "meeting:close", row.pk).status_code == 302
    row.facts["ended"] = True


@story
def tell(stage, one, other, dice):
    begin(stage, one, dice)
    meeting = stage.touched
    for who in (one, other, one):
        _say(stage, who, meeting, "talk")
        agree(stage, who, dice, meeting)
    say_too_late(stage, other, dice, meeting)
    go(stage, other, dice, meeting)
    close(stage, one, dice, meeting)
    say_too_late(stage, other, dice, meeting)
    begin(stage, other, dice)
