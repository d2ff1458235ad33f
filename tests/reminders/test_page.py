"""The page where one sets it: what holds at first, what is kept, what is wrong, and that a preview is what is sent."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse

from couples.core.reminding import KINDS, ReminderKind
from couples.dates.kinds import DATE_DUE
from couples.notes.models import GIVEN
from couples.reminders import words as sent
from couples.reminders.models import Hours, Reminder
from couples.reminders.ready import kinds
from tests.reminders.conftest import choose, confirm, device_of
from tests.reminders.smtp import words
from tests.reminders.test_due import LATE, new_for

pytestmark = pytest.mark.django_db
PREVIEW = re.compile(
    r'data-preview="(\w+)">.*?<p><b>(.*?)</b></p><p class="words">(.*?)</p></div>', re.DOTALL
)
FIELDS = ["new", "date-look_back", "date-tomorrow", "goal-step", "note-opens", "checkin-week"]


def form(**changed):
    """The form, all off."""
    return {**dict.fromkeys(FIELDS, "off"), "begins": "21:00", "ends": "08:00", **changed}


CHECKED = r'name="([\w-]+)" value="%s"[^>]* checked'


def test_every_kind_is_there_and_off_but_one(cast, browse, settings):
    settings.HAS_MAIL = True
    page = browse("alex").get("/reminders/").content.decode()
    assert sorted(re.findall(CHECKED % "off", page)) == sorted(set(FIELDS) - {"checkin-week"})
    assert re.findall(CHECKED % "mail", page) == ["checkin-week"]
    settings.HAS_MAIL = False
    page = browse("alex").get("/reminders/").content.decode()
    assert sorted(re.findall(CHECKED % "off", page)) == sorted(FIELDS)
    assert page.index("Something new for you") < page.index("A date tomorrow")
    assert 'value="21:00"' in page
    assert 'value="08:00"' in page
    assert not Reminder.objects.exists()
    assert not Hours.objects.exists()


def test_mail_is_offered_only_where_there_is_a_mail_server(cast, browse, settings):
    client = browse("alex")
    assert 'value="mail"' not in client.get("/reminders/").content.decode()
    assert client.post("/reminders/", form(new="mail")).status_code == 422
    settings.HAS_MAIL = True
    assert client.get("/reminders/").content.decode().count('value="mail"') == len(FIELDS)
    assert client.post("/reminders/", form(new="mail")).status_code == 302
    settings.HAS_MAIL = False
    assert re.search(r'name="new" value="off"[^>]* checked', client.get("/reminders/").content.decode())


def test_what_is_chosen_is_kept_and_looked_at_next(cast, browse, clock, settings):
    settings.HAS_MAIL = True
    client = browse("alex")
    sent = form(**{"date-tomorrow": "push", "begins": "22:30", "ends": "07:15"})
    for _ in range(2):
        answer = client.post("/reminders/", sent)
        assert answer["Location"] == "/reminders/"
    rows = set(Reminder.objects.values_list("owner", "kind", "channel"))
    assert rows == {(cast.alex.pk, "date.tomorrow", "push"), (cast.alex.pk, "checkin.week", "off")}
    hours = Hours.objects.get()
    assert (hours.begins, hours.ends, hours.look_at) == (dt.time(22, 30), dt.time(7, 15), clock.now)
    page = client.get("/reminders/").content.decode()
    assert re.search(r'name="date-tomorrow" value="push"[^>]* checked', page)
    assert "none shows them yet" in page
    client.post("/reminders/", form())
    assert Hours.objects.get().look_at is None


def test_quiet_hours_may_be_none_but_not_half(cast, browse):
    client = browse("alex")
    assert client.post("/reminders/", form(begins="", ends="")).status_code == 302
    assert Hours.objects.get().begins is None
    for wrong in ({"ends": ""}, {"begins": ""}):
        answer = client.post("/reminders/", form(**wrong))
        assert answer.status_code == 422
        assert "Write both times" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"new": "pigeon"}, {"new": ""}, {"begins": "25:00"}, {"ends": "soon"}, {"date-tomorrow": "\0"}]
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_kept(cast, browse, wrong):
    answer = browse("alex").post("/reminders/", form(**{"goal-step": "push", **wrong}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="error" id="id_' in page
    assert re.search(r'name="goal-step" value="push"[^>]* checked', page)
    assert not Reminder.objects.exists()


def test_each_preview_is_letter_by_letter_what_is_sent(cast, browse, smtp, service, clock, soon):
    confirm(cast.alex)
    browser = device_of(cast.alex, service)
    page = browse("alex").get("/reminders/").content.decode()
    shown = [(kind, unescape(title), unescape(text)) for kind, title, text in PREVIEW.findall(page)]
    assert len(shown) == 2 * len(kinds())
    new_for(cast)
    choose(cast.alex, LATE, new="mail")
    assert soon() == 1
    choose(cast.alex, LATE, new="push")
    new_for(cast)
    assert soon(days=1) == 1
    pushed = browser.read(service.asked[0].body)
    assert shown[:2] == [
        ("mail", smtp.got[0]["Subject"], words(smtp.got[0])),
        ("push", pushed["title"], pushed["body"]),
    ]
    assert {title for _kind, title, _text in shown} == {"There is something for you", "Reconnect"}


@pytest.mark.parametrize("kind", [kind.slug for kind in kinds()])
def test_the_preview_of_each_kind_is_the_mail_of_that_kind(cast, browse, settings, kind):
    settings.HAS_MAIL = True
    page = browse("alex").get("/reminders/").content.decode()
    shown = [unescape(text) for way, _title, text in PREVIEW.findall(page) if way == "mail"]
    assert sent.mail(cast.alex, kind).body == shown[[one.slug for one in kinds()].index(kind)]


def test_what_is_sent_is_the_same_for_every_kind_but_for_the_link(cast, browse, settings):
    settings.HAS_MAIL = True
    page = browse("alex").get("/reminders/").content.decode()
    mails = {re.sub(r"/off/\S+", "", text) for kind, _title, text in PREVIEW.findall(page) if kind == "mail"}
    assert len(mails) == 1
    assert len(set(re.findall(r"/reminders/off/\S+", page))) == len(kinds())


def test_the_partner_s_page_knows_nothing(cast, browse):
    sam = browse("sam")
    before = re.sub(r'value="\w{64}"', "", sam.get("/reminders/").content.decode())
    browse("alex").post("/reminders/", form(new="push"))
    after = re.sub(r'value="\w{64}"', "", sam.get("/reminders/").content.decode())
    assert re.sub(r'"X-CSRFToken":"\w+"', "", before) == re.sub(r'"X-CSRFToken":"\w+"', "", after)


def test_it_is_found_under_more_and_works_alone(cast, browse):
    assert reverse("reminders:home") in browse("alex").get("/more/").content.decode()
    robin = browse("robin")
    assert robin.post("/reminders/", form(**{"goal-step": "push"})).status_code == 302
    assert Reminder.objects.get().owner == cast.robin


@pytest.mark.parametrize(
    "about",
    [
        {"due": DATE_DUE, "opens": GIVEN},
        {"due": DATE_DUE, "comes": str},
        {"opens": GIVEN, "comes": str},
    ],
)
def test_a_kind_is_about_one_thing(monkeypatch, about):
    monkeypatch.setattr("couples.core.reminding.KINDS", dict(KINDS))
    with pytest.raises(ValueError, match="about what waits, about what opens or about what comes"):
        ReminderKind("x", "x", "x", **about)
