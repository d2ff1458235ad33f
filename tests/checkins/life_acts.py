"""What Alex and Sam may do on a day. An act says first whether the other could tell, then does it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from couples.checkins.library import feelings
from strategies.reading import all_strategies
from tests.checkins.life import Life
from tests.checkins.life_model import CAUSES, DAY, PEOPLE, TEXTS, Hole, Note, Row, other
from tests.checkins.life_pages import look_at_picture, look_at_row, look_at_strategy

SLUGS = [one.slug for one in all_strategies()]
Act = tuple[bool, str, Callable[[], None]]
"""Whether the other can't tell, the strategy it is about (or none), and how it is done."""


def answers(life: Life, row: Row) -> dict[str, Any]:
    """Fill in the form of a check-in: what is sent. The row has what was said by then."""
    dice, said = life.dice, {}
    if dice.random() < 0.8:
        said["closeness"] = dice.randint(1, 7)
    said |= {cause: dice.randint(0, 4) for cause in CAUSES if dice.random() < 0.6}
    if dice.random() < 0.4:
        chosen = dice.sample(list(feelings()), 2)
        said["feelings"] = [slug for slug in feelings() if slug in chosen]
    said |= {item: life.new_word() for item in TEXTS if dice.random() < 0.6}
    row.note = life.new_word() if dice.random() < 0.5 or not said else ""
    keep = [item for item in ("closeness", *CAUSES, "feelings", *TEXTS) if dice.random() < 0.15]
    row.kept = {item: value for item, value in said.items() if item in keep}
    row.given = {item: value for item, value in said.items() if item not in keep}
    typed = [*said.values(), row.note]
    life.model.words |= {word: row for word in typed if isinstance(word, str) and word}
    life.figures["items kept"] += len(row.kept)
    life.figures["notes to oneself"] += bool(row.note)
    return {**said, "note": row.note, "keep": keep}


def answer(life: Life, who: str) -> Act | None:
    """Answer this week's check-in, or send the form once more."""
    row = life.model.current(who)
    if row is not None and life.dice.random() < 0.95:
        return None

    def do() -> None:
        # What is sent once more crosses what stands, and goes nowhere by itself.
        new = Row(who, (life.model.space, life.model.week()), "", {}, {}, "", gone=row is not None)
        answer = life.post(who, "/checkins/new/", late=new.gone, **answers(life, new))
        if row is None:
            new.pk = answer["Location"].split("/")[2]
            life.model.rows.append(new)
        life.acted()

    return True, "", do


def change(life: Life, who: str) -> Act | None:
    """Change a check-in: what both have seen stays as it is."""
    row = life.some_row(who)

    def do() -> None:
        target = Row(who, row.made, row.pk, {}, {}, "", gone=True) if row.open else row
        life.post(who, f"/checkins/{row.pk}/edit/", late=row.open, **answers(life, target))
        if not row.open:
            row.space = row.until = None  # it is looked at once more before it is sealed anew
        if life.dice.random() < 0.5:
            look_at_row(life, who, row)
        life.acted()

    return (True, "", do) if row else None


def seal(life: Life, who: str) -> Act | None:
    """Seal this week's, which opens both where the other's is in; now and then one whose week is over."""
    model, row = life.model, life.model.current(who)
    if row is None or (row.space and not model.has_lapsed(row)):
        # Pressed once more, or too late: neither does anything.
        rows = [one for one in model.own(who)[:9] if not one.open]
        row = life.dice.choice(rows) if rows and life.dice.random() < 0.06 else None
    if model.space is None or row is None:
        return None
    theirs = model.current(other(who))
    waits = theirs is not None and theirs.space is model.space and not model.has_lapsed(theirs)
    opens = model.can_seal(row) and waits

    def do() -> None:
        life.figures["sealed" if model.can_seal(row) else "sealed too late"] += 1
        life.post(who, f"/checkins/{row.pk}/seal/")
        if model.seal(row):
            life.figures["reveals"] += 1
            life.acted(may_change=model.step is None)
            look_at_row(life, who, row)
            look_at_row(life, other(who), model.current(other(who)))
        else:
            life.acted()
            if life.dice.random() < 0.3:
                look_at_row(life, other(who), row)

    return not opens, "", do


def take_back(life: Life, who: str) -> Act | None:
    """Take back what is sealed: what both have seen stays."""
    row = life.model.current(who)

    def do() -> None:
        life.post(who, f"/checkins/{row.pk}/back/")
        if not row.open:
            row.space = row.until = None
        life.acted()

    return (True, "", do) if row and row.space else None


def throw_away(life: Life, who: str) -> Act | None:
    """Throw a check-in away: what both have seen stays."""
    row = life.some_row(who)

    def do() -> None:
        life.post(who, f"/checkins/{row.pk}/remove/")
        row.gone = not row.open
        life.acted()

    return (True, "", do) if row else None


def press(life: Life, who: str) -> Act | None:
    """Say something of a strategy: of one of which the other has, of one that is open, of any."""
    model, space, dice = life.model, life.model.space, life.dice
    if space is None:
        return None
    waiting = [slug for slug in SLUGS if model.waits(other(who), slug)]
    slug = dice.choice(waiting if waiting and dice.random() < 0.5 else SLUGS)
    says = dice.choice(["focus", "focus", "fine", "no"])
    mine = space.said.get((who, slug))
    opens = (mine is not None and mine.open) or slug in waiting

    def do() -> None:
        focus, was_out = list(space.focus), space.is_out(slug)
        life.post(who, f"/checkins/strategy/{slug}/say/", says=says)
        opened = model.says(who, slug, says)
        life.figures["choices opened" if opened else "choices sealed"] += 1
        life.figures["focus begun"] += slug in space.focus and slug not in focus
        life.figures["ruled out"] += space.is_out(slug) and not was_out
        life.acted(may_change=opened)
        if dice.random() < 0.3:
            look_at_strategy(life, dice.choice(PEOPLE), slug)

    return not opens, slug, do


def unsay(life: Life, who: str) -> Act | None:
    """Take back what the other hasn't seen; what both see stays."""
    said = life.model.space.said if life.model.space else {}
    slugs = [slug for by, slug in said if by == who]
    slug = life.dice.choice(slugs) if slugs else ""

    def do() -> None:
        life.post(who, f"/checkins/strategy/{slug}/unsay/")
        if not said[who, slug].open:
            del said[who, slug]
        life.acted()

    return (True, slug, do) if slug else None


def begin_or_rest(life: Life, who: str) -> Act | None:
    """Begin with what both want, or let a focus rest."""
    model, space = life.model, life.model.space
    wanted = [slug for slug in SLUGS if space and model.both_want(slug)]
    if not wanted:
        return None
    slug = life.dice.choice(wanted)

    def do() -> None:
        life.post(who, f"/checkins/strategy/{slug}/{'rest' if slug in space.focus else 'begin'}/")
        if slug in space.focus:
            model.rest(slug)
        else:
            life.figures["focus begun"] += model.begin(slug)
        life.acted(may_change=True)
        look_at_strategy(life, life.dice.choice(PEOPLE), slug)

    return False, slug, do


def swap(life: Life, who: str) -> Act | None:
    """Another step for today, once a day: who asks again, or has another page open, changes nothing."""
    model, space = life.model, life.model.space
    if space is None or model.step is None:
        return None

    def ask(by: str, step: str) -> None:
        may = step == model.step and model.can_swap(by)
        life.post(by, "/checkins/step/swap/", step=step)
        rest = model.fitting() - {model.step}
        space.swapped_on = model.day if may else space.swapped_on
        life.acted(may_change=may)
        if may and rest and step == model.step:
            raise Hole(f"{step} stays on {model.day}, though it was swapped")
        life.figures["swaps"] += may

    def do() -> None:
        ask(who, life.dice.choice([model.step] * 5 + ["late-thanks"]))
        if model.step is not None and life.dice.random() < 0.5:
            ask(life.dice.choice(PEOPLE), model.step)
            life.figures["swapped again"] += 1

    return False, "", do


def did_it(life: Life, who: str) -> Act | None:
    """They did today's step, or hadn't after all."""
    model, space = life.model, life.model.space
    if space is None or model.step is None:
        return None

    def do() -> None:
        done = (model.day, f"step:{model.step}")
        life.post(who, f"/checkins/step/{'undo' if done in space.did else 'done'}/", step=model.step)
        space.did ^= {done}
        life.figures["steps done"] += done in space.did
        life.acted()

    return False, "", do


def thank(life: Life, who: str) -> Act:
    """Write a note, for oneself, for both at once, or for both from a day on."""
    model, when = life.model, life.dice.choice(["never", "now", "day", "day"])
    when = when if model.space else "never"

    def do() -> None:
        note = Note(who, "", life.new_word())
        model.words[note.word] = note
        sent = {"what": note.word, "meaning": note.word, "once": str(life.new_id())}
        note.pk = life.post(who, "/notes/new/", **sent)["Location"].split("/")[2]
        model.notes.append(note)
        if when != "never":
            later = life.dice.randint(1, 20) * DAY if when == "day" else dt.timedelta()
            note.space, note.opens = model.space, model.day + later
            life.post(who, f"/notes/{note.pk}/give/", when=when, day=note.opens.isoformat() if later else "")
            model.alone |= {(who, model.day, "notes")} if later else set()
            model.space.did |= {(model.day, "notes")} if not later else set()
        life.figures[f"notes {when}"] += 1
        life.acted()

    return when != "now", "", do


def choose_a_day(life: Life, who: str) -> Act | None:
    """Choose another check-in day, or another length of the week."""
    space = life.model.space

    def do() -> None:
        weekday, days = life.dice.randrange(7), life.dice.choice([7, 7, 14])
        version = life.page(who, "/checkins/day/").partition('name="version" value="')[2].partition('"')[0]
        life.post(who, "/checkins/day/", weekday=weekday, every=days, version=version)
        space.choose_day(weekday, days, life.model.day)
        life.acted()

    return (False, "", do) if space else None


def wander(life: Life, who: str) -> Act:
    """Read something: the picture, one's own weeks, a strategy, a check-in of either of the two, whosever it is."""

    def do() -> None:
        rows = [row for row in life.model.rows if not row.gone]
        linked, dice = life.model.space is not None, life.dice.random()
        if rows and dice < 0.5:
            look_at_row(life, who, life.dice.choice(rows[-12:]))
        elif linked and dice < 0.7:
            look_at_picture(life, who)
        elif linked and dice < 0.9:
            look_at_strategy(life, who, life.dice.choice(SLUGS))
        else:
            life.page(who, "/checkins/mine/")

    return True, "", do


ACTS: dict[str, tuple[float, Callable[[Life, str], Act | None]]] = {
    "answer": (0.27, answer),
    "change": (0.015, change),
    "seal": (0.4, seal),
    "take_back": (0.02, take_back),
    "throw_away": (0.01, throw_away),
    "press": (0.07, press),
    "unsay": (0.012, unsay),
    "begin_or_rest": (0.02, begin_or_rest),
    "swap": (0.024, swap),
    "did_it": (0.02, did_it),
    "thank": (0.012, thank),
    "choose_a_day": (0.003, choose_a_day),
    "wander": (0.02, wander),
}
