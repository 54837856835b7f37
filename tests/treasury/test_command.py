"""`manage.py payouts`: exactly the format of the records, and one line where it cannot."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.cast import AT, Cast
from tests.treasury.books import approved, grant, run_month
from treasury.models import PayoutLine, PayoutRun
from treasury.services.clients import client_named


def printed(month: str = "2026-10", fmt: str = "json") -> str:
    """What the command writes."""
    out = io.StringIO()
    call_command("payouts", month, format=fmt, stdout=out)
    return out.getvalue()


def test_a_month_as_json(cast: Cast) -> None:
    found: dict[str, Any] = json.loads(printed())
    assert list(found) == ["month", "lines", "totals"]
    assert found["totals"] == {"U": "1000.000000", "LXP": "1000.000000"}
    assert [line["reference"] for line in found["lines"]] == sorted(line["reference"] for line in found["lines"])
    assert found["lines"][-1] == {
        "reference": "stipend-member/2026-10/chen/U",
        "kind": "stipend-member",
        "payee": "chen",
        "asset": "U",
        "amount": "200.000000",
        "clause": "income.1.2.2",
        "explanation": "31 of 31 days as member × 400 a month ÷ 31, 50\u00a0% in U (income.1.2.2, charter edition 1)",
    }
    assert PayoutRun.objects.count() == PayoutLine.objects.count() == 0


def test_a_posted_month_reads_the_same(cast: Cast) -> None:
    before = printed()
    run_month()
    assert printed() == before


def test_what_is_not_posted_yet_comes_last_and_marked(cast: Cast) -> None:
    run_month()
    grant()
    approved(cast.chen, cast.lin, worked_on=date(2026, 10, 5))
    lines = json.loads(printed())["lines"]
    assert [line["reference"] for line in lines if line.get("posted") is False] == ["pow/C2026Q4-0001/U"]
    assert lines[-1]["kind"] == "pow"
    assert "not posted" in printed(fmt="table")
    rows = list(csv.DictReader(io.StringIO(printed(fmt="csv"))))
    assert [row["posted"] for row in rows] == [*["yes"] * 6, "no"]
    assert rows[-1]["amount"] == "120.000000"


@pytest.mark.parametrize("month", ["2026-13", "august", "2026-8", ""])
def test_a_month_that_is_none(cast: Cast, month: str) -> None:
    with pytest.raises(CommandError) as raised:
        printed(month)
    assert raised.value.returncode == 2
    assert "\n" not in str(raised.value)


def test_a_database_without_a_group(db: None) -> None:
    with pytest.raises(CommandError, match="There is no group yet") as raised:
        printed()
    assert raised.value.returncode == 2


def test_a_client_is_made_once_under_a_key_that_says_nothing(db: None) -> None:
    first, second = client_named(name="星河", at=AT), client_named(name="Kestrel, Inc.", at=AT)
    assert (first.key, second.key) == ("client-1", "client-2")
    assert client_named(name="星河", at=AT) == first
    reached = client_named(name="星河", email="desk@star.example", at=AT)
    assert (reached, reached.user and reached.user.email) == (first, "desk@star.example")
