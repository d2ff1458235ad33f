"""The models of every feature; nothing else."""

from couples.checkins.models import *  # noqa: F403
from couples.core.models import *  # noqa: F403
from couples.dates.models import *  # noqa: F403
from couples.goals.models import *  # noqa: F403
from couples.meeting.models import *  # noqa: F403
from couples.notes.models import *  # noqa: F403
from couples.reminders.models import *  # noqa: F403
from couples.space.models import *  # noqa: F403
