"""The shared space: one Django app, one folder a feature."""

from django.apps import AppConfig


class CouplesConfig(AppConfig):
    """Registers the app under its own name."""

    name = "couples"
    default_auto_field = "django.db.models.BigAutoField"
