"""The state machine: people do what the acts offer, in any order, and after each step everybody looks."""

import datetime as dt
import os
import random
from collections import Counter

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.proof import rooms as rooms
from tests.proof.acts import ACTS, PAGES, Act
from tests.proof.model import PEOPLE, Row
from tests.proof.stage import Stage

FIGURES: Counter[str] = Counter()
DICE = st.integers(0, 2**32)
LONG, EVERYWHERE = 100, 50
SELDOM = "seldom"
WITHOUT_A_ROOM = ["time_passes"] * 4 + ["trespass"] * 4


class Proof(RuleBasedStateMachine):
    """One run of at most ``LONG`` steps, of five people of whom four mostly begin as two couples."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(FIGURES)
        self.done: Counter[str] = Counter()

    def teardown(self) -> None:
        """Nothing of it stays."""
        self.stage.close()

    @initialize(couples=st.sampled_from((2, 2, 1, 1, 0)), dice=DICE)
    def begin(self, couples: int, dice: int) -> None:
        """Some link at once, by the same pages as everybody."""
        for _ in range(couples):
            self.act("space_link", 0, dice, "")

    @rule(
        step=st.sampled_from([*[SELDOM] * len(ACTS), *sorted(ACTS), *WITHOUT_A_ROOM]),
        pick=st.integers(0, 2**16),
        dice=DICE,
        text=st.text(max_size=8),
    )
    def step(self, step: str, pick: int, dice: int, text: str) -> None:
        """Time passes, somebody goes where they have no business, or somebody does something."""
        if step in WITHOUT_A_ROOM:
            getattr(self, step)(pick, dice)
        elif step != SELDOM and ACTS[step].choices(self.stage):
            self.act(step, pick, dice, text)
        else:
            self.act(self.least_done(pick), pick, dice, text)

    def least_done(self, pick: int) -> str:
        """Of what somebody can do now, what was done least so far: some acts are possible only for a short while.

        Linking in one step and leaving take the ground from under most of the others, so they have to wait.
        """
        names = sorted(ACTS)
        start = pick % len(names)
        now = [one for one in names[start:] + names[:start] if ACTS[one].choices(self.stage)]
        return min(now, key=lambda one: self.done[one] + 5 * (one in ("space_link", "space_leave")))

    def act(self, name: str, pick: int, dice: int, text: str) -> None:
        """Let one of those who can do something do it to one of the things that it can be done to."""
        choices = ACTS[name].choices(self.stage)
        choice = choices[pick % len(choices)]
        note(f"{choice[0]}: {name} {choice[1].pk if choice[1] else ''}")
        self.stage.text = text
        self.done[name] += 1
        sent = self.stage.sent
        perform(self.stage, ACTS[name], choice, dice)
        # Where the page offered no such form, nothing was done.
        self.looked(name if self.stage.sent > sent else "in vain", dice)

    def time_passes(self, pick: int, dice: int) -> None:
        """Hours or days go by; what waited for them opens."""
        self.stage.pass_time(dt.timedelta(hours=1 + pick % 200))
        self.stage.touched = self.any_row(dice)
        self.looked("time_passes", dice)

    def trespass(self, pick: int, dice: int) -> None:
        """Somebody tries an address of what they can't see."""
        row = self.stage.touched = self.any_row(dice)
        strangers = [who for who in PEOPLE if row and not self.stage.model.may_see(row, who)]
        if row is not None:
            self.stage.trespass(strangers[pick % len(strangers)], row, random.Random(dice))
        self.looked("trespass", dice)

    def any_row(self, dice: int) -> Row | None:
        """Any row there is."""
        rows = [row for row in self.stage.model.rows if row.alive and row.pk]
        return random.Random(dice).choice(rows) if rows else None

    def looked(self, name: str, dice: int) -> None:
        """After every step everybody looks: at what was touched, around, and now and then everywhere."""
        FIGURES[f"step {name}"] += 1
        FIGURES["steps"] += 1
        look(self.stage, random.Random(dice))


def look(stage: Stage, dice: random.Random) -> None:
    """What people read after a step."""
    stage.steps += 1
    if stage.touched is not None and stage.touched.top.model in PAGES and stage.touched.alive:
        stage.look_at(stage.touched, dice)
    stage.look_around(dice)
    stage.look_back()
    if stage.steps % EVERYWHERE == 0:
        stage.look_everywhere()


def perform(stage: Stage, act: Act, choice: tuple[str, Row | None], dice: int) -> None:
    """Let somebody do something."""
    who, row = choice
    stage.touched = row
    act.perform(stage, who, row, random.Random(dice))


def run(steps: int, seed: int) -> Counter[str]:
    """Take at least so many steps from a seed on, in runs of ``LONG``, and return the figures of all of them."""
    FIGURES.clear()
    while FIGURES["steps"] < steps:
        chosen = settings(
            # The first run of each is the simplest there is.
            max_examples=1 - -(steps - FIGURES["steps"]) // LONG,
            stateful_step_count=LONG,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, *([Phase.shrink] if os.environ.get("SHRINK") else [])],
            print_blob=False,
            report_multiple_bugs=False,
        )
        run_state_machine_as_test(seeded(seed)(type("Machine", (Proof,), {})), settings=chosen)
        seed += 1
    return Counter(FIGURES)
