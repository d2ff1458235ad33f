"""What a request asks of the database, as it would outside of tests."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

WALL = 1 if connection.vendor == "postgresql" else 0
"""On PostgreSQL a page takes one more: it opens the wall."""
MOST = 8 + WALL
"""What a page may take."""
TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")
OF_TESTS = "'role'"
"""A request of a test begins and ends within the test's own transaction, and takes on a role."""


def asked(captured: CaptureQueriesContext) -> list[str]:
    """The statements that were captured, but for those that only a test makes, and those that begin or end something."""
    said = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in said if not sql.startswith(TRANSACTION) and OF_TESTS not in sql]
