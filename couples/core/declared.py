"""What every model says of itself. ``couples.core.checks`` holds it against the model's base and fields."""

from dataclasses import dataclass
from typing import Literal, get_args

Owner = Literal["person", "author", "couple", "part"]
SeenBy = Literal[
    "owner",
    "named",
    "once_shared",
    "from_day",
    "when_both",
    "with_parent",
    "with_shared_parent",
    "both",
]
Deletion = Literal["with_owner", "with_either", "with_whole", "with_couple"]

# Who may see what such an owner has; the first is meant where a declaration doesn't say.
SEEN: dict[Owner, tuple[SeenBy | None, ...]] = {
    "person": ("owner", "named"),
    "author": (None, "once_shared", "from_day", "when_both"),
    "part": ("with_parent", "with_shared_parent"),
    "couple": ("both",),
}


@dataclass(frozen=True)
class Declaration:
    """Who owns a model's rows, who sees them when, and what becomes of them. Raises ValueError for a contradiction.

    ``owner``: *person* (one person's alone), *author* (one person's until shared with the couple), *couple* (both
    alike) or *part* (goes with the row it is part of).
    ``sees``: *owner* alone; those *named* in it (it holds no intimate text); of an author's, both *once_shared*, or
    also *from_day* (shared now or from a day on), or *when_both* have answered; a part *with_parent*, or
    *with_shared_parent* where it is made only of what both see; *both*. Only an author's has to say.
    ``export``: who finds it in their export: *self*, *seen* (all who may see it) or *never*.
    ``deletion``: when it goes. *with_owner*: with the account of its owner or author, from the partner's pages as well
    (an export that keeps it for the partner is yet to come); *with_either* whom it names; *with_whole*, the row it is part
    of, where what others wrote stays without their name; *with_couple*, which no account's end ends.
    ``versions``: fields whose earlier texts are kept, dated, once the row is shared.
    ``fixed``: private texts that nobody changes once the row is shared; its author may at most remove them.
    ``news`` and ``due``: the kinds this model makes.
    """

    owner: Owner
    export: Literal["self", "seen", "never"]
    deletion: Deletion
    sees: SeenBy | None = None
    versions: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    due: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.sees is None:
            object.__setattr__(self, "sees", SEEN[self.owner][0])
        if self.sees is None or self.sees not in SEEN[self.owner]:
            raise ValueError(f"What belongs to {self.owner} says who sees it: one of {SEEN[self.owner]}.")
        if self.owner == "person" and self.export == "seen":
            raise ValueError("What is a person's alone is exported to that person, or never.")
        if self.owner != "person" and self.export == "self":
            raise ValueError("What can be shared is exported to all who may see it, or never.")
        if self.deletion not in get_args(Deletion):
            raise ValueError(f"Say when deleting an account takes it along: one of {get_args(Deletion)}.")
        if self.owner == "person" and (self.versions or self.fixed):
            raise ValueError("What is a person's alone keeps no versions, and its person changes it at will.")
        if both := set(self.versions) & set(self.fixed):
            raise ValueError(
                f"Either earlier texts are kept or nobody changes them: {', '.join(sorted(both))}."
            )
