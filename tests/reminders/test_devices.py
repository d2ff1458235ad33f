"""Devices: which may be added, and that each ends with whoever is signed in there."""

import pytest
from django.test import Client

from couples.core.wall import person as as_person
from couples.reminders import devices
from couples.reminders.hosts import is_allowed
from couples.reminders.models import Device
from couples.reminders.subscriptions import Subscription
from couples.space.sessions import end_all
from tests.conftest import PASSWORD
from tests.reminders.push import Browser, text_of
from tests.space.test_doors import FIREFOX, IPHONE, enter, key_of, main

pytestmark = pytest.mark.django_db
FCM = "https://fcm.googleapis.com/fcm/send/"

GOOD = [
    "https://fcm.googleapis.com/fcm/send/abc:APA91b-_",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA=",
    "https://web.push.apple.com/QGvv-abc",
    "https://api.push.apple.com/3/device/x?y=z",
    "https://db5p.notify.windows.com/w/?token=BQ%2f",
    "https://wns2-par02p.notify.windows.com/w/?token=x",
]
BAD = [
    "",
    "https://",
    "http://fcm.googleapis.com/x",
    "ftp://fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:80/x",
    "https://fcm.googleapis.com:99999/x",
    "https://user@fcm.googleapis.com/x",
    "https://user:word@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://evil.example/fcm.googleapis.com/x",
    "https://evil.example#@fcm.googleapis.com/x",
    "https://evil.example\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com/x",
    "https://x.fcm.googleapis.com/x",
    "https://push.apple.com.evil.example/x",
    "https://evilpush.apple.com/x",
    "https://push.apple.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://localhost/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://fcm.googleapis.com\r\nHost: evil.example/x",
    "https://fcm.googleapis.com/x\r\nX: y",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/é",
    "https://fcm.googleapis.com./x",
    "https://fcm.googleapis.com",
    "https:///fcm.googleapis.com/x",
    "//fcm.googleapis.com/x",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://fcm.googleapis.com/" + "x" * 2000,
    "https://ⓕcm.googleapis.com/x",
    "https://[fcm.googleapis.com/x",
    # The same address in another spelling: browsers tell it in one.
    "https://FCM.googleapis.com/x",
    "https://fcm.googleapis.com:443/x",
    "https://fcm.googleapis.com:/x",
    "https://fcm.googleapis.com/x?",
    "https://fcm.googleapis.com/./x",
    "https://fcm.googleapis.com/a/../x",
    "https://fcm.googleapis.com/%2E/x",
    "https://127.0.0.1;.push.apple.com/x",
    "https://127.0.0.1%2f.push.apple.com/x",
    "https://..push.apple.com/x",
    "https://-.push.apple.com/x",
]


@pytest.mark.parametrize("endpoint", GOOD)
def test_known_push_services(endpoint):
    assert is_allowed(endpoint)


@pytest.mark.parametrize("endpoint", BAD)
def test_nothing_else_is_ever_asked(endpoint, cast):
    assert not is_allowed(endpoint)
    answer = enter("alex").post("/reminders/devices/", {**Browser(FCM).fields, "endpoint": endpoint})
    assert answer.status_code == 422
    assert not Device.objects.exists()


def test_the_operator_adds_names_and_whole_origins(settings):
    settings.PUSH_HOSTS = ["push.example.org", "*.push.example.net", "http://localhost:9000"]
    for good in (
        "https://push.example.org/x",
        "https://a.push.example.net/x",
        "http://localhost:9000/x",
        "https://fcm.googleapis.com/x",
    ):
        assert is_allowed(good)
    for bad in (
        "http://push.example.org/x",
        "https://push.example.org:9000/x",
        "https://push.example.net/x",
        "http://localhost:9001/x",
        "http://localhost/x",
        "https://localhost:9000/x",
        "http://a@localhost:9000/x",
    ):
        assert not is_allowed(bad)


POINT = Browser(FCM).fields["p256dh"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p256dh", ""),
        ("p256dh", "x"),
        ("p256dh", text_of(b"\x04" + b"\0" * 64)),
        ("p256dh", text_of(b"\x04" + b"\xff" * 64)),
        ("p256dh", text_of(b"\x02" + b"\1" * 32)),
        ("p256dh", POINT[:-1]),
        ("p256dh", POINT + "AAAA"),
        ("p256dh", POINT.replace(POINT[5], "*")),
        ("p256dh", "\ud800"),
        ("auth", ""),
        ("auth", text_of(b"x" * 15)),
        ("auth", text_of(b"x" * 17)),
        ("auth", "not base64 at all!"),
    ],
)
def test_keys_that_cannot_be_right(cast, name, value):
    fields = {**Browser(FCM + "x").fields, name: value.encode("utf-8", "surrogatepass")}
    answer = enter("alex").post("/reminders/devices/", fields)
    assert answer.status_code == 422
    assert 'class="error" role="alert">' in answer.content.decode()
    assert not Device.objects.exists()


def add(client, browser=None):
    """Press the button in this browser."""
    browser = browser or Browser(FCM + str(id(client)))
    answer = client.post("/reminders/devices/", browser.fields)
    assert (answer.status_code, answer["Location"]) == (302, "/reminders/")
    return browser


def test_one_browser_is_one_device_however_often_one_presses(cast):
    alex = enter("alex")
    browser = add(alex)
    add(alex, browser)
    device = Device.objects.get()
    assert (device.owner, device.agent) == (cast.alex, FIREFOX)
    with as_person(cast.alex):
        kept = Subscription.of(Device.objects.get().subscription)
    assert kept == browser.subscription
    page = alex.get("/reminders/").content.decode()
    assert "Firefox on Linux" in page
    assert "This one" in page
    assert "data-here" in page
    for secret in (browser.endpoint, browser.fields["auth"], device.mark, device.session):
        assert secret not in page
    assert alex.cookies[devices.COOKIE]["httponly"]


def test_it_stands_in_the_database_encrypted(cast):
    from django.db import connection

    browser = add(enter("alex"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT subscription FROM couples_device")
        assert browser.endpoint not in cursor.fetchone()[0]


def test_ten_are_enough(cast):
    alex = enter("alex")
    browsers = [add(alex, Browser(f"{FCM}{number}")) for number in range(10)]
    assert "Ten devices" in alex.post("/reminders/devices/", Browser(FCM + "x").fields).content.decode()
    add(alex, browsers[3])
    assert Device.objects.count() == 10


def test_an_address_that_reminds_another_account_is_not_taken(cast):
    browser = add(enter("alex"))
    answer = enter("sam").post("/reminders/devices/", browser.fields)
    assert answer.status_code == 409
    assert "Press the button once more" in answer.content.decode()
    assert Device.objects.get().owner == cast.alex


def test_each_has_its_end_on_the_page_and_among_the_doors(cast):
    alex = enter("alex")
    assert "Devices that show reminders" not in main(alex)
    add(alex)
    pk = Device.objects.get().pk
    said = main(alex)
    assert "Devices that show reminders" in said
    assert f'action="/reminders/devices/{pk}/end/?to=doors"' in said
    assert enter("sam").post(f"/reminders/devices/{pk}/end/").status_code == 404
    assert alex.post(f"/reminders/devices/{pk}/end/?to=doors")["Location"] == "/space/doors/"
    assert not Device.objects.exists()
    assert alex.post(f"/reminders/devices/{pk}/end/").status_code == 404
    add(alex)
    assert alex.post(f"/reminders/devices/{Device.objects.get().pk}/end/")["Location"] == "/reminders/"


@pytest.mark.parametrize("path", ["/accounts/logout/", "/exit/"])
def test_signing_out_ends_it_here_and_leaves_no_cookie(cast, path):
    alex, other = enter("alex"), enter("alex", IPHONE)
    add(alex)
    add(other)
    answer = alex.post(path)
    assert answer.cookies[devices.COOKIE].value == ""
    assert [device.agent for device in Device.objects.all()] == [IPHONE]


def test_ending_this_session_among_the_doors_ends_it(cast):
    alex = enter("alex")
    add(alex)
    alex.post(f"/space/doors/session/{key_of(alex)}/end/")
    assert not Device.objects.exists()


def test_a_browser_that_is_signed_out_from_elsewhere_shows_nothing_more(cast):
    alex, other, third = enter("alex"), enter("alex", IPHONE), enter("alex")
    for client in (alex, other, third):
        add(client)
    alex.post(f"/space/doors/session/{key_of(other)}/end/")
    assert sorted(device.agent for device in Device.objects.all()) == [FIREFOX, FIREFOX]


def test_signing_out_all_the_others_keeps_this_one_and_it_still_ends_with_its_own(cast):
    alex, other = enter("alex"), enter("alex", IPHONE)
    add(alex)
    add(other)
    add(enter("sam"))
    alex.post("/space/doors/others/end/")
    assert sorted(device.agent for device in Device.objects.filter(owner=cast.alex)) == [FIREFOX]
    assert Device.objects.filter(owner=cast.sam).exists()
    third = enter("alex", IPHONE)
    third.post(f"/space/doors/session/{key_of(alex)}/end/")
    assert not Device.objects.filter(owner=cast.alex).exists()


def test_a_new_password_keeps_this_one_alone(cast):
    alex, other = enter("alex"), enter("alex", IPHONE)
    add(alex)
    add(other)
    new = "another quiet evening"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert alex.post("/accounts/password/change/", data).status_code == 302
    assert [device.agent for device in Device.objects.all()] == [FIREFOX]


def test_when_all_sessions_end_all_end(cast):
    add(enter("alex"))
    add(enter("sam"))
    end_all(cast.alex)
    assert [device.owner for device in Device.objects.all()] == [cast.sam]


def sign_in(client, name):
    client.post("/accounts/login/", {"login": f"{name}@example.org", "password": PASSWORD})
    assert client.get("/notes/").status_code == 200


def run_out(client):
    """The session is over by its age, and the browser has thrown its cookie away."""
    del client.cookies["sessionid"]


def test_a_session_that_runs_out_ends_nothing_and_the_next_one_takes_it_over(cast):
    alex = enter("alex")
    add(alex)
    run_out(alex)
    assert alex.get("/notes/").status_code == 302
    assert Device.objects.exists()
    sign_in(alex, "alex")
    assert "data-here" in alex.get("/reminders/").content.decode()
    alex.post("/accounts/logout/")
    assert not Device.objects.exists()


def test_somebody_else_who_signs_in_in_that_browser_is_not_shown_ones_reminders(cast):
    phone = enter("alex")
    add(phone)
    run_out(phone)
    sign_in(phone, "sam")
    assert not Device.objects.exists()
    assert phone.cookies[devices.COOKIE].value == ""


@pytest.mark.parametrize("cookie", ["x", "a:b.c", "", "é", "0" * 5000])
def test_a_garbled_cookie_is_none(cast, cookie):
    alex = enter("alex")
    add(alex)
    alex.cookies[devices.COOKIE] = cookie
    assert "data-here" not in alex.get("/reminders/").content.decode()
    assert alex.post("/accounts/logout/").status_code == 302


def test_a_cookie_of_anothers_ends_nothing_unsigned(cast):
    alex = enter("alex")
    add(alex)
    device = Device.objects.get()
    sam = Client()
    sam.cookies[devices.COOKIE] = f"{device.pk}:{device.owner_id}.{'x' * 43}"
    sign_in(sam, "sam")
    assert Device.objects.exists()


def test_who_took_their_consent_back_adds_none_and_ends_what_there_is(cast):
    alex = enter("alex")
    add(alex)
    type(cast.alex).objects.filter(pk=cast.alex.pk).update(consented_on=None)
    assert alex.post("/reminders/devices/", Browser(FCM + "new").fields)["Location"] == "/welcome/"
    assert alex.post(f"/reminders/devices/{Device.objects.get().pk}/end/?to=doors").status_code == 302
    assert not Device.objects.exists()
