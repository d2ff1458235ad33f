"""What every model says of itself: each can be caught saying nothing, or something that isn't so."""

import itertools

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import models
from django.test.utils import isolate_apps

from couples.core import checks, due, fields, news
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.shared import Base, Own, OwnQuerySet, Part, PartQuerySet, Shared, SharedQuerySet
from couples.notes.models import Note

OURS = {"owner": "author", "sees": "once_shared", "export": "seen", "deletion": "with_owner"}
NUMBER = itertools.count()
MINE = {"owner": "person", "export": "self", "deletion": "with_owner"}


def wrong(model, news_kinds=frozenset(), due_kinds=frozenset()):
    return " ".join(checks.problems([model], set(news_kinds), set(due_kinds)))


def make(base, declared=None, rows=SharedQuerySet, **fields):
    """A made-up model."""
    fields |= {"Meta": type("Meta", (), {"app_label": "couples"}), "__module__": "couples.models"}
    if declared is not None:
        fields["declared"] = Declaration(**declared)
    if rows is not None:
        fields["objects"] = rows.as_manager()
    return type(f"Made{next(NUMBER)}", (base,), fields)


def part(declared, **fields):
    more = {"part_of": "note", "note": models.ForeignKey(Note, on_delete=models.CASCADE), **fields}
    return make(
        Part, {"owner": "part", "export": "seen", "deletion": "with_whole", **declared}, PartQuerySet, **more
    )


def test_every_model_declares_itself():
    assert not checks.problems(apps.get_models(), set(news.KINDS), set(due.KINDS))
    ours = list(apps.get_app_config("couples").get_models())
    assert len(ours) >= 16
    assert all(isinstance(vars(model)["declared"], Declaration) for model in ours)
    assert fields.private_names(Note) == ["what", "meaning"]


@isolate_apps("couples")
def test_good_ones_pass():
    kinds = {"news_kinds": {"made"}, "due_kinds": {"made"}}
    text = PrivateTextField()
    assert not wrong(
        make(Own, {**MINE, "news": ("made",), "due": ("made",)}, OwnQuerySet, text=text), **kinds
    )
    assert not wrong(make(Shared, {**OURS, "versions": ("text",)}, text=PrivateTextField()))
    assert not wrong(make(Shared, {**OURS, "fixed": ("text",)}, text=PrivateTextField()))
    assert not wrong(part({"fixed": ("text",)}, text=PrivateTextField()))


@isolate_apps("couples")
def test_a_model_that_says_nothing():
    assert "doesn’t declare itself" in wrong(make(Own, rows=OwnQuerySet))
    said = make(Own, MINE, OwnQuerySet)
    silent = make(said, rows=OwnQuerySet)
    assert "doesn’t declare itself" in wrong(silent), "a declaration isn't inherited"


@isolate_apps("couples")
def test_private_text_outside_our_rooms():
    meta = type("Meta", (), {"app_label": "elsewhere"})
    fields = {"Meta": meta, "__module__": "elsewhere.models", "text": PrivateTextField()}
    assert "holds private text" in wrong(type("Stray", (models.Model,), fields))


@isolate_apps("couples")
@pytest.mark.parametrize(("base", "declared"), [(Own, OURS), (Shared, MINE), (Part, OURS), (Base, OURS)])
def test_another_owner_than_the_base_has(base, declared):
    found = wrong(make(base, declared))
    assert "stands on" in found
    assert ("neither Shared nor Part" in found) == (base is Base)


@isolate_apps("couples")
def test_a_part_of_nothing_shared():
    assert "part_of" in wrong(part({}, part_of="nowhere"))
    assert "part_of" in wrong(part({}, part_of="text", text=models.CharField(max_length=3)))
    assert not wrong(part({}))


@isolate_apps("couples")
def test_words_that_are_forgotten():
    text = {"text": PrivateTextField()}
    assert "text can be seen by both" in wrong(make(Shared, OURS, **text))
    assert "text can be seen by both" in wrong(part({}, text=PrivateTextField()))
    assert "a field that it doesn’t have: other" in wrong(make(Shared, {**OURS, "versions": ("other",)}))
    assert "a field that it doesn’t have: other" in wrong(make(Shared, {**OURS, "fixed": ("other",)}))
    assert "no field version" in wrong(part({"versions": ("text",)}, text=PrivateTextField()))


@isolate_apps("couples")
def test_private_text_that_those_named_would_see():
    named = {**MINE, "sees": "named"}
    assert "can’t hold private text" in wrong(make(Own, named, OwnQuerySet, text=PrivateTextField()))


@isolate_apps("couples")
def test_rows_without_a_filter():
    assert "no visible_to" in wrong(make(Own, MINE, None))
    assert "no visible_to" in wrong(
        make(
            Base,
            {"owner": "couple", "export": "seen", "deletion": "with_couple", "fixed": ("text",)},
            None,
            text=PrivateTextField(),
        )
    )


@isolate_apps("couples")
@pytest.mark.parametrize("word", ["news", "due"])
def test_kinds_that_nobody_knows_or_makes(word):
    made = make(Own, {**MINE, word: ("made",)}, OwnQuerySet)
    assert f"makes {word} of no such kind: made" in wrong(made)
    assert f"No model declares the {word} other" in wrong(made, **{f"{word}_kinds": {"made", "other"}})


@pytest.mark.parametrize(
    "said",
    [
        {**OURS, "sees": None},
        {**OURS, "sees": "owner"},
        {**MINE, "sees": "both"},
        {**MINE, "export": "seen"},
        {**OURS, "export": "self"},
        {**MINE, "deletion": "at some time"},
        {**MINE, "versions": ("text",)},
        {**OURS, "versions": ("text",), "fixed": ("text",)},
        {"owner": "couple", "sees": "named", "export": "seen", "deletion": "with_couple"},
    ],
)
def test_a_contradiction_cannot_be_said(said):
    with pytest.raises(ValueError, match=r"\w+ .*\."):
        Declaration(**said)


def test_the_server_does_not_start_on_a_broken_one(monkeypatch):
    monkeypatch.setattr(news, "KINDS", dict(news.KINDS))
    news.NewsKind("of.nobody", "x", "home")
    assert [found.msg for found in run_checks() if found.id == "declared.E001"] == [
        "No model declares the news of.nobody."
    ]
    with pytest.raises(SystemCheckError, match="of.nobody"):
        call_command("check")
