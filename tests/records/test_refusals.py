"""Every row that may not enter, with file, line, column and reason; and that nothing enters with it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from charter.selectors import founded
from expertgroup.records.importing import import_records
from expertgroup.records.problems import RecordsRefused
from members.models import Member
from tests.cast import AT
from tests.records.sheets import HEADERS, SOUND, line_of, write

pytestmark = pytest.mark.django_db

# (file, further rows, place of the bad one among them, column, what the reason says)
REFUSED: dict[str, tuple[str, list[str], int, str, str]] = {
    "unknown handle of a claim": ("claims.csv", ["X,nat,2026-04-09,1,P,d,,pending,,"], 0, "handle", "“nat”"),
    "unknown handle of a session": ("sessions.csv", ["X,E-1,nat,2026-04-09,1,150"], 0, "handle", "“nat”"),
    "unknown handle of a leader": ("leaders.csv", ["nat,2025-12-01,2025-12-31"], 0, "handle", "“nat”"),
    "unknown decider": (
        "claims.csv", ["X,amy,2026-04-09,1,P,d,,approved,nat,2026-04-09"], 0, "decided_by", "“nat”",
    ),
    "unknown engagement": ("sessions.csv", ["X,E-9,amy,2026-04-09,1,150"], 0, "engagement", "“E-9”"),
    "a date that is none": ("claims.csv", ["X,amy,2026-02-30,1,P,d,,pending,,"], 0, "worked_on", "“2026-02-30”"),
    "a date in words": ("members.csv", ["nat,Nat,,,3 May 2026,,"], 0, "joined_on", "“3 May 2026”"),
    "a date with a time": ("leaders.csv", ["amy,2025-12-01T00:00,2025-12-31"], 0, "starts_on", "not a date"),
    "a date left out": ("sessions.csv", ["X,E-1,amy,,1,150"], 0, "held_on", "is empty"),
    "too many hours": ("claims.csv", ["X,amy,2026-04-09,24.5,P,d,,pending,,"], 0, "hours", "24.5 is not in (0, 24]"),
    "no hours": ("claims.csv", ["X,amy,2026-04-09,0,P,d,,pending,,"], 0, "hours", "0 is not in (0, 24]"),
    "negative hours": ("sessions.csv", ["X,E-1,amy,2026-04-20,-1,150"], 0, "hours", "-1 is not in (0, 24]"),
    "hours too fine": ("claims.csv", ["X,amy,2026-04-09,1.005,P,d,,pending,,"], 0, "hours", "two decimals"),
    "work before joining": ("claims.csv", ["X,zoe,2025-12-31,1,P,d,,pending,,"], 0, "worked_on", "2026-01-01"),
    "work after leaving": ("claims.csv", ["X,ben,2026-05-15,1,P,d,,pending,,"], 0, "worked_on", "2026-05-14"),
    "session before joining": ("sessions.csv", ["X,E-1,zoe,2025-12-31,1,150"], 0, "held_on", "2026-01-01"),
    "session after leaving": ("sessions.csv", ["X,E-1,ben,2026-05-15,1,150"], 0, "held_on", "2026-05-14"),
    "decided by the claimant": (
        "claims.csv", ["X,amy,2026-04-09,1,P,d,,approved,amy,2026-04-09"], 0, "decided_by", "their own",
    ),
    "decided by nobody": ("claims.csv", ["X,amy,2026-04-09,1,P,d,,rejected,,2026-04-09"], 0, "decided_by", "needs"),
    "decided on no day": ("claims.csv", ["X,amy,2026-04-09,1,P,d,,rejected,zoe,"], 0, "decided_on", "needs it"),
    "pending with a decider": ("claims.csv", ["X,amy,2026-04-09,1,P,d,,pending,zoe,"], 0, "decided_by", "pending"),
    "rate too low": ("sessions.csv", ["X,E-1,amy,2026-04-20,1,99.999999"], 0, "rate_u", "100 and 200"),
    "rate too high": ("sessions.csv", ["X,E-1,amy,2026-04-20,1,200.000001"], 0, "rate_u", "100 and 200"),
    "a full week": (
        "sessions.csv", ["X,E-1,zoe,2026-04-20,9.5,150", "Y,F-2,zoe,2026-04-26,0.51,"], 1, "hours", "10.01",
    ),
    "overlapping leaders": ("leaders.csv", ["ben,2026-03-31,2026-03-31"], 0, "starts_on", "2026-01-01 in line 2"),
    "two open leaders": ("leaders.csv", ["amy,2026-06-01,"], 0, "starts_on", "line 3"),
    "a term backwards": ("leaders.csv", ["amy,2025-12-02,2025-12-01"], 0, "ends_on", "before"),
    "overlapping memberships": (
        "members.csv", ["ben,Ben Ode,ben@example.org,2025-01-31,2026-05-14,,"], 0, "joined_on", "line 3",
    ),
    "an exit before joining": ("members.csv", ["nat,Nat,,,2026-05-02,2026-05-01,"], 0, "exited_on", "before"),
    "one person, two names": (
        "members.csv", ["ben,Benno,ben@example.org,2025-01-31,2026-06-01,,"], 0, "name", "line 3",
    ),
    "above the budget": (
        "claims.csv",
        ["X,zoe,2026-04-09,14.33,P,d,,approved,amy,2026-04-09", "Y,zoe,2026-04-11,0.34,P,d,,approved,amy,2026-04-12"],
        1, "status", "1,000.2",
    ),
    "no budget": ("claims.csv", ["X,amy,2026-01-09,1,P,d,,approved,zoe,2026-01-10"], 0, "status", "2026-Q1"),
    "a claim twice": ("claims.csv", ["C-1,zoe,2026-04-09,1,P,d,,pending,,"], 0, "reference", "line 2"),
    "an engagement twice": ("engagements.csv", ["E-1,Nobody,t,hourly,,2026-04-01,"], 0, "reference", "line 2"),
    "a session twice": ("sessions.csv", ["S-2,E-1,amy,2026-04-20,1,150"], 0, "reference", "line 3"),
    "a budget twice": ("budgets.csv", ["2026-Q2,3,40,1001"], 0, "quarter", "line 2"),
    "an amendment twice": ("charter.csv", ["2026-07-01,pow.hourly_rate,62"], 0, "key", "line 2"),
    "money too fine": ("budgets.csv", ["2026-Q3,3,40,0.0000001"], 0, "pow_u", "six decimals"),
    "a price too fine": ("engagements.csv", ["X,C,t,fixed,1.0000005,2026-04-01,"], 0, "price_u", "six decimals"),
    "NaN": ("budgets.csv", ["2026-Q3,3,40,NaN"], 0, "pow_u", "“NaN” is not a number"),
    "an exponent": ("budgets.csv", ["2026-Q3,3,40,1e3"], 0, "pow_u", "not a number"),
    "a decimal comma": ("budgets.csv", ['2026-Q3,3,40,"1,5"'], 0, "pow_u", "not a number"),
    "full-width digits": ("budgets.csv", ["2026-Q3,3,40,１２"], 0, "pow_u", "not a number"),
    "half a person": ("budgets.csv", ["2026-Q3,1.5,40,1"], 0, "headcount", "whole number"),
    "a negative grant": ("budgets.csv", ["2026-Q3,3,40,-1"], 0, "pow_u", "-1 is not in"),
    "more than there is": ("budgets.csv", ["2026-Q3,3,40,10000000000.000001"], 0, "pow_u", "not in [0, 10000000000]"),
    "a quarter that is none": ("budgets.csv", ["2026-Q5,3,40,1"], 0, "quarter", "2026-Q5"),
    "a status that is none": ("claims.csv", ["X,amy,2026-04-09,1,P,d,,done,,"], 0, "status", "“done”"),
    "a draft": ("claims.csv", ["X,amy,2026-04-09,1,P,d,,draft,,"], 0, "status", "“draft”"),
    "a pricing that is none": ("engagements.csv", ["X,C,t,daily,,2026-04-01,"], 0, "pricing", "“daily”"),
    "a rate on a fixed price": ("sessions.csv", ["X,F-1,amy,2026-04-20,1,150"], 0, "rate_u", "no rate"),
    "no rate by the hour": ("sessions.csv", ["X,E-1,amy,2026-04-20,1,"], 0, "rate_u", "needs its rate"),
    "a fixed price without": ("engagements.csv", ["X,C,t,fixed,,2026-04-01,"], 0, "price_u", "price"),
    "a price by the hour": ("engagements.csv", ["X,C,t,hourly,10,2026-04-01,"], 0, "price_u", "empty"),
    "a link to a file": ("claims.csv", ["X,amy,2026-04-09,1,P,d,file:///etc,pending,,"], 0, "evidence_url", "http"),
    "a script for a link": (
        "claims.csv", ["X,amy,2026-04-09,1,P,d,javascript:alert(1),pending,,"], 0, "evidence_url", "http",
    ),
    "a malformed handle": ("members.csv", ["Nat,Nat,,,2026-05-02,,"], 0, "handle", "“Nat”"),
    "a reserved handle": ("members.csv", ["pool,Nat,,,2026-05-02,,"], 0, "handle", "“pool”"),
    "a malformed reference": ("claims.csv", ["X 1,amy,2026-04-09,1,P,d,,pending,,"], 0, "reference", "“X 1”"),
    "a malformed wallet": ("members.csv", ["nat,Nat,,,2026-05-02,,0x12"], 0, "wallet", "“0x12”"),
    "a wrong checksum": (
        "members.csv", ["nat,Nat,,,2026-05-02,,0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"], 0, "wallet", "checksum",
    ),
    "somebody's wallet": (
        "members.csv", ["nat,Nat,,,2026-05-02,,0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"], 0, "wallet", "“zoe”",
    ),
    "somebody's address": ("members.csv", ["nat,Nat,Amy@Example.org,,2026-05-02,,"], 0, "email", "“amy”"),
    "an address that is none": ("members.csv", ["nat,Nat,nat,,2026-05-02,,"], 0, "email", "“nat”"),
    "an unknown setting": ("charter.csv", ["2026-07-01,pow.rate,1"], 0, "key", "pow.rate"),
    "an unreadable value": ("charter.csv", ["2026-07-01,stipend.member,much"], 0, "value", "much"),
    "a value out of bounds": ("charter.csv", ["2026-07-01,pow.lxp_share,101%"], 0, "value", "101%"),
    "rates that cross": ("charter.csv", ["2026-07-01,consulting.rate_min,201"], 0, "value", "201"),
    "a quarter's month in mid-year": (
        "charter.csv", ["2026-07-01,quarter.first_month,3"], 0, "effective_on", "January",
    ),
    "accepted before it began": ("engagements.csv", ["X,C,t,hourly,,2026-04-02,2026-04-01"], 0, "accepted_on", "began"),
    "accepted without an hour": (
        "engagements.csv", ["X,C,t,fixed,10,2026-04-02,2026-04-03"], 0, "accepted_on", "cannot be shared",
    ),
    "held after acceptance": ("sessions.csv", ["X,F-1,zoe,2026-05-01,1,"], 0, "held_on", "2026-04-30"),
    "too few cells": ("sessions.csv", ["X,E-1,amy,2026-04-20,1"], 0, "rate_u", "5 cells"),
    "too many cells": ("sessions.csv", ["X,E-1,amy,2026-04-20,1,150,x"], 0, "rate_u", "7 cells"),
    "bytes that are no text": ("claims.csv", ["X,amy,2026-04-09,1,P,\udcff,,pending,,"], 0, "description", "UTF-8"),
    "a NUL": ("claims.csv", ["X,amy,2026-04-09,1,P\0,d,,pending,,"], 0, "project", "NUL"),
    "a text too long": ("claims.csv", [f"X,amy,2026-04-09,1,{'P' * 121},d,,pending,,"], 0, "project", "120"),
    "no client": ("engagements.csv", ["X,,t,hourly,,2026-04-02,"], 0, "client", "empty"),
    "a loose quote": ("claims.csv", ['X,amy,2026-04-09,1,P,"d"d,,pending,,'], 0, "reference", "cannot be read"),
}  # fmt: skip
WITH_A_SECOND_FIXED = {"engagements.csv": ["F-2,Harbor Labs,Audit,fixed,10,2026-04-01,"]}


def problems_of(directory: Path) -> list[str]:
    """What importing a directory is refused for."""
    with pytest.raises(RecordsRefused) as refused:
        import_records(directory, at=AT)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_row_is_named(case: str, tmp_path: Path) -> None:
    file, rows, place, column, reason = REFUSED[case]
    further = {file: rows} if file == "engagements.csv" else {file: rows} | WITH_A_SECOND_FIXED
    (problem,) = problems_of(write(tmp_path, further))
    assert problem.startswith(f"{file}:{line_of(file, place)}: {column}: ")
    assert reason in problem.removeprefix(f"{file}:{line_of(file, place)}: {column}: ")
    assert not founded()


def test_the_sound_directory_is_taken(tmp_path: Path) -> None:
    imported = import_records(write(tmp_path), at=AT)
    assert {part.file: part.new for part in imported} == {file: len(rows) for file, rows in SOUND.items()}


def test_twelve_bad_rows_are_told_in_one_run_and_nothing_is_imported(tmp_path: Path, capsys: Any) -> None:
    cases = [
        "an unreadable value", "a malformed handle", "a wrong checksum", "overlapping leaders", "NaN", "too many hours",
        "decided by the claimant", "a status that is none", "a link to a file", "a pricing that is none",
        "unknown engagement", "rate too low", "session after leaving",
    ]  # fmt: skip
    further: dict[str, list[str]] = {}
    wanted = []
    for number, case in enumerate(cases):
        file, (row,), _place, column, reason = REFUSED[case]
        wanted.append((f"{file}:{line_of(file, len(further.get(file, [])))}: {column}: ", reason))
        further.setdefault(file, []).append(row.replace("X,", f"X{number},", 1))
    with pytest.raises(CommandError) as failed:
        call_command("import_records", write(tmp_path, dict(further)))
    told = capsys.readouterr().err.splitlines()
    assert len(told) == len(cases) == 13
    for line, (start, reason) in zip(told, wanted, strict=True):
        assert line.startswith(start)
        assert reason in line
    assert str(failed.value) == "Nothing was imported: 13 rows cannot be taken."
    assert failed.value.returncode == 1
    assert not Member.objects.exists()


def test_every_bad_cell_of_a_row_is_told(tmp_path: Path) -> None:
    rows = {"claims.csv": ["X 1,nat,yesterday,25,P,d,ftp://x,maybe,ned,"]}
    columns = [problem.split(": ")[1] for problem in problems_of(write(tmp_path, dict(rows)))]
    assert columns == ["reference", "worked_on", "hours", "evidence_url", "status", "handle", "decided_by"]


def test_a_problem_is_one_line_whatever_its_cell_holds(tmp_path: Path) -> None:
    rows = {"claims.csv": ['X,amy,2026-04-09,"1\r\n2\x1b[31m",P,d,,pending,,']}
    assert problems_of(write(tmp_path, dict(rows))) == [r"claims.csv:6: hours: “1\r\n2\x1b[31m” is not a number"]


def test_what_hangs_on_a_refused_row_is_not_told_again(tmp_path: Path) -> None:
    rows = {
        "members.csv": ["nat,Nat,,,2026-05-02,,0x12"],
        "budgets.csv": ["2026-Q1,3,40,NaN"],
        "claims.csv": [
            "X,nat,2026-05-01,1,P,d,,pending,,",
            "Y,amy,2026-01-09,1,P,d,,approved,nat,2026-01-10",
        ],
        "engagements.csv": ["G-1,C,t,fixed,none,2026-04-02,2026-04-03"],
        "sessions.csv": ["X,G-1,nat,2026-05-01,1,"],
    }
    places = [problem.split(": ")[:2] for problem in problems_of(write(tmp_path, dict(rows)))]
    assert places == [
        [f"members.csv:{line_of('members.csv')}", "wallet"],
        [f"budgets.csv:{line_of('budgets.csv')}", "pow_u"],
        [f"engagements.csv:{line_of('engagements.csv')}", "price_u"],
    ]


def test_a_name_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    rows = {
        "members.csv": ["Nat,Nat,,,2026-05-02,,"],
        "budgets.csv": ["2026Q1,3,40,100"],
        "claims.csv": ["X,ned,2026-05-01,1,P,d,,pending,,", "Y,amy,2026-01-09,1,P,d,,approved,zoe,2026-01-10"],
        "engagements.csv": ["G 1,C,t,hourly,,2026-04-02,"],
        "sessions.csv": ["X,G-1,amy,2026-05-01,1,150"],
    }
    places = [problem.split(": ")[:2] for problem in problems_of(write(tmp_path, dict(rows)))]
    assert places == [
        [f"members.csv:{line_of('members.csv')}", "handle"],
        [f"budgets.csv:{line_of('budgets.csv')}", "quarter"],
        [f"claims.csv:{line_of('claims.csv')}", "handle"],
        [f"claims.csv:{line_of('claims.csv', 1)}", "status"],
        [f"engagements.csv:{line_of('engagements.csv')}", "reference"],
        [f"sessions.csv:{line_of('sessions.csv')}", "engagement"],
    ]


def test_a_refused_row_takes_no_place_in_week_or_budget(tmp_path: Path) -> None:
    rows = {
        "sessions.csv": [
            "X,E-1,zoe,2026-04-20,6,150",
            "Y,E-1,zoe,2026-04-21,6,150",
            "Z,E-1,zoe,2026-04-22,4,150",
        ]
    }
    (problem,) = problems_of(write(tmp_path, dict(rows)))
    assert problem.startswith(f"sessions.csv:{line_of('sessions.csv', 1)}: hours: ")


@pytest.mark.parametrize(
    ("header", "column", "reason"),
    [
        ("reference,engagement,handle,held_on,hours", "rate_u", "missing"),
        ("reference,engagement,handle,held_on,hours,rate_u,note", "note", "unknown column"),
        ("reference,engagement,handle,held_on,hours,hours", "hours", "twice"),
        ("", "reference", "header row is missing"),
    ],
)
def test_a_wrong_header_is_named(header: str, column: str, reason: str, tmp_path: Path) -> None:
    directory = write(tmp_path)
    (directory / "sessions.csv").write_text(header)
    told = problems_of(directory)
    assert any(line.startswith(f"sessions.csv:1: {column}: ") and reason in line for line in told)


def test_a_file_that_breaks_off_does_not_make_others_wrong(tmp_path: Path) -> None:
    directory = write(tmp_path)
    (directory / "members.csv").write_text(HEADERS["members.csv"] + '\n"amy')
    assert [line.split(": ")[0] for line in problems_of(directory)] == ["members.csv:2"]


def test_lines_are_physical_lines_whatever_the_cells_hold(tmp_path: Path) -> None:
    directory = write(tmp_path)
    rows = [HEADERS["claims.csv"], 'A,amy,2026-04-09,1,P,"1\n2\r\n3",,pending,,', "", 'B,amy,soon,1,P,"\n",,pending,,']
    (directory / "claims.csv").write_bytes("\n".join(rows).encode())
    assert [line.split(": ")[0] for line in problems_of(directory)] == ["claims.csv:6"]


def test_no_directory_and_none_of_the_files(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CommandError, match=r"claims\.csv"):
            call_command("import_records", directory)
