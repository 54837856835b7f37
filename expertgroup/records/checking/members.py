"""Members: periods that do not overlap, one person a handle, an address and a wallet."""

from django.utils.translation import gettext as _

from expertgroup.records.cells import Value
from expertgroup.records.checking.plan import FilePlan, a_date_is_filled_in, refuse, steps_of
from expertgroup.records.checking.spans import Spans
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Row, Sheet
from expertgroup.records.tables import Record

# What belongs to the person, not to the period: the same in every row of a handle.
PERSON = ("name", "email", "builder_since", "wallet")
PERIOD = ("joined_on", "exited_on")


def check(sheet: Sheet, state: State, problems: Problems) -> FilePlan:
    """New periods (and persons), exits and wallets that were filled in; the state then knows all handles and days."""
    plan, persons = FilePlan(), Persons(state)
    spoken_of = {row.key for row in sheet.rows}
    spans: dict[str, Spans] = {}
    for key, record in state.members.items():
        if key not in spoken_of:
            spans.setdefault(str(record["handle"]), Spans(*PERIOD)).add(record)
    for row in sheet.rows:
        if row.has("handle"):
            known = state.members.get(row.key or ())
            changed = _steps(row, known, persons.stored.get(row.text("handle")), problems)
            persons.check(row, problems)
            mine = spans.setdefault(row.text("handle"), Spans(*PERIOD))
            if known is None or row.sound:
                mine.place(row, problems)
            plan.take(row, known, changed)
        state.handles.note(row, "handle")
    state.handles.open |= not sheet.whole
    state.periods |= {handle: mine.days() for handle, mine in spans.items()}
    return plan


def _steps(row: Row, known: Record | None, person: Record | None, problems: Problems) -> set[str]:
    if known is not None:
        return steps_of(row, known, problems, _step)
    # Somebody who comes back: the period is new, the person is not.
    return steps_of(row, person, problems, _step, PERSON) if person is not None else set()


def _step(column: str, old: Value, new: Value) -> bool:
    """An empty date → a date, a new wallet."""
    return a_date_is_filled_in(column, old, new) or (column == "wallet" and bool(new))


class Persons:
    """Who has which address and wallet, and what the rows of one person say of them."""

    def __init__(self, state: State) -> None:
        self.stored: dict[str, Record] = {}
        self.said: dict[tuple[str, str], tuple[int, Value]] = {}
        self.owners: dict[tuple[str, str], str] = {}
        self.accounts, self.holders = state.accounts, dict(state.holders)
        for record in state.members.values():
            self.stored[str(record["handle"])] = record
            self._own(str(record["handle"]), str(record["email"]), str(record["wallet"]))

    def check(self, row: Row, problems: Problems) -> None:
        """Refuses what an earlier row of the person says otherwise, and somebody else's address or wallet."""
        handle = row.text("handle")
        for column in PERSON:
            if not row.has(column):
                continue
            line, value = self.said.setdefault((handle, column), (row.line, row.cells[column]))
            if value != row.cells[column]:
                reason = _("differs from line %(line)s, which speaks of the same person") % {"line": line}
                refuse(row, column, reason, problems)
        for column in ("email", "wallet"):
            owner = self._owner(column, row) if row.has(column) else None
            if owner not in (None, handle):
                refuse(row, column, _("“%(owner)s” has it already") % {"owner": owner}, problems)
            elif row.has(column):
                self._own(handle, **{column: row.text(column)})

    def _owner(self, column: str, row: Row) -> str | None:
        """Who has the row's address or wallet; for somebody new also who has the account that the address finds."""
        handle, text = row.text("handle"), row.text(column).lower()
        owner = self.owners.get((column, text))
        if owner is None and column == "email" and handle not in self.stored and text in self.accounts:
            owner = self.holders.setdefault(self.accounts[text], handle)
        return owner

    def _own(self, handle: str, email: str = "", wallet: str = "") -> None:
        for column, value in (("email", email), ("wallet", wallet)):
            if value:
                self.owners.setdefault((column, value.lower()), handle)
