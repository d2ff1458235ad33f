"""Search: the one place that looks into private text, over rows a member may see."""

import re
import unicodedata
import uuid
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from couples.core.words import Broken, Sealed

M = TypeVar("M", bound=Model)
MOST_FOUND = 500


# Outside of Latin letters and ordinary punctuation; and the marks that Latin letters come apart into.
_FURTHER, _MARKS = re.compile("[^\u0000-\u02af\u2000-\u206f]"), re.compile("[\u0300-\u036f]")


def _plain(text: str) -> str:
    if text.isascii():
        return text.casefold()
    if not _FURTHER.search(text):
        return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _open(words: str | Sealed, pk: uuid.UUID) -> str:
    try:
        return words.of(pk) if isinstance(words, Sealed) else words
    except Broken:
        return ""


def search(rows: QuerySet[M], fields: list[str], words: str) -> QuerySet[M]:
    """Return the rows in whose ``fields`` every word occurs, whatever its case and accents.

    It opens the words of all given rows (``bench/search.py`` says how long 10,000 notes take), since no database can
    look into them; the first 500 in the order of ``rows`` are returned. What can't be read is not found. ``rows``
    must already be limited to what the member may see.
    """
    wanted = _plain(words).split()
    found: list[Any] = []
    # Words are bound to their own row, so the id of each comes along: notes' answers have theirs.
    named = ["pk", *fields, *(f"{name.rpartition('__')[0]}__pk".removeprefix("__") for name in fields)]
    for pk, *values in rows.values_list(*named).iterator(chunk_size=2000):
        texts, owners = values[: len(fields)], values[len(fields) :]
        text = _plain("\n".join(_open(*pair) for pair in zip(texts, owners, strict=True) if pair[0]))
        if all(word in text for word in wanted):
            found.append(pk)
            if len(found) == MOST_FOUND:
                break
    return rows.filter(pk__in=found)
