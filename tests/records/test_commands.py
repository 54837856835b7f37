"""The commands as an operator runs them: processes of their own, with three settings in the environment and no more."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.records.sheets import line_of, write
from tests.records.test_golden import DATA, KEYS, QUARTERS, expected

pytestmark = pytest.mark.committed
PROJECT = Path(__file__).resolve().parents[2]


def manage(url: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """`manage.py …` against a database."""
    environment = {"DATABASE_URL": url, "SECRET_KEY": "only-for-this-test", "ALLOWED_HOSTS": "localhost"}
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("quarter", QUARTERS)
def test_a_quarter_in_one_command_and_its_months(committed_db: str, quarter: str) -> None:
    done = manage(committed_db, "import_records", DATA / quarter)
    assert (done.returncode, done.stderr) == (0, "")
    first, *others = QUARTERS[quarter]
    printed = {first: manage(committed_db, "payouts", first, "--format", "json").stdout}
    for month in others:
        out = io.StringIO()
        call_command("payouts", month, format="json", stdout=out)
        printed[month] = out.getvalue()
    for month, text in printed.items():
        wanted, found = expected(quarter, month), json.loads(text)
        assert [{key: line[key] for key in KEYS} for line in found["lines"]] == [
            {key: line[key] for key in KEYS} for line in wanted["lines"]
        ]
        assert (found["month"], found["totals"]) == (month, wanted["totals"])
        assert all(line["clause"] in line["explanation"] for line in found["lines"])


def test_a_bad_row_ends_with_status_1(committed_db: str, tmp_path: Path) -> None:
    rows = ["X,amy,2026-04-09,24.5,P,d,,pending,,"]
    done = manage(committed_db, "import_records", write(tmp_path, {"claims.csv": rows}))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == f"claims.csv:{line_of('claims.csv')}: hours: 24.5 is not in (0, 24]"
    assert manage(committed_db, "payouts", "2026-04").returncode == 2
