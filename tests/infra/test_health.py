"""What tells an operator, and everybody during maintenance, how things are."""

import pytest
from django.db import OperationalError, connection


def test_healthy(client, db):
    """200 and nothing more."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_no_database(client, monkeypatch):
    """503, and nothing about why."""

    def refuse():
        raise OperationalError("connection to secret-host refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert b"secret-host" not in answer.content


@pytest.mark.parametrize("path", ["/", "/notes/", "/accounts/login/", "/join/some-token/"])
def test_maintenance(client, db, settings, path):
    """Everybody gets the page that says so."""
    settings.MAINTENANCE = True
    answer = client.get(path)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert b"<h1" in answer.content


@pytest.mark.parametrize("path", ["/help/", "/healthz"])
def test_what_stays_reachable_during_maintenance(client, db, settings, path):
    """Help, for everybody and always; and the check of whoever runs the server."""
    settings.MAINTENANCE = True
    assert client.get(path).status_code == 200
