"""How sending went. Only what was certainly refused is tried again: whoever may have been reminded isn't a second time."""

from enum import Enum, auto


class Outcome(Enum):
    """How it went."""

    SENT = auto()
    REFUSED = auto()
    """Certainly not sent, and may be another time."""
    FAILED = auto()
    """Certainly not sent, now or ever."""
    UNCERTAIN = auto()
    """It may have been sent."""
    GONE = auto()
    """The device is no more."""
