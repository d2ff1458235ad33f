"""Every way in which an invitation can't be used, and what linking keeps apart."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from couples.core.couple import Couple, Membership, member_for
from couples.notes.models import Note
from couples.space.actions import Outcome, accept, confirm, invite
from couples.space.models import Invitation, Stage
from tests.space.conftest import couples, link_of, newest, partner_of, sign_in

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 5000, "é☃", "..", "%F0%9F%92%9E", "<b>"])
def test_a_garbled_token_is_a_kind_404(cast, jo, client, token):
    for browser in (client, sign_in(jo)):
        answer = browser.get(f"/join/{token}/")
        assert answer.status_code == 404
        assert "There is no such invitation" in answer.content.decode()
    assert sign_in(jo).post(f"/join/{token}/accept/").status_code == 404
    assert sign_in(jo).post(f"/join/{token}/decline/").status_code == 404


def test_nul_in_a_token_is_a_404(cast, client):
    assert client.get("/join/a%00b/").status_code == 404


def test_an_expired_one(cast, jo, later):
    token = link_of(cast.robin)
    guest, robin = sign_in(jo), sign_in(cast.robin)
    later(7 * DAY)
    for answer in (guest.get(f"/join/{token}/"), guest.post(f"/join/{token}/accept/")):
        assert answer.status_code == 410
        assert "has run out" in answer.content.decode()
    assert guest.post(f"/join/{token}/decline/").status_code == 410
    assert robin.get("/space/").context["link"] is None


def test_a_claim_that_ran_out_cannot_be_confirmed(cast, jo, later):
    token = link_of(cast.robin)
    sign_in(jo).post(f"/join/{token}/accept/")
    later(7 * DAY)
    assert confirm(newest(cast.robin)) is Outcome.ENDED
    assert partner_of(jo) is None


def test_a_revoked_one(cast, jo, client):
    token = link_of(cast.robin)
    robin = sign_in(cast.robin)
    for _time in range(2):
        assert robin.post(f"/space/invitation/{newest(cast.robin).pk}/revoke/").status_code == 302
    for browser in (client, sign_in(jo)):
        answer = browser.get(f"/join/{token}/")
        assert answer.status_code == 410
        assert "Robin" not in answer.content.decode()
    assert sign_in(jo).post(f"/join/{token}/accept/").status_code == 410


def test_a_used_one(cast, jo, client):
    token = link_of(cast.robin)
    accept(jo, Invitation.objects.of_token(token))
    confirm(newest(cast.robin))
    for browser in (client, sign_in(cast.ex)):
        assert browser.get(f"/join/{token}/").status_code == 410
    assert sign_in(cast.ex).post(f"/join/{token}/accept/").status_code == 410


def test_ones_own_link(cast):
    token = link_of(cast.robin)
    robin = sign_in(cast.robin)
    for answer in (
        robin.get(f"/join/{token}/"),
        robin.post(f"/join/{token}/accept/"),
        robin.post(f"/join/{token}/decline/"),
    ):
        assert answer.status_code == 409
        assert "your own invitation" in answer.content.decode()
    assert newest(cast.robin).stage == Stage.OPEN


def test_somebody_linked_already(cast):
    token = link_of(cast.robin)
    alex = sign_in(cast.alex)
    for answer in (alex.get(f"/join/{token}/"), alex.post(f"/join/{token}/accept/")):
        assert answer.status_code == 409
        assert "already share a space" in answer.content.decode()
    assert partner_of(cast.alex) == cast.sam


def test_an_inviter_linked_meanwhile(cast, jo):
    token = link_of(cast.ex)
    other = link_of(cast.robin)
    accept(cast.ex, Invitation.objects.of_token(other))
    confirm(newest(cast.robin))
    assert sign_in(jo).get(f"/join/{token}/").status_code == 410
    assert sign_in(jo).post(f"/join/{token}/accept/").status_code == 410


def test_somebody_linked_cannot_invite(cast):
    answer = sign_in(cast.alex).post("/space/invite/", follow=True)
    assert "You already share a space" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_linking_ends_all_other_invitations_of_both(cast, jo):
    token = link_of(cast.robin)
    of_robin, of_jo, of_ex = link_of(cast.robin, "x@example.org"), link_of(jo), link_of(cast.ex)
    accept(jo, Invitation.objects.of_token(of_ex))
    accept(jo, Invitation.objects.of_token(token))
    confirm(Invitation.objects.of_token(token))
    stages = [Invitation.objects.of_token(one).stage for one in (token, of_robin, of_jo, of_ex)]
    assert stages == [Stage.LINKED, Stage.REVOKED, Stage.REVOKED, Stage.REVOKED]
    assert not Invitation.objects.exclude(email="").exists()


def test_crossed_links_link_at_once(cast, jo):
    of_robin, of_jo = link_of(cast.robin), link_of(jo)
    robin, guest = sign_in(cast.robin), sign_in(jo)
    guest.post(f"/join/{of_robin}/accept/")
    answer = robin.post(f"/join/{of_jo}/accept/")
    assert answer["Location"] == "/space/"
    assert partner_of(jo) == cast.robin
    assert couples() == 3


def test_a_new_link_ends_the_one_before(cast, jo):
    first = link_of(cast.robin)
    second = link_of(cast.robin)
    assert sign_in(jo).get(f"/join/{first}/").status_code == 410
    assert sign_in(jo).get(f"/join/{second}/").status_code == 200


def test_no_more_than_20_a_day(cast, later):
    for _number in range(20):
        link_of(cast.robin)
    answer = sign_in(cast.robin).post("/space/invite/", follow=True)
    assert "20 invitations in one day" in answer.content.decode()
    later(DAY + dt.timedelta(minutes=1))
    assert invite(cast.robin)[0] is Outcome.SENT


def test_long_ended_ones_are_erased(cast, later):
    token = link_of(cast.robin)
    later(38 * DAY)
    link_of(cast.robin)
    assert Invitation.objects.of_token(token) is None
    assert Invitation.objects.filter(inviter=cast.robin).count() == 1


@pytest.mark.parametrize("act", ["revoke", "confirm", "refuse", "take-back"])
def test_somebody_elses_invitation_does_not_exist(cast, jo, act):
    link_of(cast.robin)
    assert sign_in(jo).post(f"/space/invitation/{newest(cast.robin).pk}/{act}/").status_code == 404


def test_acts_are_posts(cast):
    token, robin = link_of(cast.robin), sign_in(cast.robin)
    pk = newest(cast.robin).pk
    for path in (
        "/space/invite/",
        "/space/invite/mail/",
        f"/join/{token}/accept/",
        f"/join/{token}/decline/",
    ):
        assert robin.get(path).status_code == 405
    for act in ("revoke", "confirm", "refuse", "take-back"):
        assert robin.get(f"/space/invitation/{pk}/{act}/").status_code == 405
    assert robin.post(f"/join/{token}/").status_code == 405


def test_confirming_what_nobody_claimed(cast):
    link_of(cast.robin)
    answer = sign_in(cast.robin).post(f"/space/invitation/{newest(cast.robin).pk}/confirm/", follow=True)
    assert "isn’t open any more" in answer.content.decode()
    assert newest(cast.robin).stage == Stage.OPEN


def test_the_database_holds_the_rules(cast, jo):
    def wrong(**fields):
        now = timezone.now()
        given = {"inviter": cast.robin, "token_hash": "h", "created_at": now, "expires_at": now, **fields}
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.create(**given)

    wrong(claimed_by=cast.robin, stage=Stage.CLAIMED)
    wrong(stage=Stage.CLAIMED)
    wrong(claimed_by=jo, stage=Stage.OPEN)
    link_of(cast.robin)
    wrong()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(couple=cast.theirs, person=cast.alex, seat=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(couple=Couple.objects.create(), person=cast.alex, seat=1)


def test_nothing_made_alone_becomes_visible_by_linking(cast, jo):
    mine, theirs = Note.objects.create(author=cast.robin), Note.objects.create(author=jo)
    accept(jo, Invitation.objects.of_token(link_of(cast.robin)))
    confirm(newest(cast.robin))
    robin, guest = member_for(cast.robin), member_for(jo)
    assert robin.partner == jo
    assert list(Note.objects.visible_to(robin)) == [mine]
    assert list(Note.objects.visible_to(guest)) == [theirs]
    assert not Note.objects.filter(couple__isnull=False).exists()
