"""Many at once: no more devices than there may be, and nobody meets an error page."""

import threading

import pytest
from django.db import connection

from couples.reminders.devices import MOST
from couples.reminders.models import Device
from tests.reminders.push import Browser

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE = 16


def test_many_devices_at_once_are_ten(browse):
    clients, gate, answers = [browse("alex") for _ in range(AT_ONCE)], threading.Barrier(AT_ONCE), []

    def add(client, number):
        said = Browser(f"https://fcm.googleapis.com/fcm/send/{number}").fields
        gate.wait()
        try:
            answers.append(client.post("/reminders/devices/", said).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=each) for each in zip(clients, range(AT_ONCE), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302] * MOST + [422] * (AT_ONCE - MOST)
    assert Device.objects.count() == MOST
