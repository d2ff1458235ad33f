"""Many of everything, for the tests that nothing grows with the years."""

import datetime as dt
import uuid

from couples.checkins.models import Focus
from couples.core.news import News
from couples.core.practice import Done
from couples.dates.models import DatePlan, LookBack, PlanOption, PlanTask
from couples.goals.models import Goal, GoalStep
from couples.meeting.models import Agreement, Line, Meeting
from couples.notes.models import GIVEN, Answer, Note
from tests.world import World, make_checkin, make_device, make_goal, make_plan, make_sending, make_session


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
    _weeks(world, many)
    _meetings(world, many)


def _weeks(world: World, many: int) -> None:
    """Check-ins of many weeks, of both and of one alone; what was done on many days; and a focus after the other."""
    alex, sam = world.cast.member("alex"), world.cast.member("sam")
    before = Focus.objects.filter(couple=alex.couple).count()
    for number in range(before, before + many):
        week = alex.week.first - dt.timedelta(weeks=2 + number)
        for member in (alex, sam):
            make_checkin(member, week=week, couple=member.couple, opens_on=week)
        make_checkin(alex, week=week)
        day = alex.today - dt.timedelta(days=number)
        Done.objects.get_or_create(couple=alex.couple, day=day, what="notes")
        Focus.objects.create(couple=alex.couple, strategy="goals", seat=2, since=day, ended_on=day)


def _meetings(world: World, many: int) -> None:
    """Meetings of many weeks, some of them never closed, each with what both said and agreed."""
    cast, alex = world.cast, world.cast.member("alex")
    before, meetings = Meeting.objects.filter(couple=cast.ours).count() + 9, []
    for number in range(before, before + many):
        week = alex.week.first - dt.timedelta(weeks=number)
        days = {"week": week, "until": week + dt.timedelta(days=6), "begun_on": week}
        ended = {"ended_on": None if number % 5 == 0 else week}
        meetings.append(Meeting(couple=cast.ours, part="well", **days, **ended))
    Meeting.objects.bulk_create(meetings)
    ours = {"couple": cast.ours, "author": cast.alex}
    Agreement.objects.bulk_create(
        Agreement(**ours, meeting=one, words="agreed", by=one.until, who=cast.sam) for one in meetings
    )
    Line.objects.bulk_create(
        Line(couple=cast.ours, meeting=one, author=author, part=part, words="said")
        for one in meetings
        for author in (cast.alex, cast.sam)
        for part in ("well", "wish")
    )


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
