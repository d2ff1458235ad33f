"""What all rooms share: drafts and news."""

import re

from django.urls import reverse

from couples.core.drafts import Draft
from couples.goals.models import Goal
from couples.notes.models import Note
from tests.proof.acts import act, shared, story
from tests.proof.model import Row

BEGUN = {"notes.new": "what", "goals.new": "title", "dates.new": "title"}
PAGES_OF = {"notes.new": "/notes/new/", "goals.new": "/goals/new/", "dates.new": "/dates/new/"}


def _keep(stage, who, key, name):
    word = stage.canary(Draft, "words")
    assert stage.post(who, "core:draft", key, **{name: stage.typed(word)}).status_code == 204
    stage.model.drafts[who, key] = Row(Draft, None, who, {"words": word})
    return word


@act("core:draft")
def begin_something(stage, who, dice):
    key = dice.choice(sorted(BEGUN))
    word = _keep(stage, who, key, BEGUN[key])
    assert word in stage.read(who, PAGES_OF[key]).content.decode()


@act("core:draft", on=Note, when=lambda *of: shared(*of) and of[2].author != of[1])
def begin_an_answer(stage, who, dice, row):
    _keep(stage, who, f"notes.answer:{row.pk}", "words")


@act("core:draft", on=Goal)
def begin_a_change(stage, who, dice, row):
    _keep(stage, who, f"goals.edit:{row.pk}", "title")


@act("core:news_open")
def open_the_news(stage, who, dice):
    html = stage.read(who, "/").content.decode()
    found = sorted(set(re.findall(r'action="/news/([0-9a-f-]{36})/"', html)))
    if found:
        answer = stage.post(who, "core:news_open", dice.choice(found))
        assert answer.status_code == 302
        assert stage.read(who, answer["Location"]).status_code in (200, 302), "news leads to what can be seen"


@act("core:news_seen")
def see_all_news(stage, who, dice):
    assert stage.post(who, "core:news_seen").status_code == 302
    assert not re.findall(r'action="/news/[0-9a-f-]{36}/"', stage.read(who, reverse("home")).content.decode())


@story
def tell(stage, one, other, dice):
    for _ in range(3):
        begin_something(stage, one, dice)
