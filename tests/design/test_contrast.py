"""Contrast of the colours, by WCAG 2.2: 4.5 for text, 3 for what one needs to see to operate."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text()
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
}
GROUNDS = ("paper", "surface", "sunken", "mine-wash", "yours-wash", "ours-wash", "wrong-wash")
TEXTS = [(text, ground) for text in ("ink", "ink-soft", "ours") for ground in GROUNDS]
TEXTS += [
    ("ours-ink", "ours"),
    ("paper", "ink"),
    ("wrong", "wrong-wash"),
    ("wrong", "surface"),
    ("wrong", "paper"),
]
TEXTS += [("mine", "surface"), ("yours", "surface"), ("mine", "mine-wash"), ("yours", "yours-wash")]
SHAPES = [("edge", ground) for ground in GROUNDS] + [
    ("wrong", "paper"),
    ("ours", "sunken"),
    ("mine", "surface"),
    ("yours", "surface"),
]


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of ``#rrggbb``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21():
    assert round(contrast("#000000", "#ffffff"), 1) == 21


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(text, ground, scheme):
    assert contrast(PAIRS[text][scheme], PAIRS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_edges_can_be_seen(shape, ground, scheme):
    assert contrast(PAIRS[shape][scheme], PAIRS[ground][scheme]) >= 3
