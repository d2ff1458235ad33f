"""Weeks of Alex and Sam as the dice fall, and what is looked at from the other side."""

from django.db import transaction

from tests.checkins.life_acts import ACTS, SLUGS
from tests.checkins.life_model import DAY, PEOPLE, other


def perform(life, who, name, watched):
    """Do something, if it can be done now. What is private is now and then watched from the other side."""
    found = ACTS[name][1](life, who)
    if found is None:
        return
    private, slug, do = found
    if not private or name == "wander" or life.dice.random() >= watched:
        do()
        return
    with life.unseen(who, slug):
        do()
        life.figures["watched"] += 1
        for more in life.dice.sample(sorted(ACTS), 4):
            found = ACTS[more][1](life, who)
            if found is not None and found[0]:
                found[2]()
                life.figures["watched"] += 1


BUSY = 0.5
"""Of what they might do in a week, so much: a thousand weeks in a minute of two cores."""


def live(life, weeks, watched=0.05):
    """Weeks go by, in which each may do this or that. ``watched``: how often it is looked whether the other could tell."""
    dice = life.dice
    for day in range(7 * weeks):
        life.next_day()
        if life.model.space is None and (dice.random() < 0.15 or not day):
            life.link()
        elif life.model.space is not None and dice.random() < 0.004:
            life.leave()
        doing = [
            (who, name)
            for who in PEOPLE
            for name, (chance, _) in ACTS.items()
            if dice.random() < BUSY * chance
        ]
        dice.shuffle(doing)
        for who, name in doing:
            perform(life, who, name, watched)
        if dice.random() < 0.08:
            life.look()
        if life.model.space is not None and dice.random() < 0.015:
            who = dice.choice(PEOPLE)
            echo(life, who, private_post(life, who), open_post(life, who))


def echo(life, who, secret, shown):
    """An act that both see comes to the same for the other, whether or not something private went before it."""
    if secret is None or shown is None:
        return
    outcomes = []
    for posts in ([secret, shown], [shown]):
        with transaction.atomic():
            for by, path, data in posts:
                assert life.clients[by].post(path, data).status_code in (302, 409)
            outcomes.append(life.outcome(other(who)))
            transaction.set_rollback(True)
    life.figures["echoes"] += 1
    for one, two in zip(*outcomes, strict=True):
        life.same(f"{other(who)} can tell from what came of {shown} that there was {secret}", one, two)


def private_post(life, who):
    """Something that one may do now and the other can't tell."""
    model, dice, found = life.model, life.dice, []
    notes = [note for note in model.notes if note.who == who and note.opens is None]
    if notes:
        day = (model.day + dice.randint(2, 9) * DAY).isoformat()
        found.append((who, f"/notes/{notes[-1].pk}/give/", {"when": "day", "day": day}))
    slugs = [
        slug for slug in SLUGS if (who, slug) not in model.space.said and not model.waits(other(who), slug)
    ]
    if slugs:
        says = dice.choice(["focus", "fine", "no"])
        found.append((who, f"/checkins/strategy/{dice.choice(slugs)}/say/", {"says": says}))
    row = model.current(who)
    if row is None or row.space is None:
        found.append((who, "/checkins/new/", {"conflict": "4", "note": "unknown to anybody"}))
    return dice.choice(found) if found else None


def open_post(life, who):
    """Something that both see, by either of the two, which rests on nothing of ``private_post``."""
    model, dice, said = life.model, life.dice, life.model.space.said
    say = [(by, slug) for by, slug in sorted(said) if said[by, slug].open]
    say += [(who, slug) for slug in SLUGS if model.waits(other(who), slug)]
    found = [
        (by, f"/checkins/strategy/{slug}/say/", {"says": dice.choice(["focus", "no"])}) for by, slug in say
    ]
    found += [(dice.choice(PEOPLE), f"/checkins/strategy/{slug}/rest/", {}) for slug in model.space.focus]
    if model.step is not None:
        found.append((other(who), "/checkins/step/swap/", {"step": model.step}))
    return dice.choice(found) if found else None
