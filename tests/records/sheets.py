"""A small sound directory of records, and changes to it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from expertgroup.records.tables import TABLES

HEADERS = {table.file: ",".join(table.names) for table in TABLES}
SOUND: dict[str, list[str]] = {
    "charter.csv": ["2026-07-01,pow.hourly_rate,61.5"],
    "members.csv": [
        "amy,Amy Ek,amy@example.org,2025-01-31,2025-06-01,,",
        "ben,Ben Ode,ben@example.org,2025-01-31,2025-06-01,2026-05-14,",
        "zoe,Zoe Wu,zoe@example.org,,2026-01-01,,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    ],
    "leaders.csv": ["amy,2026-01-01,2026-03-31", "zoe,2026-04-01,"],
    "budgets.csv": ["2026-Q2,3,40,1000"],
    "claims.csv": [
        "C-1,amy,2026-04-09,2,Indexer,wrote it,https://example.org/1,approved,zoe,2026-04-10",
        "C-2,amy,2026-04-10,1.5,Indexer,\"two\r\nlines\",,pending,,",
        "C-3,ben,2026-05-14,3,Indexer,no,http://example.org/3,rejected,amy,2026-05-20",
    ],
    "engagements.csv": [
        "E-1,Harbor Labs,Advice,hourly,,2026-04-01,",
        "F-1,\"Kite, Inc.\",Audit,fixed,1000.5,2026-04-01,2026-04-30",
    ],
    "sessions.csv": [
        "S-1,E-1,amy,2026-04-06,4,150",
        "S-2,F-1,amy,2026-04-12,6,",
        "S-3,F-1,zoe,2026-04-12,2.25,",
    ],
}  # fmt: skip


def write(directory: Path, changes: Mapping[str, Iterable[str]] | None = None, *, only: bool = False) -> Path:
    """Writes the sound files with further rows, or only the files that are named with only these rows."""
    changes = changes or {}
    directory.mkdir(parents=True, exist_ok=True)
    for file in changes if only else SOUND:
        rows = [*([] if only else SOUND[file]), *changes.get(file, ())]
        content = "\r\n".join([HEADERS[file], *rows, ""])
        (directory / file).write_bytes(content.encode("utf-8", errors="surrogateescape"))
    return directory


def line_of(file: str, place: int = 0) -> int:
    """The physical line of the further row at a place: after the header and the sound rows, line breaks counted."""
    return 2 + sum(1 + row.count("\n") for row in SOUND[file]) + place
