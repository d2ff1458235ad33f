"""Handover: one room hands another a prefilled form. The address carries only its id, never words."""

import json
import uuid
from typing import Any

from django.db import models

from couples.core.couple import Member
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.shared import Own, OwnQuerySet
from couples.core.words import Broken


class HandoverQuerySet(OwnQuerySet["Handover"]):
    """What one room passes to another."""

    def make(self, member: Member, room: str, fields: dict[str, Any]) -> uuid.UUID:
        """Leave a prefilled form for a room and return its id. What was left there before and not used is dropped."""
        self.visible_to(member).filter(room=room).delete()
        return self.create(owner=member.person, room=room, words=json.dumps(fields)).pk

    def read(self, member: Member, room: str, raw: str) -> dict[str, Any]:
        """Return the fields handed to a room, or nothing for a used, foreign or garbled id."""
        try:
            row = self.visible_to(member).filter(room=room, pk=uuid.UUID(raw)).first()
            fields: dict[str, Any] = json.loads(row.words) if row else {}
        except (ValueError, Broken):
            return {}
        return fields

    def use(self, member: Member, room: str) -> None:
        """The form was sent: the handover is gone."""
        self.visible_to(member).filter(room=room).delete()


class Handover(Own):
    """A prefilled form, used once."""

    declared = Declaration(owner="person", export="never", deletion="with_owner")

    room = models.CharField(max_length=40)
    words = PrivateTextField()

    objects = HandoverQuerySet.as_manager()

    def __str__(self) -> str:
        return self.room
