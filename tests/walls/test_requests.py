"""A request is one transaction: what an answer of 500 undoes, what a refusal keeps, and what each address needs."""

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from couples.core import wall
from couples.core.drafts import Draft
from couples.core.people import Person
from couples.notes.models import Note
from tests.conftest import PASSWORD
from tests.queries import asked

pytestmark = pytest.mark.django_db


def said():
    columns = "current_user, coalesce(current_setting('app.person', true), ''), coalesce(current_setting('app.act', true), '')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        return cursor.fetchone()


def answer(status, full, request="/"):
    """Through the middleware alone: alex is let in, something is written, and this is answered."""

    def view(request):
        wall.let_in(full.cast.alex)
        Draft.objects.create(owner=full.cast.alex, key=f"notes.new:{status}", words="{}")
        return HttpResponse(status=status)

    return wall.WallMiddleware(view)(RequestFactory().get(request))


@pytest.mark.parametrize(
    ("status", "kept"), [(200, True), (302, True), (404, True), (422, True), (500, False), (503, False)]
)
def test_an_answer_of_500_undoes_what_was_written(full, status, kept):
    before = said()
    assert answer(status, full).status_code == status
    assert Draft.objects.filter(key=f"notes.new:{status}").exists() is kept
    assert said() == before


def test_a_view_that_fails_leaves_nothing_and_the_next_request_works(full, browse, monkeypatch):
    client = browse("alex")
    client.raise_request_exception = False

    def broken(member, pk):
        Draft.objects.create(owner=member.person, key="notes.new:broken", words="{}")
        with pytest.raises(IntegrityError), transaction.atomic():
            Note.objects.create(pk=full.note.pk, author=member.person, what="x")
        raise RuntimeError

    monkeypatch.setattr("couples.notes.views.load", lambda _rows, member, pk: broken(member, pk))
    assert client.get(f"/notes/{full.note.pk}/").status_code == 500
    assert not Draft.objects.filter(key="notes.new:broken").exists()
    monkeypatch.undo()
    assert client.get(f"/notes/{full.note.pk}/").status_code == 200


def test_a_page_asks_no_more_for_the_wall(full, browse):
    """The query that reads the member lets them in as well."""
    client = browse("alex")
    client.get("/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/")
    queries = asked(seen)
    assert len([sql for sql in queries if "set_config" in sql]) == 1
    assert len(queries) <= 12


def test_help_and_health_need_no_transaction(full):
    for path in ("/healthz", "/help/"):
        with CaptureQueriesContext(connection) as seen:
            assert Client().get(path).status_code == 200
        assert [query["sql"] for query in seen.captured_queries] == (
            ["SELECT 1"] if path == "/healthz" else []
        )


def test_signing_out_and_in_again_change_ones_own_sessions_alone(full, browse):
    others = browse("sam")
    client = browse("alex")
    before = set(Session.objects.values_list("pk", flat=True))
    assert client.post("/accounts/logout/").status_code == 302
    gone = before - set(Session.objects.values_list("pk", flat=True))
    assert len(gone) == 1
    assert others.get("/").status_code == 200


def test_one_ends_ones_own_other_sessions_and_nobody_elses(full):
    with wall.person(full.cast.alex):
        UserSession.objects.get(session_key="session-alex").end()
        assert Session.objects.filter(session_key="session-sam").delete()[0] == 0
    assert not Session.objects.filter(session_key="session-alex").exists()
    assert Session.objects.filter(session_key="session-sam").exists()


def test_somebody_signed_in_sees_their_own_sessions_alone(full, browse):
    client = browse("alex")
    key = client.session.session_key
    with wall.behind():
        wall.let_in(full.cast.alex, session=key)
        assert set(Session.objects.values_list("pk", flat=True)) == {key, "session-alex", "s" * 32}


def test_ones_own_doors_show_no_other_account(full, browse, monkeypatch):
    seen = {}

    def look(request):
        seen["people"] = set(Person.objects.values_list("pk", flat=True))
        seen["addresses"] = set(EmailAddress.objects.values_list("user_id", flat=True))
        seen["sessions"] = set(Session.objects.values_list("pk", flat=True))
        return []

    monkeypatch.setattr("couples.space.doors.open_doors", look)
    client, alex = browse("alex"), full.cast.alex
    browse("dana")
    assert client.get("/space/doors/").status_code == 200
    assert not seen["people"] & {full.cast.dana.pk, full.cast.kit.pk}
    assert seen["addresses"] <= {alex.pk}
    assert seen["sessions"] == {client.session.session_key, "session-alex", "s" * 32}


def test_a_session_that_is_in_no_list_goes_on_under_its_new_key(full, browse):
    client, others = browse("alex"), browse("alex")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    UserSession.objects.filter(user=full.cast.alex).delete()
    before = client.session.session_key
    assert client.post("/space/doors/others/end/").status_code == 302
    assert client.session.session_key != before
    assert "signed out" in client.get("/space/doors/").content.decode()
    assert others.get("/notes/").status_code == 302
