"""News: what is new for me. It holds no words, only what kind of thing and where it is."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from couples.core import live
from couples.core.couple import Couple, Member
from couples.core.declared import Declaration
from couples.core.people import Person
from couples.core.policies import of_news
from couples.core.shared import Own
from couples.core.wall import lifted

SHOWN_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class NewsKind:
    """A kind of news: ``sentence`` takes the partner's ``name``; ``url_name`` leads to the thing by its id."""

    slug: str
    sentence: str | Promise
    url_name: str

    def __post_init__(self) -> None:
        KINDS[self.slug] = self

    @property
    def room(self) -> live.Room:
        """What pages follow that show it."""
        return live.ROOMS[self.url_name.partition(":")[0]]


KINDS: dict[str, NewsKind] = {}


class NewsQuerySet(models.QuerySet["News"]):
    """What is new for a person."""

    def visible_to(self, member: Member) -> Self:
        """News of the present couple whose day has come; older than 30 days it is no news."""
        return self.filter(
            owner_id=member.person.pk,
            couple=member.couple,
            opens_on__range=(member.today - SHOWN_FOR, member.today),
        )

    def tell(
        self, member: Member, kind: NewsKind, about: models.Model, opens_on: dt.date | None = None
    ) -> None:
        """Tell the partner, in the caller's transaction. Saying it again refreshes the day and makes no second row."""
        if member.partner is None or member.couple is None:
            return
        with lifted("tell"):
            self.update_or_create(
                owner=member.partner,
                kind=kind.slug,
                about=about.pk,
                defaults={
                    "couple": member.couple,
                    "opens_on": opens_on or member.today,
                    "waited": opens_on is not None and opens_on > member.today,
                },
            )
        if opens_on is None or opens_on <= member.today:
            live.changed(member, kind.room)

    def settle(self, member: Member, about: uuid.UUID) -> None:
        """It is no longer new for this member: it was opened or answered. Nobody else can tell."""
        self.filter(owner=member.person, couple=member.couple, about=about).delete()

    def forget(
        self,
        member: Member,
        about: uuid.UUID,
        kinds: Iterable[NewsKind] | None = None,
        person: Person | None = None,
    ) -> None:
        """It is gone, taken back or (these kinds) overtaken: no news for either of the two, or for this person."""
        rows = self.filter(couple=member.couple, about=about)
        if kinds is not None:
            rows = rows.filter(kind__in=[kind.slug for kind in kinds])
        if person is not None:
            rows = rows.filter(owner=person)
        with lifted("tell"):
            rows.delete()


class News(Own):
    """One thing that is new for its owner, from a day (in the couple's time zone) on. Seen news is deleted.

    ``waited``: it was told before that day.
    """

    declared = Declaration(owner="person", export="never", deletion="with_owner")
    policies = staticmethod(of_news)

    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    about = models.UUIDField()
    opens_on = models.DateField()
    waited = models.BooleanField(default=False)

    objects = NewsQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "about"], name="news_once")]
        indexes = [
            models.Index(fields=["owner", "-opens_on"], name="news_owner_day"),
            models.Index(fields=["about"], name="news_about"),
        ]

    def __str__(self) -> str:
        return self.kind

    def sentence(self, member: Member) -> str:
        """What to say of it, with the partner's name."""
        kind = KINDS.get(self.kind)
        name = member.partner.name if member.partner else ""
        return str(kind.sentence) % {"name": name} if kind else str(_("Something new"))

    def url(self) -> str:
        """Where it is; Today where the room is gone."""
        kind = KINDS.get(self.kind)
        return reverse(kind.url_name, args=[self.about]) if kind else "/"
