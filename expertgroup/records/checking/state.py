"""What rows are judged against: the record as it stands, and what earlier files of the same import add to it."""

from dataclasses import dataclass, field
from datetime import date

from charter.rules.terms import Timeline
from consulting.rules.orders import Period
from expertgroup.records.checking.plan import Key
from expertgroup.records.reading import Row
from expertgroup.records.tables import Record

Records = dict[Key, Record]


@dataclass
class Names:
    """Handles, engagements or quarters that a row may name.

    `doubtful` ones have a row that was refused: what hangs on them is not judged a second time. Where a file broke off
    nobody can say that a name is unknown: `open`.
    """

    known: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    open: bool = False

    def __contains__(self, name: str) -> bool:
        return self.open or name in self.known or name in self.doubtful

    def sure(self, name: str) -> bool:
        """Whether everything about the name was read."""
        return name in self.known and name not in self.doubtful

    def note(self, row: Row, column: str) -> None:
        """Takes up the name that a judged row carries."""
        # A name that could not be read cannot be written rightly elsewhere either.
        if not row.has(column):
            return
        if row.sound:
            self.known.add(row.text(column))
        else:
            self.doubtful.add(row.text(column))


@dataclass
class State:
    """Records of the database by key, and the sums and days that rules need."""

    timeline: Timeline
    next_edition: int = 2
    charter: Records = field(default_factory=dict)
    members: Records = field(default_factory=dict)
    leaders: Records = field(default_factory=dict)
    budgets: Records = field(default_factory=dict)
    claims: Records = field(default_factory=dict)
    engagements: Records = field(default_factory=dict)
    sessions: Records = field(default_factory=dict)
    handles: Names = field(default_factory=Names)
    quarters: Names = field(default_factory=Names)
    orders: Names = field(default_factory=Names)
    # What each handle's days of membership are.
    periods: dict[str, list[Period]] = field(default_factory=dict)
    # Accounts by address in small letters, and the handle of the member that has one.
    accounts: dict[str, int] = field(default_factory=dict)
    holders: dict[int, str] = field(default_factory=dict)
    # The last day for which a claim is on record: it counts in the quarter that its day had.
    worked_until: date | None = None
    # 10⁻⁸ U by quarter: what is granted, and what of it is approved.
    granted_e8: dict[str, int] = field(default_factory=dict)
    approved_e8: dict[str, int] = field(default_factory=dict)
    # Hundredths of an hour by handle and Monday.
    week_centi: dict[tuple[str, date], int] = field(default_factory=dict)
    # Engagements of the import, and those of the database that it names: pricing, and the day on which it accepts them.
    pricing: dict[str, str] = field(default_factory=dict)
    accepting: dict[str, date] = field(default_factory=dict)
    held_on: dict[str, list[date]] = field(default_factory=dict)
    weighed: set[str] = field(default_factory=set)
