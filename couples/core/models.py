"""The models of core; nothing else."""

from couples.core.couple import Couple as Couple
from couples.core.couple import Membership as Membership
from couples.core.drafts import Draft as Draft
from couples.core.due import Due as Due
from couples.core.edits import Version as Version
from couples.core.handover import Handover as Handover
from couples.core.keys import Key as Key
from couples.core.news import News as News
from couples.core.people import Person as Person
from couples.core.practice import Done as Done
from couples.core.practice import DoneAlone as DoneAlone
