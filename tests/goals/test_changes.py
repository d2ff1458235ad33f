"""Changes of goals and amounts: dated, and never lost in silence."""

import pytest

from couples.core.edits import Version
from tests.goals.conftest import HTMX, goal_by, text, url

pytestmark = pytest.mark.django_db


def test_edits_of_ours_are_dated_and_both_read_them(browse, alex, sam):
    goal = goal_by(alex, why="For us", amount_target=100, amount_now=5)
    typed = {"title": "A flat with a balcony", "why": "For us", "amount_target": "200", "version": 0}
    browse("sam").post(url("edit", goal.pk), typed)
    goal.refresh_from_db()
    assert (goal.title, goal.amount_target, goal.amount_now) == ("A flat with a balcony", 200, 5)
    page = text(browse("alex").get(url("history", goal.pk)))
    assert "A home with a garden" in page
    assert "Sam changed" in page
    assert Version.objects.count() == 1


def test_a_stale_edit_shows_both_texts_and_the_person_chooses(browse, alex, sam):
    goal = goal_by(alex)
    browse("sam").post(url("edit", goal.pk), {"title": "Sam’s garden", "version": 0})
    answer = browse("alex").post(url("edit", goal.pk), {"title": "Alex’s balcony", "version": 0})
    page = text(answer)
    assert answer.status_code == 409
    assert "Sam’s garden" in page
    assert "Alex’s balcony" in page
    assert "Sam’s text now" in page
    assert "Keep Sam’s" in page
    assert 'name="version" value="1"' in page
    goal.refresh_from_db()
    assert goal.title == "Sam’s garden"
    assert (
        browse("alex").post(url("edit", goal.pk), {"title": "Alex’s balcony", "version": 1}).status_code
        == 302
    )
    goal.refresh_from_db()
    assert goal.title == "Alex’s balcony"
    assert "Sam’s garden" in text(browse("sam").get(url("history", goal.pk)))


@pytest.mark.parametrize("version", ["", "-1", "x", "99999999999999999999"])
def test_a_garbled_version_is_stale(browse, alex, version):
    goal = goal_by(alex)
    answer = browse("alex").post(url("edit", goal.pk), {"title": "Another", "version": version})
    assert answer.status_code == 409


def test_an_edit_of_what_is_over_meanwhile_leads_back(browse, alex, sam):
    goal = goal_by(alex)
    browse("sam").post(url("reached", goal.pk))
    answer = browse("alex").post(url("edit", goal.pk), {"title": "Too late", "version": 0}, follow=True)
    assert "moved on meanwhile" in text(answer)


def test_a_stale_amount_shows_both(browse, alex, sam):
    goal = goal_by(alex, amount_target=30000, amount_now=100, unit="€")
    browse("sam").post(url("amount", goal.pk), {"amount_now": "11,400", "version": 0})
    for headers in ({}, HTMX):
        answer = browse("alex").post(url("amount", goal.pk), {"amount_now": "500", "version": 0}, **headers)
        page = text(answer)
        assert answer.status_code == 409
        assert "€11,400 of €30,000 saved" in page
        assert 'value="500"' in page
        assert 'name="version" value="1"' in page
    goal.refresh_from_db()
    assert goal.amount_now == 11400
    assert text(browse("alex").get(url("history", goal.pk))).count("100") >= 1


def test_amounts_in_place(browse, alex):
    goal = goal_by(alex, amount_target=100, amount_now=0, unit="km")
    answer = browse("sam").post(url("amount", goal.pk), {"amount_now": "40", "version": 0}, **HTMX)
    assert "40 of 100 km" in text(answer)
    assert "<html" not in text(answer)
    wrong = browse("sam").post(url("amount", goal.pk), {"amount_now": "-4", "version": 1}, **HTMX)
    assert wrong.status_code == 422
    assert "0 or more" in text(wrong)
    assert browse("sam").post(url("amount", goal_by(alex).pk), {"amount_now": "4"}).status_code == 302
