"""The shared space: one Django app, one folder a feature."""

from importlib import import_module
from pathlib import Path

from django import forms
from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CouplesConfig(AppConfig):
    """Registers the app under its own name."""

    name = "couples"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check helplines, content and declarations with the system checks; let every form speak in our voice.

        End sessions and devices; know what one may be reminded of.
        """
        from couples.core import checks as declarations  # noqa: F401
        from couples.core import wall
        from couples.help import checks  # noqa: F401
        from couples.reminders import devices
        from couples.space import changes
        from strategies import checks as content  # noqa: F401

        changes.connect()
        devices.connect()
        # Each room says in files of its own what one may be reminded of, and what we wrote for it.
        for name in ("reminding", "library"):
            for room in sorted(Path(__file__).parent.glob(f"*/{name}.py")):
                import_module(f"couples.{room.parent.name}.{name}")

        pre_migrate.connect(wall.before_migrations, sender=self)
        post_migrate.connect(wall.after_migrations, sender=self)

        forms.Field.default_error_messages["required"] = _("Please fill this in.")
        forms.EmailField.default_error_messages = {
            "invalid": _("That doesn’t look like an e-mail address, like sam@example.org.")
        }
