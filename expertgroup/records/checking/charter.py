"""Amendments: readable, one value a day and key, and settings that fit each other on every day."""

from datetime import date

from django.utils.translation import gettext as _

from charter.rules import amendments
from expertgroup.records.checking.plan import FilePlan, refuse, steps_of, unique
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Row, Sheet
from journal.refusals import Refusal


def check(sheet: Sheet, state: State, problems: Problems) -> FilePlan:
    """New amendments; the state's timeline then holds them."""
    plan = FilePlan()
    for row in unique(sheet.table, sheet.rows, problems):
        if row.sound and _readable(row, problems):
            known = state.charter.get(row.key or ())
            if known is None:
                _check_quarters(row, state, problems)
            plan.take(row, known, steps_of(row, known, problems) if known else ())
    for effective_on, rows in by_day(plan.new).items():
        _amend(effective_on, rows, state, problems)
    return plan


def by_day(rows: list[Row]) -> dict[date, list[Row]]:
    """The rows of each day, days ascending: one edition each."""
    found: dict[date, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.day("effective_on")):
        found.setdefault(row.day("effective_on"), []).append(row)
    return found


def _readable(row: Row, problems: Problems) -> bool:
    """Whether key and value are the charter's; the value is then in the writing in which it is stored."""
    try:
        row.cells["value"] = amendments.canonical_value(row.text("key"), row.text("value"))
    except Refusal as refusal:
        refuse(row, refusal.field or "value", refusal, problems)
    return row.sound


def _check_quarters(row: Row, state: State, problems: Problems) -> None:
    """Claims on record stay in their quarter, so the months of quarters change after the last of them only."""
    last = state.worked_until
    if row.text("key") == amendments.FIRST_MONTH_KEY and last is not None and row.day("effective_on") <= last:
        reason = _("the record has claims up to %(day)s, which count in the quarters that held then") % {"day": last}
        refuse(row, "effective_on", reason, problems)


def _amend(effective_on: date, rows: list[Row], state: State, problems: Problems) -> None:
    """The rows of one day are one edition: together they fit what holds, or the day is refused."""
    changes = {row.text("key"): row.text("value") for row in rows}
    candidate = state.timeline.amended(state.next_edition, effective_on, changes)
    try:
        amendments.check(candidate)
    except Refusal as refusal:
        # Only these settings have rules between them.
        blamed = next((row for row in rows if row.text("key").startswith(("consulting.rate", "quarter."))), rows[0])
        refuse(blamed, refusal.field or "value", refusal, problems)
        return
    state.timeline = candidate
    state.next_edition += 1
