"""The one reminder that is on for everybody: a mail a week, on the check-in day, to whoever's check-in isn't in yet."""

import datetime as dt
import re
import threading
import zoneinfo
from copy import copy

import pytest
from django.db import connections
from django.test import Client

from couples.checkins.actions import Came, change_rhythm, seal, take_back, write
from couples.checkins.models import CheckIn
from couples.checkins.reminding import comes
from couples.core.couple import Couple
from couples.core.people import Person
from couples.core.reminding import KINDS, Channel
from couples.reminders import words as said
from couples.reminders.actions import Quiet
from couples.reminders.models import Hours, Reminder, Sending
from couples.reminders.ready import chosen, kinds
from couples.reminders.rounds import remind
from couples.space.actions import leave
from couples.space.consent import withdraw
from tests.conftest import Cast, link, person
from tests.reminders.conftest import choose, confirm, device_of, leave_alone
from tests.reminders.smtp import words
from tests.reminders.test_off import ONE_CLICK, link_of

BERLIN = "Europe/Berlin"
SATURDAY, SUNDAY, MONDAY, TUESDAY = (f"2027-03-{day}" for day in (20, 21, 22, 23))
EVENING = f"{SUNDAY} 18:00"
NEXT = "2027-03-28 18:00"
"""In Berlin the clocks went forward in the night before."""


def at(text, zone=BERLIN):
    """A moment by the clock of a zone."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)


@pytest.fixture
def two(clock, smtp, cast):
    """Alex and sam read mails; of the others nobody does. It is noon on the Saturday before a check-in day."""
    clock.now = at(f"{SATURDAY} 12:00")
    confirm(cast.alex)
    confirm(cast.sam)
    leave_alone(cast, "dana", "kit", "robin", "ex")
    return cast


@pytest.fixture
def until(clock, smtp):
    """Do a round every so many hours of Berlin's clock until a moment. Returns who got a mail then, and when by whose clock."""

    def act(text, hours=6):
        told, end = [], dt.datetime.fromisoformat(text)
        here = clock.now.astimezone(zoneinfo.ZoneInfo(BERLIN)).replace(tzinfo=None)
        while here < end:
            here = min(here + dt.timedelta(hours=hours), end)
            clock.now, before = at(here.isoformat()), len(smtp.got)
            remind()
            told += [(name_of(mail), local(mail, clock.now)) for mail in smtp.got[before:]]
        return sorted(told)

    return act


def name_of(mail):
    return str(mail["To"]).partition("@")[0]


def local(mail, now):
    zone = Person.objects.get(email=str(mail["To"])).zone
    return f"{now.astimezone(zone):%Y-%m-%d %H:%M}"


def to_both(*moments):
    return sorted((name, moment) for name in ("alex", "sam") for moment in moments)


def draft(cast, name):
    """A check-in of this week, which only its author has seen."""
    member = cast.member(name)
    write(member, {"closeness": 3, "wish": "canary"}, {}, "")
    return CheckIn.objects.current(member)


def sealed(cast, name):
    row = draft(cast, name)
    assert seal(cast.member(name), row) is Came.KEPT
    return row


def rhythm(cast, weekday, days):
    member = cast.member("sam")
    assert change_rhythm(member, copy(member.couple), member.couple.version, weekday, days)


def test_it_is_the_only_kind_that_is_on_for_whoever_has_chosen_nothing():
    assert {kind.slug: kind.default for kind in kinds() if kind.default != Channel.OFF} == {
        "checkin.week": Channel.MAIL
    }
    assert KINDS["checkin.week"].comes


@pytest.mark.django_db
class TestAWeek:
    """When it comes, and when not."""

    def test_it_comes_once_a_week_in_the_evening_of_the_check_in_day(self, two, smtp, until):
        assert until(f"{NEXT[:10]} 21:00") == to_both(EVENING, NEXT)
        assert len(smtp.got) == 4

    def test_to_the_minute(self, two, clock, soon):
        clock.now = at(f"{SUNDAY} 17:40")
        assert [soon(), soon(), soon()] == [0, 2, 0]

    @pytest.mark.parametrize(
        ("back", "sent"),
        [
            (f"{SUNDAY} 23:00", 0),
            (f"{MONDAY} 07:59", 0),
            (f"{MONDAY} 08:00", 2),
            (f"{MONDAY} 20:59", 2),
            (f"{MONDAY} 21:00", 0),
            (f"{TUESDAY} 08:00", 0),
            ("2027-03-24 12:00", 0),
        ],
    )
    def test_after_time_off_it_still_comes_on_the_next_day_and_never_on_the_third(
        self, two, clock, soon, back, sent
    ):
        assert remind() == 0
        clock.now = at(back)
        assert remind() == sent
        assert not sent or soon() == 0

    def test_quiet_hours_hold_it_back(self, two, until):
        choose(two.alex, Quiet(dt.time(17), dt.time(20)), checkin_week="mail")
        choose(two.sam, Quiet(dt.time(17), dt.time(9)), checkin_week="mail")
        assert until(f"{SUNDAY} 16:00") == []
        assert until(f"{MONDAY} 10:00", hours=1) == [("alex", f"{SUNDAY} 20:00"), ("sam", f"{MONDAY} 09:00")]

    def test_without_quiet_hours_it_comes_no_earlier(self, two, until):
        choose(two.alex, Quiet(None, None), checkin_week="mail")
        assert until(f"{TUESDAY} 23:00") == to_both(EVENING)

    def test_another_check_in_day(self, two, until):
        rhythm(two, 2, 7)
        assert until("2027-04-01 12:00") == to_both("2027-03-24 18:00", "2027-03-31 18:00")

    def test_every_other_week(self, two, until):
        rhythm(two, 6, 14)
        assert until("2027-04-05 12:00") == to_both(EVENING, "2027-04-04 18:00")

    def test_another_day_chosen_after_it_came_makes_no_second_one(self, two, until):
        assert until(f"{SUNDAY} 18:00") == to_both(EVENING)
        for weekday in (0, 1, 2):
            rhythm(two, weekday, 7)
        assert until("2027-03-31 12:00") == []
        assert until("2027-04-01 12:00") == to_both("2027-03-31 18:00")


@pytest.mark.django_db
class TestWhere:
    """Days are the couple's, the evening is the person's own."""

    @pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Pacific/Auckland"])
    def test_each_gets_it_in_their_own_evening(self, two, until, zone):
        Person.objects.filter(pk=two.sam.pk).update(time_zone=zone)
        choose(two.sam, Quiet(None, None), checkin_week="mail")
        assert until(f"{SUNDAY} 06:00") == [("sam", EVENING)] * (zone == "Pacific/Auckland")
        told = dict(until(f"{SUNDAY} 12:00"))
        told |= dict(until(f"{MONDAY} 01:00", hours=1))
        assert told == {"alex": EVENING, **({} if zone == "Pacific/Auckland" else {"sam": EVENING})}

    @pytest.mark.parametrize(
        ("ours", "zone", "begins", "ends"),
        [
            # West of the couple, where their Sunday begins on Saturday: never before one's own Sunday evening.
            (BERLIN, "Europe/London", EVENING, f"{MONDAY} 22:00"),
            (BERLIN, "America/Argentina/Buenos_Aires", EVENING, f"{MONDAY} 19:00"),
            (BERLIN, "America/New_York", EVENING, f"{MONDAY} 18:00"),
            (BERLIN, "America/Los_Angeles", EVENING, f"{MONDAY} 15:00"),
            (BERLIN, "Pacific/Honolulu", EVENING, f"{MONDAY} 12:00"),
            ("Pacific/Kiritimati", "Pacific/Honolulu", EVENING, f"{SUNDAY} 23:00"),
            # East of it, where it begins later: never before it is theirs.
            (BERLIN, "Asia/Tokyo", EVENING, f"{TUESDAY} 07:00"),
            (BERLIN, "Pacific/Auckland", EVENING, f"{TUESDAY} 11:00"),
            ("America/Los_Angeles", BERLIN, EVENING, f"{TUESDAY} 07:00"),
            ("America/Los_Angeles", "Pacific/Auckland", f"{SUNDAY} 20:00", f"{TUESDAY} 19:00"),
            ("Pacific/Honolulu", "Pacific/Kiritimati", f"{MONDAY} 00:00", f"{TUESDAY} 23:00"),
        ],
    )
    def test_from_when_to_when_it_is_worth_a_word(self, two, clock, ours, zone, begins, ends):
        """By the hour, by one's own clock; quiet hours put aside."""
        Couple.objects.filter(pk=two.ours.pk).update(time_zone=ours)
        Person.objects.filter(pk=two.sam.pk).update(time_zone=zone)
        two.sam.refresh_from_db()
        found = []
        for number in range(24 * 5):
            clock.now = at("2027-03-19 00:00", zone) + dt.timedelta(hours=number)
            if key := comes(two.member("sam")):
                found.append((key, f"{clock.now.astimezone(two.sam.zone):%Y-%m-%d %H:%M}"))
        assert {key for key, _moment in found} == {"20270321"}
        moments = [moment for _key, moment in found]
        assert (moments[0], moments[-1]) == (begins, ends)

    def test_to_whoever_travels_it_comes_once(self, two, clock, smtp, until):
        assert until(f"{SUNDAY} 18:00") == to_both(EVENING)
        for zone in ("America/Los_Angeles", "Pacific/Auckland", BERLIN):
            Person.objects.filter(pk=two.sam.pk).update(time_zone=zone)
            clock.go(hours=5)
            assert remind() == 0
        assert len(smtp.got) == 2


@pytest.mark.django_db
class TestWho:
    """Whoever's own check-in isn't in. The other's makes no difference."""

    def test_nobody_alone(self, two, until):
        confirm(two.robin)
        Reminder.objects.all().delete()
        assert chosen(two.robin)["checkin.week"] == "mail"
        assert until(f"{MONDAY} 12:00") == to_both(EVENING)

    def test_nobody_whose_space_has_closed(self, two, until):
        assert leave(two.member("sam"))
        assert until(f"{TUESDAY} 12:00") == []

    def test_nobody_who_took_their_consent_back(self, two, until):
        withdraw(two.member("sam"))
        assert "sam" not in dict(until(f"{TUESDAY} 12:00"))

    def test_nobody_who_has_not_agreed_yet(self, two, until):
        Person.objects.filter(pk=two.sam.pk).update(consented_on=None)
        assert until(f"{TUESDAY} 12:00") == [("alex", EVENING)]
        assert not Hours.objects.filter(owner=two.sam).exists()

    def test_no_address_that_nobody_confirmed(self, two, until):
        two.sam.emailaddress_set.update(verified=False)
        assert until(f"{TUESDAY} 12:00") == [("alex", EVENING)]

    def test_a_draft_is_not_in(self, two, until):
        until(f"{SUNDAY} 12:00")
        draft(two, "alex")
        assert until(f"{MONDAY} 12:00") == to_both(EVENING)

    def test_what_is_sealed_is_in_and_taken_back_it_is_not(self, two, until):
        until(f"{SUNDAY} 12:00")
        row = sealed(two, "alex")
        assert until(f"{SUNDAY} 21:00") == [("sam", EVENING)]
        assert take_back(two.member("alex"), row)
        assert until(f"{MONDAY} 12:00", hours=3) == [("alex", f"{MONDAY} 09:00")]

    def test_revealed_it_comes_to_neither(self, two, until):
        until(f"{SUNDAY} 12:00")
        sealed(two, "alex")
        sealed(two, "sam")
        assert until(f"{TUESDAY} 12:00") == []
        assert until(f"{NEXT[:10]} 18:00") == to_both(NEXT), "the next week is another one"

    def test_last_week_s_is_not_this_week_s(self, two, until):
        sealed(two, "alex")
        assert until(f"{MONDAY} 12:00") == to_both(EVENING)

    def test_what_is_sealed_between_claim_and_mail_is_not_sent(self, two, clock, smtp, soon, cast):
        smtp.answers = {"RCPT": "450 busy"}
        clock.now = at(f"{SUNDAY} 18:00")
        assert remind() == 0
        smtp.answers = {}
        sealed(two, "alex")
        assert sum(soon(minutes=30) for _ in range(5)) == 1
        assert [name_of(mail) for mail in smtp.got] == ["sam"]

    @pytest.mark.parametrize("theirs", ["nothing", "draft", "sealed", "taken back"])
    @pytest.mark.parametrize("mine", ["nothing", "draft"])
    def test_what_the_other_did_makes_no_difference(self, two, smtp, until, clock, mine, theirs):
        clock.now = at(f"{SUNDAY} 12:00")
        if mine == "draft":
            draft(two, "alex")
        if theirs != "nothing":
            row = draft(two, "sam")
            assert theirs == "draft" or seal(two.member("sam"), row) is Came.KEPT
            assert theirs != "taken back" or take_back(two.member("sam"), row)
        told = [moment for name, moment in until(f"{MONDAY} 12:00") if name == "alex"]
        assert told == [EVENING]
        (mail,) = [mail for mail in smtp.got if name_of(mail) == "alex"]
        made = said.mail(two.alex, "checkin.week")
        assert (words(mail), mail["Subject"]) == (made.body, made.subject)
        assert Sending.objects.filter(owner=two.alex).values_list("kind", "key").get() == (
            "checkin.week",
            "20270321",
        )


@pytest.mark.django_db
class TestHow:
    """By mail or by push, in nobody's words, and off by one press."""

    def test_the_link_in_it_turns_it_off_for_good_and_for_oneself_alone(self, two, smtp, until, settings):
        assert until(f"{SUNDAY} 18:00") == to_both(EVENING)
        mine = next(mail for mail in smtp.got if name_of(mail) == "alex")
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(link_of(mine, settings), **ONE_CLICK).status_code == 200
        assert settings.PUBLIC_URL + link_of(mine, settings) in words(mine)
        assert (chosen(two.alex)["checkin.week"], chosen(two.sam)["checkin.week"]) == ("off", "mail")
        assert until(f"{NEXT[:10]} 18:00") == [("sam", NEXT)]
        assert Hours.objects.get(owner=two.alex).look_at is None, "nothing is on: nobody looks any more"

    def test_whoever_turned_it_off_on_the_page_gets_none(self, two, browse, until):
        page = browse("alex").get("/reminders/").content.decode()
        assert re.search(r'name="checkin-week" value="mail"[^>]* checked', page)
        names = set(re.findall(r'name="([\w-]+)" value="off"', page))
        sent = {**dict.fromkeys(names, "off"), "begins": "21:00", "ends": "08:00"}
        assert browse("alex").post("/reminders/", sent).status_code == 302
        assert Reminder.objects.get(owner=two.alex).channel == "off"
        assert until(f"{TUESDAY} 12:00") == [("sam", EVENING)]

    def test_saving_the_page_as_it_stands_keeps_it_on(self, two, browse, until):
        page = browse("alex").get("/reminders/").content.decode()
        sent = dict(re.findall(r'name="([\w-]+)" value="(\w+)"[^>]* checked', page))
        assert browse("alex").post("/reminders/", {**sent, "begins": "", "ends": ""}).status_code == 302
        assert not Reminder.objects.filter(owner=two.alex).exists()
        assert until(f"{TUESDAY} 12:00") == to_both(EVENING)

    def test_without_a_mail_server_nothing_and_from_the_first_week_with_one_on(self, two, until, settings):
        Hours.objects.all().delete()
        settings.HAS_MAIL = False
        assert until(f"{TUESDAY} 12:00") == []
        assert not Sending.objects.exists()
        settings.HAS_MAIL = True
        assert until(f"{NEXT[:10]} 18:00") == to_both(NEXT)

    def test_an_hour_without_a_mail_server_turns_nobody_s_off(self, two, clock, browse, until, settings):
        assert remind() == 0
        settings.HAS_MAIL = False
        clock.go(hours=3)
        assert remind() == 0
        names = [kind.slug.replace(".", "-") for kind in kinds()]
        sent = {**dict.fromkeys(names, "off"), "begins": "21:00", "ends": "08:00"}
        assert browse("sam").post("/reminders/", sent).status_code == 302, "e-mail can’t even be chosen"
        settings.HAS_MAIL = True
        assert until(f"{MONDAY} 12:00", hours=3) == to_both(EVENING)

    def test_by_push_where_that_was_chosen(self, two, smtp, service, until):
        choose(two.alex, checkin_week="push")
        browser = device_of(two.alex, service)
        assert until(f"{MONDAY} 12:00") == [("sam", EVENING)]
        (asked,) = service.asked
        shown = browser.read(asked.body)
        assert (shown["title"], shown["body"], shown["url"]) == (
            "Reconnect",
            "There is something for you.",
            "/",
        )
        assert until(f"{NEXT[:10]} 18:00") == [("sam", NEXT)]
        assert len(service.asked) == 2

    def test_the_mail_names_nobody_and_nothing(self, two, clock, smtp, until):
        clock.now = at(f"{SUNDAY} 12:00")
        draft(two, "alex")
        until(f"{SUNDAY} 18:00")
        assert len(smtp.got) == 2
        for mail in smtp.got:
            # Whose it is stands in To; letters of a token, and the day in Date, mean nothing.
            headers = "".join(
                f"{name}: {value}\n"
                for name, value in mail.items()
                if name not in ("List-Unsubscribe", "To", "Date", "Message-ID")
            )
            whole = (headers + re.sub(r"/off/\S+", "/off/", words(mail))).lower()
            for secret in (
                *("alex", "sam", "canary", "partner", "couple", "check", "week", "sunday", "feel"),
                *("seal", "reveal", "wait", "both", "20270321"),
            ):
                assert secret not in whole, secret
            assert mail["Subject"] == "There is something for you"
        one, other = (re.sub(r"/off/\S+", "", words(mail)) for mail in smtp.got)
        assert one == other


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Real transactions, each scheduler on its own connection, and nobody has hours yet."""

    def test_nobody_gets_two(self, clock, smtp):
        people = {name: person(name) for name in ("alex", "sam", "dana", "kit", "robin", "ex")}
        Cast(
            **people,
            ours=link(people["alex"], people["sam"]),
            theirs=link(people["dana"], people["kit"]),
        )
        for one in people.values():
            confirm(one)
        clock.now, sent = at(EVENING), 0
        for _ in range(2):
            sent += self.at_once(3)
            clock.go(minutes=10)
        assert sent == 4
        assert sorted(map(name_of, smtp.got)) == ["alex", "dana", "kit", "sam"]
        assert Hours.objects.count() == 6

    def at_once(self, many):
        """So many schedulers, which begin in the same moment; how many messages left."""
        gate, sent = threading.Barrier(many, timeout=20), []

        def run():
            gate.wait()
            try:
                sent.append(remind())
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run) for _ in range(many)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(sent) == many, "none broke off"
        return sum(sent)


@pytest.mark.django_db
def test_over_a_year_each_week_is_told_of_in_its_own_days(two, clock):
    """Over both nights in which clocks change, and over New Year."""
    days = {}
    for number in range(53 * 7):
        day = dt.date.fromisoformat(SATURDAY) + dt.timedelta(days=number)
        for hour in (12, 19):
            clock.now = at(f"{day} {hour}:00")
            if key := comes(two.member("sam")):
                days.setdefault(key, []).append((day, hour))
    sundays = [dt.date.fromisoformat(SUNDAY) + dt.timedelta(weeks=number) for number in range(53)]
    assert list(days) == [f"{sunday:%Y%m%d}" for sunday in sundays]
    for sunday, found in zip(sundays, days.values(), strict=True):
        after = sunday + dt.timedelta(days=1)
        assert found == [(sunday, 19), (after, 12), (after, 19)][: len(found)]
    assert all(len(found) == 3 for found in list(days.values())[:-1])
