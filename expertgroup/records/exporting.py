"""Records out: the seven files, rows in byte order, the same bytes for the same records."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from django.db import connection, transaction

from consulting.models import Weight
from expertgroup.records import stored
from expertgroup.records.tables import CLAIMS, TABLES, Record, Table

# A draft is its author's alone: it is no record yet.
UNSENT = "draft"


def export_records(directory: Path) -> dict[str, int]:
    """Writes the seven files of one moment into a directory that is made if needed; rows by file name."""
    directory.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        rows = {table: sorted_rows(table, stored.records(table)) for table in TABLES}
    for table, lines in rows.items():
        (directory / table.file).write_bytes(as_csv(table, lines))
    return {table.file: len(lines) for table, lines in rows.items()}


def sorted_rows(table: Table, records: Iterable[Record]) -> list[list[str]]:
    """Records as cells, in byte order of the columns from left to right."""
    written = (table.written(record) for record in records if table is not CLAIMS or record["status"] != UNSENT)
    return sorted(written, key=lambda row: [cell.encode() for cell in row])


def as_csv(table: Table, rows: Iterable[list[str]]) -> bytes:
    """RFC 4180: header, CRLF, quotes only where they are needed; UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.names)
    writer.writerows(rows)
    return text.getvalue().encode()


def weighed() -> list[str]:
    """Engagements whose agreed weights the files do not carry: read in again, hours would decide."""
    rows = Weight.objects.filter(weight__gt=0).order_by("engagement__reference")
    return list(rows.values_list("engagement__reference", flat=True).distinct())
