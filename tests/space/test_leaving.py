"""Leaving: one alone, at once, for both."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from couples.core.couple import Couple, Membership, member_for
from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.handover import Handover
from couples.core.news import News
from couples.dates import actions as dates
from couples.goals import actions as goals
from couples.notes import actions as notes
from couples.notes.models import Note
from couples.space.actions import accept, confirm, leave
from couples.space.models import Invitation
from tests.conftest import PASSWORD
from tests.crawl import bare
from tests.space.conftest import couples, link_of, newest, partner_of, sign_in
from tests.world import make_goal, make_plan

AGAIN = "/accounts/reauthenticate/?next=%2Fspace%2Fleave%2F"


def test_help_and_what_the_partner_sees_stand_before_the_button(browse):
    page = browse("alex").get("/space/leave/").content.decode()
    main = page[page.index("<main") :]
    assert main.index('href="/help/"') < main.index("What Sam will see") < main.index("Leave this space")


def test_it_asks_to_sign_in_again_and_then_leaves(cast, browse):
    alex = browse("alex")
    answer = alex.post("/space/leave/")
    assert (answer.status_code, answer["Location"]) == (302, AGAIN)
    assert partner_of(cast.alex) == cast.sam
    assert alex.post(AGAIN, {"password": "wrong"}).status_code != 302
    assert partner_of(cast.alex) == cast.sam
    answer = alex.post(AGAIN, {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/space/")
    assert partner_of(cast.alex) is None
    assert partner_of(cast.sam) is None
    assert alex.post("/space/leave/").status_code == 302


def test_both_are_out_with_the_next_request(cast, browse):
    sam = browse("sam")
    assert "Sam and Alex" in sam.get("/space/").content.decode()
    leave(cast.member("alex"))
    page = sam.get("/space/").content.decode()
    assert "The space you shared has closed" in page
    assert "Alex" not in bare(page)
    for path in ("/space/us/", "/space/us/history/", "/space/leave/"):
        assert sam.get(path)["Location"] == "/space/"
    today = timezone.now().astimezone(cast.ours.zone).date()
    assert set(Membership.objects.filter(couple=cast.ours).values_list("ended_on", flat=True)) == {today}
    assert Couple.objects.get(pk=cast.ours.pk).ended_on == today


def test_both_are_told_the_same_and_the_day_alone(cast, browse):
    leave(cast.member("alex"))
    closed = [browse(name).get("/space/").context["closed"] for name in ("alex", "sam")]
    assert [seat.couple for seat in closed] == [cast.ours, cast.ours]


def test_after_30_days_it_is_said_no_more(cast, browse):
    leave(cast.member("alex"))
    long_ago = timezone.now().date() - dt.timedelta(days=32)
    Membership.objects.filter(couple=cast.ours).update(ended_on=long_ago)
    assert browse("sam").get("/space/").context["closed"] is None


def test_twice_and_by_both_is_one_end(cast):
    alex, sam = cast.member("alex"), cast.member("sam")
    assert leave(alex)
    assert not leave(alex)
    assert not leave(sam)
    assert not leave(cast.member("robin"))


def test_nothing_of_it_opens_any_more_and_only_you_stays(cast):
    alex, today = cast.member("alex"), cast.member("alex").today
    only_you = Note.objects.create(author=cast.alex)
    both = Note.objects.create(author=cast.alex, couple=cast.ours, opens_on=today)
    later = Note.objects.create(author=cast.alex, couple=cast.ours, opens_on=today + dt.timedelta(days=3))
    theirs = Note.objects.create(author=cast.dana, couple=cast.theirs, opens_on=today)
    assert leave(alex)
    assert set(Note.objects.visible_to(member_for(cast.alex))) == {only_you, later}
    assert not Note.objects.visible_to(member_for(cast.sam)).exists()
    assert [Note.objects.get(pk=one.pk).couple for one in (both, later, theirs)] == [
        cast.ours,
        None,
        cast.theirs,
    ]


def test_news_due_and_handovers_go_drafts_stay(cast):
    alex, sam = cast.member("alex"), cast.member("sam")
    for one, couple in ((cast.alex, cast.ours), (cast.sam, cast.ours), (cast.dana, cast.theirs)):
        News.objects.create(owner=one, couple=couple, kind="x", about=uuid.uuid4(), opens_on=alex.today)
        Due.objects.put(one, couple, "x", uuid.uuid4(), at=alex.now, shows_from=alex.now)
    Due.objects.put(cast.alex, None, "own", uuid.uuid4(), at=alex.now, shows_from=alex.now)
    Handover.objects.make(sam, "dates", {"title": "ours"})
    Draft.objects.keep(sam, "notes.new", {"what": "mine"})
    leave(alex)
    assert list(News.objects.values_list("owner", flat=True)) == [cast.dana.pk]
    assert set(Due.objects.values_list("owner", "kind")) == {(cast.dana.pk, "x"), (cast.alex.pk, "own")}
    assert not Handover.objects.exists()
    assert Draft.objects.read(member_for(cast.sam), "notes.new") == {"what": "mine"}


def test_either_may_begin_anew_and_the_new_couple_sees_nothing_of_the_old(cast):
    today = cast.member("alex").today
    Note.objects.create(author=cast.alex, couple=cast.ours, opens_on=today)
    leave(cast.member("sam"))
    accept(cast.robin, Invitation.objects.of_token(link_of(cast.alex)))
    confirm(newest(cast.alex))
    assert partner_of(cast.alex) == cast.robin
    for name in ("alex", "robin"):
        assert not Note.objects.visible_to(cast.member(name)).exists()
    assert couples() == 2


def test_the_same_two_again_are_a_new_couple(cast):
    leave(cast.member("sam"))
    accept(cast.sam, Invitation.objects.of_token(link_of(cast.alex)))
    confirm(newest(cast.alex))
    assert cast.member("sam").couple not in (None, cast.ours)


def test_an_old_used_link_opens_nothing_after_leaving(cast):
    leave(cast.member("sam"))
    token = link_of(cast.alex)
    accept(cast.sam, Invitation.objects.of_token(token))
    confirm(newest(cast.alex))
    leave(cast.member("sam"))
    sam = sign_in(cast.sam)
    assert sam.get(f"/join/{token}/").status_code == 410
    assert sam.post(f"/join/{token}/accept/").status_code == 410
    assert partner_of(cast.sam) is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_alone_there_is_nothing_to_leave(browse, method):
    answer = getattr(browse("robin"), method)("/space/leave/")
    assert answer.status_code == 302


SHARING = {
    "note": (lambda sam: Note.objects.create(author=sam.person, what="words", meaning="x"), notes, "give"),
    "goal": (lambda sam: make_goal(sam, "in", shared=False), goals, "share"),
    "plan": (lambda sam: make_plan(sam, "draft"), dates, "propose"),
}
"""What one makes alone, and the act that shares it."""


def elsewhere(act):
    """Do something meanwhile, in a connection of its own."""

    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("later", [0, 9], ids=["now", "from a day on"])
@pytest.mark.parametrize("what", SHARING)
def test_what_one_shares_while_the_other_leaves_stays_ones_own(cast, browse, monkeypatch, what, later):
    sam = cast.member("sam")
    make, actions, act = SHARING[what]
    row, real = make(sam), getattr(actions, act)

    def crossed(*args):
        with_alex = cast.member("alex")
        elsewhere(lambda: leave(with_alex))
        return real(*args)

    monkeypatch.setattr(actions, act, crossed)
    when = (
        {"when": "day", "day": (sam.today + dt.timedelta(days=later)).isoformat()}
        if later
        else {"when": "now"}
    )
    sent = {"note": when, "plan": {"seen": f"draft-{row.version}"}, "goal": {}}[what]
    answer = browse("sam").post(
        reverse(f"{what}s:{act}" if what != "plan" else "dates:propose", args=[row.pk]), sent
    )
    assert answer.status_code in (302, 409)
    alone = member_for(cast.sam)
    assert alone.couple is None
    assert type(row).objects.visible_to(alone).filter(pk=row.pk, couple__isnull=True).exists()
    assert not News.objects.exists()
