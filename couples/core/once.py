"""The id of a new row, out of the one its form was shown with: a form sent twice is still one row."""

import uuid

from django.db import models
from django.utils.crypto import salted_hmac

from couples.core.couple import Member


def new_id(model: type[models.Model], member: Member, once: uuid.UUID) -> uuid.UUID:
    """Return the id of the row that this form of this member makes.

    What a form sends is anybody's to choose, an id isn't: versions, news and due know their row by it, whatever its
    table, and one that is taken would tell that there is a row. After leaving, an old form makes another row: what
    it made before can't be seen any more.
    """
    couple = member.couple.pk if member.couple else None
    seed = f"{model._meta.label} {member.person.pk} {couple} {once}"
    return uuid.UUID(bytes=salted_hmac(__name__, seed, algorithm="sha256").digest()[:16], version=4)
