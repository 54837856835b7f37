"""From files to rows: CSV with the physical line of each row, and every cell read as what its column holds."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from expertgroup.records.cells import UnreadableCell, Value
from expertgroup.records.problems import Problems
from expertgroup.records.tables import TABLES, Record, Table

HEADER_LINE = 1


@dataclass
class Row:
    """One row: its cells as values. A cell that could not be read is missing; the row is then never stored."""

    table: Table
    line: int
    cells: Record
    sound: bool = True

    def has(self, *columns: str) -> bool:
        """Whether all these cells could be read."""
        return all(column in self.cells for column in columns)

    def text(self, column: str) -> str:
        """A text cell; an optional one that is empty is ""."""
        value = self.cells[column] or ""
        assert isinstance(value, str), column
        return value

    def day(self, column: str) -> date:
        """A date that is there."""
        value = self.cells[column]
        assert isinstance(value, date), column
        return value

    def day_or_none(self, column: str) -> date | None:
        """A date, or None for an empty cell."""
        return self.day(column) if self.cells[column] is not None else None

    def number(self, column: str) -> int:
        """A number in whole steps, of one that is there."""
        value = self.cells[column]
        assert isinstance(value, int), column
        return value

    def number_or_none(self, column: str) -> int | None:
        """A number in whole steps, or None for an empty cell."""
        return self.number(column) if self.cells[column] is not None else None

    @property
    def key(self) -> tuple[Value, ...] | None:
        """What makes the row one and the same; None where one of those cells could not be read."""
        return tuple(self.cells[name] for name in self.table.key) if self.has(*self.table.key) else None


@dataclass
class Sheet:
    """A file that was read. `whole` is False where its structure broke off, so that rows may be missing."""

    table: Table
    rows: list[Row] = field(default_factory=list)
    whole: bool = True


def read(directory: Path, problems: Problems) -> dict[str, Sheet]:
    """The files that are there, by name, in the order of reading."""
    return {
        table.file: _sheet(table, (directory / table.file).read_bytes(), problems)
        for table in TABLES
        if (directory / table.file).is_file()
    }


def _sheet(table: Table, content: bytes, problems: Problems) -> Sheet:
    # Bytes that are no UTF-8 are kept apart (surrogates), so that the cell that holds them can be named.
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")
    sheet = Sheet(table)
    raw = _raw_rows(text, sheet, problems)
    line, header = next(raw, (HEADER_LINE, None))
    if header is None or not _header_fits(table, header, line, problems):
        if header is None and sheet.whole:
            problems.add(table.file, line, table.names[0], _("the header row is missing"))
        sheet.whole = False
        return sheet
    for line, row in raw:
        sheet.rows.append(_row(table, header, line, row, problems))
    return sheet


def _raw_rows(text: str, sheet: Sheet, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """(physical line on which it starts, cells) of every row; blank lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as wrong:
            problems.add(
                sheet.table.file, line, sheet.table.names[0], _("the row cannot be read: %(why)s") % {"why": wrong}
            )
            sheet.whole = False
            return
        if row is None:
            return
        if row:
            yield line, row


def _header_fits(table: Table, header: list[str], line: int, problems: Problems) -> bool:
    """Whether the columns are those of the table, in any order."""
    before = len(problems)
    for name in table.names:
        if header.count(name) != 1:
            reason = _("the column is missing") if name not in header else _("the column stands there twice")
            problems.add(table.file, line, name, reason)
    for name in header:
        if name not in table.names:
            reason = _("unknown column; the columns are %(names)s") % {"names": ",".join(table.names)}
            problems.add(table.file, line, _shown(name), reason)
    return len(problems) == before


def _row(table: Table, header: list[str], line: int, raw: list[str], problems: Problems) -> Row:
    row = Row(table, line, {})
    if len(raw) != len(header):
        place = header[min(len(raw), len(header) - 1)]
        reason = _("the row has %(cells)s cells, the header has %(columns)s") % {
            "cells": len(raw),
            "columns": len(header),
        }
        problems.add(table.file, line, place, reason)
        row.sound = False
    by_name = dict(zip(header, raw, strict=False))
    for column in table.columns:
        if column.name not in by_name:
            continue
        try:
            cell = _clean(by_name[column.name])
            row.cells[column.name] = column.read(cell)
        except UnreadableCell as wrong:
            problems.add(table.file, line, column.name, str(wrong))
            row.sound = False
    return row


def _clean(cell: str) -> str:
    """The cell, unless it holds what no text can."""
    if any("\ud800" <= sign <= "\udfff" for sign in cell):
        raise UnreadableCell(_("“%(cell)s” is not UTF-8") % {"cell": _shown(cell)})
    if "\0" in cell:
        raise UnreadableCell(_("the cell holds a NUL character"))
    return cell


def _shown(cell: str) -> str:
    """A cell as it can be printed."""
    return cell.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")
