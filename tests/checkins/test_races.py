"""Two at the same second, through the real views: both are revealed, each thing is there once, and nobody meets an error.

On PostgreSQL fifty rounds; on SQLite, which lets one write after the other, fewer.
"""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from couples.checkins.actions import seal, write
from couples.checkins.models import Aside, CheckIn, Choice, Focus, StepPlan, id_of
from couples.checkins.stepping import today_of
from couples.core.couple import Couple, member_for
from couples.core.news import News
from couples.core.practice import Done
from couples.space.actions import leave
from tests.checkins.doing import CALM, said
from tests.conftest import link

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_once():
    """Send two posts (or do two things) at the same moment, each from a thread of its own; what came of them, in order."""
    pool = ThreadPoolExecutor(2)

    def send(gate, what):
        gate.wait(timeout=20)
        return what() if callable(what) else what[0].post(*what[1:])

    def together(*two):
        return list(pool.map(send, [threading.Barrier(2)] * 2, two))

    yield together
    gate = threading.Barrier(2)
    list(pool.map(lambda _number: (gate.wait(timeout=20), connections.close_all()), range(2)))
    pool.shutdown()
    connections.close_all()


def rounds(most=20):
    return range(most if connection.vendor == "postgresql" else 5)


def begin_anew():
    for model in (News, Done, Aside, CheckIn, Choice, Focus, StepPlan):
        model.objects.all().delete()


def written(person):
    """The check-in of a person, not sealed yet; its id."""
    member = member_for(person)
    write(member, {"closeness": 5, "wish": "A walk"}, {"stress": 2}, "mine")
    return id_of(member, member.week.first)


def test_both_seal_at_the_same_second(cast, browse, at_once):
    alex, sam = browse("alex"), browse("sam")
    for _ in rounds():
        begin_anew()
        mine, theirs = written(cast.alex), written(cast.sam)
        answers = at_once((alex, f"/checkins/{mine}/seal/"), (sam, f"/checkins/{theirs}/seal/"))
        assert [answer.status_code for answer in answers] == [302, 302]
        assert [said(answer) for answer in answers] == [[], []]
        assert CheckIn.objects.filter(opens_on=None).count() == 0
        assert Done.objects.get().what == "checkins"
        assert News.objects.count() == 1
        assert StepPlan.objects.count() == 1
    for client in (alex, sam):
        for pk in (mine, theirs):
            assert b"Side by side" in client.get(f"/checkins/{pk}/").content


def test_pressed_twice_at_once_it_is_sealed_and_nothing_wrong_is_said(cast, browse, at_once):
    for _ in rounds(12):
        begin_anew()
        clients = browse("alex"), browse("alex")
        pk = written(cast.alex)
        answers = at_once(*((client, f"/checkins/{pk}/seal/") for client in clients))
        assert [said(answer) for answer in answers] == [[], []]
        assert CheckIn.objects.get().couple is not None


def test_the_same_form_twice_at_once_is_one_check_in(browse, at_once):
    for _ in rounds(12):
        begin_anew()
        form = {**CALM, "note": "mine", "keep": "wish"}
        answers = at_once(*((browse("alex"), "/checkins/new/", form) for _twice in range(2)))
        assert {answer.url for answer in answers} == {f"/checkins/{CheckIn.objects.get().pk}/"}
        assert Aside.objects.count() == 1


def test_a_seal_and_a_change_or_taking_back_at_once_lose_nothing(cast, browse, at_once):
    alex, sam = browse("alex"), browse("sam")
    for number in rounds(12):
        begin_anew()
        mine, theirs = written(cast.alex), written(cast.sam)
        seal(member_for(cast.sam), CheckIn.objects.get(pk=theirs))
        act = ("back", {}) if number % 2 else ("edit", {"closeness": "7", "note": ""})
        answers = at_once((alex, f"/checkins/{mine}/seal/"), (sam, f"/checkins/{theirs}/{act[0]}/", act[1]))
        assert [answer.status_code for answer in answers] == [302, 302]
        row = CheckIn.objects.get(pk=theirs)
        assert CheckIn.objects.filter(opens_on=None).count() in (0, 2)
        assert row.answers["closeness"] in ((5, 7) if act[0] == "edit" else (5,))
        assert (row.couple is None) <= (row.opens_on is None)


def test_both_press_our_focus_at_once(browse, at_once):
    alex, sam = browse("alex"), browse("sam")
    for _ in rounds(12):
        begin_anew()
        url, sent = "/checkins/strategy/goals/say/", {"says": "focus"}
        answers = at_once((alex, url, sent), (sam, url, sent))
        assert [answer.status_code for answer in answers] == [302, 302]
        assert Focus.objects.get().strategy == "goals"
        assert Choice.objects.filter(opens_on=None).count() == 0
        assert News.objects.count() == 1


def test_two_strategies_want_the_last_place_at_once(browse, at_once):
    alex, sam = browse("alex"), browse("sam")
    for _ in rounds(12):
        begin_anew()
        for client, slugs in ((alex, ("goals", "communication")), (sam, ("goals", "quality-time"))):
            for slug in slugs:
                client.post(f"/checkins/strategy/{slug}/say/", {"says": "focus"})
        sent = {"says": "focus"}
        at_once(
            (alex, "/checkins/strategy/quality-time/say/", sent),
            (sam, "/checkins/strategy/communication/say/", sent),
        )
        assert Focus.objects.filter(ended_on=None).count() == 2
        assert set(Focus.objects.values_list("seat", flat=True)) == {1, 2}


def test_both_swap_at_once_and_it_is_swapped_once(cast, browse, at_once):
    alex, sam = browse("alex"), browse("sam")
    for _ in rounds(12):
        begin_anew()
        first = today_of(cast.member("alex")).step.slug
        answers = at_once(*((client, "/checkins/step/swap/", {"step": first}) for client in (alex, sam)))
        assert sorted(len(said(answer)) for answer in answers) == [0, 1]
        second = today_of(cast.member("alex")).step.slug
        assert second == today_of(cast.member("sam")).step.slug != first
        assert first in StepPlan.objects.get().order[-2:]


def test_a_seal_or_a_word_while_the_partner_leaves_is_never_shown_and_stays_its_authors(
    cast, browse, at_once
):
    for number in rounds(12):
        Couple.objects.filter(ended_on=None, memberships__person=cast.alex).delete()
        begin_anew()
        link(cast.alex, cast.sam)
        alex, sam, member = browse("alex"), browse("sam"), member_for(cast.sam)
        mine, theirs = written(cast.alex), written(cast.sam)
        act = (
            (f"/checkins/{mine}/seal/",)
            if number % 2
            else ("/checkins/strategy/goals/say/", {"says": "focus"})
        )
        seal(member_for(cast.sam), CheckIn.objects.get(pk=theirs))
        answer, _left = at_once((alex, *act), lambda member=member: leave(member))
        assert answer.status_code == 302
        assert "You changed it in another place" not in alex.get("/more/").content.decode()
        assert not Couple.objects.filter(pk=member.couple.pk, ended_on=None).exists()
        open_ = CheckIn.objects.filter(opens_on__isnull=False).count()
        assert open_ in (0, 2)
        assert not CheckIn.objects.filter(couple__isnull=False, opens_on=None).exists()
        assert not Choice.objects.filter(couple__isnull=False).exists()
        for client, pk in ((alex, theirs), (sam, mine), (alex, uuid.uuid4())):
            assert client.get(f"/checkins/{pk}/").status_code == 404
        assert alex.get(f"/checkins/{mine}/").status_code == (404 if open_ else 200)
