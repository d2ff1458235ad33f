"""Goals: written alone, proposed or shared by a second act, answered, reached, let go, taken up again."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from couples.core import content
from couples.core.drafts import Draft
from couples.core.edits import Version
from couples.core.handover import Handover
from couples.core.news import News
from couples.goals.models import Goal
from tests.goals.conftest import goal_by, step_of, words

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name, *args):
    return reverse(f"goals:{name}", args=args)


def text(answer):
    return answer.content.decode()


def kinds(member):
    return sorted(News.objects.visible_to(member).values_list("kind", flat=True))


def test_a_new_goal_is_its_authors_alone_until_it_is_proposed(browse, sam):
    answer = browse("alex").post(url("new"), words(step="Find shoes", amount_target="100", unit="km"))
    goal = Goal.objects.get()
    assert answer.headers["Location"] == url("preview", goal.pk)
    assert goal.couple is None
    assert (goal.amount_now, goal.amount_target) == (0, 100)
    assert [step.text for step in goal.steps.all()] == ["Find shoes"]
    assert kinds(sam) == []
    assert browse("sam").get(url("detail", goal.pk)).status_code == 404
    page = text(browse("alex").get(url("preview", goal.pk)))
    assert "This is how Sam will see it" in page
    assert "Propose it to Sam" in page
    for _ in range(2):
        assert browse("alex").post(url("share", goal.pk)).status_code == 302
    goal.refresh_from_db()
    assert (goal.state, goal.couple) == ("proposed", sam.couple)
    assert kinds(sam) == ["goal.proposed"]
    assert "Run ten kilometres" in text(browse("sam").get(url("home")))


def test_the_form_says_who_sees_it_before_one_types(browse):
    page = text(browse("alex").get(url("new")))
    assert page.index("Only you see it until you share it") < page.index('name="title"')


def test_sent_twice_it_is_one_goal_and_changed_words_count(browse, alex):
    typed = words()
    for title in ("Run five", "Run ten"):
        browse("alex").post(url("new"), {**typed, "title": title})
    goal = Goal.objects.get()
    assert goal.title == "Run ten"
    browse("alex").post(url("share", goal.pk))
    browse("alex").post(url("new"), {**typed, "title": "Run ten"})
    assert Goal.objects.count() == 1
    browse("alex").post(url("new"), {**typed, "title": "Something else"})
    assert Goal.objects.count() == 2


def test_somebody_elses_id_makes_a_row_of_its_own(browse, alex):
    goal = goal_by(alex, shared=False)
    browse("dana").post(url("new"), words(once=str(goal.pk)))
    goal.refresh_from_db()
    assert goal.title == "A home with a garden"
    assert Goal.objects.count() == 2


def test_alone_one_keeps_goals_and_works_on_them(cast, browse):
    robin = browse("robin")
    assert "You can begin alone" in text(robin.get(url("home")))
    robin.post(url("new"), words(whose="author", amount_target="10"))
    goal = Goal.objects.get()
    assert robin.get(url("detail", goal.pk)).status_code == 200
    robin.post(url("step_add", goal.pk), {"text": "Find shoes", "once": str(uuid.uuid4())})
    robin.post(url("step_tick", goal.steps.get().pk), {"done": "1"})
    robin.post(url("amount", goal.pk), {"amount_now": "4", "version": goal.version})
    assert goal.steps.get().done_on == cast.member("robin").today
    robin.post(url("reached", goal.pk), {"words": "At last"})
    goal.refresh_from_db()
    assert (goal.amount_now, goal.state, goal.closing) == (4, "reached", "At last")
    assert not News.objects.exists()
    for name in ("share", "support", "answer"):
        assert robin.post(url(name, goal.pk)).headers["Location"] == reverse("space:home")


def test_ones_own_goal_is_in_as_soon_as_it_is_shared_and_can_be_supported(browse, alex, sam):
    goal = goal_by(alex, shared=False, whose="author")
    browse("alex").post(url("share", goal.pk))
    goal.refresh_from_db()
    assert goal.state == "in"
    assert kinds(sam) == ["goal.shared"]
    for _ in range(2):
        browse("sam").post(url("support", goal.pk), {"support": "1"})
    assert kinds(alex) == ["goal.support"]
    assert "yours, with Sam’s support" in text(browse("alex").get(url("detail", goal.pk)))
    assert "Alex’s, with your support" in text(browse("sam").get(url("detail", goal.pk)))
    browse("sam").post(url("support", goal.pk), {"support": "0"})
    assert kinds(alex) == []
    assert browse("alex").post(url("support", goal.pk), {"support": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("say", "state", "kind"), [("in", "in", "goal.in"), ("no", "declined", "goal.declined")]
)
def test_a_proposal_is_answered_with_kind_words(browse, alex, sam, say, state, kind):
    goal = goal_by(alex, state="proposed")
    assert browse("sam").get(url("answer", goal.pk)).status_code == 200
    typed = {"say": say, "words": "Gladly, or later", "version": goal.version}
    for _ in range(2):
        assert browse("sam").post(url("answer", goal.pk), typed).status_code == 302
    goal.refresh_from_db()
    assert (goal.state, goal.answer) == (state, "Gladly, or later")
    assert kinds(alex) == [kind]
    assert "Gladly, or later" in text(browse("alex").get(url("detail", goal.pk)))
    assert browse("alex").post(url("answer", goal.pk), typed).status_code == 403


def test_an_answer_is_to_what_was_read(browse, alex, sam):
    goal = goal_by(alex, state="proposed")
    seen = goal.version
    edit = {"title": "Quite another thing", "version": seen}
    assert browse("alex").post(url("edit", goal.pk), edit).status_code == 302
    answer = browse("sam").post(url("answer", goal.pk), {"say": "in", "words": "Yes", "version": seen})
    assert answer.status_code == 409
    page = text(answer)
    assert "Quite another thing" in page
    assert "Yes" in page
    goal.refresh_from_db()
    assert goal.state == "proposed"


def test_an_answer_that_says_neither_or_too_much_stays_a_question(browse, alex):
    goal = goal_by(alex, state="proposed")
    for typed in ({"say": "perhaps", "version": 0}, {"say": "in", "version": 0, "words": "x" * 501}):
        assert browse("sam").post(url("answer", goal.pk), typed).status_code == 422
    goal.refresh_from_db()
    assert goal.state == "proposed"


def test_a_declined_goal_can_be_changed_and_proposed_again(browse, alex, sam):
    goal = goal_by(alex, state="declined", ended_on=alex.today, ended_by=sam.person, answer="Not now")
    browse("alex").post(url("edit", goal.pk), {"title": "A smaller one", "version": 0})
    browse("alex").post(url("share", goal.pk))
    goal.refresh_from_db()
    assert (goal.state, goal.title, goal.answer) == ("proposed", "A smaller one", "")
    assert kinds(sam) == ["goal.proposed"]
    assert "Not now" in text(browse("sam").get(url("history", goal.pk)))
    assert browse("sam").post(url("share", goal.pk)).status_code == 403


def test_a_partners_goal_with_my_support_comes_in_supported(browse, alex, sam):
    goal = goal_by(alex, state="proposed", whose="partner")
    assert "yours" in text(browse("sam").get(url("answer", goal.pk)))
    browse("sam").post(url("answer", goal.pk), {"say": "in", "version": 0})
    goal.refresh_from_db()
    assert goal.supported
    assert "Sam’s, with your support" in text(browse("alex").get(url("detail", goal.pk)))
    # Its words are their author's, its plan is its owner's, and nobody else's.
    alexs, sams = (
        text(browse("alex").get(url("edit", goal.pk))),
        text(browse("sam").get(url("edit", goal.pk))),
    )
    assert ('name="title"' in alexs, 'name="by"' in alexs) == (True, False)
    assert ('name="title"' in sams, 'name="by"' in sams) == (False, True)
    browse("sam").post(
        url("edit", goal.pk), {"title": "Mine now", "by": "2030-01-01", "version": goal.version}
    )
    goal.refresh_from_db()
    assert (goal.title, goal.by) == ("A home with a garden", dt.date(2030, 1, 1))
    assert browse("alex").post(url("reached", goal.pk)).status_code == 403
    assert browse("sam").post(url("reached", goal.pk)).status_code == 302


@pytest.mark.parametrize(
    ("name", "state", "kind"), [("reached", "reached", "goal.reached"), ("let_go", "let_go", "goal.let_go")]
)
def test_either_ends_what_is_ours_and_takes_it_up_again(browse, alex, sam, name, state, kind):
    goal = goal_by(alex)
    assert browse("sam").get(url(name, goal.pk)).status_code == 200
    for _ in range(2):
        assert browse("sam").post(url(name, goal.pk), {"words": "It was good"}).status_code == 302
    goal.refresh_from_db()
    assert (goal.state, goal.ended_by, goal.ended_on) == (state, sam.person, sam.today)
    assert kinds(alex) == [kind]
    assert "It was good" in text(browse("alex").get(url("past")))
    assert "A home" not in text(browse("alex").get(url("home")))
    for _ in range(2):
        assert browse("alex").post(url("take_up", goal.pk)).status_code == 302
    goal.refresh_from_db()
    assert (goal.state, goal.closing, goal.ended_on) == ("in", "", None)
    assert (kinds(alex), kinds(sam)) == ([], ["goal.again"])
    assert "It was good" in text(browse("sam").get(url("history", goal.pk)))


def test_what_is_only_the_partners_to_end_is_refused(browse, alex):
    goal = goal_by(alex, whose="author")
    for name in ("reached", "let_go", "edit", "amount", "take_back", "take_up"):
        assert browse("sam").post(url(name, goal.pk), {"words": ""}).status_code == 403, name


def test_a_proposal_can_be_taken_back(browse, alex, sam):
    goal = goal_by(alex, shared=False)
    browse("alex").post(url("share", goal.pk))
    for _ in range(2):
        assert browse("alex").post(url("take_back", goal.pk)).status_code == 302
    goal.refresh_from_db()
    assert (goal.couple, goal.opens_on, goal.state) == (None, None, "in")
    assert kinds(sam) == []
    assert browse("sam").get(url("detail", goal.pk)).status_code == 404


def test_what_the_partner_is_part_of_is_not_taken_back(browse, alex, sam):
    goal = goal_by(alex, whose="author", supported=True)
    step_of(goal, sam, who=sam.person)
    assert "is part of it" in text(browse("alex").post(url("take_back", goal.pk), follow=True))
    goal.refresh_from_db()
    assert goal.couple is not None


def test_a_goal_that_goes_back_lets_go_of_what_the_partner_put_under_it(browse, alex, sam):
    goal = goal_by(alex, whose="author", horizon="long")
    theirs, mine = goal_by(sam, parent=goal), goal_by(alex, parent=goal)
    browse("alex").post(url("take_back", goal.pk))
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.parent, mine.parent) == (None, goal)


def test_only_what_nobody_else_sees_is_thrown_away(browse, alex, sam):
    goal = goal_by(alex, shared=False, horizon="long")
    child, shared = goal_by(alex, shared=False, parent=goal), goal_by(alex)
    step_of(goal, alex)
    assert browse("alex").get(url("remove", goal.pk)).status_code == 200
    browse("alex").post(url("remove", goal.pk))
    child.refresh_from_db()
    assert child.parent is None
    assert browse("alex").post(url("remove", shared.pk)).status_code == 302
    assert Goal.objects.filter(pk=shared.pk).exists()
    assert browse("sam").post(url("remove", shared.pk)).status_code == 403


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


def test_a_long_term_goal_holds_short_term_ones(browse, alex, sam):
    home = goal_by(alex, horizon="long")
    browse("sam").post(url("new"), words(parent=str(home.pk), title="Ask the bank"))
    child = Goal.objects.get(title__isnull=False, horizon="short")
    assert child.parent == home
    assert "Ask the bank" not in text(browse("alex").get(url("detail", home.pk)))
    browse("sam").post(url("share", child.pk))
    browse("alex").post(url("answer", child.pk), {"say": "in", "version": 1})
    assert "Ask the bank" in text(browse("alex").get(url("detail", home.pk)))
    page = text(browse("alex").get(url("home")))
    assert page.count("Ask the bank") == 1
    assert "Part of" in text(browse("alex").get(url("detail", child.pk)))


def test_a_short_term_goal_stands_by_itself_once_the_long_one_is_over(browse, alex):
    home = goal_by(alex, horizon="long", title="Garden", state="let_go", ended_on=alex.today)
    goal_by(alex, parent=home, title="Ask the bank")
    assert "Ask the bank" in text(browse("sam").get(url("home")))


def test_a_long_term_goal_is_part_of_none(browse, alex):
    home = goal_by(alex, horizon="long")
    answer = browse("alex").post(url("new"), words(horizon="long", parent=str(home.pk)))
    assert answer.status_code == 422
    assert "Only a short-term goal" in text(answer)
    with pytest.raises(IntegrityError), transaction.atomic():
        goal_by(alex, horizon="long", parent=home)
    held = goal_by(alex, shared=False, horizon="long")
    goal_by(alex, shared=False, parent=held)
    kept = browse("alex").post(url("edit", held.pk), words(version=0))
    assert "It holds short-term goals" in text(kept)


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_now": 1},
        {"amount_target": 1},
        {"amount_now": -1, "amount_target": 5},
        {"amount_now": 1, "amount_target": 0},
        {"amount_now": 1, "amount_target": 1_000_000_000},
        {"state": "proposed", "shared": False},
        {"state": "reached"},
        {"state": "lost"},
        {"supported": True},
        {"opens_on": None},
    ],
)
def test_the_database_holds_the_rules(alex, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        goal_by(alex, **fields)


def test_starters_within_handover_and_draft_fill_the_form(browse, alex):
    client = browse("alex")
    first = content.rows("goals/starters.toml", "goal")[0]
    assert f'value="{first["step"]}"' in text(client.get(url("new") + f"?starter={first['slug']}"))
    home = goal_by(alex, horizon="long")
    assert f'<option value="{home.pk}" selected>' in text(client.get(url("new") + f"?within={home.pk}"))
    handed = Handover.objects.make(alex, "goals", {"title": "A dream"})
    assert "A dream" in text(client.get(url("new") + f"?handover={handed}"))
    assert "A dream" not in text(browse("sam").get(url("new") + f"?handover={handed}"))
    client.post(url("new") + f"?handover={handed}", words())
    assert not Handover.objects.exists()
    Draft.objects.keep(alex, "goals.new", {"title": "Half a thou"})
    assert "Half a thou" in text(client.get(url("new")))
    for odd in ("?starter=none", "?within=x", "?handover=x"):
        assert client.get(url("new") + odd).status_code == 200
    client.post(url("new"), words())
    assert not Draft.objects.exists()


PAGES = ("detail", "edit", "history", "remove", "preview", "answer", "reached", "let_go")
POSTS = (*PAGES[3:4], *PAGES[5:], "edit", "share", "take_back", "support", "amount", "take_up", "step_add")


@pytest.mark.parametrize("who", ["dana", "ex", "robin"])
@pytest.mark.parametrize("shared", [True, False])
def test_outsiders_meet_nothing(browse, alex, who, shared):
    goal = goal_by(alex, shared=shared)
    client = browse(who)
    for method, names in ((client.get, PAGES), (client.post, POSTS)):
        for name in names:
            allowed = (
                (302,) if who != "dana" and name in ("preview", "answer", "share", "support") else (404,)
            )
            assert method(url(name, goal.pk)).status_code in allowed, name
    for name in ("home", "past"):
        assert "A home with a garden" not in text(client.get(url(name)))


def test_anonymous_people_are_asked_to_sign_in(browse, alex):
    goal = goal_by(alex)
    for name, args in (("home", ()), ("past", ()), ("new", ()), *((name, (goal.pk,)) for name in PAGES)):
        answer = browse().get(url(name, *args))
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.headers["Location"]


def test_acts_that_came_too_late_lead_back_kindly(browse, alex):
    goal = goal_by(alex, state="reached", ended_on=alex.today)
    for name in ("edit", "let_go", "amount", "step_add"):
        assert browse("sam").post(url(name, goal.pk)).status_code == 302, name
    assert browse("alex").post(url("preview", goal.pk)).status_code == 405
    assert browse("alex").get(url("preview", goal.pk)).status_code == 302
