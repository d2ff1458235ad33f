"""Small steps as a test wants them: today's, done in a room of the app or without."""

import datetime as dt

from couples.checkins.models import StepPlan
from couples.core.couple import Couple
from strategies.reading import steps

CALM = ("acknowledge", "quality-time", "communication", "early-days", "goals")
"""Strategies whose steps come without their having been chosen."""


def step_of(tool="", of=CALM):
    """The slug of a step that is done in a room, or without the app."""
    return next(slug for slug, step in steps().items() if step.tool == tool and step.strategy in of)


def plan(couple: Couple, step="", *, day=dt.date(2027, 3, 17), **more):
    """Let a step be today's for a couple."""
    order = [slug for slug, one in steps().items() if one.strategy in CALM and slug != step]
    kept = {"day": day, "step": step, "order": order, "shown": {step: day.isoformat()}, **more}
    return StepPlan.objects.update_or_create(couple=couple, defaults=kept)[0]
