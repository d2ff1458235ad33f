"""The consent: explicit, recorded by version and day, taken back as easily as given, and nobody is told."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from couples.core import people
from couples.core.couple import member_for
from couples.core.drafts import Draft
from couples.core.news import News
from couples.core.people import CONSENT, Person
from couples.notes.models import GIVEN, Note
from couples.space.actions import Outcome, accept
from couples.space.consent import withdraw
from couples.space.models import Consent, Invitation, Stage
from tests.conftest import PASSWORD, person
from tests.queries import asked
from tests.space.conftest import link_of, newest, partner_of, sign_in, verify

GOOD = {"name": "Jo", "time_zone": "Europe/Lisbon", "consent": "on"}
AGAIN = "/accounts/reauthenticate/?next=%2Fspace%2Fconsent%2F"


def take_back(client):
    """Take the consent back, by the pages for it."""
    assert client.post("/space/consent/")["Location"] == AGAIN
    return client.post(AGAIN, {"password": PASSWORD})


def test_giving_it_is_recorded(cast):
    jo = person("jo", welcomed_on=None, consented_on=None, consent_version=0)
    client = sign_in(jo)
    page = client.get("/welcome/").content.decode()
    for said in ("What is kept", "Who could read it", "Nobody may ask it of you", "your sex life"):
        assert said in page
    client.post("/welcome/", GOOD)
    jo.refresh_from_db()
    found = Consent.objects.get(owner=jo)
    assert (found.version, found.given_on, found.withdrawn_on) == (CONSENT, jo.consented_on, None)


def test_what_follows_is_said_before(cast, browse):
    page = browse("alex").get("/space/consent/").content.decode()
    main = page[page.index("<main") :]
    assert "1 January 2020" in main
    assert f"version {CONSENT}" in main
    assert main.index("nothing new of you is kept") < main.index("Take my consent back")
    assert main.index("stays with Sam, who isn’t told") < main.index("Take my consent back")


def test_taking_it_back_asks_to_sign_in_again(cast, browse):
    alex = browse("alex")
    assert alex.post("/space/consent/")["Location"] == AGAIN
    assert alex.post(AGAIN, {"password": "wrong wrong"}).status_code != 302
    assert Person.objects.get(pk=cast.alex.pk).agreed
    assert alex.post(AGAIN, {"password": PASSWORD})["Location"] == "/welcome/"
    assert not Person.objects.get(pk=cast.alex.pk).agreed


def test_after_it_every_page_leads_to_the_welcome_and_leaving_stays_open(cast, browse):
    alex = browse("alex")
    take_back(alex)
    for path in ("/", "/notes/", "/dates/", "/goals/", "/space/", "/space/us/", "/more/", "/space/consent/"):
        assert alex.get(path)["Location"] == "/welcome/", path
    for path in ("/welcome/", "/help/", "/space/leave/", "/space/doors/", "/accounts/password/change/"):
        assert alex.get(path).status_code == 200, path
    page = alex.get("/welcome/").content.decode()
    assert "You took your yes back on" in page
    assert 'href="/space/leave/"' in page
    assert 'name="name"' not in page
    alex.post("/space/leave/")
    assert partner_of(cast.alex) is None


def test_nothing_is_kept_and_words_come_back(cast, browse):
    alex = browse("alex")
    take_back(alex)
    answer = alex.post("/notes/new/", {"what": "you waited", "meaning": "held"})
    assert answer.status_code == 403
    assert "you waited" in answer.content.decode()
    assert alex.post("/drafts/notes.new/", {"what": "x"}).status_code == 403
    fragment = alex.get("/notes/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"], fragment.content) == (204, "/welcome/", b"")
    assert not Note.objects.exists()
    assert not Draft.objects.exists()


def test_what_was_never_seen_is_only_ones_own_again(cast, browse):
    alex, today = cast.member("alex"), cast.member("alex").today
    shared, later, hers = (
        Note.objects.create(author=author, couple=cast.ours, opens_on=opens_on, what="x", meaning="y")
        for author, opens_on in (
            (cast.alex, today),
            (cast.alex, today + dt.timedelta(days=3)),
            (cast.sam, today + dt.timedelta(days=3)),
        )
    )
    for note in (shared, later):
        News.objects.tell(alex, GIVEN, note, note.opens_on)
    News.objects.tell(cast.member("sam"), GIVEN, hers, hers.opens_on)
    take_back(browse("alex"))
    couples = [Note.objects.get(pk=one.pk).couple for one in (shared, later, hers)]
    assert couples == [cast.ours, None, cast.ours]
    assert set(News.objects.values_list("owner", "about")) == {
        (cast.sam.pk, shared.pk),
        (cast.alex.pk, hers.pk),
    }
    assert Note.objects.visible_to(member_for(cast.sam)).filter(pk=shared.pk).exists()


def test_agreeing_again_opens_all_and_both_stand_in_the_record(cast, browse):
    own = Note.objects.create(author=cast.alex, what="still mine", meaning="y")
    alex = browse("alex")
    take_back(alex)
    withdraw(member_for(Person.objects.get(pk=cast.alex.pk)))
    wrong = alex.post("/welcome/", {})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["consent"]
    assert alex.post("/welcome/", {"consent": "on"})["Location"] == "/space/"
    today = timezone.now().astimezone(cast.alex.zone).date()
    rows = list(Consent.objects.filter(owner=cast.alex).values_list("version", "given_on", "withdrawn_on"))
    assert sorted(rows, key=str) == sorted(
        [(CONSENT, dt.date(2020, 1, 1), today), (CONSENT, today, None)], key=str
    )
    assert alex.get(f"/notes/{own.pk}/").status_code == 200
    assert "from 1 January 2020 to" in alex.get("/space/consent/").content.decode()
    cast.alex.refresh_from_db()
    assert (cast.alex.name, cast.alex.welcomed_on) == ("Alex", dt.date(2020, 1, 1))


def test_other_words_ask_anew(cast, browse, monkeypatch):
    for module in (people, __import__("couples.space.consent", fromlist=["CONSENT"])):
        monkeypatch.setattr(module, "CONSENT", CONSENT + 1)
    alex = browse("alex")
    assert alex.get("/notes/")["Location"] == "/welcome/"
    assert "What it says has changed" in alex.get("/welcome/").content.decode()
    alex.post("/welcome/", {"consent": "on"})
    assert alex.get("/notes/").status_code == 200
    assert Consent.objects.get(owner=cast.alex).version == CONSENT + 1


def test_an_invitation_leads_through_the_consent(cast, browse):
    token = link_of(cast.robin)
    ex = browse("ex")
    take_back(ex)
    assert ex.post(f"/join/{token}/accept/")["Location"].startswith("/welcome/?next=")
    assert ex.post("/welcome/", {"consent": "on", "next": f"/join/{token}/"})["Location"] == f"/join/{token}/"


def test_the_check_costs_no_query(cast, browse):
    alex = browse("alex")
    alex.get("/more/")
    with CaptureQueriesContext(connection) as captured:
        alex.get("/more/")
    assert len(asked(captured)) == 3  # session, person, membership


@pytest.mark.parametrize("who", ["robin", "alex"])
def test_alone_or_not_the_page_speaks_of_the_one_who_is_there(browse, who):
    page = browse(who).get("/space/consent/").content.decode()
    assert ("Sam" in page) is (who == "alex")


def test_after_it_nobody_is_linked_by_what_was_sent_before(cast, browse):
    verify(cast.ex)
    tokens = [link_of(cast.robin), link_of(cast.robin, cast.ex.email)]
    take_back(browse("robin"))
    ex = browse("ex")
    for token in tokens:
        assert ex.get(f"/join/{token}/").status_code == 410
        assert ex.post(f"/join/{token}/accept/").status_code == 410
    assert partner_of(cast.ex) is None
    assert set(Invitation.objects.filter(inviter=cast.robin).values_list("stage", "email")) == {
        (Stage.REVOKED, "")
    }


def test_after_it_nobody_is_linked_by_a_yes_said_before(cast, browse):
    token = link_of(cast.robin)
    ex = browse("ex")
    ex.post(f"/join/{token}/accept/")
    take_back(ex)
    browse("robin").post(f"/space/invitation/{newest(cast.robin).pk}/confirm/")
    assert partner_of(cast.ex) is None


@pytest.mark.parametrize("who", ["robin", "ex"])
def test_a_couple_takes_two_who_agree(cast, who):
    """Whatever still stands: an invitation that was being made just then."""
    verify(cast.ex)
    link_of(cast.robin, cast.ex.email)
    Person.objects.filter(pk=getattr(cast, who).pk).update(consented_on=None)
    assert accept(cast.ex, newest(cast.robin)) is Outcome.ENDED
    assert partner_of(cast.ex) is None


@pytest.mark.parametrize("act", ["revoke", "refuse", "take-back"])
def test_who_has_not_agreed_to_other_words_can_end_what_is_open(cast, browse, monkeypatch, act):
    """Every door on the page has its end for whoever sees it."""
    token = link_of(cast.robin)
    browse("ex").post(f"/join/{token}/accept/")
    monkeypatch.setattr(people, "CONSENT", CONSENT + 1)
    client = browse("ex" if act == "take-back" else "robin")
    path = f"/space/invitation/{newest(cast.robin).pk}"
    assert path in client.get("/space/doors/").content.decode()
    assert client.post(f"{path}/{act}/")["Location"] == "/space/doors/"
    assert newest(cast.robin).stage in (Stage.REVOKED, Stage.DECLINED)
    for closed in ("confirm/", "qr.svg"):
        answer = client.post(f"{path}/{closed}") if closed == "confirm/" else client.get(f"{path}/{closed}")
        assert answer["Location"] == "/welcome/"


@pytest.fixture
def newer(monkeypatch):
    """What one agrees to has other words now."""
    for module in ("couples.core.people", "couples.space.consent", "couples.space.actions"):
        monkeypatch.setattr(f"{module}.CONSENT", CONSENT + 1)


def test_earlier_words_can_be_taken_back_without_agreeing_to_the_new_ones(cast, browse, newer):
    later = Note.objects.create(
        author=cast.alex, couple=cast.ours, opens_on=cast.member("alex").today + dt.timedelta(days=3)
    )
    alex = browse("alex")
    assert 'href="/space/consent/"' in alex.get("/welcome/").content.decode()
    assert f"version {CONSENT}; those on this page are newer" in alex.get("/space/consent/").content.decode()
    assert take_back(alex)["Location"] == "/welcome/"
    assert Person.objects.get(pk=cast.alex.pk).consented_on is None
    assert Consent.objects.get(owner=cast.alex).withdrawn_on
    assert Note.objects.get(pk=later.pk).couple is None


def test_nobody_is_linked_who_has_not_agreed_to_the_present_words(cast, newer):
    jo = person("jo", consent_version=CONSENT + 1)
    verify(jo)
    token = link_of(cast.robin, jo.email)
    assert accept(jo, Invitation.objects.of_token(token)) == Outcome.ENDED
    assert partner_of(jo) is None
    Person.objects.filter(pk=cast.robin.pk).update(consent_version=CONSENT + 1)
    assert accept(jo, Invitation.objects.of_token(token)) == Outcome.LINKED
