"""Small steps over a long time, with whatever the two do: none comes again too soon, and both see the same."""

import datetime as dt
import random

import pytest

from couples.checkins import actions, focusing, stepping
from couples.checkins.models import CheckIn, Focus, Says
from strategies import rules
from strategies.reading import steps
from tests.conftest import link, person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BEGAN = dt.datetime(2027, 3, 17, 9, tzinfo=dt.UTC)
LONG = 20


def swap(dice, one, other):
    stepping.swap(one, stepping.step_of(stepping.plan_of(one), one.today) or "")


def reveal(dice, one, other):
    if CheckIn.objects.current(one) is None:
        for member in (one, other):
            given = {cause: dice.randrange(5) for cause in ("routine", "stress", "priorities", "conflict")}
            actions.write(member, {**given, "closeness": dice.randrange(1, 8)}, {}, "")
            actions.seal(member, CheckIn.objects.current(member))


def say(dice, one, other):
    slug = dice.choice(["goals", "communication", "vulnerability", "quality-time"])
    says = dice.choice([Says.FOCUS, Says.FOCUS, Says.FINE, Says.NO])
    focusing.choose(one, slug, says)
    focusing.choose(other, slug, says)


def rest(dice, one, other):
    for focus in list(Focus.objects.filter(ended_on=None)):
        focusing.rest(one, focus.strategy)


@pytest.mark.parametrize("seed", range(2))
def test_no_step_comes_again_within_twenty_days_while_another_fits(at, member_of, seed):
    dice, last, shown = random.Random(seed), {}, None

    def look(number):
        """A step that has come just now: whatever else fits was there since it last was."""
        nonlocal shown
        one, other = member_of()
        step = stepping.step_of(stepping.plan_of(one), one.today)
        assert step == stepping.step_of(stepping.plan_of(other), other.today)
        if step in (None, shown):
            return
        shown, known = step, stepping.ground(one)
        fits = rules.pool(known.one, known.other, focus=known.focus, ruled_out=known.ruled_out)
        assert step in fits
        assert steps()[step].strategy in known.focus or steps()[step].strategy not in rules.GENTLE
        if number - last.get(step, -LONG) < LONG:
            since = {slug for slug, day in last.items() if day >= last[step]}
            assert not fits.keys() - since, (number, step)
        last[step] = number

    for number in range(100):
        at(BEGAN + number * DAY)
        look(number)
        for _event in range(dice.choice([0, 0, 0, 1, 2])):
            two = member_of()
            dice.choice([swap, reveal, say, say, rest])(dice, *dice.sample(two, 2))
            look(number)
    assert len(last) > 2 * LONG


@pytest.fixture
def member_of(db):
    """The two, of a couple that has the same id each time, and so the same steps."""
    from couples.core.couple import member_for

    two = person("ina"), person("lou")
    link(*two, id="00000000-0000-4000-8000-000000000001", since=BEGAN.date())
    return lambda: [member_for(one) for one in two]
