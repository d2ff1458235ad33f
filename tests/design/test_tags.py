"""What the tags of the design system draw and say."""

import datetime as dt

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import translation

from couples.templatetags import page
from couples.templatetags.reconnect import CLOSENESS, MARKS, SEEN, draw_circles, draw_icon


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize("kind", [*MARKS, "apart", "touching", "near", *"1234567"])
def test_circles_are_an_svg_that_screen_readers_skip(kind):
    drawn = rendered("{% circles kind %}", kind=kind)
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert drawn == draw_circles(kind)


def test_circles_come_ever_closer():
    gaps = [right - left for left, right in CLOSENESS]
    assert gaps == sorted(gaps, reverse=True)
    assert len(set(gaps)) == 7


def test_a_number_is_a_closeness():
    assert rendered("{% for step in steps %}{% circles step %}{% endfor %}", steps=[1, 7]) == draw_circles(
        "1"
    ) + draw_circles("7")
    assert rendered("{% circles 4 %}") == draw_circles("4")


@pytest.mark.parametrize(
    "source", ['{% circles "heart" %}', '{% icon "../../secret" %}', '{% icon "nothing" %}', "{% icon %}"]
)
def test_an_unknown_drawing_is_found_when_the_template_is_read(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


def test_an_icon_is_inline_and_small():
    drawn = rendered('{% icon "calendar" %}')
    assert drawn == draw_icon("calendar")
    assert drawn.startswith('<svg class="icon"')
    assert "<script" not in drawn
    assert "license" not in drawn
    assert len(drawn) < 500


@pytest.mark.parametrize("kind", SEEN)
def test_who_sees_it_is_said_in_words(kind):
    said = rendered("{% seen kind %}", kind=kind)
    assert str(SEEN[kind]) in said
    assert draw_circles(kind) in said


def test_own_words_of_who_sees_it_are_escaped():
    assert "&lt;b&gt;" in rendered('{% seen "both" text %}', text="<b>")


@pytest.mark.parametrize(
    ("value", "most", "start"),
    [
        (11400, 30000, "38"),
        (0, 10, "0"),
        (10, 10, "100"),
        (99, 10, "100"),
        (-5, 10, "0"),
        (5, 0, "0"),
        (None, None, "0"),
    ],
)
def test_a_meter_stays_within_its_bar(value, most, start):
    assert f'<rect x="{start}%"' in rendered("{% meter value most %}", value=value, most=most)


def test_a_meter_says_its_numbers():
    assert 'aria-label="11,400 of 30,000"' in rendered("{% meter 11400 30000 %}")


def test_weeks_have_a_dot_each_and_a_sentence():
    drawn = rendered("{% weeks counts %}", counts=[0, 1, 7])
    assert drawn.count("<i ") == 3
    assert 'class="n2"' in drawn
    assert "2 of 3 weeks had something in them" in drawn


def test_a_leaf_shows_the_day():
    drawn = rendered("{% leaf day %}", day=dt.date(2024, 2, 29))
    assert 'datetime="2024-02-29"' in drawn
    for part in ("Thu", "29", "Feb"):
        assert part in drawn
    assert 'datetime="0001-01-01"' in rendered("{% leaf day %}", day=dt.date(1, 1, 1))


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/130.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        ("", "A browser we don’t know"),
    ],
)
def test_a_browser_is_named_as_people_do(long, short):
    assert rendered("{{ agent|browser }}", agent=long) == short


def test_help_and_exit_stand_on_every_page():
    for name in ("404.html", "403.html", "csrf.html", "500.html", "400.html", "maintenance.html"):
        page = render_to_string(name)
        assert page.count("<h1") == 1
        assert 'href="/help/"' in page
        assert '<form id="exit" method="post" action="/exit/"' in page
        assert 'button form="exit"' in page


def test_a_stranger_sees_no_tabs_and_gets_no_token():
    page = render_to_string("404.html")
    assert "<nav" not in page
    assert "csrf" not in page.lower()
    assert "Loading" in page


def test_the_page_that_says_it_broke_needs_no_collected_files(monkeypatch):
    def missing(name: str) -> str:
        raise ValueError(name)

    monkeypatch.setattr(page.staticfiles_storage, "url", missing)
    page._head.cache_clear()
    try:
        said = render_to_string("500.html")
    finally:
        page._head.cache_clear()
    assert 'href="/static/css/tokens.css"' in said


def test_the_fixed_parts_of_a_page_follow_the_language():
    source = Template(
        "{% load i18n %}{% fixed %}{{ name }}{% get_current_language as code %}{{ code }}{% endfixed %}"
    )
    with translation.override("en-gb"):
        assert source.render(Context({"name": "Alex"})) == "en-gb"
    with translation.override("de"):
        assert source.render(Context()) == "de"
    with translation.override("en-gb"):
        assert source.render(Context()) == "en-gb"


class Sample(forms.Form):
    """A field of each shape."""

    what = forms.CharField(help_text="Short <b>and</b> true.", error_messages={"required": "Say what."})
    feel = forms.ChoiceField(widget=forms.RadioSelect, choices=[("1", "calm")])
    when = forms.DateField()
    place = forms.CharField(required=False)
    remind = forms.BooleanField(required=False)
    once = forms.CharField(widget=forms.HiddenInput, required=False)


def test_an_error_stands_at_its_field_and_above_a_long_form():
    page = str(Sample({}))
    assert '<div class="summary" role="alert" tabindex="-1">' in page
    assert '<a href="#id_what">What</a>: Say what.' in page
    assert '<p class="error" id="id_what_error">Say what. </p>' in page
    assert 'aria-describedby="id_what_helptext id_what_error"' in page
    assert 'aria-invalid="true"' in page
    assert page.count('name="once"') == 1


def test_a_form_without_errors_labels_and_explains_each_field():
    page = str(Sample())
    assert "summary" not in page
    assert "Short &lt;b&gt;and&lt;/b&gt; true." in page
    assert '<label for="id_place">Place <span class="optional">(optional)</span></label>' in page
    assert "<legend>Feel</legend>" in page
    assert '<div class="field check">' in page
