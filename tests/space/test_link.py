"""Inviting by a link: claim, confirm, and every way in which it ends."""

import datetime as dt
import hashlib
import re

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from couples.core.couple import Couple
from couples.space.actions import Outcome, accept, confirm
from couples.space.models import Invitation, Stage
from couples.space.tokens import COOKIE
from tests.crawl import bare
from tests.space.conftest import couples, link_of, newest, partner_of, sign_in, verify

DAY = dt.timedelta(days=1)


def test_making_a_link_shows_it_once_and_keeps_only_its_fingerprint(cast):
    robin = sign_in(cast.robin)
    answer = robin.post("/space/invite/")
    assert (answer.status_code, answer["Location"]) == (302, "/space/")
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("Lax", "/", 3600)
    page = robin.get("/space/").content.decode()
    token = re.search(r"http://testserver/join/([\w-]{43})/", page)[1]
    row = newest(cast.robin)
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(Invitation.objects.values())
    assert abs(row.expires_at - row.created_at - 7 * DAY) < dt.timedelta(seconds=1)


def test_the_qr_code_is_svg_without_style(cast):
    robin = sign_in(cast.robin)
    robin.post("/space/invite/")
    address = f"/space/invitation/{newest(cast.robin).pk}/qr.svg"
    answer = robin.get(address)
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<path" in answer.content
    assert b"style" not in answer.content
    assert address in robin.get("/space/").content.decode()
    robin.cookies.pop(COOKIE)
    assert robin.get(address).status_code == 404
    assert sign_in(cast.alex).get(address).status_code == 404


def test_without_the_cookie_the_link_is_open_but_not_shown(cast):
    robin = sign_in(cast.robin)
    robin.post("/space/invite/")
    robin.cookies.pop(COOKIE)
    page = robin.get("/space/").content.decode()
    assert "/join/" not in page
    assert "can’t be shown again" in page


def test_a_forged_or_foreign_cookie_shows_nothing(cast, jo):
    robin, other = sign_in(cast.robin), sign_in(jo)
    robin.post("/space/invite/")
    other.post("/space/invite/")
    robin.cookies[COOKIE] = other.cookies[COOKIE].value
    assert "/join/" not in robin.get("/space/").content.decode()
    robin.cookies[COOKIE] = "x:y:z"
    assert "/join/" not in robin.get("/space/").content.decode()


def test_signing_out_and_taking_back_delete_the_cookie(cast):
    robin = sign_in(cast.robin)
    robin.post("/space/invite/")
    pk = newest(cast.robin).pk
    answer = robin.post(f"/space/invitation/{pk}/revoke/")
    assert answer.cookies[COOKIE]["max-age"] == 0
    robin.post("/space/invite/")
    answer = robin.post("/accounts/logout/")
    assert answer.cookies[COOKIE]["max-age"] == 0


def test_the_page_of_a_link_is_public_and_discreet(cast, client):
    token = link_of(cast.robin)
    answer = client.get(f"/join/{token}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Robin invites you" in page
    assert cast.robin.email not in page
    assert f"/accounts/signup/?next=%2Fjoin%2F{token}%2F" in page
    assert f"/accounts/login/?next=%2Fjoin%2F{token}%2F" in page
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store, private"


def test_answering_needs_a_session(cast, client):
    token = link_of(cast.robin)
    assert client.post(f"/join/{token}/accept/").status_code == 401
    assert newest(cast.robin).stage == Stage.OPEN


def test_a_link_opens_nothing_before_the_inviter_confirms(cast, jo):
    token = link_of(cast.robin)
    guest, robin = sign_in(jo), sign_in(cast.robin)
    assert f"/join/{token}/accept/" in guest.get(f"/join/{token}/").content.decode()
    answer = guest.post(f"/join/{token}/accept/")
    assert (answer.status_code, answer["Location"]) == (302, f"/join/{token}/")
    assert "Your yes is with Robin" in guest.get(f"/join/{token}/").content.decode()
    assert partner_of(jo) is None
    page = robin.get("/space/").content.decode()
    assert "Yes, this is Jo" in page
    assert jo.email in page
    answer = robin.post(f"/space/invitation/{newest(cast.robin).pk}/confirm/")
    assert (answer.status_code, answer["Location"]) == (302, "/space/")
    assert partner_of(jo) == cast.robin
    assert "Robin and Jo" in robin.get("/space/").content.decode()
    assert guest.get(f"/join/{token}/")["Location"] == "/space/"


def test_the_new_couple_takes_the_inviters_zone_and_no_day(cast, jo):
    cast.robin.time_zone = "Pacific/Auckland"
    cast.robin.together_since = dt.date(2015, 5, 1)
    cast.robin.save()
    token = link_of(cast.robin)
    accept(jo, Invitation.objects.of_token(token))
    confirm(newest(cast.robin))
    couple = Couple.objects.get(memberships__person=jo)
    assert (couple.time_zone, couple.together_since) == ("Pacific/Auckland", None)
    assert couple.since == timezone.now().astimezone(cast.robin.zone).date()
    assert list(couple.memberships.order_by("seat").values_list("person", flat=True)) == [
        cast.robin.pk,
        jo.pk,
    ]


def test_everything_twice_is_safe(cast, jo):
    token = link_of(cast.robin)
    guest, robin = sign_in(jo), sign_in(cast.robin)
    for _time in range(2):
        assert guest.post(f"/join/{token}/accept/").status_code == 302
    pk = newest(cast.robin).pk
    for _time in range(2):
        assert robin.post(f"/space/invitation/{pk}/confirm/")["Location"] == "/space/"
    assert guest.post(f"/join/{token}/accept/")["Location"] == "/space/"
    assert couples() == 3


def test_the_inviter_says_it_is_not_them(cast, jo):
    token = link_of(cast.robin)
    guest, robin = sign_in(jo), sign_in(cast.robin)
    guest.post(f"/join/{token}/accept/")
    for _time in range(2):
        assert robin.post(f"/space/invitation/{newest(cast.robin).pk}/refuse/").status_code == 302
    answer = guest.get(f"/join/{token}/")
    assert answer.status_code == 410
    assert "before your yes was confirmed" in answer.content.decode()
    assert robin.post(f"/space/invitation/{newest(cast.robin).pk}/confirm/").status_code == 302
    assert partner_of(jo) is None


def test_the_invitee_takes_the_yes_back(cast, jo):
    token = link_of(cast.robin)
    guest, robin = sign_in(jo), sign_in(cast.robin)
    guest.post(f"/join/{token}/accept/")
    pk = newest(cast.robin).pk
    assert "Take your yes back" in guest.get("/space/").content.decode()
    for _time in range(2):
        assert guest.post(f"/space/invitation/{pk}/take-back/")["Location"] == "/space/"
    assert "Jo" not in bare(robin.get("/space/").content.decode())  # a token may hold any two letters
    robin.post(f"/space/invitation/{pk}/confirm/")
    assert partner_of(jo) is None


def test_taking_back_is_the_invitees_alone_and_too_late_once_linked(cast, jo):
    token = link_of(cast.robin)
    guest, robin = sign_in(jo), sign_in(cast.robin)
    guest.post(f"/join/{token}/accept/")
    pk = newest(cast.robin).pk
    assert sign_in(cast.alex).post(f"/space/invitation/{pk}/take-back/").status_code == 404
    robin.post(f"/space/invitation/{pk}/take-back/")
    assert newest(cast.robin).stage == Stage.CLAIMED
    robin.post(f"/space/invitation/{pk}/confirm/")
    guest.post(f"/space/invitation/{pk}/take-back/")
    assert partner_of(jo) == cast.robin


def test_declining_ends_it_and_looks_like_any_end(cast, jo):
    token = link_of(cast.robin)
    guest = sign_in(jo)
    for _time in range(2):
        assert guest.post(f"/join/{token}/decline/")["Location"] == "/"
    answer = guest.get(f"/join/{token}/")
    assert answer.status_code == 410
    page = sign_in(cast.robin).get("/space/").content.decode()
    assert "Jo" not in bare(page)
    assert "declined" not in page


def test_only_one_may_claim(cast, jo):
    token = link_of(cast.robin)
    guest, late = sign_in(jo), sign_in(cast.ex)
    guest.post(f"/join/{token}/accept/")
    answer = late.post(f"/join/{token}/accept/")
    assert answer.status_code == 410
    assert "has been used" in answer.content.decode()
    assert late.get(f"/join/{token}/").status_code == 410
    assert late.post(f"/join/{token}/decline/").status_code == 410
    assert newest(cast.robin).claimed_by == jo


@pytest.mark.parametrize("like", ["k\u0131t@example.org", "\u212ait@example.org", "k\u0130t@example.org"])
def test_an_address_that_only_looks_alike_takes_no_bound_invitation(cast, jo, like):
    verify(jo, like)
    invitation = Invitation.objects.of_token(link_of(cast.robin, "kit@example.org"))
    EmailAddress.objects.filter(user=jo).update(email=like)
    assert accept(jo, invitation) is Outcome.FOREIGN
    assert partner_of(jo) is None


def test_the_case_of_an_address_is_nothing(cast, jo):
    verify(jo)
    assert (
        accept(jo, Invitation.objects.of_token(link_of(cast.robin, "JO@example.org"))) is not Outcome.FOREIGN
    )
