"""Goals: written alone, proposed or shared by a second act, answered, reached, let go, taken up again."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from couples.core.news import News
from couples.goals.models import Goal
from tests.goals.conftest import goal_by, kinds, step_of, text, url, words

pytestmark = pytest.mark.django_db


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


def test_a_page_says_what_matters_where_the_goal_stands(browse, alex, sam):
    asked = goal_by(alex, state="proposed")
    assert "No steps yet" not in text(browse("sam").get(url("detail", asked.pk)))
    done = goal_by(alex, state="reached", ended_on=alex.today)
    page = text(browse("sam").get(url("detail", done.pk)))
    assert f"You two got there, {alex.today:%-d %B %Y}" in page
    assert "No steps yet" not in page
    own = goal_by(alex, state="reached", ended_on=alex.today, whose="author")
    assert "Alex got there" in text(browse("sam").get(url("detail", own.pk)))
    far = goal_by(alex, by=alex.today.replace(year=alex.today.year + 5, day=1), amount_target=9, amount_now=8)
    page = text(browse("sam").get(url("detail", far.pk)))
    assert 'class="day"' not in page
    assert "Earlier versions" not in page
    way = f'href="{url("reached", far.pk)}"'
    assert f'<a class="button quiet" {way}' in page
    browse("sam").post(url("amount", far.pk), {"amount_now": "9", "version": 0})
    page = text(browse("sam").get(url("detail", far.pk)))
    assert "Earlier versions" in page
    assert f'<a class="button primary" {way}' in page
