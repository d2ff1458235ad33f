"""Who sees what, news, due, drafts, handover, versions, pages by key: what every room stands on."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, transaction
from django.utils import timezone

from couples.core.couple import Couple, Membership, member_for
from couples.core.drafts import MOST_DRAFTS, Draft
from couples.core.due import Due
from couples.core.handover import Handover
from couples.core.news import News
from couples.core.owners import withdraw_unopened
from couples.core.paging import page
from couples.core.shared import Sees
from couples.notes.models import GIVEN, Note

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def alex(cast):
    return cast.member("alex")


@pytest.fixture
def sam(cast):
    return cast.member("sam")


def note(author, couple=None, opens_on=None, **more):
    return Note.objects.create(
        author=author.person, couple=couple, opens_on=opens_on, what="x", meaning="y", **more
    )


def test_the_four_words(cast, alex, sam):
    today = alex.today
    own, shared, later = note(alex), note(alex, cast.ours, today), note(alex, cast.ours, today + DAY)
    assert [row.sees(alex) for row in (own, shared, later)] == [Sees.ONLY_YOU, Sees.BOTH, Sees.FROM_DAY]
    assert Note(couple=cast.ours).sees(alex) == Sees.WHEN_BOTH
    assert set(Note.objects.visible_to(alex)) == {own, shared, later}
    assert set(Note.objects.visible_to(sam)) == {shared}
    assert set(Note.objects.open_to(alex)) == {shared}
    assert set(Note.objects.own_of(alex)) == {own, later}
    for name in ("dana", "kit", "robin", "ex"):
        assert not Note.objects.visible_to(cast.member(name)).exists()


def test_a_couple_gone_by_is_closed_to_both(cast, alex):
    past = Couple.objects.exclude(ended_on=None).get()
    old = note(cast.member("ex"), past, dt.date(2020, 5, 1))
    mine = note(alex, past, dt.date(2020, 5, 1))
    for name in ("alex", "ex", "sam"):
        assert not Note.objects.visible_to(cast.member(name)).filter(pk__in=[old.pk, mine.pk]).exists()


def test_what_was_never_opened_goes_back_to_its_author(cast, alex, sam):
    opened, later = note(alex, cast.ours, alex.today), note(alex, cast.ours, alex.today + DAY)
    withdraw_unopened(cast.ours, alex.today)
    opened.refresh_from_db()
    later.refresh_from_db()
    assert (opened.couple, later.couple) == (cast.ours, None)
    assert list(Note.objects.own_of(alex)) == [later]


def test_only_its_author_shares_and_only_with_a_partner(cast, alex, sam):
    with pytest.raises(ValueError, match="author"):
        note(alex).share(sam)
    with pytest.raises(ValueError, match="partner"):
        note(cast.member("robin")).share(cast.member("robin"))


def test_private_words_cannot_be_looked_up():
    for lookup in ("what", "what__contains", "what__in", "what__gt", "what__length"):
        with pytest.raises(FieldError):
            list(Note.objects.filter(**{lookup: "x"}))
    assert not Note.objects.filter(what__isnull=True).exists()


def test_one_open_seat_a_person_and_two_a_couple(cast):
    for person, seat in ((cast.alex, 1), (cast.robin, 3), (cast.robin, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(couple=cast.ours, person=person, seat=seat)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(couple=Couple.objects.create(), person=cast.alex, seat=1)


def test_days_are_counted_where_the_couple_is(cast, monkeypatch):
    Couple.objects.filter(pk=cast.ours.pk).update(time_zone="Pacific/Auckland")
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2027, 2, 28, 12, tzinfo=dt.UTC))
    assert member_for(cast.alex).today == dt.date(2027, 3, 1)
    assert member_for(cast.robin).today == dt.date(2027, 2, 28)
    Couple.objects.filter(pk=cast.ours.pk).update(time_zone="Nowhere/Land")
    assert member_for(cast.alex).today == dt.date(2027, 2, 28)


def test_news_is_told_once_and_settled_for_one(cast, alex, sam):
    told = note(alex, cast.ours, alex.today)
    News.objects.tell(alex, GIVEN, told)
    News.objects.tell(alex, GIVEN, told)
    assert News.objects.visible_to(sam).count() == 1
    assert not News.objects.visible_to(alex).exists()
    News.objects.settle(alex, told.pk)
    assert News.objects.visible_to(sam).count() == 1
    News.objects.settle(sam, told.pk)
    assert not News.objects.exists()


def test_news_is_opened_by_a_post_and_leads_to_the_thing(cast, browse, alex, sam):
    told = note(alex, cast.ours, alex.today)
    News.objects.tell(alex, GIVEN, told)
    url = f"/news/{News.objects.get().pk}/"
    assert browse("alex").post(url).url == "/"
    assert browse("dana").post(url).url == "/"
    assert News.objects.count() == 1
    assert browse("sam").get(url).status_code == 405
    assert browse("sam").post(url).url == f"/notes/{told.pk}/"
    assert not News.objects.exists()
    assert browse("sam").post(url).url == "/"
    News.objects.tell(alex, GIVEN, told)
    assert browse("sam").post("/news/seen/").status_code == 302
    assert not News.objects.exists()


def test_news_has_its_day_and_grows_old(cast, alex, sam):
    for days, seen in ((1, False), (0, True), (-30, True), (-31, False)):
        News.objects.all().delete()
        News.objects.tell(alex, GIVEN, note(alex), alex.today + days * DAY)
        assert News.objects.visible_to(sam).exists() is seen


def test_due_waits_from_and_until_and_is_replaced(cast, alex, sam):
    thing, now, hour = uuid.uuid4(), alex.now, dt.timedelta(hours=1)
    Due.objects.put(alex.person, cast.ours, "date", thing, at=now + hour, shows_from=now - hour)
    assert Due.objects.visible_to(alex).count() == 1
    assert not Due.objects.visible_to(sam).exists()
    Due.objects.put(
        alex.person, cast.ours, "date", thing, at=now, shows_from=now - hour, until=now - hour / 2
    )
    assert not Due.objects.visible_to(alex).exists()
    assert Due.objects.count() == 1
    Due.objects.put(sam.person, cast.ours, "date", thing, at=now, shows_from=now)
    Due.objects.settle(alex, thing, ["look_back"])
    Due.objects.settle(cast.member("dana"), thing, ["date"])
    assert Due.objects.count() == 2
    Due.objects.settle(alex, thing, ["date"], alex.person)
    assert [row.owner for row in Due.objects.all()] == [sam.person]


def test_drafts_are_ones_own_and_bounded(cast, browse, alex, sam):
    assert Draft.objects.keep(
        alex, "notes.new", {"what": "half", "csrfmiddlewaretoken": "t", "password": "p"}
    )
    assert Draft.objects.read(alex, "notes.new") == {"what": "half"}
    assert Draft.objects.read(sam, "notes.new") == {}
    assert not Draft.objects.keep(alex, "notes.new", {"what": "x" * 40_000})
    assert not Draft.objects.keep(alex, "../evil", {"what": "x"})
    assert Draft.objects.keep(alex, "notes.new", {"what": " "})
    assert not Draft.objects.exists()
    for number in range(MOST_DRAFTS + 3):
        Draft.objects.keep(alex, f"notes.answer:{uuid.UUID(int=number)}", {"words": "x"})
    assert Draft.objects.count() == MOST_DRAFTS
    for key in ("x" * 200, "Ünder", "a..b", "notes.new:1"):
        assert browse("alex").post(f"/drafts/{key}/", {"what": "x"}).status_code == 404
    assert browse("alex").post("/drafts/notes.new/", {"what": "a\0b"}).status_code == 204
    assert Draft.objects.read(alex, "notes.new") == {"what": "ab"}


def test_a_handover_is_ones_own_and_used_once(cast, alex, sam):
    first = Handover.objects.make(alex, "dates", {"title": "Walk"})
    second = Handover.objects.make(alex, "dates", {"title": "Swim"})
    assert Handover.objects.read(alex, "dates", str(first)) == {}
    assert Handover.objects.read(alex, "dates", str(second)) == {"title": "Swim"}
    assert Handover.objects.read(sam, "dates", str(second)) == {}
    assert Handover.objects.read(alex, "goals", str(second)) == {}
    assert Handover.objects.read(alex, "dates", "garbled") == {}
    Handover.objects.use(alex, "dates")
    assert Handover.objects.read(alex, "dates", str(second)) == {}


def test_pages_by_key_meet_every_row_once(cast, alex):
    rows = [note(alex, cast.ours, alex.today - (number % 5) * DAY) for number in range(53)]
    for order in (["-opens_on", "-created_at", "-id"], ["opens_on", "created_at", "id"]):
        seen, after = [], ""
        while True:
            part = page(Note.objects.open_to(alex), order, after, size=10)
            seen += part.rows
            if part.after is None:
                break
            after = str(part.after)
        assert len(seen) == 53
        assert set(seen) == set(rows)
        assert seen == list(Note.objects.open_to(alex).order_by(*order))
    for garbled in ("x", str(uuid.uuid4()), "\0"):
        assert len(page(Note.objects.open_to(alex), order, garbled, size=10).rows) == 10


def test_nothing_is_kept_before_consent(cast, browse):
    cast.robin.welcomed_on = None
    cast.robin.save()
    client = browse("robin")
    for path, data in (("/notes/new/", {"what": "x", "meaning": "y"}), ("/drafts/notes.new/", {"what": "x"})):
        assert client.post(path, data).url == "/welcome/"
    assert client.get("/goals/").url == "/welcome/"
    assert client.get("/help/").status_code == 200
    assert not Note.objects.exists()
    assert not Draft.objects.exists()


def test_a_row_of_a_couple_gone_by_is_open_to_nobody(cast, alex):
    past = Couple.objects.exclude(ended_on=None).get()
    assert not note(alex, past, dt.date(2020, 5, 1)).is_open(alex)
