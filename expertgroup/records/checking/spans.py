"""Days from a first to a last, both included, that may not overlap."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from expertgroup.records.checking.plan import refuse
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Row
from expertgroup.records.tables import Record

Span = tuple[date, date | None]


@dataclass
class Spans:
    """The spans placed so far, with the line of the row they come from (none: the database)."""

    first: str
    last: str
    placed: list[tuple[Span, int | None]] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """A span of the database."""
        first, last = record[self.first], record[self.last]
        assert isinstance(first, date), self.first
        assert last is None or isinstance(last, date), self.last
        self.placed.append(((first, last), None))

    def place(self, row: Row, problems: Problems) -> None:
        """Refuses a row whose span ends before it begins or overlaps another; else it counts for those after it."""
        if not row.has(self.first, self.last):
            return
        span = row.day(self.first), row.day_or_none(self.last)
        if span[1] is not None and span[1] < span[0]:
            reason = _("%(last)s comes before %(first)s") % {"last": span[1], "first": span[0]}
            refuse(row, self.last, reason, problems)
            return
        for other, line in self.placed:
            if overlap(span, other):
                refuse(row, self.first, _reason(span, other, line), problems)
                return
        self.placed.append((span, row.line))

    def days(self) -> list[Span]:
        """The spans in the order of their first days."""
        return sorted((span for span, _line in self.placed), key=lambda span: span[0])


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a day."""
    return (one[1] is None or other[0] <= one[1]) and (other[1] is None or one[0] <= other[1])


def _reason(span: Span, other: Span, line: int | None) -> str:
    days = {"first": span[0], "other": other[0], "line": line}
    if line is None:
        return _("the days from %(first)s overlap those from %(other)s in the record") % days
    return _("the days from %(first)s overlap those from %(other)s in line %(line)s") % days
