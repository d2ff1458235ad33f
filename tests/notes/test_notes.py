"""Notes: written alone, given by a second act, answered, kept, removed, drawn, found again."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse

from couples.core.drafts import Draft
from couples.core.news import News
from couples.notes.models import Answer, Kept, Note
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def note_by(member, *, opens_in: int | None = 0, **fields):
    """A note of a member: shared for ``opens_in`` days from today, or only theirs (None)."""
    fields = {"what": "You made coffee", "meaning": "I felt looked after", **fields}
    if opens_in is not None:
        fields |= {"couple": member.couple, "opens_on": member.today + opens_in * DAY}
    return Note.objects.create(author=member.person, **fields)


@pytest.fixture
def alex(cast):
    return cast.member("alex")


@pytest.fixture
def sam(cast):
    return cast.member("sam")


def words(**more):
    return {
        "what": "You kept the phone away",
        "meaning": "I was there with you",
        "once": str(uuid.uuid4()),
        **more,
    }


def test_a_new_note_is_its_authors_alone_until_given(cast: Cast, browse, sam):
    client = browse("alex")
    answer = client.post(reverse("notes:new"), words())
    note = Note.objects.get()
    assert answer.status_code == 302
    assert note.couple is None
    assert not News.objects.exists()
    assert browse("sam").get(reverse("notes:detail", args=[note.pk])).status_code == 404
    page = client.get(reverse("notes:detail", args=[note.pk]))
    assert "This is how Sam will see it" in page.content.decode()
    client.post(reverse("notes:give", args=[note.pk]), {"when": "now"})
    assert browse("sam").get(reverse("notes:detail", args=[note.pk])).status_code == 200
    assert [row.kind for row in News.objects.visible_to(sam)] == ["note.given"]


def test_giving_twice_is_once(cast, browse, alex, sam):
    note = note_by(alex, opens_in=None)
    for _ in range(2):
        assert browse("alex").post(reverse("notes:give", args=[note.pk]), {"when": "now"}).status_code == 302
    assert News.objects.visible_to(sam).count() == 1


def test_a_note_from_a_day_on_opens_that_day_in_the_couples_zone(cast, browse, alex, sam, monkeypatch):
    note = note_by(alex, opens_in=None)
    day = alex.today + 3 * DAY
    browse("alex").post(reverse("notes:give", args=[note.pk]), {"when": "day", "day": day.isoformat()})
    url = reverse("notes:detail", args=[note.pk])
    assert browse("sam").get(url).status_code == 404
    assert "A note from" not in browse("sam").get("/").content.decode()
    assert not News.objects.visible_to(sam).exists()
    zone = cast.ours.zone
    before = dt.datetime.combine(day, dt.time(), tzinfo=zone) - dt.timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: before.astimezone(dt.UTC))
    assert browse("sam").get(url).status_code == 404
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: (before + dt.timedelta(seconds=1)).astimezone(dt.UTC)
    )
    assert browse("sam").get(url).status_code == 200
    assert "A note from Alex" in browse("sam").get("/").content.decode()


def test_before_its_day_the_author_takes_it_back_and_nobody_knows(cast, browse, alex):
    note = note_by(alex, opens_in=3)
    browse("alex").post(reverse("notes:take_back", args=[note.pk]))
    note.refresh_from_db()
    assert (note.couple, note.opens_on) == (None, None)
    opened = note_by(alex)
    browse("alex").post(reverse("notes:take_back", args=[opened.pk]))
    opened.refresh_from_db()
    assert opened.couple == cast.ours


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"what": ""}, "Say in a few words what Sam did."),
        ({"what": "   \n "}, "Say in a few words what Sam did."),
        ({"meaning": "\u200b\u200d\u2060"}, "Say in a few words what it meant to you."),
        ({"what": "a" * 20_000}, "at most 2000 characters"),
    ],
)
def test_wrong_words_get_a_sentence_and_stay(cast, browse, data, sentence):
    answer = browse("alex").post(reverse("notes:new"), words(**data))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Note.objects.exists()
    kept = data.get("meaning") or "I was there with you"
    assert kept in answer.content.decode()


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2020-01-01", "2026-02-30", "\x00"])
def test_a_wrong_day_gives_nothing(cast, browse, alex, day):
    note = note_by(alex, opens_in=None)
    answer = browse("alex").post(reverse("notes:give", args=[note.pk]), {"when": "day", "day": day})
    assert answer.status_code == 422
    note.refresh_from_db()
    assert note.couple is None


def test_sent_twice_is_one_note(cast, browse):
    data = words()
    for _ in range(2):
        assert browse("alex").post(reverse("notes:new"), data).status_code == 302
    assert Note.objects.count() == 1
    browse("alex").post(reverse("notes:new"), {**data, "what": "Changed my mind"})
    assert [note.what for note in Note.objects.all()] == ["Changed my mind"]


def test_the_words_are_plain_text(cast, browse, alex):
    note = note_by(alex, what='<b hx-get="/x">hi</b> \u202eabc 👩‍❤️‍👩')
    page = browse("sam").get(reverse("notes:detail", args=[note.pk])).content.decode()
    assert "&lt;b hx-get=" in page
    assert "👩‍❤️‍👩" in page


def test_the_receiver_answers_once(cast, browse, alex):
    note = note_by(alex)
    url = reverse("notes:answer", args=[note.pk])
    sam = browse("sam")
    assert sam.post(url, {"words": " "}).status_code == 422
    assert sam.post(url, {"reaction": "nonsense"}).status_code == 422
    sam.post(url, {"reaction": "touched", "words": "Any time"})
    sam.post(url, {"reaction": "smiled", "words": "Other"})
    assert Answer.objects.get().words == "Any time"
    assert browse("alex").post(url, {"words": "me"}).status_code == 403
    assert "Any time" in browse("alex").get(reverse("notes:detail", args=[note.pk])).content.decode()
    assert [row.kind for row in News.objects.visible_to(alex)] == ["note.answered"]


def test_keeping_is_ones_own(cast, browse, alex):
    note = note_by(alex)
    before = browse("alex").get(reverse("notes:home")).content
    client = browse("sam")
    client.post(reverse("notes:keep", args=[note.pk]), {"keep": "1"})
    client.post(reverse("notes:keep", args=[note.pk]), {"keep": "1"})
    assert Kept.objects.count() == 1
    assert "You made coffee" in client.get(reverse("notes:home") + "?show=kept").content.decode()
    assert "You made coffee" not in browse("alex").get(reverse("notes:home") + "?show=kept").content.decode()
    assert len(browse("alex").get(reverse("notes:home")).content) == len(before)
    fragment = client.post(
        reverse("notes:keep", args=[note.pk]), {"keep": "0"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in fragment.content.decode()
    assert not Kept.objects.exists()


def test_removed_words_are_gone_and_the_day_and_answer_stay(cast, browse, alex, sam):
    note = note_by(alex)
    Answer.objects.create(note=note, author=sam.person, words="Any time", answered_on=sam.today)
    assert browse("sam").post(reverse("notes:remove", args=[note.pk])).status_code == 403
    assert "Remove this note?" in browse("alex").get(reverse("notes:remove", args=[note.pk])).content.decode()
    browse("alex").post(reverse("notes:remove", args=[note.pk]))
    note.refresh_from_db()
    assert (note.what, note.meaning) == ("", "")
    page = browse("sam").get(reverse("notes:detail", args=[note.pk])).content.decode()
    assert "Removed" in page
    assert "Any time" in page


def test_an_ungiven_note_is_thrown_away_whole(cast, browse, alex):
    note = note_by(alex, opens_in=3)
    browse("alex").post(reverse("notes:remove", args=[note.pk]))
    assert not Note.objects.exists()


def test_a_given_note_is_not_edited(cast, browse, alex):
    note = note_by(alex)
    url = reverse("notes:edit", args=[note.pk])
    assert browse("alex").post(url, words()).status_code == 302
    assert browse("sam").post(url, words()).status_code == 403
    note.refresh_from_db()
    assert note.what == "You made coffee"
    own = note_by(alex, opens_in=None)
    browse("alex").post(reverse("notes:edit", args=[own.pk]), words())
    own.refresh_from_db()
    assert own.what == "You kept the phone away"


def test_filters_and_order(cast, browse, alex, sam):
    note_by(alex, opens_in=-3, what="from alex")
    note_by(sam, opens_in=-1, what="from sam")
    note_by(alex, opens_in=None, what="alone alex")
    get = lambda query: browse("alex").get(reverse("notes:home") + query).content.decode()  # noqa: E731
    assert get("").index("from sam") < get("").index("from alex")
    assert get("?order=old").index("from alex") < get("?order=old").index("from sam")
    assert "from alex" not in get("?show=to_me")
    assert "from sam" not in get("?show=from_me")
    assert "from alex" not in get("?show=mine")
    assert "alone alex" in get("?show=mine")
    assert "alone alex" not in browse("sam").get(reverse("notes:home")).content.decode()
    assert get("?show=nonsense&order=x&after=y")


def test_the_list_goes_on_by_key(cast, browse, alex):
    for number in range(45):
        note_by(alex, opens_in=-(number // 3), what=f"note {number:02}.")
    client, url, seen = browse("sam"), "?show=all", []
    for fragment in (False, True, True, True):
        headers = {"HX-Request": "true"} if fragment else {}
        page = client.get(reverse("notes:home") + url, headers=headers)
        text = page.content.decode()
        assert ("<html" in text) is not fragment
        seen += [f"note {n:02}." for n in range(45) if f"note {n:02}." in text]
        more = re.search(r'id="more".*?hx-get="([^"]+)"', text, re.DOTALL)
        url = more[1].replace("&amp;", "&") if more else ""
    assert not url
    assert sorted(seen) == [f"note {n:02}." for n in range(45)]


def test_the_jar_holds_old_notes_of_the_couple(cast, browse, alex):
    assert "The jar is filling" in browse("sam").get(reverse("notes:jar")).content.decode()
    note_by(alex, opens_in=-40, what="an old one")
    note_by(alex, opens_in=-1, what="a fresh one")
    note_by(cast.member("dana"), opens_in=-40, what="not ours")
    for _ in range(5):
        page = browse("sam").get(reverse("notes:jar")).content.decode()
        assert "an old one" in page
        assert "a fresh one" not in page
        assert "not ours" not in page


def test_weeks_show_only_what_both_see(cast, alex, sam):
    note_by(alex)
    note_by(alex, opens_in=-1)
    note_by(alex, opens_in=None)
    note_by(alex, opens_in=2)
    weeks = Note.objects.weeks(sam)
    assert len(weeks) == 26
    assert weeks == Note.objects.weeks(alex)
    assert sum(weeks) == 2


def test_search_finds_words_in_notes_and_answers_and_keeps_them_out_of_the_address(cast, browse, alex, sam):
    note = note_by(alex, what="You made crème brûlée")
    note_by(alex, what="Something else")
    note_by(alex, opens_in=None, what="secret brulee")
    Answer.objects.create(note=note, author=sam.person, words="lemon next time", answered_on=sam.today)
    client = browse("sam")
    for wanted in ("Brulee", "LEMON"):
        answer = client.post(reverse("notes:search"), {"words": wanted}, follow=True)
        assert answer.redirect_chain == [(reverse("notes:search"), 302)]
        text = answer.content.decode()
        assert "crème brûlée" in text
        assert "Something else" not in text
        assert "secret" not in text
    assert client.post(reverse("notes:search"), {"words": "x" * 500}).status_code == 422
    assert (
        "No note has these words"
        in client.post(reverse("notes:search"), {"words": "zzz"}, follow=True).content.decode()
    )


def test_a_draft_is_kept_for_the_same_person_alone(cast, browse):
    client = browse("alex")
    url = reverse("core:draft", args=["notes.new"])
    assert client.post(url, {"what": "half a thou", "meaning": ""}).status_code == 204
    assert "half a thou" in browse("alex").get(reverse("notes:new")).content.decode()
    assert "half a thou" not in browse("sam").get(reverse("notes:new")).content.decode()
    client.post(reverse("notes:new"), words())
    assert not Draft.objects.exists()


def test_alone_one_writes_for_oneself(cast, browse):
    client = browse("robin")
    client.post(reverse("notes:new"), words())
    note = Note.objects.get()
    assert "It’s kept for you" in client.get(reverse("notes:detail", args=[note.pk])).content.decode()
    answer = client.post(reverse("notes:give", args=[note.pk]), {"when": "now"})
    assert answer.url == reverse("space:home")
    assert client.get(reverse("notes:jar")).status_code == 302


def test_a_starter_fills_the_form(cast, browse):
    page = browse("alex").get(reverse("notes:new") + "?starter=did-it-unasked").content.decode()
    assert ">\nWithout being asked, you </textarea>" in page
    for wrong in ("-1", "x", "²", ""):
        assert browse("alex").get(reverse("notes:new") + f"?starter={wrong}").status_code == 200


def test_thrown_away_words_stay_in_no_draft(cast, browse, alex):
    note = note_by(alex, opens_in=None)
    browse("alex").post(reverse("core:draft", args=[f"notes.edit:{note.pk}"]), {"what": "half a change"})
    browse("alex").post(reverse("notes:remove", args=[note.pk]))
    assert not Draft.objects.exists()


def test_a_removed_note_takes_no_answer(cast, browse, alex):
    note = note_by(alex)
    browse("alex").post(reverse("notes:remove", args=[note.pk]))
    assert (
        "Say something back"
        not in browse("sam").get(reverse("notes:detail", args=[note.pk])).content.decode()
    )
    browse("sam").post(reverse("notes:answer", args=[note.pk]), {"words": "x"})
    assert not Answer.objects.exists()


def test_the_order_of_a_day_tells_of_giving_and_not_of_writing(cast, browse, alex, sam):
    first_written = note_by(alex, opens_in=None, what="written first")
    browse("sam").post(reverse("notes:new"), words(what="written and given between"))
    between = Note.objects.get(author=sam.person)
    browse("sam").post(reverse("notes:give", args=[between.pk]), {"when": "now"})
    browse("alex").post(reverse("notes:give", args=[first_written.pk]), {"when": "now"})
    page = browse("sam").get(reverse("notes:home")).content.decode()
    assert page.index("written first") < page.index("written and given between")


def test_a_starter_has_a_draft_of_its_own(cast, browse):
    client = browse("alex")
    client.post(reverse("core:draft", args=["notes.new"]), {"what": "my own beginning"})
    client.post(reverse("core:draft", args=["notes.new.did-it-unasked"]), {"what": "another beginning"})
    assert "my own beginning" in client.get(reverse("notes:new")).content.decode()
    url = reverse("notes:new") + "?starter=did-it-unasked"
    assert "another beginning" in client.get(url).content.decode()
    client.post(url, words())
    assert [draft.key for draft in Draft.objects.all()] == ["notes.new"]
