"""Leaders: known handles, terms that never overlap."""

from django.utils.translation import gettext as _

from expertgroup.records.checking.plan import FilePlan, refuse, steps_of
from expertgroup.records.checking.spans import Spans
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Row, Sheet

TERM = ("starts_on", "ends_on")


def check(sheet: Sheet, state: State, problems: Problems) -> FilePlan:
    """New terms, and ends that were filled in."""
    plan, spans = FilePlan(), Spans(*TERM)
    spoken_of = {row.key for row in sheet.rows}
    for key, record in state.leaders.items():
        if key not in spoken_of:
            spans.add(record)
    for row in sheet.rows:
        check_handle(row, "handle", state, problems)
        known = state.leaders.get(row.key or ())
        changed = steps_of(row, known, problems) if known else ()
        # What differs from the record is told once, not again as an overlap with the record.
        if known is None or row.sound:
            spans.place(row, problems)
        plan.take(row, known, changed)
    return plan


def check_handle(row: Row, column: str, state: State, problems: Problems) -> None:
    """Refuses a handle that nobody has; an empty cell names nobody."""
    handle = row.text(column) if row.has(column) else ""
    if handle and handle not in state.handles:
        refuse(row, column, _("nobody has the handle “%(handle)s”") % {"handle": handle}, problems)
