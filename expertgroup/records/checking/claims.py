"""Claims: work of a member, decided by another one, within the quarter's budget."""

from django.utils.translation import gettext as _

from consulting.rules.orders import check_membership
from expertgroup.records.cells import Value
from expertgroup.records.checking.leaders import check_handle
from expertgroup.records.checking.plan import FilePlan, a_date_is_filled_in, refuse, steps_of, unique
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Row, Sheet
from expertgroup.records.tables import Record
from journal import writing
from journal.refusals import Refusal
from treasury.rules.amounts import E8_PER_MICRO, claim_value_e8

PENDING, APPROVED, DRAFT = "pending", "approved", "draft"


def check(sheet: Sheet, state: State, problems: Problems) -> FilePlan:
    """New claims, and decisions on waiting ones; in file order each approval counts against its quarter's budget."""
    plan = FilePlan()
    for row in unique(sheet.table, sheet.rows, problems):
        known = state.claims.get(row.key or ())
        changed = _steps(row, known, state, problems)
        _check_decision(row, state, problems)
        if row.sound and row.text("status") == APPROVED and (known is None or "status" in changed):
            _spend(row, state, problems)
        plan.take(row, known, changed)
    return plan


def value_e8(row: Row, state: State) -> int:
    """What a claim counts against the budget, in 10⁻⁸ U, by the charter of the day of the work."""
    terms = state.timeline.terms_on(row.day("worked_on"))
    return claim_value_e8(row.number("hours"), terms.pow_hourly_rate_micro, terms.pow_flexible_rate_micro)


def _steps(row: Row, known: Record | None, state: State, problems: Problems) -> set[str]:
    """What a known claim's row changes; a new one's handle and day are checked instead."""
    if known is None:
        check_handle(row, "handle", state, problems)
        check_member_on(row, "worked_on", state, problems)
        return set()
    if known["status"] == DRAFT:
        refuse(row, "reference", _("a claim that was not sent yet has this reference"), problems)
        return set()
    return steps_of(row, known, problems, _step)


def _step(column: str, old: Value, new: Value) -> bool:
    """Pending → decided, with whoever decided it and the day."""
    return (
        a_date_is_filled_in(column, old, new)
        or (column == "status" and old == PENDING)
        or (column == "decided_by" and old is None)
    )


def check_member_on(row: Row, column: str, state: State, problems: Problems) -> None:
    """Refuses work before joining or after leaving; days of a doubtful handle are not judged."""
    if not row.has("handle", column) or not state.handles.sure(row.text("handle")):
        return
    try:
        check_membership(state.periods[row.text("handle")], row.day(column))
    except Refusal as refusal:
        refuse(row, column, refusal, problems)


def _check_decision(row: Row, state: State, problems: Problems) -> None:
    """A decided claim names who, another member, and when; a pending one nobody."""
    check_handle(row, "decided_by", state, problems)
    if row.has("handle", "decided_by") and row.cells["handle"] == row.cells["decided_by"]:
        refuse(row, "decided_by", _("nobody decides their own claim"), problems)
    if not row.has("status"):
        return
    decided = row.text("status") != PENDING
    for column in ("decided_by", "decided_on"):
        if row.has(column) and (row.cells[column] is not None) != decided:
            reason = _("a decided claim needs it") if decided else _("a pending claim has none")
            refuse(row, column, reason, problems)


def _spend(row: Row, state: State, problems: Problems) -> None:
    """Counts an approval against its quarter's budget, which it may not exceed."""
    quarter = str(state.timeline.quarter_on(row.day("worked_on")))
    if quarter not in state.granted_e8:
        if quarter not in state.quarters:
            reason = _("%(quarter)s has no budget, so nothing can be approved in it") % {"quarter": quarter}
            refuse(row, "status", reason, problems)
        return
    wanted = state.approved_e8.get(quarter, 0) + value_e8(row, state)
    if wanted > state.granted_e8[quarter]:
        reason = _("approved POW of %(quarter)s would be %(sum)s U, above the %(granted)s U of its budget") % {
            "quarter": quarter,
            # Rounded up to the micro-unit: what lies above a budget by less must not read as equal.
            "sum": writing.amount(-(-wanted // E8_PER_MICRO)),
            "granted": writing.amount(state.granted_e8[quarter] // E8_PER_MICRO),
        }
        refuse(row, "status", reason, problems)
        return
    state.approved_e8[quarter] = wanted
