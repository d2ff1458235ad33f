"""The same form twice at once: one note, and nobody meets an error page."""

import threading
import uuid

import pytest
from django.db import connection

from couples.notes.models import Note

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def test_a_note_sent_twice_at_once_is_one_note(browse):
    clients = browse("alex"), browse("alex")
    for _ in range(ROUNDS):
        gate, answers = threading.Barrier(2), []
        words = {"what": "You came early.", "meaning": "I was glad.", "once": str(uuid.uuid4())}

        def send(client, gate=gate, answers=answers, words=words):
            gate.wait()
            try:
                answers.append(client.post("/notes/new/", words))
            finally:
                connection.close()

        threads = [threading.Thread(target=send, args=[client]) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in answers] == [302, 302]
        assert len({answer.url for answer in answers}) == 1
    assert Note.objects.count() == ROUNDS
