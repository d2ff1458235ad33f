"""Nobody chooses the id of a row, and a former couple's dated texts are in nobody's way."""

import uuid
from importlib import import_module

import pytest
from django.urls import reverse

from couples.core.couple import Couple, Membership
from couples.core.due import Due
from couples.core.edits import Version
from couples.core.forms import OnceField
from couples.core.news import News
from couples.dates import actions as dates
from couples.dates.models import DatePlan, PlanTask
from couples.goals.models import Goal, GoalStep
from couples.notes.models import Note
from couples.space.actions import leave
from tests.private_acts import GOAL, PLAN, WORDS
from tests.world import make_goal, make_plan

pytestmark = pytest.mark.django_db
STEP = {"text": "mine", "who": "both", "day": "2031-05-01"}
TASK = {"text": "mine", "who": "both"}
FORMS = {
    Note: ("notes:new", WORDS),
    DatePlan: ("dates:new", PLAN),
    PlanTask: ("dates:task_add", TASK),
    Goal: ("goals:new", GOAL),
    GoalStep: ("goals:step_add", STEP),
}
"""What is made by a form that says of itself which one it is."""


def send(client, model, once, whole=None):
    """Send the form of a new row; the row that it made, if it made one."""
    route, words = FORMS[model]
    before = set(model.objects.values_list("pk", flat=True))
    url = reverse(route, args=[whole.pk] if whole else [])
    assert client.post(url, {**words, "once": str(once)}).status_code == 302
    return model.objects.exclude(pk__in=before).first()


@pytest.mark.parametrize("model", FORMS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("who", ["sam", "dana"])
def test_nobody_chooses_the_id_of_a_new_row(world, browse, who, model):
    """Whatever id a form sends, of any table and of anybody: the row has another, and the form sent twice is one row."""
    member = world.cast.member(who)
    wholes = {PlanTask: make_plan(member, "agreed"), GoalStep: make_goal(member, "in")}
    things = (world.plan, world.goal, world.step, world.note, *world.only_alexs())
    for once in (thing.pk for thing in things):
        made = send(browse(who), model, once, wholes.get(model))
        assert made.author == member.person
        assert made.pk != once
        assert made.pk.version == 4
        assert send(browse(who), model, once, wholes.get(model)) is None
        made.delete()


def test_every_such_form_is_tried():
    rooms = [import_module(f"couples.{room}.forms") for room in ("notes", "dates", "goals")]
    found = [one for room in rooms for one in vars(room).values() if isinstance(one, type)]
    once = {one for one in found if isinstance(getattr(one, "base_fields", {}).get("once"), OnceField)}
    assert len(once) == len(FORMS)


def test_what_one_does_alone_takes_nothing_from_what_both_share(world, browse):
    """Its dated texts, its news, what waits of it and the pages of both stay, though an id is sent that both know."""
    cast, plan, step = world.cast, world.plan, world.step
    sam, alex = browse("sam"), browse("alex")
    words = {"title": "Other words", "place": "", "notes": "", "version": "0"}
    assert sam.post(reverse("dates:edit", args=[plan.pk]), words).status_code == 302
    dates.let_date_wait(plan, cast.member("alex"))
    now = cast.member("alex").now
    Due.objects.create(owner=cast.alex, couple=cast.ours, kind="step", about=step.pk, at=now, shows_from=now)

    def kept():
        tables = (Version, News, Due)
        return [set(table.objects.filter(about__in=[plan.pk, step.pk]).values_list("pk")) for table in tables]

    before = kept()
    assert all(before)
    for who, client in (("sam", sam), ("dana", browse("dana"))):
        for thing in (plan, step):
            note, goal, own = (send(client, model, thing.pk) for model in (Note, Goal, DatePlan))
            part = send(client, GoalStep, thing.pk, goal)
            for route, *of in (
                ("goals:step_remove", goal.pk, part.pk),
                ("goals:remove", goal.pk),
                ("notes:remove", note.pk),
                ("dates:remove", own.pk),
            ):
                assert client.post(reverse(route, args=of)).status_code == 302, (who, route)
    # One that is shared, changed and called off as well.
    goal, called_off = send(sam, Goal, plan.pk), send(sam, DatePlan, step.pk)
    assert sam.post(reverse("goals:share", args=[goal.pk])).status_code == 302
    changed = {**GOAL, "title": "x", "version": 0}
    assert sam.post(reverse("goals:edit", args=[goal.pk]), changed).status_code == 302
    for route in ("dates:propose", "dates:cancel"):
        called_off.refresh_from_db()
        data = {"seen": called_off.standing, "words": ""}
        assert sam.post(reverse(route, args=[called_off.pk]), data).status_code == 302
    send(sam, GoalStep, plan.pk, world.goal)
    assert kept() == before
    words |= {"title": "Once more", "version": "1"}
    assert alex.post(reverse("dates:edit", args=[plan.pk]), words).status_code == 302
    assert alex.get(reverse("goals:history", args=[world.goal.pk])).status_code == 200


def test_an_id_tells_nobody_whether_its_row_is_still_there(world, browse):
    """A goal that was taken back, and one that was taken back and thrown away, are the same to whoever knows the id."""
    alex, sam = browse("alex"), browse("sam")
    for thrown_away in (False, True):
        goal = send(alex, Goal, uuid.uuid4())
        Goal.objects.filter(pk=goal.pk).update(whose="author")
        for act in ("share", "take_back", *(["remove"] if thrown_away else [])):
            assert alex.post(reverse(f"goals:{act}", args=[goal.pk])).status_code == 302
        one, two = (sam.post(reverse("goals:new"), {**GOAL, "once": str(goal.pk)}).url for _ in range(2))
        assert one == two
        assert str(goal.pk) not in one


def test_a_form_from_before_leaving_makes_a_row_of_its_own(cast, browse):
    """What it made then is shut with the space, so it isn't found again."""
    alex, once = browse("alex"), uuid.uuid4()
    note, goal, plan = (send(alex, model, once) for model in (Note, Goal, DatePlan))
    assert alex.post(reverse("notes:give", args=[note.pk]), {"when": "now"}).status_code == 302
    assert alex.post(reverse("goals:share", args=[goal.pk])).status_code == 302
    assert alex.post(reverse("dates:propose", args=[plan.pk]), {"seen": plan.standing}).status_code == 302
    leave(cast.member("alex"))
    for model in (Note, Goal, DatePlan):
        made = send(alex, model, once)
        assert made is not None
        assert made.couple is None


def test_a_goal_with_dated_texts_of_a_former_couple_is_shared_and_dated_anew(cast, browse):
    """Taken back before alex left, with a version of its own; shared again with somebody else."""
    alex = cast.member("alex")
    goal = make_goal(alex, "in", shared=False)
    goal.whose = "author"
    goal.save()
    for act in ("share", "take_back"):
        assert browse("alex").post(reverse(f"goals:{act}", args=[goal.pk])).status_code == 302
    assert Version.objects.filter(about=goal.pk, couple=cast.ours).count() == 1
    leave(alex)
    again = Couple.objects.create(time_zone="Europe/Berlin")
    for seat, person in enumerate((cast.alex, cast.robin), start=1):
        Membership.objects.create(couple=again, person=person, seat=seat)
    client = browse("alex")
    for act in ("share", "take_back", "share"):
        assert client.post(reverse(f"goals:{act}", args=[goal.pk])).status_code == 302
    goal.refresh_from_db()
    assert goal.couple == again
    assert list(Version.objects.filter(about=goal.pk, couple=again).values_list("number", flat=True)) == [1]
    assert browse("robin").get(reverse("goals:history", args=[goal.pk])).status_code == 200
