"""Both act at once: one clear state, and the other one reads a plain sentence."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from couples.core.couple import member_for
from couples.core.due import Due
from couples.core.news import News
from couples.dates.models import DatePlan, LookBack, PlanOption
from tests.dates.conftest import DAY, lived, plan_of, typed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at the same moment, each with a connection of its own; return what they return."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            found[n] = act()
        except Exception as error:
            found[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def send(client: Client, name: str, plan: DatePlan, **data: Any) -> Callable[[], Any]:
    """An act, ready to be sent."""
    url, words = reverse(f"dates:{name}", args=[plan.pk]), {"seen": plan.standing, **data}
    return lambda: client.post(url, words, follow=True)


def other_time(member, ahead: int = 9) -> dict[str, str]:
    return {"day_1": f"{member.today + ahead * DAY}", "time_1": "18:00", "minutes": "120"}


@pytest.mark.parametrize("turn", range(6))
def test_agreeing_against_another_time(cast, browse, turn):
    alex = member_for(cast.alex)
    plan = plan_of(alex, "proposed")
    yes = send(browse("sam"), "agree", plan, option=plan.offers[0].pk)
    other = send(browse("alex"), "offer", plan, **other_time(alex))
    answers = together(*((yes, other) if turn % 2 else (other, yes)))
    assert [answer.status_code for answer in answers] == [200, 200]
    plan.refresh_from_db()
    lost = [answer for answer in answers if "changed meanwhile" in answer.content.decode()]
    if plan.state == "agreed":
        assert (plan.round, Due.objects.count()) == (1, 4)
    else:
        assert (plan.state, plan.round, Due.objects.count()) == ("proposed", 2, 0)
    assert len(lost) == 1
    assert PlanOption.objects.filter(plan=plan, round=2).count() == (0 if plan.state == "agreed" else 1)
    assert News.objects.filter(about=plan.pk).count() == 1


def test_offered_anew_while_the_yes_was_being_read(cast, browse, monkeypatch):
    """The plan was read before the other's offer, its times after it."""
    alex = member_for(cast.alex)
    plan = plan_of(alex, "proposed")
    yes = send(browse("sam"), "agree", plan, option=plan.offers[0].pk)
    other = send(browse("alex"), "offer", plan, **other_time(alex))
    clients = []

    def meanwhile(form):
        if not clients:
            clients.append(together(other))
        return False

    monkeypatch.setattr("couples.dates.answers.AgreeForm.is_valid", meanwhile)
    (answer,) = together(yes)
    assert answer.status_code == 200
    assert "changed meanwhile" in answer.content.decode()


def test_two_moves_at_once(cast, browse):
    alex = member_for(cast.alex)
    plan = plan_of(alex, "agreed")
    answers = together(
        send(browse("alex"), "offer", plan, **other_time(alex, 8)),
        send(browse("sam"), "offer", plan, **other_time(alex, 9)),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    plan.refresh_from_db()
    assert (plan.state, plan.round, PlanOption.objects.filter(plan=plan, round=2).count()) == ("moving", 2, 1)


def test_taking_back_against_agreeing(cast, browse):
    plan = plan_of(member_for(cast.alex), "proposed")
    answers = together(
        send(browse("alex"), "cancel", plan, words="Sorry"),
        send(browse("sam"), "agree", plan, option=plan.offers[0].pk),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    plan.refresh_from_db()
    assert Due.objects.count() == (4 if plan.state == "agreed" else 0)
    assert plan.state in ("agreed", "cancelled")


def test_a_double_click_everywhere(cast, browse):
    alex = member_for(cast.alex)
    words = typed(alex)
    clients = [browse("alex") for _ in range(3)]
    answers = together(*(lambda c=client: c.post(reverse("dates:new"), words) for client in clients))
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    plan = DatePlan.objects.get()
    assert PlanOption.objects.count() == 1
    answers = together(*(send(client, "propose", plan) for client in clients))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert News.objects.count() == 1
    plan.refresh_from_db()
    partner = [browse("sam") for _ in range(3)]
    answers = together(*(send(client, "agree", plan, option=plan.offers[0].pk) for client in partner))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not [answer for answer in answers if "changed meanwhile" in answer.content.decode()]
    assert Due.objects.count() == 4


def test_looking_back_twice_at_once(cast, browse):
    plan = lived(member_for(cast.alex))
    said = {"line": "Lovely", "best": "", "version": ""}
    url = reverse("dates:look_back", args=[plan.pk])
    clients = [browse("sam") for _ in range(3)]
    answers = together(*(lambda c=client: c.post(url, said) for client in clients))
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert LookBack.objects.count() == 1
