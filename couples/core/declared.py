"""What every model says of itself."""

from dataclasses import dataclass
from typing import Literal

Owner = Literal["person", "author", "couple", "part"]


@dataclass(frozen=True)
class Declaration:
    """Who owns a model's rows, and what becomes of them.

    ``owner``: *person* (one person's alone), *author* (one person's until shared with the couple), *couple* (both
    alike) or *part* (goes with the row it is part of).
    ``export``: who finds it in their export: *self*, *seen* (all who may see it) or *never*.
    ``deletion``: a sentence on what deleting an account does with it.
    ``versions``: fields whose earlier texts are kept, dated, once the row is shared.
    ``news`` and ``due``: the kinds this model makes.
    """

    owner: Owner
    export: Literal["self", "seen", "never"]
    deletion: str
    versions: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
