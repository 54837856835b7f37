"""What an import will do, and the steps forward that it accepts."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from expertgroup.records.cells import Value
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Row
from expertgroup.records.tables import Record, Table
from journal.refusals import Refusal

Step = Callable[[str, Value, Value], bool]
Key = tuple[Value, ...]


@dataclass
class FilePlan:
    """Rows of one file that are new, and rows that take a record a step forward."""

    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether the file changes nothing."""
        return not self.new and not self.changed

    def take(self, row: Row, known: Record | None, changed: Collection[str]) -> None:
        """Plans a sound row: a new record, a step of a known one, or nothing."""
        if row.sound and known is None:
            self.new.append(row)
        elif row.sound and changed:
            self.changed.append(row)


@dataclass
class Plan:
    """One plan a file; a file that is not there has an empty one."""

    charter: FilePlan = field(default_factory=FilePlan)
    members: FilePlan = field(default_factory=FilePlan)
    leaders: FilePlan = field(default_factory=FilePlan)
    budgets: FilePlan = field(default_factory=FilePlan)
    claims: FilePlan = field(default_factory=FilePlan)
    engagements: FilePlan = field(default_factory=FilePlan)
    sessions: FilePlan = field(default_factory=FilePlan)


def a_date_is_filled_in(_column: str, old: Value, new: Value) -> bool:
    """The step forward that every file knows."""
    return old is None and isinstance(new, date)


def refuse(row: Row, column: str, reason: str | Promise | Refusal, problems: Problems) -> None:
    """Notes why a cell cannot be taken; its row is then never stored."""
    problems.add(row.table.file, row.line, column, str(reason))
    row.sound = False


def unique(table: Table, rows: Iterable[Row], problems: Problems) -> list[Row]:
    """The rows without those whose key stands in an earlier row; these are refused."""
    seen: dict[Key, int] = {}
    kept = []
    for row in rows:
        if row.key in seen:
            reason = _("“%(key)s” stands in line %(line)s already") % {"key": shown(row.key), "line": seen[row.key]}
            refuse(row, table.key[-1], reason, problems)
            continue
        if row.key is not None:
            seen[row.key] = row.line
        kept.append(row)
    return kept


def steps_of(
    row: Row,
    known: Record,
    problems: Problems,
    step: Step = a_date_is_filled_in,
    columns: Collection[str] | None = None,
) -> set[str]:
    """The columns in which a row takes its record forward; any other difference is refused."""
    changed = set()
    for column in row.table.columns:
        if not row.has(column.name) or (columns is not None and column.name not in columns):
            continue
        old, new = known[column.name], row.cells[column.name]
        if old == new:
            continue
        if step(column.name, old, new):
            changed.add(column.name)
            continue
        reason = _("“%(new)s” differs from the record, which has “%(old)s”") % {
            "new": column.write(new),
            "old": column.write(old),
        }
        refuse(row, column.name, reason, problems)
    return changed


def shown(key: Key) -> str:
    """A key in words: `2026-08-01 pow.hourly_rate`."""
    return " ".join(str(part) for part in key)
