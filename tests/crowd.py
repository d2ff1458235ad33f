"""Many of everything, for the tests that nothing grows with the years."""

import datetime as dt
import uuid

from couples.core.news import News
from couples.dates.models import DatePlan, LookBack, PlanOption, PlanTask
from couples.goals.models import Goal, GoalStep
from couples.notes.models import GIVEN, Answer, Note
from tests.world import World, make_device, make_goal, make_plan, make_sending, make_session


def crowd(world: World, many: int) -> None:
    """Give alex and sam ``many`` more of everything, and alex as many alone."""
    cast, today = world.cast, world.cast.member("alex").today
    notes = [
        Note(
            author=cast.alex if number % 2 else cast.sam,
            couple=cast.ours,
            opens_on=today - dt.timedelta(days=number),
            what=f"what {number}",
            meaning="meaning",
        )
        for number in range(many)
    ]
    Note.objects.bulk_create(
        [*notes, *(Note(author=cast.alex, what="own", meaning="own") for _ in range(many))]
    )
    Answer.objects.bulk_create(
        Answer(note=note, author=cast.alex, words="thanks", answered_on=today) for note in notes[::2]
    )
    for note in notes[:many]:
        News.objects.create(owner=cast.alex, couple=cast.ours, kind=GIVEN.slug, about=note.pk, opens_on=today)
    for number in range(many):
        make_session(cast.alex, f"{many}-{number}")
        make_device(world.cast.member("alex"))
        make_sending(world.cast.member("alex"))
    _plans(world, many)
    _goals(world, many)


def _plans(world: World, many: int) -> None:
    alex, sam = world.cast.member("alex"), world.cast.member("sam")
    for number in range(many):
        make_plan(alex, "agreed", 4 + number)
        make_plan(sam, "proposed", 4 + number)
        make_plan(alex, "draft", 4 + number)
        lived = make_plan(sam, "agreed", -number - 3)
        LookBack.objects.create(plan=lived, author=alex.person, line="line", best="best")
        PlanTask.objects.create(plan=world.plan, author=alex.person, text=f"task {number}")
    _rounds(world, many)
    assert DatePlan.objects.count() > 4 * many


def _rounds(world: World, many: int) -> None:
    """Rounds of offers that came before: a page shows the last one."""
    last = PlanOption.objects.filter(plan=world.plan).latest("round")
    for number in range(last.round + 1, last.round + 1 + many):
        for position in (1, 2, 3):
            last.pk, last.round, last.position, last._state.adding = uuid.uuid4(), number, position, True
            last.save(force_insert=True)


def _goals(world: World, many: int) -> None:
    alex, sam = world.cast.member("alex"), world.cast.member("sam")
    for _ in range(many):
        make_goal(alex, "in")
        make_goal(alex, "in", horizon="long")
        make_goal(sam, "proposed")
        make_goal(alex, "in", shared=False)
        over = make_goal(alex, "in")
        Goal.objects.filter(pk=over.pk).update(state="reached", ended_on=alex.today, ended_by=alex.person)
    steps = [GoalStep(goal=world.goal, author=alex.person, text="step", day=alex.today) for _ in range(many)]
    GoalStep.objects.bulk_create(steps)
    held = make_goal(alex, "in", horizon="long")
    Goal.objects.filter(couple=world.cast.ours, horizon="short", state="in").update(parent=held)
