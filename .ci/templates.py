"""Compile every template, so that a misspelt tag is found before somebody opens the page."""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconnect.settings")
sys.path.insert(0, str(Path.cwd()))


def main() -> None:
    """Print each template that doesn't compile, with the reason."""
    django.setup()
    from django.conf import settings
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    failed = 0
    for folder in map(Path, settings.TEMPLATES[0]["DIRS"]):
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        for name in names:
            try:
                get_template(name)
            except (TemplateSyntaxError, UnicodeDecodeError) as error:
                failed += 1
                print(f"{name}: {error}")
        print(f"{len(names)} templates")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
