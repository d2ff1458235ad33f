"""Cleaning of what people type."""

from hypothesis import given
from hypothesis import strategies as st

from couples.core.forms import OnceField, VersionField, WordsField
from couples.core.text import clean, says_something

ANY = st.text(st.characters(), max_size=200)  # lone surrogates included


@given(ANY)
def test_what_is_kept_can_be_stored_and_is_stable(text):
    kept = clean(text)
    kept.encode()
    assert "\0" not in kept
    assert "\r" not in kept
    assert clean(kept) == kept


def test_what_people_write_stays():
    for text in ("👩‍❤️‍👩 ☕", "שלום \u202bעולם\u202c", "a\n\nb\tc", "é", "<b onclick=x>", "{{ x }} {% y %}"):
        assert clean(text) == text
    assert clean("a\r\nb\rc") == "a\nb\nc"
    assert clean("a\n\n\n\n\n\nb") == "a\n\n\nb"


def test_what_cannot_be_seen_says_nothing():
    for text in ("", " \n\t", "\u200b\u200d", "\u202e", "\u2060\ufeff", "\u0301"):
        assert not says_something(text)
    for text in ("a", "👍", "。", "٣", "\u202eb"):
        assert says_something(text)


def test_tampered_hidden_fields_do_no_harm():
    for value in ("", "x", "\0", "1" * 400, None):
        assert OnceField().clean(value) != OnceField().clean(value)
    for value in ("x", "-5", "9" * 40, "\0", "1e3"):
        assert VersionField().clean(value) == -1
    assert VersionField().clean("3") == 3


@given(ANY)
def test_words_are_refused_or_kept(text):
    kept = WordsField(required=False, max_length=1000).clean(text)
    assert kept == "" or says_something(kept)
