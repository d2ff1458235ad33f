"""Inviting, accepting, confirming, saying no, leaving, and what the two set together."""

import datetime as dt
import re

from tests.proof.acts import act, story
from tests.proof.model import LASTS, PEOPLE, Invite

TOKEN = re.compile(r"/join/([A-Za-z0-9_-]{43})/")
ZONES = ("Europe/Berlin", "Pacific/Auckland", "America/New_York", "Asia/Tokyo", "Pacific/Honolulu")


def alone(stage, who):
    return stage.model.space_of(who) is None


def linked(stage, who):
    return not alone(stage, who)


@act("space:invite", when=alone)
def invite(stage, who, dice):
    assert stage.post(who, "space:invite").status_code == 302
    tokens = set(TOKEN.findall(stage.read(who, "/space/").content.decode()))
    for token in tokens - {one.token for one in stage.model.invites}:
        for one in stage.model.invites:
            if one.inviter == who and one.stage in ("open", "claimed"):
                one.stage = "ended"
        stage.model.invites.append(Invite(who, token, stage.model.now + LASTS))


def good_ones(stage, who):
    """Links that lead this person somewhere."""
    return [one for one in stage.model.invites if one.inviter != who and stage.model.is_alive(one)]


@act("space:accept", when=lambda stage, who: alone(stage, who) and good_ones(stage, who))
def accept(stage, who, dice):
    _say_yes(stage, who, dice.choice(good_ones(stage, who)))


@act("space:accept", when=lambda stage, _who: bool(stage.model.invites))
def accept_anything(stage, who, dice):
    """Any link that ever was, alive or not, one's own too, whoever one is."""
    _say_yes(stage, who, dice.choice(stage.model.invites[-8:]))


def _say_yes(stage, who, one):
    stage.read(who, f"/join/{one.token}/")
    answer = stage.post(who, "space:accept", one.token)
    if stage.model.claim(one, who):
        assert answer["Location"] == "/space/"
        _are_linked(stage, one.inviter, who)


def _are_linked(stage, one, other):
    stage.model.link(one, other)
    for who, name in ((one, other), (other, one)):
        assert name.capitalize() in stage.read(who, "/space/").content.decode()


def _claimed(stage, who):
    mine = [one for one in stage.model.invites if one.inviter == who and one.stage == "claimed"]
    return next((one for one in mine if stage.model.is_alive(one)), None)


def _forms(stage, who, act):
    return re.findall(
        rf'action="/space/invitation/([0-9a-f-]{{36}})/{act}/"', stage.read(who, "/space/").content.decode()
    )


@act("space:confirm", when=_claimed)
def confirm(stage, who, dice):
    one = _claimed(stage, who)
    pk = _forms(stage, who, "confirm")[0]
    assert stage.post(who, "space:confirm", pk).status_code == 302
    _are_linked(stage, who, one.claimed_by)


@act("space:refuse", when=_claimed)
def refuse(stage, who, dice):
    one = _claimed(stage, who)
    assert stage.post(who, "space:refuse", _forms(stage, who, "refuse")[0]).status_code == 302
    one.stage = "ended"


def _open(stage, who):
    mine = [one for one in stage.model.invites if one.inviter == who and one.stage == "open"]
    return next((one for one in mine if stage.model.is_alive(one)), None)


@act("space:revoke", when=_open)
def revoke(stage, who, dice):
    one = _open(stage, who)
    assert stage.post(who, "space:revoke", _forms(stage, who, "revoke")[0]).status_code == 302
    one.stage = "ended"


def _waiting(stage, who):
    said = [one for one in stage.model.invites if one.claimed_by == who and one.stage == "claimed"]
    return next((one for one in said if stage.model.is_alive(one)), None)


@act("space:take_back", when=_waiting)
def take_a_yes_back(stage, who, dice):
    one = _waiting(stage, who)
    assert stage.post(who, "space:take_back", _forms(stage, who, "take-back")[0]).status_code == 302
    one.stage = "ended"


def _any_open(stage, who):
    return any(one.stage == "open" for one in stage.model.invites)


@act("space:decline", when=_any_open)
def decline(stage, who, dice):
    one = dice.choice([one for one in stage.model.invites if one.stage == "open"])
    stage.post(who, "space:decline", one.token)
    if one.inviter != who and stage.model.is_alive(one):
        one.stage = "ended"


@act("space:invite", "space:accept", "space:confirm", when=lambda stage, who: len(_others(stage, who)) > 0)
def link(stage, who, dice):
    """All three steps at once: without it few get as far as sharing anything."""
    other = dice.choice(_others(stage, who))
    invite(stage, who, dice)
    one = _open(stage, who)
    if one is None:
        return
    answer = stage.post(other, "space:accept", one.token)
    if stage.model.claim(one, other):
        assert answer["Location"] == "/space/"
        _are_linked(stage, who, other)
    else:
        confirm(stage, who, dice)


def _others(stage, who):
    return [one for one in PEOPLE if one != who and alone(stage, one)] if alone(stage, who) else []


@act("space:leave", when=linked)
def leave(stage, who, dice):
    partner = stage.model.partner_of(who)
    answer = stage.sure(who, stage.post(who, "space:leave"))
    assert answer["Location"] == "/space/"
    stage.model.leave(who)
    for one in (who, partner):
        assert "/space/leave/" not in stage.read(one, "/space/").content.decode()


@act("space:us", when=linked)
def set_together(stage, who, dice):
    zone = dice.choice(ZONES)
    since = dt.date(2010, 1, 1) + dt.timedelta(days=dice.randrange(3000))
    data = {"time_zone": zone, "together_since": since.isoformat()}
    assert stage.press(who, "/space/us/", "space:us", **data).status_code == 302
    space = stage.model.space_of(who)
    if zone != space.zone:
        space.move(zone, stage.model.now)
        stage.model.open()


@act("space:you")
def set_ones_zone(stage, who, dice):
    data = {"name": who.capitalize(), "time_zone": dice.choice(ZONES)}
    assert stage.press(who, "/space/you/", "space:you", **data).status_code == 302


@story
def tell(stage, one, other, dice):
    set_together(stage, one, dice)
    leave(stage, other, dice)
    invite(stage, one, dice)
    accept(stage, other, dice)
    take_a_yes_back(stage, other, dice)
    link(stage, one, dice)
