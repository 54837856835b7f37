"""Budgets: one a quarter, granted once."""

from expertgroup.records.checking.plan import FilePlan, steps_of, unique
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Sheet
from treasury.rules.amounts import E8_PER_MICRO


def check(sheet: Sheet, state: State, problems: Problems) -> FilePlan:
    """New budgets; the state then knows what every quarter grants."""
    plan = FilePlan()
    for row in unique(sheet.table, sheet.rows, problems):
        known = state.budgets.get(row.key or ())
        plan.take(row, known, steps_of(row, known, problems) if known else ())
        state.quarters.note(row, "quarter")
        if row.sound and known is None:
            state.granted_e8[row.text("quarter")] = row.number("pow_u") * E8_PER_MICRO
    state.quarters.open |= not sheet.whole
    return plan
