"""The helplines: every number has a source and a day, and a broken file says where it is broken."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from couples.help import helplines
from couples.help.checks import helplines_file

PACKAGED = helplines.load(helplines.PACKAGED)
KNOWN = """
1-800-799-7233 1-800-787-3224 88788 988 sheltersafe.ca 08082000247 08088010327 08000271234 116123
1800341900 08000116016 1800737732 0458737732 0800733843 findahelpline.com hotpeachpages.net
"""
GOOD = """
[[country]]
name = "Elsewhere"
emergency = ["112"]
[[country.line]]
who = "A line"
what = "For anyone."
hours = "Day and night."
ways = [{ by = "call", to = "+49 (0)30 12-34" }]
source = "example.org"
checked = 2026-11-23
"""


def write(folder, text):
    path = folder / "lines.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def ways(countries):
    return [way for country in countries for line in country.lines for way in line.ways]


def test_each_line_says_who_what_when_whence_and_how():
    for country in PACKAGED:
        assert country.lines or country.note
        for line in country.lines:
            assert all((line.who, line.what, line.hours, line.source, line.ways))
            assert line.checked == dt.date(2026, 11, 23)


def test_no_number_without_a_source_has_crept_in():
    def bare(text):
        return re.sub(r"[ -]", "", text)

    assert {bare(way.to) for way in ways(PACKAGED)} == {bare(known) for known in KNOWN.split()}


def test_emergency_numbers_stand_with_their_countries():
    emergency = {
        country.name: [way.to for way in country.emergency] for country in PACKAGED if country.emergency
    }
    assert emergency["United Kingdom"] == ["999"]
    assert emergency["United States"] == emergency["Canada"] == ["911"]
    assert emergency["Ireland"] == ["112", "999"]
    assert emergency["Australia"] == ["000"]
    assert emergency["New Zealand"] == ["111"]
    assert {number for numbers in emergency.values() for number in numbers} == {
        "112",
        "911",
        "999",
        "000",
        "111",
    }


def test_links_dial_digits_only():
    every = ways(PACKAGED) + [way for country in PACKAGED for way in country.emergency]
    for way in every:
        assert re.fullmatch(r"(tel|sms):\+?[0-9]+|https://[a-z.]+", way.href), way.href


def test_116_016_is_never_offered_for_the_whole_union():
    assert all(re.sub(r"\D", "", way.href) != "116016" for way in ways(PACKAGED))
    assert any("116 016" in country.note and "not in all" in country.note for country in PACKAGED)


def test_a_file_of_ones_own_replaces_ours(tmp_path, settings):
    settings.HELPLINES = str(write(tmp_path, GOOD))
    (country,) = helplines.helplines()
    assert country.name == "Elsewhere"
    assert country.lines[0].ways[0].href == "tel:+490301234"
    assert helplines_file() == []


def test_without_a_file_of_ones_own_ours_is_used(settings):
    settings.HELPLINES = ""
    assert helplines.helplines() is PACKAGED


BROKEN = {
    "empty": ("", "at least one country"),
    "not TOML": ("[[country", "isn't valid TOML"),
    "not UTF-8": (b"\xff\xfe", "isn't valid TOML"),
    "no name": (GOOD.replace('name = "Elsewhere"', ""), "country 1, name is missing"),
    "country isn't a list": ('country = "UK"', "at least one country"),
    "no source": (
        GOOD.replace('source = "example.org"', 'source = " "'),
        "country 1, line 1, source is missing",
    ),
    "no day": (GOOD.replace("checked = 2026-11-23", ""), "checked has to be a day"),
    "a day as text": (GOOD.replace("2026-11-23", '"2026-11-23"'), "checked has to be a day"),
    "a moment": (GOOD.replace("2026-11-23", "2026-11-23T10:00:00"), "checked has to be a day"),
    "no way": (GOOD.replace('{ by = "call", to = "+49 (0)30 12-34" }', ""), "at least one ways"),
    "unknown way": (GOOD.replace('"call"', '"fax"'), "by has to be one of call, tty, text, web"),
    "letters": (GOOD.replace("+49 (0)30 12-34", "0800 HELP"), "isn't a telephone number"),
    "a script": (
        GOOD.replace('by = "call", to = "+49 (0)30 12-34"', 'by = "web", to = "javascript:alert(1)"'),
        "isn't a web address",
    ),
    "a number as number": (GOOD.replace('["112"]', "[112]"), "emergency, to is missing or isn't text"),
    "emergency as text": (GOOD.replace('["112"]', '"112"'), "list of numbers"),
    "a typing error": (GOOD.replace("hours", "huors"), "“huors”"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_clear_sentence(tmp_path, settings, case):
    text, sentence = BROKEN[case]
    settings.HELPLINES = str(write(tmp_path, text))
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)) as raised:
        helplines.helplines()
    assert str(raised.value).startswith(f"The helplines file {settings.HELPLINES} ")
    assert [error.id for error in helplines_file()] == ["help.E001"]


def test_a_missing_file_is_one_clear_sentence(tmp_path, settings):
    settings.HELPLINES = str(tmp_path / "nowhere.toml")
    with pytest.raises(ImproperlyConfigured, match="can't be read"):
        helplines.helplines()
