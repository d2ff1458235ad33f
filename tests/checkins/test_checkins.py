"""Check-ins: written alone, kept in part, looked at, sealed, changed, taken back, thrown away; and the reveal."""

import html
import random
import re

import pytest
from django.urls import reverse

from couples.checkins import demo
from couples.checkins.models import Aside, CheckIn, id_of
from couples.core.drafts import Draft
from couples.core.news import News
from couples.core.practice import Done
from tests.checkins.doing import CALM, check_in, is_open, news_of, read, reveal, sealed, to

pytestmark = pytest.mark.django_db
WORDS = {
    "closeness": "3",
    "stress": "4",
    "conflict": "1",
    "feelings": ["tired", "hopeful"],
    "appreciation": "You drove me to the station",
    "wish": "One evening without the phone",
    "note": "I was afraid to say it",
    "keep": ["conflict", "wish"],
}
REFUSED = "This check-in is open to both of you now, so it stays as it is."


def path(route, pk):
    return reverse(f"checkins:{route}", args=[pk])


def test_a_new_check_in_is_its_authors_alone_and_says_so_before_one_types(cast, browse):
    alex = browse("alex")
    form = read(alex, reverse("checkins:new"))
    assert form.index("Only you see it for now.") < form.index(
        "How close did it feel between the two of you?"
    )
    assert "Open until Saturday 20 March" in form
    pk = check_in(alex, **WORDS)
    row = CheckIn.objects.get()
    assert (row.pk, row.author, row.couple, row.opens_on) == (pk, cast.alex, None, None)
    assert not News.objects.exists()
    for route in ("detail", "edit", "remove"):
        assert browse("sam").get(path(route, pk)).status_code == 404
    for route in ("edit", "seal", "take_back", "remove"):
        assert browse("sam").post(path(route, pk), CALM).status_code == 404


def test_the_preview_shows_what_both_will_see_and_apart_from_it_what_stays_with_oneself(browse):
    alex = browse("alex")
    page = read(alex, path("detail", check_in(alex, **WORDS)))
    assert "This is how Sam will see it" in page
    given = page[page.index('<dl class="answers">') : page.index("</dl>")]
    assert "You drove me to the station" in given
    assert "Very much" in given
    for kept in ("One evening without the phone", "I was afraid to say it", "A little"):
        assert kept not in given
        assert kept in page


def test_what_is_kept_is_never_in_the_row_that_both_will_see(browse):
    check_in(browse("alex"), **WORDS)
    row, aside = CheckIn.objects.get(), Aside.objects.get()
    assert set(row.answers) == {"closeness", "stress", "feelings", "appreciation"}
    assert aside.parts["kept"] == {"conflict": 1, "wish": "One evening without the phone"}
    assert aside.parts["note"] == "I was afraid to say it"


def test_sealed_it_waits_and_nobody_is_told(cast, browse, sam):
    pk = sealed(browse("alex"), **WORDS)
    row = CheckIn.objects.get()
    assert (row.couple, row.opens_on) == (cast.ours, None)
    assert news_of(sam) == []
    assert not Done.objects.exists()
    assert browse("sam").get(path("detail", pk)).status_code == 404
    page = read(browse("alex"), path("detail", pk))
    assert "Your check-in is sealed" in page
    assert "by Saturday 20 March" in page


def test_the_second_seal_opens_both_at_the_same_moment(cast, browse, alex, sam):
    mine, theirs = reveal(browse, WORDS)
    assert set(CheckIn.objects.values_list("opens_on", "couple")) == {(alex.today, cast.ours.pk)}
    for name in ("alex", "sam"):
        for pk in (mine, theirs):
            page = read(browse(name), path("detail", pk))
            assert "Side by side" in page
            assert "You drove me to the station" in page
            assert "A walk by the river" in page
    assert (news_of(alex), news_of(sam)) == (["checkin.revealed"], [])
    assert [row.what for row in Done.objects.all()] == ["checkins"]
    assert "Read it together" in read(browse("sam"), "/checkins/")


@pytest.mark.parametrize("first", ["alex", "sam"])
def test_who_answered_first_can_not_be_told_from_what_is_there(browse, first):
    last = "sam" if first == "alex" else "alex"
    pk = sealed(browse(first), **CALM)
    sealed(browse(first), **{**CALM, "wish": "Something else"})
    sealed(browse(last), **CALM)
    times = CheckIn.objects.values_list("created_at", "opens_on", "week", "version", "couple").distinct()
    assert times.count() == 1
    pages = [re.sub(r'name="csrf.*?>', "", read(browse(name), path("detail", pk))) for name in (first, last)]
    assert not any("first" in page.lower().split("<main")[1] for page in pages)


def test_where_they_differ_most_comes_first_and_with_a_word_on_how_to_talk(browse):
    mine, _theirs = reveal(browse, {**CALM, "closeness": "2", "stress": "4"}, {**CALM, "closeness": "4"})
    for name in ("alex", "sam"):
        page = read(browse(name), path("detail", mine))
        differ = page[page.index('id="differ"') : page.index('id="rest"')]
        assert differ.index("Very much") < differ.index("quite far apart")
        assert differ.count("<h3>") == differ.count('class="tip"') == 2


def test_what_was_kept_and_what_was_left_out_look_alike_to_the_partner(browse):
    kept = {**CALM, "keep": ["stress", "wish", "closeness"]}
    left = {item: value for item, value in CALM.items() if item not in kept["keep"]}
    pages = []
    for answers in (kept, left):
        mine, _theirs = reveal(browse, {**answers, "note": "x"}, CALM)
        page = read(browse("sam"), path("detail", mine))
        pages.append(re.sub(r'name="csrf.*?>|"X-CSRFToken":"[^"]+"', "", page))
        CheckIn.objects.all().delete()
        Aside.objects.all().delete()
    assert pages[0] == pages[1]
    assert "Not said" in pages[0]


def test_changed_while_sealed_it_is_looked_at_once_more_and_sealed_anew(cast, browse):
    pk = sealed(browse("alex"), **WORDS)
    form = read(browse("alex"), path("edit", pk))
    assert "Once you change it, it’s only yours again, until you seal it anew" in form
    assert "I was afraid to say it" in form
    assert re.search(r'name="keep" value="wish"[^>]* checked', form)
    answer = browse("alex").post(path("edit", pk), {"closeness": "7", "note": ""})
    assert answer.status_code == 302
    row = CheckIn.objects.get()
    assert (row.couple, row.opens_on, row.answers) == (None, None, {"closeness": 7})
    assert not Aside.objects.exists()
    sealed(browse("sam"))
    assert not is_open(pk), "nothing is shared that its author hasn't looked at"
    browse("alex").post(path("seal", pk))
    page = read(browse("sam"), path("detail", pk))
    assert "almost one" in page
    assert "You drove me" not in page


def test_taken_back_it_is_only_ones_own_and_opens_nothing(cast, browse, sam):
    pk = sealed(browse("alex"), **WORDS)
    assert "It’s only yours again." in to(browse("alex"), "take_back", pk)
    theirs = sealed(browse("sam"))
    assert not is_open(pk)
    assert not is_open(theirs)
    assert browse("sam").get(path("detail", pk)).status_code == 404
    to(browse("alex"), "seal", pk)
    assert is_open(pk)
    assert is_open(theirs)


def test_thrown_away_nothing_of_it_is_left(browse):
    pk = sealed(browse("alex"), **WORDS)
    alex = browse("alex")
    alex.post(reverse("core:draft", args=[f"checkins.edit:{pk}"]), {"wish": "half a change"})
    assert "Throw this check-in away?" in read(alex, path("remove", pk))
    assert "Thrown away." in to(alex, "remove", pk)
    assert not CheckIn.objects.exists()
    assert not Aside.objects.exists()
    assert not Draft.objects.exists()
    assert check_in(alex, **CALM) == pk
    assert not Aside.objects.exists()


def test_once_both_have_seen_it_nothing_changes_it(browse):
    pk, theirs = reveal(browse, WORDS)
    alex, before = browse("alex"), list(CheckIn.objects.order_by("pk").values_list())
    kept = list(Aside.objects.values_list())
    for route in ("edit", "remove"):
        assert REFUSED in html.unescape(alex.get(path(route, pk), follow=True).content.decode())
        assert REFUSED in to(alex, route, pk, closeness="1", note="")
    assert REFUSED in to(alex, "take_back", pk)
    answer = alex.post(reverse("checkins:new"), {"closeness": "1", "note": ""}, follow=True)
    assert REFUSED in html.unescape(answer.content.decode())
    assert alex.get(reverse("checkins:new")).url == path("detail", pk)
    to(alex, "seal", pk)
    for route in ("edit", "remove", "seal", "take_back"):
        assert alex.post(path(route, theirs), CALM).status_code == 403
    assert list(CheckIn.objects.order_by("pk").values_list()) == before
    assert list(Aside.objects.values_list()) == kept


@pytest.mark.parametrize(
    "sent",
    [{"note": ""}, {"appreciation": "  \n ", "note": "\u200b"}, {"keep": ["wish", "stress"], "note": ""}],
)
def test_with_nothing_answered_there_is_a_sentence(browse, sent):
    answer = browse("alex").post(reverse("checkins:new"), sent)
    assert answer.status_code == 422
    assert "Answer one thing at least: whichever you like." in answer.content.decode()
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"closeness": "9"},
        {"closeness": "\x00"},
        {"stress": "5"},
        {"stress": "-1"},
        {"feelings": ["tired", "nonsense"]},
        {"wish": "a" * 20_000},
        {"keep": ["everything"]},
        {"keep": "note"},
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_what_can_not_be_is_refused_and_what_was_typed_stays(browse, wrong, again):
    alex, url = browse("alex"), reverse("checkins:new")
    if again:
        url = path("edit", sealed(alex, closeness="4", note=""))
    answer = alex.post(url, {**CALM, "appreciation": "You waited up", "note": "my own thought", **wrong})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "You waited up" in page
    assert "my own thought" in page
    assert page.count('role="alert"') or 'class="error"' in page
    assert [row.answers for row in CheckIn.objects.all()] == ([{"closeness": 4}] if again else [])


def test_the_same_form_sent_twice_is_one_row(browse):
    alex = browse("alex")
    assert check_in(alex, **WORDS) == check_in(alex, **WORDS)
    assert CheckIn.objects.count() == 1
    assert Aside.objects.count() == 1


def test_two_tabs_write_the_same_check_in(browse):
    one, other = browse("alex"), browse("alex")
    for tab in (one, other):
        assert tab.get(reverse("checkins:new")).status_code == 200
    pk = sealed(one, **WORDS)
    assert check_in(other, **CALM) == pk
    row = CheckIn.objects.get()
    assert row.answers["wish"] == "A walk by the river"
    assert row.couple is None
    assert "That week is over" not in to(other, "seal", pk)
    to(one, "remove", pk)
    assert other.post(path("edit", pk), CALM).status_code == 404
    assert other.get(path("detail", pk)).status_code == 404


def test_words_are_plain_text(browse):
    mine, _theirs = reveal(browse, {**CALM, "wish": '<b hx-get="/x">hi</b> 👩‍❤️‍👩'})
    page = browse("sam").get(path("detail", mine)).content.decode()
    assert "&lt;b hx-get=" in page
    assert "👩‍❤️‍👩" in page


def test_a_draft_is_kept_for_the_same_person_alone_and_goes_with_sending(browse, alex):
    key = f"checkins.new:{id_of(alex, alex.week.first)}"
    alex, url = browse("alex"), reverse("core:draft", args=[key])
    typed = {"wish": "half a thou", "feelings": "tired", "closeness": "2", "keep": "wish"}
    assert alex.post(url, typed).status_code == 204
    form = read(browse("alex"), reverse("checkins:new"))
    assert "half a thou" in form
    assert re.search(r'name="closeness" value="2"[^>]* checked', form)
    assert re.search(r'name="keep" value="wish"[^>]* checked', form)
    assert "half a thou" not in read(browse("sam"), reverse("checkins:new"))
    check_in(alex, **WORDS)
    assert not Draft.objects.exists()


def test_what_one_kept_can_still_be_read_by_oneself_after_the_reveal(browse):
    pk, _theirs = reveal(browse, WORDS)
    assert "I was afraid to say it" not in read(browse("alex"), path("detail", pk)), (
        "two may read it on one screen"
    )
    assert "I was afraid to say it" in read(browse("alex"), "/checkins/mine/")
    own = read(browse("alex"), reverse("checkins:mine"))
    assert "One evening without the phone" in own
    assert "One evening without the phone" not in read(browse("sam"), reverse("checkins:mine"))


def test_in_the_demo_this_weeks_check_in_of_the_other_waits_to_be_answered(cast, browse, alex):
    """The demo seals it by hand, as the app does."""
    demo.fill(cast.alex, cast.sam, cast.ours, alex.today, 60, random.Random(1))
    theirs = CheckIn.objects.get(author=cast.sam, opens_on=None)
    mine = sealed(browse("alex"), **CALM)
    for name, pk in (("alex", theirs.pk), ("sam", mine)):
        assert "Side by side" in read(browse(name), path("detail", pk))
