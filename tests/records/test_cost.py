"""What an import asks of the database does not grow with its claims and sessions."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertgroup.records.importing import import_records
from tests.cast import AT
from tests.records.sheets import write

pytestmark = pytest.mark.django_db


def queries(directory: Path, rows: int) -> int:
    """How many statements it takes to import so many new claims and sessions, and to decide as many."""
    claims = [f"Q{rows}-{number},amy,2026-05-09,0.01,P,d,,pending,," for number in range(rows)]
    sessions = [f"Q{rows}-{number},E-1,amy,2026-06-0{1 + rows % 2},0.01,150" for number in range(rows)]
    decided = [row.replace("pending,,", "approved,zoe,2026-05-10") for row in claims]
    with CaptureQueriesContext(
        connection,
    ) as first:
        import_records(write(directory / f"{rows}", {"claims.csv": claims, "sessions.csv": sessions}, only=True), at=AT)
    with CaptureQueriesContext(connection) as second:
        import_records(write(directory / f"{rows}", {"claims.csv": decided}, only=True), at=AT)
    return len(first) + len(second)


def test_statements_do_not_grow_with_rows(tmp_path: Path) -> None:
    import_records(write(tmp_path / "sound"), at=AT)
    assert queries(tmp_path, 1) == queries(tmp_path, 300)
