"""The kinds of content that belong to the strategies, and what has to be true of them."""

import re
from collections.abc import Iterator, Mapping

from strategies.library import Kind
from strategies.reading import STRENGTHS, Practice, Strategy, all_strategies, is_an_address, premise, steps

PLACES = ("home", "away", "anywhere")
TEN, FIVE, STEPS_EACH = 10, 5, 12
LONGEST = {"text": 220, "why": 160}


def _strategies() -> Mapping[str, str]:
    return {
        one.slug: " ".join(
            (
                *(one.title, one.summary, one.evidence, one.not_when, *one.examples, *one.avoid),
                *(source.says for source in one.sources),
            )
        )
        for one in all_strategies()
    }


def _of_strategies() -> Iterator[str]:
    known = {cause.slug for cause in premise().causes}
    answered = {cause for one in all_strategies() for cause, weight in one.weights.items() if weight > 1}
    yield from (f"no strategy answers {cause}" for cause in sorted(known - answered))
    for one in all_strategies():
        yield from (f"{one.slug}: {fault}" for fault in _of(one, known))


def _of(one: Strategy, known: set[str]) -> Iterator[str]:
    if not set(one.weights) <= known or not set(one.weights.values()) <= {1, 2, 3}:
        yield "answers a cause that there isn’t, or not by 1 to 3"
    if one.strength not in STRENGTHS or not one.sources:
        yield "says how strong the evidence is in one of our words, with a source"
    if len(one.examples) < 3 or len(one.avoid) < 3 or not one.built:
        yield "needs three examples, three things to avoid and a practice"
    for link in re.findall(r'href="(/[^"]*)"', one.html):
        if not is_an_address(link):
            yield f"links to {link}, which isn’t there"


def _practices() -> Mapping[str, Practice]:
    return {f"{one.slug}-{each.tool}": each for one in all_strategies() for each in one.practices}


def _said(practices: Mapping[str, Practice]) -> Mapping[str, str]:
    return {slug: f"{each.name}. {each.text}" for slug, each in practices.items()}


def _of_practices() -> Iterator[str]:
    for slug, each in _practices().items():
        if bool(each.url) != bool(each.label) or not each.often or not 0 < each.minutes <= 240:
            yield f"{slug}: a link has a label, and a practice its minutes and how often"


def _unbuilt() -> Mapping[str, str]:
    return _said({slug: each for slug, each in _practices().items() if not each.is_built})


def _of_steps() -> Iterator[str]:
    for one in all_strategies():
        if len(one.steps) < STEPS_EACH:
            yield f"{one.slug} has {len(one.steps)}, and needs {STEPS_EACH}"
        if 2 * sum(step.money for step in one.steps) > len(one.steps):
            yield f"{one.slug}: more than half cost money"
        for place in PLACES:
            if not any(step.place == place for step in one.steps):
                yield f"{one.slug}: none for {place}"
        if len({step.child for step in one.steps}) < 2:
            yield f"{one.slug}: some are for two alone, some with a child around"
    for step in steps().values():
        if step.place not in PLACES or not 2 <= step.minutes <= 20:
            yield f"{step.slug}: a place that is known, and 2 to 20 minutes"
        if any(len(getattr(step, field)) > most for field, most in LONGEST.items()):
            yield f"{step.slug}: too long"
    if len(steps()) != sum(len(one.steps) for one in all_strategies()):
        yield "a slug is there twice"


Kind("strategies", _strategies, _of_strategies, least=TEN, compared=False)
Kind("causes", lambda: {one.slug: f"{one.name}. {one.looks_like}" for one in premise().causes}, least=FIVE)
Kind("practices", lambda: _said(_practices()), _of_practices)
Kind("unbuilt practices", _unbuilt, compared=False)
Kind(
    "steps",
    lambda: {one.slug: f"{one.text} {one.why}" for one in steps().values()},
    _of_steps,
    TEN * STEPS_EACH,
)
