"""Edits of shared rows: none is lost in silence, and each leaves a dated version that both can read."""

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from couples.core.couple import Couple, Member
from couples.core.declared import Declaration
from couples.core.fields import PrivateTextField
from couples.core.owners import lock_whole
from couples.core.shared import Ours, OursQuerySet, Part, Shared


class Version(Ours):
    """The texts of a shared row as they stood before an edit, with the day of the edit and who made it."""

    declared = Declaration(owner="couple", export="seen", deletion="with_couple", fixed=("words",))

    about = models.UUIDField()
    number = models.PositiveIntegerField()
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    edited_on = models.DateField()
    words = PrivateTextField()

    objects = OursQuerySet["Version"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["couple", "about", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.about} {self.number}"

    @property
    def texts(self) -> dict[str, str]:
        """The former texts, by field name."""
        texts: dict[str, str] = json.loads(self.words)
        return texts


def save_edit(
    row: Any, member: Member, seen_version: int, changes: dict[str, Any], couple: Couple | None
) -> bool:
    """Save changes to a row if nobody changed it since ``seen_version`` was shown. False where somebody did.

    ``couple`` is the couple that shares the row, None while it is its author's alone (then no version is kept).
    The check and the save are one transaction; the database decides a race. The row keeps its old values on False.
    """
    model: Any = type(row)
    before = {name: getattr(row, name) for name in changes}
    if all(before[name] == value for name, value in changes.items()):
        return True
    with transaction.atomic():
        standing = model._default_manager.filter(pk=row.pk, version=seen_version)
        if isinstance(row, Shared):
            # Its words are encrypted for whoever owned it when it was loaded.
            standing = standing.filter(couple=row.couple_id)
        if isinstance(row, Part):
            lock_whole(row)
        if not standing.update(version=F("version") + 1):
            return False
        row.version = seen_version + 1
        if couple is not None:
            keep_version(row, member, couple, member.today)
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=[*changes])
    return True


def keep_version(row: Any, member: Member, couple: Couple, day: dt.date) -> None:
    """Keep the row's declared texts as they stand, before an edit."""
    texts = {name: str(getattr(row, name) or "") for name in row.declared.versions}
    Version.objects.create(
        couple=couple,
        about=row.pk,
        number=row.version,
        editor=member.person,
        edited_on=day,
        words=json.dumps(texts),
    )


def history(row: Any, member: Member) -> list[dict[str, Any]]:
    """Return a shared row's earlier texts, newest first: day, editor, and label with text of each field."""
    versions = (
        Version.objects.visible_to(member).filter(about=row.pk).select_related("editor").order_by("-number")
    )
    fields = {
        name: str(row._meta.get_field(name).verbose_name).capitalize() for name in row.declared.versions
    }
    return [
        {
            "day": version.edited_on,
            "editor": version.editor,
            "texts": [(label, version.texts.get(name, "")) for name, label in fields.items()],
        }
        for version in versions[:100]
    ]
