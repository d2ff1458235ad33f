"""What the documents name is there."""

import re

import pytest

from tests.infra.process import ROOT

pytestmark = pytest.mark.once

NAMED = re.compile(r"`((?:tests|bench|couples|reconnect|docs)/[\w/.-]+\.(?:py|md))(?:::(\w+))?`")


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_files_and_tests_that_a_document_names_are_there(name):
    for path, test in NAMED.findall((ROOT / "docs" / name).read_text()):
        assert (ROOT / path).is_file(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(), test


def test_every_claim_of_security_has_its_test():
    text = (ROOT / "docs" / "security.md").read_text()
    rows = [
        line
        for line in text.splitlines()
        if line.startswith("| ") and not line.startswith(("| ---", "| claim"))
    ]
    claims = rows[next(number for number, row in enumerate(rows) if "Each model declares" in row) :]
    assert len(claims) > 30
    for row in claims:
        assert NAMED.search(row.split("|")[2]), row
