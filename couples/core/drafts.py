"""Drafts: what a person is in the middle of typing, kept on the server for the same person alone."""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models

from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.shared import Own, OwnQuerySet
from couples.core.text import clean
from couples.core.words import Broken

KEY = re.compile(r"^[a-z_]+(\.[a-z_-]+)*(:[0-9a-f-]{36})?$")
MOST_DRAFTS = 60
MOST_CHARACTERS = 30_000
NEVER_KEPT = {"csrfmiddlewaretoken", "once", "version", "week", "handover", "password", "next"}


class DraftQuerySet(OwnQuerySet["Draft"]):
    """A person's drafts."""

    def read(self, member: Member, key: str) -> dict[str, Any]:
        """Return what was typed into this form, or nothing."""
        row = self.visible_to(member).filter(key=key).first()
        try:
            return row.fields if row else {}
        except Broken:
            # The form begins empty rather than not at all; what is typed next takes the draft's place.
            return {}

    def keep(self, member: Member, key: str, data: Mapping[str, Any]) -> bool:
        """Keep what is typed so far. Nothing typed drops the draft. False where key or size are out of bounds."""
        lists = getattr(data, "lists", None)
        pairs = lists() if lists else ((name, [value]) for name, value in data.items())
        fields = {
            name: [clean(str(value)) for value in values]
            for name, values in pairs
            if name not in NEVER_KEPT and "password" not in name
        }
        words = json.dumps(fields)
        if len(key) > 90 or not KEY.match(key) or len(words) > MOST_CHARACTERS:
            return False
        if not any(value for values in fields.values() for value in values):
            self.drop(member, key)
            return True
        self.update_or_create(owner=member.person, key=key, defaults={"words": words})
        kept = list(
            self.visible_to(member).order_by("-changed_at").values_list("pk", flat=True)[: MOST_DRAFTS + 5]
        )
        if len(kept) > MOST_DRAFTS:
            self.filter(pk__in=kept[MOST_DRAFTS:]).delete()
        return True

    def drop(self, member: Member, key: str) -> None:
        """It was sent or thrown away."""
        self.visible_to(member).filter(key=key).delete()

    def drop_about(self, member: Member, pk: uuid.UUID) -> None:
        """What the drafts are about is gone: so are the words begun for it."""
        self.visible_to(member).filter(key__endswith=f":{pk}").delete()


class Draft(Own):
    """One form's unsent words. ``key`` names the form (``notes.new``, ``notes.answer:<id>``)."""

    declared = Declaration(owner="person", export="self", deletion="with_owner")

    key = models.CharField(max_length=90)
    words = PrivateTextField()
    changed_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="draft_one_a_form")]

    def __str__(self) -> str:
        return self.key

    @property
    def fields(self) -> dict[str, Any]:
        """What was typed, by field: a string, or a list where a field has several values."""
        kept: dict[str, list[str]] = json.loads(self.words)
        return {name: values[0] if len(values) == 1 else values for name, values in kept.items() if values}
