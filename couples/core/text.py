"""Cleaning and counting of what people type. It is plain text everywhere."""

import re
import unicodedata

# C0 and C1 controls but tab and line feed; surrogates that stand alone can't be stored or shown.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_MANY_LINES = re.compile(r"\n{4,}")


def clean(text: str) -> str:
    """Return the text with plain line breaks and without controls. Emoji, joiners and right-to-left text stay."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _MANY_LINES.sub("\n\n\n", unicodedata.normalize("NFC", text)).strip()


def says_something(text: str) -> bool:
    """Whether anything in the text can be seen: not only spaces, joiners and marks of direction."""
    return any(unicodedata.category(c)[0] not in "ZC" and not unicodedata.combining(c) for c in text)
