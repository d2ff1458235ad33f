"""Our ideas for dates, as ``manage.py content`` counts and checks them."""

from collections.abc import Iterator

from couples.dates.ideas import COSTS, ENERGIES, PLACES, Idea, ideas
from couples.dates.kinds import PlanKind
from strategies.library import Kind


def _faults() -> Iterator[str]:
    for idea in ideas().values():
        yield from (f"{idea.slug}: {fault}" for fault in _of(idea))


def _of(idea: Idea) -> Iterator[str]:
    words = (idea.kind, PlanKind.values), (idea.place, PLACES), (idea.cost, COSTS), (idea.energy, ENERGIES)
    if any(word not in known for word, known in words):
        yield "is described by a word that isn’t known"
    shortest, longest = (480, 2880) if idea.kind == PlanKind.GETAWAY else (10, 240)
    if not shortest <= idea.minutes <= longest:
        yield f"takes {shortest} to {longest} minutes"
    if len(idea.title) > 50 or len(idea.text) > 200:
        yield "is too long"


Kind(
    "date ideas", lambda: {one.slug: f"{one.title} {one.text}" for one in ideas().values()}, _faults, least=40
)
