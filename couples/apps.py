"""The shared space: one Django app, one folder a feature."""

from django.apps import AppConfig


class CouplesConfig(AppConfig):
    """Registers the app under its own name."""

    name = "couples"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check the operator's helplines with the system checks, so that a broken file is told at the start."""
        from couples.help import checks  # noqa: F401
