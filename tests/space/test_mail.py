"""Inviting by e-mail: bound to an address that the other account has verified."""

import re
from smtplib import SMTPException

import pytest
from django.core import mail
from django.http import Http404
from django.test import Client, RequestFactory

from couples.space.actions import Outcome, invite
from couples.space.invitations import invite_address
from couples.space.mail import invite_by_mail
from couples.space.models import Invitation, Stage
from tests.conftest import PASSWORD
from tests.space.conftest import couples, link_of, newest, partner_of, sign_in, verify


@pytest.fixture(autouse=True)
def _with_mail(settings):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def token_in(message) -> str:
    return re.search(r"http://testserver/join/([\w-]{43})/", message.body)[1]


def test_the_mail_is_neutral_and_carries_the_link(cast, jo):
    answer = sign_in(cast.robin).post("/space/invite/mail/", {"email": "Jo@Example.org"})
    assert (answer.status_code, answer["Location"]) == (302, "/space/")
    (message,) = mail.outbox
    assert message.to == ["jo@example.org"]
    assert message.subject == "An invitation to Reconnect"
    assert "Robin" not in message.subject + message.body
    assert "&" not in message.body
    assert Invitation.objects.of_token(token_in(message)) == newest(cast.robin)
    assert newest(cast.robin).stage == Stage.OPEN


def test_a_verified_address_links_at_once_whatever_its_case(cast, jo):
    verify(jo)
    token = link_of(cast.robin, "JO@example.ORG")
    guest = sign_in(jo)
    assert "the space opens for both of you" in guest.get(f"/join/{token}/").content.decode()
    for _time in range(2):
        assert guest.post(f"/join/{token}/accept/")["Location"] == "/space/"
    assert partner_of(jo) == cast.robin
    assert couples() == 3
    assert not Invitation.objects.exclude(email="").exists()


@pytest.mark.parametrize("theirs", [None, "other@example.org"])
def test_another_account_is_turned_away_without_saying_which_address(cast, jo, theirs):
    if theirs:
        verify(jo, theirs)
    token = link_of(cast.robin, "secret@example.org")
    guest = sign_in(jo)
    for answer in (
        guest.get(f"/join/{token}/"),
        guest.post(f"/join/{token}/accept/"),
        guest.post(f"/join/{token}/decline/"),
    ):
        assert answer.status_code == 403
        assert "secret" not in answer.content.decode()
    assert partner_of(jo) is None
    assert newest(cast.robin).stage == Stage.OPEN


def test_an_unverified_address_is_not_enough(cast, jo):
    token = link_of(cast.robin, jo.email)
    assert sign_in(jo).post(f"/join/{token}/accept/").status_code == 403


def test_the_invited_may_decline(cast, jo):
    verify(jo)
    token = link_of(cast.robin, jo.email)
    guest = sign_in(jo)
    for _time in range(2):
        assert guest.post(f"/join/{token}/decline/")["Location"] == "/"
    assert newest(cast.robin).stage == Stage.DECLINED
    assert newest(cast.robin).email == ""


def test_a_linked_person_cannot_accept(cast):
    verify(cast.alex)
    token = link_of(cast.robin, cast.alex.email)
    assert sign_in(cast.alex).post(f"/join/{token}/accept/").status_code == 409
    assert newest(cast.robin).stage == Stage.OPEN


@pytest.mark.parametrize("error", [SMTPException("no"), ConnectionRefusedError(), TimeoutError()])
def test_a_failing_mail_server_leaves_all_as_it_was(cast, monkeypatch, error):
    earlier = link_of(cast.robin, "before@example.org")

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("couples.space.mail.send_mail", fail)
    answer = sign_in(cast.robin).post("/space/invite/mail/", {"email": "jo@example.org"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "nobody is invited yet" in page
    assert 'value="jo@example.org"' in page
    assert Invitation.objects.count() == 1
    assert Invitation.objects.of_token(earlier).stage == Stage.OPEN


def test_a_new_mail_ends_the_one_before_but_not_the_link(cast):
    by_link, first = link_of(cast.robin), link_of(cast.robin, "x@example.org")
    assert (
        invite_by_mail(cast.robin, "y@example.org", lambda token: f"http://testserver/join/{token}/")
        is Outcome.SENT
    )
    assert Invitation.objects.of_token(by_link).stage == Stage.OPEN
    assert Invitation.objects.of_token(first).stage == Stage.REVOKED
    assert Invitation.objects.of_token(token_in(mail.outbox[0])).stage == Stage.OPEN


def test_an_invitation_opens_only_after_its_mail_went_out(cast):
    _outcome, _invitation, token = invite(cast.robin, "x@example.org", sent=False)
    assert Invitation.objects.of_token(token) is None


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "   ",
        "jo",
        "a" * 3000 + "@example.org",
        "jo@example.org\nBcc: x@example.org",
        "jo@@x",
        "\0@x.org",
        "<b>",
    ],
)
def test_a_wrong_address_is_said_at_the_field(cast, wrong):
    answer = sign_in(cast.robin).post("/space/invite/mail/", {"email": wrong})
    assert answer.status_code == 422
    assert answer.context["mail_form"].errors["email"]
    assert not mail.outbox


def test_ones_own_address(cast):
    answer = sign_in(cast.robin).post("/space/invite/mail/", {"email": "ROBIN@example.org"})
    assert answer.status_code == 422
    assert "your own address" in answer.content.decode()


def test_no_answer_tells_whether_an_address_has_an_account(cast, jo):
    pages = []
    for address in (jo.email, cast.alex.email, "no@example.org"):
        robin = sign_in(cast.robin)
        page = robin.post("/space/invite/mail/", {"email": address}, follow=True).content.decode()
        pages.append(
            re.sub(
                r"(csrfmiddlewaretoken|X-CSRFToken)[^>]*|/invitation/[0-9a-f-]*/",
                "",
                page.replace(address, ""),
            )
        )
        Invitation.objects.all().delete()
    assert pages[0] == pages[1] == pages[2]


def test_a_linked_person_is_told_so(cast):
    answer = sign_in(cast.alex).post("/space/invite/mail/", {"email": "x@example.org"}, follow=True)
    assert "You already share a space" in answer.content.decode()
    assert not mail.outbox


def test_without_a_mail_server_there_is_none_of_it(cast, settings):
    settings.HAS_MAIL = False
    assert "by e-mail" not in sign_in(cast.robin).get("/space/").content.decode()
    request = RequestFactory().post("/space/invite/mail/", {"email": "x@example.org"})
    request.member = cast.member("robin")
    with pytest.raises(Http404):
        invite_address(request)


# Such a domain passes for one, and can't be written as a mail server wants it; such a letter is two in lower case.
UNSENDABLE = f"a@{'ü' * 60}.org"
LONGER = "a@" + ("\u0130" * 60 + ".") * 3 + "org"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", [UNSENDABLE, LONGER], ids=["unsendable", "longer"])
@pytest.mark.parametrize("where", ["invite", "sign up", "code", "reset", "change"])
def test_an_address_to_which_nothing_can_be_sent_breaks_nothing(cast, mailing, where, address):
    verify(cast.robin)
    client = sign_in(cast.robin) if where in ("invite", "change") else Client()
    path, sent = {
        "invite": ("/space/invite/mail/", {}),
        "sign up": ("/accounts/signup/", {"name": "A", "password1": PASSWORD}),
        "code": ("/accounts/login/code/", {}),
        "reset": ("/accounts/password/reset/", {}),
        "change": ("/accounts/email/", {"action_add": ""}),
    }[where]
    answer = client.post(path, {**sent, "email": address})
    if where == "change":
        answer = client.post(answer["Location"], {"password": PASSWORD})
    assert answer.status_code in (200, 302, 422)
    assert not Invitation.objects.exists()
