"""Both at the same moment: one meeting, one line of each, one agreement, one end; and nobody meets an error page."""

import datetime as dt
import threading
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from couples.core.news import News
from couples.meeting.models import Agreement, Line, Meeting

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 8


def at_once(*sends):
    """Send all of these at the same moment; the answers, in order."""
    gate, answers = threading.Barrier(len(sends)), [None] * len(sends)

    def send(number):
        gate.wait()
        try:
            answers[number] = sends[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(len(sends))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_begun_twice_at_once_it_is_one(browse):
    alex, sam = browse("alex"), browse("sam")
    for _ in range(ROUNDS):
        answers = at_once(*(partial(client.post, reverse("meeting:begin")) for client in (alex, sam)))
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer.url for answer in answers}) == 1
        assert Meeting.objects.count() == 1
        assert News.objects.count() == 1
        Meeting.objects.all().delete()
        News.objects.all().delete()


def test_the_same_line_twice_and_two_agreements_at_once(browse):
    alex, sam = browse("alex"), browse("sam")
    day = (timezone.now() + dt.timedelta(days=5)).date().isoformat()
    for _ in range(ROUNDS):
        alex.post(reverse("meeting:begin"))
        meeting = Meeting.objects.get()
        line, agree = (
            reverse("meeting:line", args=[meeting.pk, "well"]),
            reverse("meeting:agree", args=[meeting.pk]),
        )
        answers = at_once(
            partial(alex.post, line, {"words": "We laughed."}),
            partial(browse("alex").post, line, {"words": "We laughed."}),
        )
        assert [answer.status_code for answer in answers] == [302, 302]
        answers = at_once(
            partial(alex.post, agree, {"words": "A walk.", "who": "both", "by": day}),
            partial(sam.post, agree, {"words": "Soup.", "who": "both", "by": day}),
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        assert (Line.objects.count(), Agreement.objects.count()) == (1, 1)
        Meeting.objects.all().delete()
        News.objects.all().delete()


def test_nothing_is_said_in_a_meeting_that_ends_at_the_same_moment(browse):
    alex, sam = browse("alex"), browse("sam")
    for _ in range(ROUNDS):
        alex.post(reverse("meeting:begin"))
        meeting = Meeting.objects.get()
        line = reverse("meeting:line", args=[meeting.pk, "well"])
        answers = at_once(
            partial(alex.post, reverse("meeting:close", args=[meeting.pk])),
            partial(sam.post, line, {"words": "One more thing."}),
        )
        assert answers[0].status_code == 302
        assert (answers[1].status_code == 302) == Line.objects.exists()
        assert answers[1].status_code in (302, 409)
        Meeting.objects.all().delete()
        News.objects.all().delete()
