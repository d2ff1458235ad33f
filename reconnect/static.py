"""Static files: served by the app itself; collected under hashed names only when something changed."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, but a file is answered whole: one streamed from a thread makes ASGI servers warn."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file, or the part of it that was asked for, as WhiteNoise found it."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        answer = HttpResponse(body, status=int(found.status))
        del answer["Content-Type"]
        for name, value in found.headers:
            answer[name] = value
        return answer


def fingerprint() -> str:
    """A hash over path, size and time of change of every static file."""
    lines = [settings.STORAGES["staticfiles"]["BACKEND"]]
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            lines.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold ``folder`` against other processes that would write into it at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def collect() -> bool:
    """Collect into ``STATIC_ROOT``; False where all was there already.

    Raises OSError where the folder can't be written, ValueError where a file refers to one that isn't there.
    """
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.stamp")
    with alone(root.parent):
        wanted = fingerprint()
        if stamp.is_file() and stamp.read_text() == wanted and root.is_dir():
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)
    return True
