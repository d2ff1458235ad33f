"""What a request asks of the database, as it would outside of tests."""

from django.test.utils import CaptureQueriesContext

MOST = 8
"""What a page may take."""
TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")
OF_TESTS = "'role'"
"""A request of a test begins and ends within the test's own transaction, and takes on a role."""


def asked(captured: CaptureQueriesContext) -> list[str]:
    """The statements that were captured, but for those that only a test makes, and those that begin or end something."""
    said = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in said if not sql.startswith(TRANSACTION) and OF_TESTS not in sql]
