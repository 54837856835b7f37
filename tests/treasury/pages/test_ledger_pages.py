"""The ledger on pages and as files: filtered by the address, guarded against formulas, read in pieces."""

import csv
import io
import json
from decimal import Decimal

import pytest
from django.test import Client

from tests.cast import AT, DAY, Cast
from tests.treasury.books import MICRO, approved, grant, move, run_month
from tests.treasury.pages.reading import part, source, text, title
from treasury.models import Posting, Transfer
from treasury.services import ledger
from treasury.views import files

pytestmark = pytest.mark.django_db
PAGE = "/treasury/ledger/"
CSV = "/treasury/ledger.csv"
JSON = "/treasury/ledger.json"


@pytest.fixture
def posted(cast: Cast) -> None:
    """A grant and October's run."""
    grant(1000)
    approved(cast.chen, cast.lin, worked_on=DAY.replace(month=10))
    run_month("2026-10")


def rows(answer: object) -> list[dict[str, str]]:
    """A CSV file's rows."""
    return list(csv.DictReader(io.StringIO(source(answer))))


def test_everybody_reads_every_transfer_newest_first(posted: None, client: Client) -> None:
    shown = text(client.get(PAGE))
    assert "8 transfers." in shown
    assert "Budget of Q4 2026 grant/2026-Q4 § 7.1.2 The DAO Group’s pool 1,000 U" in shown
    assert "POW claim C2026Q4-0001 pow/C2026Q4-0001/U § 7.1.2.3 Group’s pool Owed to Chen Yu 120 U" in shown
    assert (
        "Leader’s stipend, October 2026 stipend-leader/2026-10/lin/LXP § 7.1.2.1 The DAO Owed to Lin Wei 600 LXP"
        in shown
    )
    assert shown.index("pow/C2026Q4") < shown.index("grant/2026-Q4")
    ids = list(Transfer.objects.order_by("-id").values_list("pk", flat=True))
    assert part(client.get(PAGE), "<tbody>", "</td>") == str(ids[0])


@pytest.mark.parametrize(
    ("query", "count", "holds"),
    [
        ("kind=pool&asset=U", 5, "−120 U"),
        ("kind=payable", 7, ""),
        ("kind=payable&owner=chen&asset=U", 2, "320 U"),
        ("owner=chen", 3, ""),
        ("asset=LXP", 3, ""),
        ("kind=escrow", 0, ""),
        ("kind=payable&owner=nobody", 0, ""),
    ],
)
def test_the_address_says_which(posted: None, client: Client, query: str, count: int, holds: str) -> None:
    answer = client.get(f"{PAGE}?{query}")
    assert f"{count} transfer" in text(answer)
    assert len(rows(client.get(f"{CSV}?{query}"))) == count
    assert len(json.loads(source(client.get(f"{JSON}?{query}")))["transfers"]) == count
    assert (f"The account holds {holds}." in text(answer)) == bool(holds)
    assert f"/treasury/ledger.csv?{query}".replace("&", "&amp;") in source(answer)


@pytest.mark.parametrize("query", ["kind=bank", "asset=EUR", f"owner={'x' * 41}"])
def test_a_filter_that_is_none_is_said(posted: None, client: Client, query: str) -> None:
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert "One answer needs a change" in text(answer)
    assert client.get(f"{CSV}?{query}").status_code == 422
    assert client.get(f"{JSON}?{query}").status_code == 422


def test_nothing_found_offers_all(posted: None, client: Client) -> None:
    assert "No transfer like this." in text(client.get(f"{PAGE}?kind=escrow"))


def test_the_pages_keep_the_filter(cast: Cast, client: Client) -> None:
    for number in range(51):
        ledger.post(kind="grant", key=f"k{number}", occurred_on=DAY, moves=[move(f"m/{number}")], by="test", at=AT)
    answer = client.get(f"{PAGE}?kind=pool&asset=U")
    assert "Lines 1 to 50 of 51" in text(answer)
    assert 'href="?kind=pool&amp;asset=U&amp;page=2"' in source(answer)
    assert "Lines 51 to 51 of 51" in text(client.get(f"{PAGE}?kind=pool&asset=U&page=2"))
    # The files hold everything.
    assert len(rows(client.get(CSV))) == 51


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999999999999999"])
def test_a_page_that_is_none_shows_one_that_is(posted: None, client: Client, page: str) -> None:
    assert client.get(PAGE, {"page": page}).status_code == 200


def test_the_csv_file(posted: None, client: Client) -> None:
    answer = client.get(CSV)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="ledger.csv"'
    assert answer.streaming
    first = rows(answer)[0]
    grant_row = Transfer.objects.get(reference="grant/2026-Q4")
    assert first == {
        "line": str(grant_row.pk),
        "occurred_on": "2026-11-20",
        "event": "grant 2026-Q4",
        "from": "dao",
        "to": "pool",
        "asset": "U",
        "amount": "1000.000000",
        "reference": "grant/2026-Q4",
    }


def test_the_json_file_has_the_same_rows_with_amounts_as_strings(posted: None, client: Client) -> None:
    read = json.loads(source(client.get(JSON)))["transfers"]
    assert [{name: str(value) for name, value in row.items()} for row in read] == rows(client.get(CSV))
    assert all(isinstance(row["amount"], str) for row in read)


def test_an_empty_ledger_is_an_empty_list(db: None, client: Client) -> None:
    assert json.loads(source(client.get(JSON))) == {"transfers": []}
    assert source(client.get(CSV)) == "line,occurred_on,event,from,to,asset,amount,reference\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "'", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_formula_is_written_as_text(start: str) -> None:
    cell = f'{start}HYPERLINK("http://evil.example")'
    answer = files.csv_file("x.csv", ("a", "b"), [(cell, Decimal("-412.500000"))])
    ((found, number),) = list(csv.reader(io.StringIO(source(answer), newline="")))[1:]
    assert found == f"'{cell}"
    # A number stays one, also below zero.
    assert number == "-412.500000"


def test_a_reference_that_is_a_formula_is_guarded_in_the_file(cast: Cast, client: Client) -> None:
    reference = "=1+2"
    ledger.post(kind="grant", key="k", occurred_on=DAY, moves=[move(reference)], by="test", at=AT)
    assert [row["reference"] for row in rows(client.get(CSV))] == ["'=1+2"]
    assert json.loads(source(client.get(JSON)))["transfers"][0]["reference"] == "=1+2"


def test_a_reversal_says_what_it_takes_back(cast: Cast, client: Client) -> None:
    grant(100)
    ledger.reverse(posting=Posting.objects.get(), occurred_on=DAY, by="test", at=AT)
    assert "Reversal: Budget of Q4 2026 reversal/grant/2026-Q4" in text(client.get(PAGE))


def test_amounts_are_exact_to_the_last_digit(cast: Cast, client: Client) -> None:
    ledger.post(kind="grant", key="k", occurred_on=DAY, moves=[move("m", 123_456_789 * MICRO + 1)], by="test", at=AT)
    assert "123,456,789.000001 U" in text(client.get(PAGE))
    assert rows(client.get(CSV))[0]["amount"] == "123456789.000001"


@pytest.mark.parametrize("path", [PAGE, CSV, JSON])
def test_the_ledger_is_read_only(db: None, client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
