"""What goes out: seven files, byte order, guarded cells, and the same bytes after another round."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from consulting.models import Engagement, Weight
from expertgroup.records import cells
from expertgroup.records.exporting import as_csv, export_records, sorted_rows
from expertgroup.records.importing import import_records
from expertgroup.records.stored import records
from expertgroup.records.tables import BUDGETS, CLAIMS, TABLES
from members.models import Member
from tests import databases
from tests.cast import AT, Cast
from tests.records.sheets import HEADERS, SOUND, write
from treasury.models import Claim
from treasury.rules.claims import Work
from treasury.services import budgets, claims


@pytest.mark.committed
def test_out_is_sorted_guarded_and_without_trailing_zeros(committed_db: str, tmp_path: Path) -> None:
    rows = {
        "members.csv": ["b2,=Nat,+nat@example.org,,2026-01-01,,"],
        "claims.csv": [
            "c-1,amy,2026-04-09,2.50,-P,@d,,pending,,",
            "-1,amy,2026-04-09,10.00,'P,\tdé,,pending,,",
            'C-10,amy,2026-04-09,0.1,P\'s,"=""a"",b",,pending,,',
        ],
    }
    import_records(write(tmp_path / "in", dict(rows)), at=AT)
    assert export_records(tmp_path / "out") == {"charter.csv": 1, "members.csv": 4, "leaders.csv": 2, "budgets.csv": 1,
                                                "claims.csv": 6, "engagements.csv": 2, "sessions.csv": 3}  # fmt: skip
    assert (tmp_path / "out" / "claims.csv").read_bytes().decode() == "\r\n".join(
        [
            HEADERS["claims.csv"],
            "'-1,amy,2026-04-09,10,''P,'\tdé,,pending,,",
            SOUND["claims.csv"][0],
            'C-10,amy,2026-04-09,0.1,P\'s,"\'=""a"",b",,pending,,',
            *SOUND["claims.csv"][1:],
            "c-1,amy,2026-04-09,2.5,'-P,'@d,,pending,,",
            "",
        ]
    )
    members = (tmp_path / "out" / "members.csv").read_text().splitlines()
    assert members[2] == "b2,'=Nat,'+nat@example.org,,2026-01-01,,"
    assert members[3].startswith("ben,")


@pytest.mark.committed
def test_an_empty_house_gives_seven_headers_and_takes_them(committed_db: str, tmp_path: Path) -> None:
    assert set(export_records(tmp_path).values()) == {0}
    assert [(tmp_path / table.file).read_text() for table in TABLES] == [
        ",".join(table.names) + "\n" for table in TABLES
    ]
    assert [part.new for part in import_records(tmp_path, at=AT)] == [0] * len(TABLES)


@pytest.mark.committed
def test_another_zone_and_name_come_out_and_in(committed_db: str, tmp_path: Path) -> None:
    import_records(write(tmp_path / "in"), at=AT, time_zone="Europe/Oslo")
    export_records(tmp_path / "first")
    assert b"2025-06-01,group.time_zone,Europe/Oslo" in (tmp_path / "first" / "charter.csv").read_bytes()
    with databases.clone():
        import_records(tmp_path / "first", at=AT)
        export_records(tmp_path / "second")
    for table in TABLES:
        assert (tmp_path / "first" / table.file).read_bytes() == (tmp_path / "second" / table.file).read_bytes()


@pytest.mark.committed
def test_drafts_stay_and_weights_are_announced(
    committed_db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import_records(write(tmp_path / "in", {"engagements.csv": ["G-1,C,t,fixed,10,2026-04-01,"]}), at=AT)
    amy = Member.objects.get(handle="amy")
    Claim.objects.create(reference="D-1", member=amy, worked_on=date(2026, 4, 9), hours_centi=100, quarter="2026-Q2")
    Weight.objects.create(engagement=Engagement.objects.get(reference="G-1"), member=amy, weight=2)
    call_command("export_records", tmp_path / "out")
    assert b"D-1" not in (tmp_path / "out" / "claims.csv").read_bytes()
    printed = capsys.readouterr()
    assert printed.err == "G-1 has agreed weights, which the files do not carry.\n"
    assert printed.out.splitlines()[4] == f"{tmp_path / 'out' / 'claims.csv'}: 3"


def test_what_was_granted_and_linked_comes_in_again(cast: Cast, tmp_path: Path) -> None:
    """Forms and import have the same bounds."""
    budgets.grant(
        quarter="2026-Q4",
        headcount=1_000_000,
        hours_per_head_centi=10_000_000,
        pow_micro=10**16,
        stipend_micro=0,
        by="test",
        at=AT,
    )
    work = Work(date(2026, 11, 2), 200, "P", "d", "https://例え.example/a?b=é#c")
    claims.log(work=work, by=cast.chen, at=AT, send=True)
    for table in (BUDGETS, CLAIMS):
        (tmp_path / table.file).write_bytes(as_csv(table, sorted_rows(table, records(table))))
    assert [(part.new, part.changed) for part in import_records(tmp_path, at=AT)] == [(0, 0), (0, 0)]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_any_text_survives_guard_and_file(text: str) -> None:
    guarded = cells.guard(text)
    assert cells.unguard(guarded) == text
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    record = dict.fromkeys(CLAIMS.names) | {"hours": 100, "description": text, "project": text[::-1]}
    content = as_csv(CLAIMS, [CLAIMS.written(record)])
    _header, row = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    assert [cells.unguard(row[5]), cells.unguard(row[4])] == [text, text[::-1]]


@pytest.mark.parametrize(
    ("written", "kept"), [("'tis", "'tis"), ("'=1", "=1"), ("''tis", "'tis"), ("'", "'"), ("'-", "-"), ("", "")]
)
def test_only_a_guard_falls_away(written: str, kept: str) -> None:
    assert cells.unguard(written) == kept


@given(st.integers(0, 10**16), st.sampled_from([0, 2, 6]))
def test_numbers_are_read_back_from_what_was_written(value: int, places: int) -> None:
    written = cells.writer(places)(value)
    assert cells.number(written, places) == value
    assert not ("." in written and written.endswith(("0", ".")))
