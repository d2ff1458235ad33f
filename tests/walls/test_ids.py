"""What is hidden is no thing at all: its id makes an own row, and a former couple's dated texts are in nobody's way."""

import pytest
from django.urls import reverse

from couples.core.couple import Couple, Membership
from couples.core.edits import Version
from couples.dates.models import PlanTask
from couples.goals.models import GoalStep
from couples.space.actions import leave

pytestmark = pytest.mark.django_db


def test_a_strangers_id_makes_an_own_step_and_task(world, browse):
    """On both databases, though one of them shows the stranger's row to the act and the other doesn't."""
    from tests.world import make_goal, make_plan

    dana = world.cast.member("dana")
    goal, plan = make_goal(dana, "in"), make_plan(dana, "agreed")
    client = browse("dana")
    step = {"text": "mine", "who": "both", "day": "2031-05-01", "once": str(world.own_step.pk)}
    assert client.post(reverse("goals:step_add", args=[goal.pk]), step).status_code == 302
    task = {"text": "mine", "who": "both", "once": str(world.own_task.pk)}
    assert client.post(reverse("dates:task_add", args=[plan.pk]), task).status_code == 302
    assert GoalStep.objects.get(goal=goal).pk != world.own_step.pk
    assert PlanTask.objects.get(plan=plan).pk != world.own_task.pk
    assert GoalStep.objects.get(pk=world.own_step.pk).text == "canary own step"


def test_a_goal_with_dated_texts_of_a_former_couple_is_shared_and_dated_anew(cast, browse):
    """Taken back before alex left, with a version of its own; shared again with somebody else."""
    from tests.world import make_goal

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
