"""Reminders: switch them on and off, let a browser show them, end that, and be reminded."""

from unittest import mock

from couples.reminders import rounds, tokens
from couples.reminders.models import Device, mark_of
from couples.reminders.ready import kinds
from tests.proof.acts import LISTS, act, mine, story
from tests.proof.model import Row
from tests.reminders.push import Browser

LISTS += ["/reminders/", "/space/doors/"]


@act("reminders:home")
def choose(stage, who, dice):
    data = {kind.slug.replace(".", "-"): dice.choice(("off", "push")) for kind in kinds()}
    answer = stage.post(who, "reminders:home", **data, begins="", ends="")
    assert answer.status_code == 302


@act("reminders:device_add")
def add_a_device(stage, who, dice):
    word = stage.canary(Device, "subscription")
    browser = Browser(f"https://fcm.googleapis.com/{word}")
    if stage.post(who, "reminders:device_add", **browser.fields).status_code == 302:
        pk = Device.objects.get(mark=mark_of(browser.endpoint)).pk
        stage.model.add(Row(Device, pk, who, {"subscription": word}))
        stage.clients[who].cookies.pop("device", None)  # the next one is another browser


@act("reminders:device_end", on=Device, when=mine)
def end_a_device(stage, who, dice, row):
    assert stage.post(who, "reminders:device_end", row.pk).status_code == 302
    row.gone = True


@act("reminders:off")
def press_the_link_of_a_mail(stage, who, dice):
    """Whoever has a link may press it: it shows nothing, whosever it is."""
    whose = dice.choice(sorted(stage.people))
    token = tokens.make(stage.people[whose].pk, dice.choice(kinds()).slug)
    assert stage.read(who, f"/reminders/off/{token}/").status_code == 200
    assert stage.post(who, "reminders:off", token).status_code == 200


@act("reminders:home")
def be_reminded(stage, who, dice):
    """A round for everybody: nothing but what it may say leaves, and nobody is told of what they can't see."""
    choose(stage, who, dice)
    sent = []
    with mock.patch.object(rounds.Pushes, "send", lambda _self, _one, payload, _kept: sent.append(payload)):
        rounds.remind()
    assert set(sent) <= {b'{"title": "Reconnect", "body": "There is something for you.", "url": "/"}'}


@story
def tell(stage, one, other, dice):
    choose(stage, one, dice)
    add_a_device(stage, one, dice)
    be_reminded(stage, other, dice)
