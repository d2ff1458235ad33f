"""The declarations of all models, held against their bases and fields. A server doesn't start on a broken one."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import ForeignKey, Model

from couples.core import due, news
from couples.core.declared import Declaration
from couples.core.fields import private_names
from couples.core.shared import Ours, Own, Part, Shared

BASES: tuple[tuple[type[Model], str], ...] = (
    (Own, "person"),
    (Shared, "author"),
    (Part, "part"),
    (Ours, "couple"),
)
APP = "couples"


def problems_of(model: type[Model]) -> Iterator[str]:
    """Say what is wrong with one model's declaration."""
    declared = vars(model).get("declared")
    if not isinstance(declared, Declaration):
        if model._meta.app_label == APP:
            yield "doesn’t declare itself (declared = Declaration(…))."
        elif private_names(model):
            yield "holds private text, so it has to declare itself."
        return
    yield from _base(model, declared)
    yield from _words(model, declared)
    if private_names(model) and not hasattr(model, "key_owner"):
        yield "holds private text and doesn’t say whose key encrypts it (key_owner)."
    rows: Any = model._default_manager.none()
    if (private_names(model) or issubclass(model, Own | Shared | Part | Ours)) and not hasattr(
        rows, "visible_to"
    ):
        yield "has no visible_to: nobody’s rows may be read without it."


def _base(model: type[Model], declared: Declaration) -> Iterator[str]:
    owner = next((owner for base, owner in BASES if issubclass(model, base)), None)
    if owner is not None and declared.owner != owner:
        yield f"stands on a base whose rows belong to {owner}, and declares {declared.owner}."
    if owner is None and declared.owner in ("author", "part"):
        yield f"declares {declared.owner}, and stands on neither Shared nor Part."
    if issubclass(model, Part):
        field: Any = {one.name: one for one in model._meta.local_fields}.get(getattr(model, "part_of", ""))
        if not isinstance(field, ForeignKey) or not issubclass(field.related_model, Shared):
            yield "is a part: part_of has to name its field that leads to a shared row."


def _words(model: type[Model], declared: Declaration) -> Iterator[str]:
    names, texts = {field.name for field in model._meta.local_concrete_fields}, private_names(model)
    inherited = {field.name for field in model._meta.concrete_fields}
    for name in (*declared.versions, *declared.fixed):
        if name not in names | inherited:
            yield f"names a field that it doesn’t have: {name}."
    if texts and declared.sees == "named":
        yield "is seen by those it names, so it can’t hold private text."
    if declared.versions and "version" not in inherited:
        yield "keeps versions and has no field version to count them."
    if declared.owner == "person":
        return
    for name in texts:
        if name not in (*declared.versions, *declared.fixed):
            yield f"{name} can be seen by both: it is one of versions, or of fixed where nobody changes it."


def problems(models: Iterable[type[Model]], news_kinds: set[str], due_kinds: set[str]) -> list[str]:
    """Say what is wrong with the declarations of all these models, and with the kinds of news and due they make."""
    found, models = [], list(models)
    declarations = {one: vars(one).get("declared") for one in models}
    for model in models:
        found += [f"{model.__name__} {problem}" for problem in problems_of(model)]
    for word, kinds in (("news", news_kinds), ("due", due_kinds)):
        told = {
            slug: model.__name__
            for model, declared in declarations.items()
            if isinstance(declared, Declaration)
            for slug in getattr(declared, word)
        }
        found += [f"{told[slug]} makes {word} of no such kind: {slug}." for slug in sorted(set(told) - kinds)]
        found += [f"No model declares the {word} {slug}." for slug in sorted(kinds - set(told))]
    return found


@register
def declarations(**_: Any) -> list[CheckMessage]:
    """Check what every model says of itself."""
    return [
        Error(problem, id="declared.E001")
        for problem in problems(apps.get_models(), set(news.KINDS), set(due.KINDS))
    ]
