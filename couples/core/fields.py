"""Fields for the words of a person's life."""

from typing import Any

from django.core.exceptions import FieldError
from django.db import models


class PrivateTextField(models.TextField):  # type: ignore[type-arg]
    """Intimate free text.

    It is to be encrypted at rest later, so from the first day no query may look into it: every lookup but
    ``isnull`` raises FieldError. Search goes through ``couples.core.search``.
    """

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is private text: it can't be looked up by {lookup_name}.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is private text: it can't be looked up by {lookup_name}.")
