"""The shared space: one Django app, one folder a feature."""

from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouplesConfig(AppConfig):
    """Registers the app under its own name."""

    name = "couples"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the operator's helplines with the system checks; let every form speak in our voice; end sessions."""
        from couples.help import checks  # noqa: F401
        from couples.space.changes import connect

        connect()

        forms.Field.default_error_messages["required"] = _("Please fill this in.")
