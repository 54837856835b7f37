"""The seven files: their columns in order, and what makes a row one and the same."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from expertgroup.records import cells
from expertgroup.records.cells import Reader, Value

Writer = Callable[[Value], str]
Record = dict[str, Value]


@dataclass(frozen=True)
class Column:
    """A column: how its cells are read and written. `personal` text can be erased, so no digest may hold it."""

    name: str
    read: Reader
    write: Writer = cells.write_text
    personal: bool = False


@dataclass(frozen=True)
class Table:
    """A file. Two rows with the same `key` speak of the same thing."""

    file: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> list[str]:
        """The header."""
        return [column.name for column in self.columns]

    def written(self, record: Record) -> list[str]:
        """A record as cells."""
        return [column.write(record[column.name]) for column in self.columns]


def _day(name: str, *, optional: bool = False) -> Column:
    return Column(name, cells.optional(cells.day) if optional else cells.needed(cells.day), cells.write_day)


def _number(name: str, read: Reader, places: int, *, optional: bool = False) -> Column:
    return Column(name, cells.optional(read) if optional else cells.needed(read), cells.writer(places))


def _handle(name: str = "handle") -> Column:
    return Column(name, cells.needed(cells.handle))


def _reference(name: str = "reference") -> Column:
    return Column(name, cells.needed(cells.reference))


CHARTER = Table(
    "charter.csv",
    ("effective_on", "key"),
    (
        _day("effective_on"),
        Column("key", cells.needed(cells.text(60))),
        Column("value", cells.needed(cells.text(200))),
    ),
)
MEMBERS = Table(
    "members.csv",
    ("handle", "joined_on"),
    (
        _handle(),
        Column("name", cells.text(120), personal=True),
        Column("email", cells.email, personal=True),
        _day("builder_since", optional=True),
        _day("joined_on"),
        _day("exited_on", optional=True),
        Column("wallet", cells.wallet, personal=True),
    ),
)
LEADERS = Table("leaders.csv", ("starts_on",), (_handle(), _day("starts_on"), _day("ends_on", optional=True)))
BUDGETS = Table(
    "budgets.csv",
    ("quarter",),
    (
        Column("quarter", cells.needed(cells.quarter)),
        _number("headcount", cells.heads, cells.WHOLE),
        _number("hours_per_head", cells.hours_per_head, cells.CENTI),
        _number("pow_u", cells.granted, cells.MICRO),
    ),
)
CLAIMS = Table(
    "claims.csv",
    ("reference",),
    (
        _reference(),
        _handle(),
        _day("worked_on"),
        _number("hours", cells.hours, cells.CENTI),
        Column("project", cells.text(120), personal=True),
        Column("description", cells.text(2000), personal=True),
        Column("evidence_url", cells.link, personal=True),
        Column("status", cells.choice("pending", "approved", "rejected")),
        Column("decided_by", cells.optional(cells.handle)),
        _day("decided_on", optional=True),
    ),
)
ENGAGEMENTS = Table(
    "engagements.csv",
    ("reference",),
    (
        _reference(),
        Column("client", cells.needed(cells.text(120)), personal=True),
        Column("title", cells.text(200), personal=True),
        Column("pricing", cells.choice("hourly", "fixed")),
        _number("price_u", cells.money, cells.MICRO, optional=True),
        _day("opened_on"),
        _day("accepted_on", optional=True),
    ),
)
SESSIONS = Table(
    "sessions.csv",
    ("reference",),
    (
        _reference(),
        _reference("engagement"),
        _handle(),
        _day("held_on"),
        _number("hours", cells.hours, cells.CENTI),
        _number("rate_u", cells.money, cells.MICRO, optional=True),
    ),
)

# In the order in which they are read: what a row names stands in a file before it.
TABLES = (CHARTER, MEMBERS, LEADERS, BUDGETS, CLAIMS, ENGAGEMENTS, SESSIONS)
