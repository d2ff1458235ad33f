"""What is suggested after a check-in, which small steps fit, and how they go round."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import reading, rules
from strategies.library import voice
from strategies.rules import Answers, Reason, after, in_order, pool, step_on, suggestions

pytestmark = pytest.mark.once

CAUSES = [cause.slug for cause in reading.premise().causes]
SLUGS = [each.slug for each in reading.all_strategies()]
NOTHING = Answers()
CALM = {"acknowledge", "quality-time", "communication", "early-days", "goals"}
"""Whose steps come without their having been chosen."""

ANSWERS = st.builds(
    Answers,
    closeness=st.none() | st.integers(1, 7),
    causes=st.dictionaries(st.sampled_from(CAUSES), st.integers(0, 4)),
)
CHOSEN = st.frozensets(st.sampled_from(SLUGS))
EXACT = settings(max_examples=300, deadline=None)


def one_names(cause, level=rules.NAMED):
    return Answers(causes={cause: level}), NOTHING


def both_name(cause, level=rules.NAMED):
    return Answers(causes={cause: level}), Answers(causes={cause: level})


def told(found):
    return [suggestion.strategy.slug for suggestion in found]


def whose(steps):
    return {reading.steps()[slug].strategy for slug in steps}


# cause, who names it and how much, what is suggested in this order
WHICH = [
    ("routine", one_names, 2, "quality-time early-days goals"),
    ("routine", both_name, 2, "quality-time affection early-days"),
    ("stress", one_names, 2, "quality-time communication acknowledge"),
    ("stress", one_names, 3, "quality-time communication professional-help"),
    ("stress", both_name, 2, "quality-time communication affection"),
    ("communication", one_names, 2, "acknowledge communication vulnerability"),
    ("communication", both_name, 2, "acknowledge communication vulnerability"),
    ("conflict", one_names, 2, "vulnerability acknowledge"),
    ("conflict", one_names, 3, "vulnerability professional-help acknowledge"),
    ("conflict", both_name, 2, "conflicts forgiveness vulnerability"),
    ("conflict", both_name, 3, "conflicts forgiveness professional-help"),
    ("priorities", one_names, 2, "acknowledge goals early-days"),
    ("priorities", both_name, 2, "acknowledge goals early-days"),
]
# cause, and of which strategies the small steps are when it is named
STEPS_OF = [
    ("routine", "quality-time early-days goals"),
    ("stress", "quality-time communication"),
    ("communication", "acknowledge communication"),
    ("priorities", "acknowledge early-days goals"),
]
CLOSENESS = [
    # one, other, what is suggested
    (1, None, "acknowledge quality-time"),
    (7, 3, "acknowledge quality-time"),
    (4, 4, ""),
    (7, None, ""),
    (None, None, ""),
]
SENTENCES = {
    Reason("focus", "quality-time"): "because you both chose it as your focus",
    Reason("both", "stress"): "because you both named stress in your check-in",
    Reason("one", "routine"): "because one of you named routine and predictability in your check-in",
    Reason("apart"): "because one or both of you chose circles that leave room to come closer",
    Reason("start"): "because it’s a good place to begin",
    Reason("stays"): "because it was today’s step already",
}


# What is suggested


@pytest.mark.parametrize(("cause", "who", "level", "expected"), WHICH)
def test_each_cause_leads_somewhere(cause, who, level, expected):
    kind = "one" if who is one_names else "both"
    found = suggestions(*who(cause, level))
    assert told(found) == expected.split()
    assert {suggestion.reasons for suggestion in found} == {(Reason(kind, cause),)}


def test_the_table_has_each_cause_named_by_one_and_by_both():
    assert {(cause, who) for cause, who, *_ in WHICH} == {
        (c, w) for c in CAUSES for w in (one_names, both_name)
    }


@pytest.mark.parametrize(("one", "other", "expected"), CLOSENESS)
def test_closeness_leads_to_talking_and_time(one, other, expected):
    found = suggestions(Answers(one), Answers(other))
    assert told(found) == expected.split()
    assert all(suggestion.reasons == (Reason("apart"),) for suggestion in found)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_that_is_hardly_there_is_not_named(cause):
    assert suggestions(*both_name(cause, rules.NAMED - 1)) == []


def test_a_little_good_besides_does_not_push_out_an_answer():
    one = Answers(causes={"stress": 4, "conflict": 2})
    other = Answers(causes={"stress": 4})
    assert told(suggestions(one, other, most=9)) == [
        "quality-time",
        "communication",
        "affection",
        "professional-help",
        "vulnerability",  # 2 × 2 points for an answer; acknowledge has 1 × 8 and 1 × 2, none for an answer
        "acknowledge",
    ]


def test_the_strongest_reason_comes_first_and_two_are_enough():
    one = Answers(closeness=1, causes={"communication": 2, "priorities": 4, "stress": 4})
    other = Answers(causes={"priorities": 3})
    first = suggestions(one, other)[0]
    assert first.strategy.slug == "acknowledge"
    assert first.reasons == (Reason("both", "priorities"), Reason("apart"))


def test_an_answer_is_a_better_reason_than_a_little_good_besides():
    found = suggestions(
        Answers(causes={"communication": 2, "stress": 4}), Answers(causes={"stress": 4}), most=9
    )
    reasons = {suggestion.strategy.slug: suggestion.reasons for suggestion in found}
    assert reasons["acknowledge"] == (Reason("one", "communication"), Reason("both", "stress"))


@EXACT
@given(ANSWERS, ANSWERS, CHOSEN, CHOSEN, CHOSEN, st.integers(0, 10))
def test_both_are_told_the_same_and_nothing_that_is_settled(one, other, focus, ruled_out, fine, most):
    found = suggestions(one, other, focus=focus, ruled_out=ruled_out, fine=fine, most=most)
    assert found == suggestions(other, one, focus=focus, ruled_out=ruled_out, fine=fine, most=most)
    assert not set(told(found)) & (focus | ruled_out | fine)
    assert len(set(told(found))) == len(found) <= most
    assert all(1 <= len(suggestion.reasons) <= 2 for suggestion in found)


@EXACT
@given(ANSWERS, ANSWERS)
def test_every_reason_is_true(one, other):
    for suggestion in suggestions(one, other, most=10):
        for reason in suggestion.reasons:
            named = [answers.causes.get(reason.slug, 0) >= rules.NAMED for answers in (one, other)]
            match reason.kind:
                case "both":
                    assert all(named)
                case "one":
                    assert sum(named) == 1
                case _:
                    assert reason == Reason("apart")
                    assert min(one.closeness or 7, other.closeness or 7) <= rules.FAR


@EXACT
@given(ANSWERS, ANSWERS)
def test_what_the_other_answered_alone_suggests_no_touch_repair_or_forgiving(one, other):
    """Whatever the other says, none comes where one has named nothing that it answers."""
    for suggestion in suggestions(one, other, most=10):
        each = suggestion.strategy
        if each.slug in rules.NEVER_BY_THE_OTHER:
            assert {reason.kind for reason in suggestion.reasons} == {"both"}
            for answers in (one, other):
                assert any(answers.causes.get(cause, 0) >= rules.NAMED for cause in each.weights)


@EXACT
@given(ANSWERS, ANSWERS)
def test_professional_help_comes_only_where_it_is_strong(one, other):
    if rules.HELP in told(suggestions(one, other, most=10)):
        levels = [
            answers.causes.get(cause, 0) for answers in (one, other) for cause in ("conflict", "stress")
        ]
        assert max(levels) >= rules.STRONG


@EXACT
@given(ANSWERS, ANSWERS)
def test_the_best_come_first(one, other):
    """Counted here once more, the plain way."""
    worths = {}
    for each in (suggestion.strategy for suggestion in suggestions(one, other, most=10)):
        points, answers = 0, False
        for cause, weight in each.weights.items():
            levels = [level for a in (one, other) if (level := a.causes.get(cause, 0)) >= 2]
            if each.slug in rules.NEVER_BY_THE_OTHER and len(levels) < 2:
                continue
            if each.slug == "professional-help" and max(levels, default=0) < 3:
                continue
            points += weight * sum(levels)
            answers = answers or (bool(levels) and weight >= 2)
        if each.slug in ("acknowledge", "quality-time"):
            far = [5 - a.closeness for a in (one, other) if a.closeness in (1, 2, 3)]
            points, answers = points + 2 * sum(far), answers or bool(far)
        worths[each.slug] = (not answers, -points, each.order)
    best = sorted(worths, key=worths.__getitem__)
    if best[:1] == ["professional-help"]:
        # Never the first thing said, where there is another.
        best[:2] = reversed(best[:2])
    assert list(worths) == best


@EXACT
@given(ANSWERS, ANSWERS, st.integers(0, 9))
def test_fewer_are_the_first_of_more(one, other, most):
    assert suggestions(one, other, most=most) == suggestions(one, other, most=10)[:most]


# What is said


def test_the_sentences():
    assert {reason: reason.sentence for reason in SENTENCES} == SENTENCES


def test_every_sentence_is_in_our_voice():
    reasons = [Reason("apart"), Reason("start"), *(Reason("focus", slug) for slug in SLUGS)]
    reasons += [Reason(kind, cause) for kind in ("both", "one") for cause in CAUSES]
    for reason in reasons:
        assert not list(voice(reason.sentence))
        assert reason.sentence.startswith("because ")
        assert reason.sentence[-1].isalnum() or reason.sentence[-1] == "”"


# Which small steps fit


@pytest.mark.parametrize("who", [one_names, both_name])
@pytest.mark.parametrize(("cause", "expected"), STEPS_OF)
def test_the_steps_of_what_answers_a_cause(cause, expected, who):
    found = pool(*who(cause))
    assert whose(found) == set(expected.split())
    assert set(found.values()) == {Reason("one" if who is one_names else "both", cause)}


@pytest.mark.parametrize("who", [one_names, both_name])
def test_a_conflict_alone_brings_no_steps_of_its_own(who):
    """All that answers it is gentle, or professional help: the steps are those of anybody."""
    assert pool(*who("conflict", 4)) == pool(None, None)


def test_to_begin_with_there_are_the_steps_of_anybody():
    found = pool(None, None)
    assert whose(found) == CALM
    assert set(found.values()) == {Reason("start")}
    assert found == pool(NOTHING, NOTHING) == pool(None, Answers(closeness=1))


def test_a_cause_that_only_one_of_two_check_ins_has():
    one = Answers(causes={"stress": 2})
    assert pool(one, None) == pool(None, one) == pool(one, NOTHING)


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "affection"])
def test_a_focus_brings_its_steps(slug):
    found = pool(None, None, focus=[slug])
    assert whose(found) == {slug}
    assert set(found.values()) == {Reason("focus", slug)}


def test_affection_brings_none_until_its_room_is_there():
    assert pool(None, None, focus=["affection"]) == pool(None, None)
    assert whose(pool(None, None, focus=["affection", "goals"])) == {"goals"}


def test_focus_beats_causes_and_both_beats_one():
    one = Answers(causes={"routine": 4, "stress": 2})
    other = Answers(causes={"stress": 2})
    found = pool(one, other, focus=["early-days"])
    assert {reading.steps()[slug].strategy: reason for slug, reason in found.items()} == {
        "early-days": Reason("focus", "early-days"),
        "quality-time": Reason("both", "stress"),
        "communication": Reason("both", "stress"),
        "goals": Reason("one", "routine"),
    }


def test_what_was_ruled_out_is_not_in_focus_and_with_everything_ruled_out_nothing_is_left():
    assert whose(pool(None, None, focus=["goals"], ruled_out=["goals"])) == CALM - {"goals"}
    assert pool(*both_name("stress"), focus=SLUGS, ruled_out=SLUGS) == {}
    assert pool(None, None, ruled_out=CALM) == {}


def test_a_step_waits_for_its_room(monkeypatch):
    tools = {step.slug: step.tool for step in reading.steps().values()}
    found = pool(None, None)
    assert {tools[slug] for slug in found} >= {"", "notes", "dates", "goals"}
    monkeypatch.setattr(rules, "is_an_address", lambda url: url != "/notes/")
    assert set(pool(None, None)) == {slug for slug in found if tools[slug] != "notes"}


@EXACT
@given(st.none() | ANSWERS, st.none() | ANSWERS, CHOSEN, CHOSEN)
def test_the_steps_are_the_same_for_both_gentle_by_choice_and_never_of_what_is_ruled_out(
    one, other, focus, ruled_out
):
    found = pool(one, other, focus=focus, ruled_out=ruled_out)
    assert found == pool(other, one, focus=focus, ruled_out=ruled_out)
    assert not whose(found) & ruled_out
    assert whose(found) <= CALM | (focus - {"affection"})
    assert bool(found) or not CALM - ruled_out
    for slug, reason in found.items():
        of = reading.steps()[slug].strategy
        assert (reason == Reason("focus", of)) == (of in focus)
        if reason.kind in ("both", "one"):
            assert reading.strategy(of).weights[reason.slug] >= 2
            named = [(answers or NOTHING).causes.get(reason.slug, 0) >= 2 for answers in (one, other)]
            assert sum(named) == (2 if reason.kind == "both" else 1)


# How they go round

DAY = dt.date(2026, 3, 1)
ALL = [f"step-{n}" for n in range(60)]
POOLS = st.sets(st.sampled_from(ALL), min_size=1)
# days until the pool changes, what it is from then on, and which come first
EVENTS = st.lists(
    st.tuples(st.integers(0, 25), POOLS, st.frozensets(st.sampled_from(ALL))), min_size=1, max_size=25
)


class Counted(list):
    """A list that counts how often one looks into it."""

    looks = 0

    def __getitem__(self, index):
        self.looks += 1
        return super().__getitem__(index)


def lived(events, seed, *, aside):
    """Each step that was shown, with its day and the pool that it came from. ``aside``: those shown on a day on which
    the pool changed were seen, and are put aside for another on the same day."""
    day, shown, order, begins, seen = DAY, {}, [], DAY, []
    for wait, steps, first in events:
        shown = after(order, begins, day if aside else day - dt.timedelta(1), shown)
        order, begins = in_order(steps, shown, seed, first), day
        seen += [
            (day + dt.timedelta(n), step_on(order, begins, day + dt.timedelta(n)), steps) for n in range(wait)
        ]
        day += dt.timedelta(wait)
        if aside:
            seen.append((day, step_on(order, begins, day), steps))
    return seen


@EXACT
@given(EVENTS, st.text())
def test_no_step_comes_again_before_all_others_did_whenever_the_pool_changes(events, seed):
    """With 20 steps or more that fit, none comes twice within 20 days; with fewer, none before the others."""
    last = {}
    for day, step, steps in lived(events, seed, aside=False):
        if step in last:
            assert (day - last[step]).days >= len(steps)
        assert all(last.get(step, dt.date.min) <= last.get(other, dt.date.min) for other in steps)
        last[step] = day


@EXACT
@given(EVENTS, st.text())
def test_nor_where_a_step_was_put_aside_for_another_on_the_same_day(events, seed):
    """A step comes within some days only if each that fits came within these days."""
    last = {}
    for day, step, steps in lived(events, seed, aside=True):
        assert all(last.get(step, dt.date.min) <= last.get(other, dt.date.min) for other in steps)
        last[step] = day


@EXACT
@given(POOLS, st.integers(0, 100), st.integers(0, 100), st.text(), st.frozensets(st.sampled_from(ALL)))
def test_a_change_that_changes_nothing_moves_no_step(steps, wait, later, seed, first):
    order = in_order(steps, {}, seed, first)
    change = DAY + dt.timedelta(wait)
    again = in_order(steps, after(order, DAY, change - dt.timedelta(1), {}), seed, first)
    day = change + dt.timedelta(later)
    assert step_on(again, change, day) == step_on(order, DAY, day)


@EXACT
@given(
    POOLS, st.dictionaries(st.sampled_from(ALL), st.dates()), st.text(), st.frozensets(st.sampled_from(ALL))
)
def test_the_order_is_a_matter_of_the_couple_alone(steps, shown, seed, first):
    order = in_order(steps, shown, seed, first)
    assert sorted(order) == sorted(steps)
    assert order == in_order([*sorted(steps, reverse=True), *steps], shown, seed, first)
    keys = [(shown.get(slug, dt.date.min), slug not in first) for slug in order]
    assert keys == sorted(keys)


def test_an_order_is_for_good():
    """Another Python, or another release, doesn't turn a couple's days over."""
    assert in_order(ALL[:5], {}, "us") == ["step-1", "step-0", "step-3", "step-4", "step-2"]
    assert in_order(ALL, {}, "us") != in_order(ALL, {}, "them")


def test_what_was_never_shown_comes_first_then_the_longest_ago_and_the_focus_among_equals():
    shown = {"a": DAY, "b": DAY - dt.timedelta(1), "c": DAY}
    for seed in "xyz":
        assert in_order("abcde", shown, seed, first={"c", "e"}) == ["e", "d", "b", "c", "a"]


def test_the_step_of_a_day():
    assert [step_on("abc", DAY, DAY + dt.timedelta(n)) for n in (-400, -1, 0, 1, 2, 3, 3000)] == list(
        "aaabcaa"
    )
    assert step_on([], DAY, DAY) is None


@EXACT
@given(
    st.lists(st.sampled_from(ALL), unique=True),
    st.integers(-5, 300),
    st.dictionaries(st.sampled_from(ALL), st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1))),
)
def test_what_was_shown_is_what_one_saw_day_by_day(order, days, shown):
    kept, plain = dict(shown), dict(shown)
    for n in range(days + 1):
        if slug := step_on(order, DAY, DAY + dt.timedelta(n)):
            plain[slug] = max(DAY + dt.timedelta(n), plain.get(slug, dt.date.min))
    assert after(order, DAY, DAY + dt.timedelta(days), shown) == plain
    assert shown == kept


def test_ten_years_are_not_walked():
    order = Counted(ALL)
    last = after(order, DAY, DAY + dt.timedelta(3650), {})
    assert order.looks <= len(order) == len(last)
    assert min(last.values()) == DAY + dt.timedelta(3650 - 59)


def test_a_real_pool_has_no_step_twice_in_twenty_days():
    order = in_order(pool(None, None), {}, "us")
    days = [step_on(order, DAY, DAY + dt.timedelta(n)) for n in range(400)]
    assert all(len(set(days[n : n + 20])) == 20 for n in range(380))
