"""Person: an account. It holds no intimate text."""

import uuid
import zoneinfo
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from couples.core.declared import Declaration
from couples.core.policies import of_people

CONSENT = 1
"""The version of what a person agrees to on /welcome/. Raising it asks everybody anew."""


class AddressField(models.EmailField):  # type: ignore[type-arg]
    """An e-mail address: the same whatever its case, in every query and in the database."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared.lower() if isinstance(prepared, str) else prepared


class PersonManager(BaseUserManager["Person"]):
    """Makes people; looks them up by e-mail whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Create a person with a usable password, or none."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this e-mail address."""
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """One partner's own account.

    ``time_zone`` is an IANA name; times are shown to this person in it. ``together_since`` is what this person
    said while alone: it is theirs until they give it to the couple. ``session_round`` counts how often all
    sessions were ended: one begun in an earlier round is signed out at its next request.
    """

    declared = Declaration(owner="person", sees="named", export="self", deletion="with_owner")
    policies = staticmethod(of_people)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField(_("e-mail address"), unique=True)
    name = models.CharField(_("your name"), max_length=60)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en-gb")
    together_since = models.DateField(_("together since"), null=True, blank=True)
    welcomed_on = models.DateField(null=True, blank=True)
    consent_version = models.PositiveSmallIntegerField(default=0)
    consented_on = models.DateField(null=True, blank=True)
    session_round = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    joined_on = models.DateField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_any_case")]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The person's time zone; UTC where the stored name is unknown to this machine."""
        return zone_of(self.time_zone)

    @property
    def agreed(self) -> bool:
        """Whether what this person writes may be kept: they agreed to the present words, and still do."""
        return (
            self.welcomed_on is not None and self.consented_on is not None and self.consent_version == CONSENT
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know to go on: it ends with the password, and with the round."""
        known = f"{self.session_round}:{self.password}"
        return salted_hmac("couples.session", known, secret=secret, algorithm="sha256").hexdigest()


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """Return the zone of an IANA name, or UTC where there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo("UTC")


def display_name(person: Person) -> str:
    """Return what allauth's pages and mails call a person."""
    return person.name
