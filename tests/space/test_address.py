"""Changing one's e-mail address where no mail server is set up: it counts at once."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from couples.core.people import Person
from tests.conftest import PASSWORD
from tests.space.conftest import code_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def alex(cast, client):
    EmailAddress.objects.create(user=cast.alex, email=cast.alex.email, primary=True)
    client.post(reverse("account_login"), {"login": "alex@example.org", "password": "a quiet evening in"})
    client.post(reverse("account_reauthenticate"), {"password": "a quiet evening in"})
    return client


def test_without_mail_the_new_address_counts_at_once(cast, alex):
    answer = alex.post(reverse("account_email"), {"email": "Alexandra@Example.org", "action_add": ""})
    assert answer["Location"] == reverse("account_email"), answer.content
    cast.alex.refresh_from_db()
    assert cast.alex.email == "alexandra@example.org"
    assert [row.email for row in EmailAddress.objects.filter(user=cast.alex)] == ["alexandra@example.org"]
    alex.logout()
    for address, lands in (("alex@example.org", False), ("alexandra@example.org", True)):
        alex.post(reverse("account_login"), {"login": address, "password": "a quiet evening in"})
        assert ("_auth_user_id" in alex.session) is lands


def test_a_taken_or_wrong_address_changes_nothing(cast, alex):
    for wrong in (
        "sam@example.org",
        "SAM@example.org",
        "x",
        "",
        "a\0@b.org",
        "alex@example.org",
        "x" * 400 + "@b.org",
    ):
        answer = alex.post(reverse("account_email"), {"email": wrong, "action_add": ""})
        assert answer.status_code in (200, 422)
        cast.alex.refresh_from_db()
        assert cast.alex.email == "alex@example.org"


def test_sign_up_asks_for_the_name_first(cast, client):
    page = client.get(reverse("account_signup")).content.decode()
    assert page.index('name="name"') < page.index('name="email"') < page.index('name="password1"')


def test_with_a_mail_server_the_new_address_counts_once_its_code_is_typed(cast, alex, mailing):
    EmailAddress.objects.update(verified=True)
    answer = alex.post(reverse("account_email"), {"email": "Alexandra@Example.org", "action_add": ""})
    assert answer["Location"] == reverse("account_email_verification_sent")
    assert mail.outbox[-1].to == ["alexandra@example.org"]
    page = alex.get(answer["Location"]).content.decode()
    assert "Type the code from your mail" in page
    assert alex.post(answer["Location"], {"code": "nonsense"}).status_code == 422
    cast.alex.refresh_from_db()
    assert cast.alex.email == "alex@example.org"
    assert alex.post(answer["Location"], {"code": code_in(mail.outbox[-1])}).status_code == 302
    cast.alex.refresh_from_db()
    assert cast.alex.email == "alexandra@example.org"
    assert alex.get(reverse("account_email")).status_code == 200


def test_a_wrong_code_ends_after_three_tries(cast, alex, mailing):
    EmailAddress.objects.update(verified=True)
    path = reverse("account_email_verification_sent")
    alex.post(reverse("account_email"), {"email": "alexandra@example.org", "action_add": ""})
    for _try in range(3):
        alex.post(path, {"code": "nonsense"})
    assert alex.post(path, {"code": code_in(mail.outbox[0])}).status_code == 302
    cast.alex.refresh_from_db()
    assert cast.alex.email == "alex@example.org"


def begun(address):
    """Somebody signs up with an address and never confirms it."""
    answer = Client().post(reverse("account_signup"), {"name": "A", "email": address, "password1": PASSWORD})
    assert answer["Location"] == reverse("account_email_verification_sent")
    return Person.objects.get(email=address)


def change_to(client, address):
    client.post(reverse("account_email"), {"email": address, "action_add": ""})
    return client.post(reverse("account_email_verification_sent"), {"code": code_in(mail.outbox[-1])})


def test_an_account_that_was_begun_with_ones_new_address_and_never_opened_goes(cast, alex, mailing):
    EmailAddress.objects.update(verified=True)
    squatter = begun("alexandra@example.org")
    assert change_to(alex, squatter.email).status_code == 302
    cast.alex.refresh_from_db()
    assert cast.alex.email == squatter.email
    assert not Person.objects.filter(pk=squatter.pk).exists()


@pytest.mark.parametrize("opened", ["welcomed", "confirmed"])
def test_an_account_that_somebody_opened_stays(cast, alex, mailing, opened):
    EmailAddress.objects.update(verified=True)
    other = begun("alexandra@example.org")
    if opened == "welcomed":
        Person.objects.filter(pk=other.pk).update(welcomed_on="2020-01-01")
    else:
        EmailAddress.objects.filter(user=other).update(verified=True)
    change_to(alex, other.email)
    cast.alex.refresh_from_db()
    assert cast.alex.email == "alex@example.org"
    assert Person.objects.get(pk=other.pk).email == other.email
