"""``/space/doors/``: what opens an account, each with its end."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from couples.core import doors
from couples.core.doors import Opening
from couples.core.people import Person
from couples.space.models import Stage
from couples.space.sessions import end_all, public_key
from tests.conftest import PASSWORD
from tests.space.conftest import link_of, newest, sign_in
from tests.world import make_session

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def enter(name: str, agent: str = FIREFOX) -> Client:
    """Somebody of the cast, signed in by the page for it and then once more by password."""
    client = Client(headers={"User-Agent": agent})
    client.post("/accounts/login/", {"login": f"{name}@example.org", "password": PASSWORD})
    assert client.get("/space/doors/").status_code == 200
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def key_of(client: Client) -> str:
    """The public key of a client's session."""
    return public_key(client.session.session_key)


def main(client: Client) -> str:
    """What the page of doors is about."""
    page = client.get("/space/doors/").content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_browsers_are_named_by_family_and_day_and_nothing_else(cast):
    alex, other = enter("alex"), enter("alex", IPHONE)
    began = dt.datetime(2026, 3, 4, 23, 30, tzinfo=dt.UTC)
    UserSession.objects.filter(session_key=other.session.session_key).update(
        created_at=began, ip="203.0.113.9"
    )
    said = main(alex)
    assert said.index("Firefox on Linux") < said.index("This one") < said.index("Safari on iPhone")
    assert "5 March 2026" in said
    for secret in ("203.0.113.9", "23:30", "00:30", other.session.session_key, IPHONE):
        assert secret not in said


def test_one_session_ends_and_is_out_at_its_next_request(cast):
    alex, other, third = enter("alex"), enter("alex", IPHONE), enter("alex")
    assert alex.post(f"/space/doors/session/{key_of(other)}/end/")["Location"] == "/space/doors/"
    assert other.get("/notes/").status_code == 302
    assert [one.get("/notes/").status_code for one in (alex, third)] == [200, 200]
    assert "Safari on iPhone" not in main(alex)
    assert UserSession.objects.filter(user=cast.alex).count() == 2


def test_all_others_end_and_this_one_goes_on(cast):
    alex, others = enter("alex"), [enter("alex"), sign_in(cast.alex)]
    sam = enter("sam")
    began = UserSession.objects.get(session_key=alex.session.session_key).created_at
    assert alex.post("/space/doors/others/end/")["Location"] == "/space/doors/"
    assert [one.get("/notes/").status_code for one in others] == [302, 302]
    assert [one.get("/notes/").status_code for one in (alex, sam)] == [200, 200]
    assert list(UserSession.objects.filter(user=cast.alex).values_list("created_at", flat=True)) == [began]
    assert "Sign out all the others" not in main(alex)
    assert alex.post("/space/doors/others/end/").status_code == 302
    assert alex.get("/notes/").status_code == 200


def test_ending_asks_to_sign_in_again_and_then_ends(cast):
    other = enter("alex", IPHONE)
    alex = Client(headers={"User-Agent": FIREFOX})
    alex.post("/accounts/login/", {"login": "alex@example.org", "password": PASSWORD})
    for path in ("/space/doors/others/end/", f"/space/doors/session/{key_of(other)}/end/"):
        asked = alex.post(path)["Location"]
        assert asked.startswith("/accounts/reauthenticate/?next=")
        assert other.get("/notes/").status_code == 200
    assert alex.post(asked, {"password": PASSWORD})["Location"] == "/space/doors/"
    assert other.get("/notes/").status_code == 302


def test_ending_this_one_is_signing_out(cast):
    alex = enter("alex")
    assert alex.post(f"/space/doors/session/{key_of(alex)}/end/")["Location"] == "/"
    assert alex.get("/notes/").status_code == 302


@pytest.mark.parametrize("key", ["x", "", "0" * 32, "%00", "a" * 4000, "é"])
def test_a_garbled_key_is_no_session(cast, key):
    assert enter("alex").post(f"/space/doors/session/{key}/end/").status_code == 404


def test_somebody_elses_session_is_none(cast):
    alex, sam = enter("alex"), enter("sam")
    assert sam.post(f"/space/doors/session/{key_of(alex)}/end/").status_code == 404
    assert alex.get("/notes/").status_code == 200


def test_what_would_let_nobody_in_is_not_listed(cast):
    alex = enter("alex")
    for number, ruin in enumerate(("old", "round", "other", "gone")):
        make_session(cast.alex, f"dead-{number}", IPHONE)
        session = Session.objects.filter(pk=f"dead-{number}")
        if ruin == "old":
            session.update(expire_date=timezone.now())
        elif ruin == "gone":
            session.delete()
        else:
            wrong = make_session(cast.sam, f"of-sam-{number}") and Session.objects.get(pk=f"of-sam-{number}")
            session.update(session_data=wrong.session_data if ruin == "other" else "garbled")
    assert "iPhone" not in main(alex)


def test_an_ended_round_stays_ended(cast):
    alex = enter("alex")
    end_all(cast.alex)
    assert Person.objects.get(pk=cast.alex.pk).session_round == 1
    assert alex.get("/notes/").status_code == 302
    assert enter("alex").get("/notes/").status_code == 200


def test_invitations_have_their_end(cast):
    token = link_of(cast.robin)
    robin, ex = enter("robin"), enter("ex")
    ex.post(f"/join/{token}/accept/")
    assert "Your yes to Robin’s invitation" in main(ex)
    assert "A link that somebody opened" in main(robin)
    assert ex.post(f"/space/invitation/{newest(cast.robin).pk}/take-back/").status_code == 302
    link_of(cast.robin)
    robin.post(f"/space/invitation/{newest(cast.robin).pk}/revoke/")
    assert newest(cast.robin).stage == Stage.REVOKED
    assert "None is open." in main(robin)


def test_ways_in_lead_to_where_they_change(cast):
    said = main(enter("alex"))
    assert 'href="/accounts/password/change/"' in said
    assert 'href="/accounts/email/"' in said


def test_a_room_adds_its_own_door(cast, monkeypatch):
    monkeypatch.setattr(doors, "DOORS", dict(doors.DOORS))
    feed = Opening("Calendar", "text", "/end/", word="End it")
    doors.Door("feeds", "Feeds", "Why", lambda _request: [feed])
    said = main(enter("alex"))
    assert 'action="/end/"' in said
    assert said.index("Ways to sign in") < said.index("Calendar")


def test_the_former_page_leads_here(cast):
    assert enter("alex").get("/accounts/sessions/")["Location"] == "/space/doors/"
