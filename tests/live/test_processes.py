"""Pages in one process, streams in another, as compose has them: over the database alone they hear of each other."""

import os
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.infra.process import app
from tests.live.conftest import Listener, session_of
from tests.live.test_stream import give

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def same(tmp_path, postgres):
    """The environment of another process on the database of this one."""
    name, data = connection.settings_dict["NAME"], Path(os.environ["DATA"])
    given = {"DATA": str(data), "SECRET_KEY": os.environ["SECRET_KEY"]}
    if connection.vendor == "postgresql":
        return {**given, "DATABASE_URL": postgres.url(name)}
    for one in data.iterdir():
        (tmp_path / one.name).symlink_to(one)
    (tmp_path / "reconnect.sqlite3").symlink_to(name)
    return {**given, "DATA": str(tmp_path)}


def test_what_one_process_writes_another_tells(cast, same):
    with app(sys.executable, "manage.py", "serve", "--prepared", **same) as server:
        sam, dana = (Listener(server.port, session_of(one), X_Age="0") for one in (cast.sam, cast.dana))
        for one in (sam, dana):
            assert one.status == 200
            one.said("resync")
        for _ in range(3):
            give(cast)
            sam.said("notes")
        give(cast, "kit")
        dana.said("notes")
        for one in (sam, dana):
            one.close()
