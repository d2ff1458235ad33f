"""What people may type: a sentence at the field or harmless text comes back, never an error page."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from couples.goals.amounts import AmountField, plain_amount
from couples.goals.models import MOST, Goal
from tests.goals.conftest import goal_by, step_of, words

ODD = [
    "",
    "   ",
    "x" * 20000,
    "a\x00b",
    "\u202e\u200f",
    "שלום עולם",
    "\u200b\u200d",
    "👩‍❤️‍👨 👨‍👩‍👧‍👦",
    "<script>alert(1)</script>",
    '"><img hx-get="/x" hx-trigger="load" onerror=alert(1)>',
    "{{ request }}{% now %}",
]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("3200", "3200"),
        ("3,200", "3200"),
        ("3,200.50", "3200.50"),
        (" 3 200.5 ", "3200.5"),
        ("0", "0"),
        ("999999999.99", "999999999.99"),
        ("007", "7"),
        ("1\u202f000", "1000"),
    ],
)
def test_amounts_as_people_write_them(typed, amount):
    assert AmountField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "-5",
        "−5",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e9999",
        "1E5",
        "3200,50",
        "3,20",
        "3.200,50",
        "1.234",
        "€5",
        "0x1f",
        "٣٢٠",
        "1000000000",
        "9" * 500,
        "--",
        ".",
        ",",
        "1,,000",
        "sNaN",
        "\ud800",
    ],
)
def test_what_is_no_amount_is_asked_about(typed):
    with pytest.raises(ValidationError) as said:
        AmountField(required=False).clean(typed)
    assert said.value.messages[0].endswith(".")


def test_nothing_is_no_amount_and_nothing_to_reach_is_none():
    assert AmountField(required=False).clean(" ") is None
    with pytest.raises(ValidationError):
        AmountField(above_zero=True).clean("0")


@given(st.decimals(min_value=0, max_value=MOST, places=2))
def test_every_amount_is_read_as_it_is_written(amount):
    assert AmountField().clean(plain_amount(amount)) == amount


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_a_sentence(text):
    try:
        found = AmountField(required=False).clean(text)
    except ValidationError:
        return
    assert found is None or 0 <= found <= MOST


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "field",
    [
        "title",
        "why",
        "unit",
        "step",
        "amount_target",
        "amount_now",
        "by",
        "horizon",
        "whose",
        "parent",
        "once",
    ],
)
def test_odd_words_in_a_new_goal(browse, field, odd):
    answer = browse("alex").post(reverse("goals:new"), words(**{field: odd}))
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert 'class="error"' in answer.content.decode()
        return
    goal = Goal.objects.get()
    page = browse("alex").get(reverse("goals:detail", args=[goal.pk]))
    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    assert b"<img hx-get" not in page.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "day", ["0001-01-01", "9999-12-31", "2026-02-30", "tomorrow", "1899-12-31", "99999-01-01"]
)
def test_odd_days(browse, alex, day):
    goal = goal_by(alex)
    for name, args, data in (
        ("goals:new", (), words(by=day)),
        ("goals:edit", (goal.pk,), {"title": "x", "by": day, "version": 0}),
        ("goals:step_add", (goal.pk,), {"text": "x", "day": day}),
        ("goals:step_edit", (step_of(goal, alex).pk,), {"text": "x", "day": day, "version": 0}),
    ):
        answer = browse("alex").post(reverse(name, args=args), data)
        assert answer.status_code == 422, name
        assert 'class="error"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_far_days_are_kept(browse, alex, day):
    goal = goal_by(alex)
    assert (
        browse("alex").post(reverse("goals:step_add", args=[goal.pk]), {"text": "x", "day": day}).status_code
        == 302
    )
    assert browse("sam").get(reverse("goals:detail", args=[goal.pk])).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD)
def test_odd_words_in_the_other_forms(browse, alex, odd):
    goal = goal_by(alex, amount_target=5, amount_now=1)
    proposed = goal_by(alex, state="proposed")
    step = step_of(goal, alex)
    sent = [
        ("goals:step_add", goal, {"text": odd, "who": odd, "once": odd}),
        ("goals:step_edit", step, {"text": odd, "version": odd}),
        ("goals:step_tick", step, {"done": odd}),
        ("goals:amount", goal, {"amount_now": odd, "version": odd}),
        ("goals:edit", goal, {"title": odd, "why": odd, "parent": odd, "version": 0}),
        ("goals:support", goal, {"support": odd}),
        ("goals:answer", proposed, {"say": odd, "words": odd, "version": odd}),
        ("goals:let_go", goal, {"words": odd}),
    ]
    for name, row, data in sent:
        who = "sam" if name == "goals:answer" else "alex"
        answer = browse(who).post(reverse(name, args=[row.pk]), data)
        assert answer.status_code in (302, 403, 409, 422), name
    assert browse("sam").get(reverse("goals:detail", args=[goal.pk])).status_code == 200


@pytest.mark.django_db
def test_what_was_typed_stays_and_a_foreign_goal_is_no_place(browse, cast, alex):
    theirs = goal_by(cast.member("dana"), horizon="long")
    answer = browse("alex").post(
        reverse("goals:new"),
        words(title="", why="It was typed", parent=str(theirs.pk), amount_target="3200,50"),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It was typed" in page
    assert 'value="3200,50"' in page
    goal_by(alex, horizon="long")
    answer = browse("alex").post(reverse("goals:new"), words(parent=str(theirs.pk)))
    assert answer.status_code == 422
    assert "long-term goals in the list" in answer.content.decode()


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.dictionaries(
        st.sampled_from(
            [
                "title",
                "why",
                "unit",
                "amount_target",
                "amount_now",
                "by",
                "horizon",
                "whose",
                "step",
                "parent",
            ]
        ),
        st.text(max_size=300),
    )
)
def test_any_form_gets_an_answer(browse, typed):
    usable = {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}
    assert browse("alex").post(reverse("goals:new"), words(**usable)).status_code in (302, 422)
