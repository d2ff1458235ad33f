"""The signing key of an instance, kept beside its data."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def secret_key(folder: Path) -> str:
    """Return the key in ``folder/secret-key``, made on the first call with mode 0600.

    Two processes that start at once agree: whoever creates the file wins, the other reads it.
    Raises ImproperlyConfigured, in one sentence, where the folder can't be written.
    """
    path = folder / "secret-key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"secret-key.{os.getpid()}")
        if not path.exists():
            handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as out:
                out.write(get_random_secret_key())
            try:
                path.hardlink_to(fresh)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Reconnect can't write to its data folder {folder} ({error.strerror}). Choose another with DATA=/some/folder."
        ) from error
