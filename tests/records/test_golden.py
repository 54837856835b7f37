"""The two quarters of records: imported in one command each, every expected line digit for digit, and out again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from expertgroup.records.tables import TABLES
from journal.registry import invariants
from journal.services import jobs, sealing
from tests import databases
from treasury.models import Balance
from treasury.rules.amounts import text
from treasury.selectors import payouts
from treasury.services.payouts import start

DATA = Path(__file__).parent.parent / "data"
QUARTERS = {
    "quarter-2026-3": ("2026-07", "2026-08", "2026-09"),
    "quarter-edge": ("2026-04", "2026-05", "2026-06"),
}
KEYS = ("reference", "kind", "payee", "asset", "clause", "amount")


@pytest.fixture(scope="module", params=QUARTERS)
def quarter(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A quarter's name, imported into a clone that the module's tests read."""
    with databases.clone(), django_db_blocker.unblock():
        call_command("import_records", DATA / request.param, verbosity=0)
        yield request.param


def expected(quarter: str, month: str) -> dict[str, Any]:
    """What the files of the data say of a month."""
    found: dict[str, Any] = json.loads((DATA / quarter / f"expected-{month}.json").read_text())
    return found


def row_counts() -> dict[str, int]:
    """Rows by table of the whole database."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
            counts[name] = cursor.fetchone()[0]
    return counts


def as_expected(lines: list[payouts.Line]) -> list[dict[str, str]]:
    """Lines in the shape of the expected files."""
    return [
        dict(
            zip(
                KEYS,
                (line.reference, line.kind, line.payee, line.asset, line.clause, text(line.amount_micro)),
                strict=True,
            )
        )
        for line in lines
    ]


def test_every_line_as_a_preview(quarter: str) -> None:
    for month in QUARTERS[quarter]:
        wanted = expected(quarter, month)
        lines = payouts.preview(month)
        assert as_expected(lines) == [{key: line[key] for key in KEYS} for line in wanted["lines"]]
        totals = {asset: text(micro) for asset, micro in payouts.total(lines).items()}
        assert totals == wanted["totals"]


def run_month(month: str) -> None:
    """Posts what a month owes, on a day long after it."""
    start(month=month, by="test", at=datetime(2026, 11, 1, tzinfo=UTC))
    assert jobs.run_due() == 1


def test_every_line_as_posted(quarter: str, tmp_path: Path) -> None:
    with databases.clone():
        call_command("import_records", DATA / quarter, verbosity=0)
        # Twice: the second run over a month finds nothing.
        for month in QUARTERS[quarter] * 2:
            run_month(month)
        for month in QUARTERS[quarter]:
            wanted = expected(quarter, month)["lines"]
            lines = payouts.lines(month)
            assert all(line.posted for line in lines)
            assert as_expected(lines) == [{key: line[key] for key in KEYS} for line in wanted]
        held = Balance.objects.filter(account__kind="escrow").values_list("amount_micro", flat=True)
        assert set(held) == {0}
        while sealing.seal():
            pass
        assert [row for rule in invariants.values() for row in rule.check()] == []
        before = row_counts()
        call_command("import_records", DATA / quarter, verbosity=0)
        assert row_counts() == before


def test_every_line_says_its_clause(quarter: str) -> None:
    for month in QUARTERS[quarter]:
        lines = payouts.preview(month)
        assert lines
        for line in lines:
            assert line.clause in line.explanation, line.reference


def test_out_in_out_gives_the_same_bytes(quarter: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    call_command("export_records", first, verbosity=0)
    with databases.clone():
        call_command("import_records", first, verbosity=0)
        call_command("export_records", second, verbosity=0)
    for table in TABLES:
        assert (first / table.file).read_bytes() == (second / table.file).read_bytes(), table.file


@pytest.mark.parametrize("source", ["as given", "as exported"])
def test_the_same_again_changes_nothing(quarter: str, source: str, tmp_path: Path) -> None:
    directory = DATA / quarter
    if source == "as exported":
        directory = tmp_path
        call_command("export_records", directory, verbosity=0)
    before = row_counts()
    call_command("import_records", directory, verbosity=0)
    assert row_counts() == before
