"""Engagements and sessions: prices, rates within the charter, weeks within the cap, acceptances that can be shared."""

from django.utils.translation import gettext as _

from consulting.refusals.escrow import InDispute
from consulting.rules import orders, weeks
from consulting.selectors.disputes import in_dispute
from consulting.selectors.engagements import last_accepted
from expertgroup.records.checking.claims import check_member_on
from expertgroup.records.checking.leaders import check_handle
from expertgroup.records.checking.plan import FilePlan, refuse, steps_of, unique
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Row, Sheet
from journal.refusals import Refusal

# The rules name fields of the models, a problem names the file's column.
COLUMNS = {"price_micro": "price_u", "rate_micro": "rate_u", "hours_centi": "hours"}


def check_engagements(sheet: Sheet, state: State, problems: Problems) -> FilePlan:
    """New engagements, and acceptances that were filled in."""
    plan = FilePlan()
    for row in unique(sheet.table, sheet.rows, problems):
        known = state.engagements.get(row.key or ())
        changed = steps_of(row, known, problems) if known else set()
        if known is None and row.has("pricing", "price_u"):
            _ask(row, problems, orders.check_price, row.text("pricing"), row.number_or_none("price_u"))
        plan.take(row, known, changed)
        state.orders.note(row, "reference")
        if row.sound:
            state.pricing[row.text("reference")] = row.text("pricing")
        if row.sound and row.cells["accepted_on"] is not None and (known is None or "accepted_on" in changed):
            state.accepting[row.text("reference")] = row.day("accepted_on")
    state.orders.open |= not sheet.whole
    return plan


def check_sessions(sheet: Sheet, state: State, problems: Problems) -> FilePlan:
    """New sessions; in file order each counts in its person's week."""
    plan = FilePlan()
    for row in unique(sheet.table, sheet.rows, problems):
        known = state.sessions.get(row.key or ())
        if known is not None:
            steps_of(row, known, problems)
        else:
            check_handle(row, "handle", state, problems)
            _check_engagement(row, state, problems)
            check_member_on(row, "held_on", state, problems)
            if row.sound:
                _fill_week(row, state, problems)
        plan.take(row, known, ())
        _remember(row, known is None, state)
    return plan


def check_acceptances(plan: FilePlan, state: State, problems: Problems) -> None:
    """Whether what the import accepts can be accepted and shared, now that its sessions are known."""
    disputed, accepted = in_dispute(state.accepting), last_accepted(state.accepting)
    for row in (*plan.new, *plan.changed):
        reference = row.text("reference")
        if reference not in state.accepting or reference in state.orders.doubtful:
            continue
        try:
            if reference in disputed:
                raise InDispute
            orders.check_closing(state.accepting[reference], accepted.get(reference))
            orders.check_acceptance(
                pricing=row.text("pricing"),
                opened_on=row.day("opened_on"),
                accepted_on=row.day("accepted_on"),
                held_on=state.held_on.get(reference, []),
                weights={reference: 1} if reference in state.weighed else {},
            )
        except Refusal as refusal:
            refuse(row, "accepted_on", refusal, problems)


def _ask(row: Row, problems: Problems, rule: object, *values: object) -> None:
    """Lets a rule judge values of a row; what it refuses becomes a problem of the column it names."""
    assert callable(rule)
    try:
        rule(*values)
    except Refusal as refusal:
        refuse(row, COLUMNS.get(refusal.field or "", refusal.field or ""), refusal, problems)


def _check_engagement(row: Row, state: State, problems: Problems) -> None:
    """The engagement is known, was not accepted before, and asks for a rate or for none."""
    if not row.has("engagement"):
        return
    reference = row.text("engagement")
    if reference not in state.orders:
        refuse(row, "engagement", _("there is no engagement “%(it)s”") % {"it": reference}, problems)
        return
    known = state.engagements.get((reference,))
    if known is not None and known["accepted_on"] is not None:
        reason = _("the client accepted “%(it)s” on %(day)s; nothing can be added to it") % {
            "it": reference,
            "day": known["accepted_on"],
        }
        refuse(row, "engagement", reason, problems)
        return
    if row.has("held_on", "rate_u") and reference in state.pricing:
        terms = state.timeline.terms_on(row.day("held_on"))
        _ask(row, problems, orders.check_rate, state.pricing[reference], row.number_or_none("rate_u"), terms)
    if row.has("held_on") and reference in state.accepting and row.day("held_on") > state.accepting[reference]:
        reason = _("the client accepted “%(it)s” on %(day)s, before this day") % {
            "it": reference,
            "day": state.accepting[reference],
        }
        refuse(row, "held_on", reason, problems)


def _fill_week(row: Row, state: State, problems: Problems) -> None:
    """Counts a session in its person's ISO week, which may not be sold above the cap (income.2.2)."""
    held_on, hours = row.day("held_on"), row.number("hours")
    week = row.text("handle"), weeks.monday_of(held_on)
    taken = state.week_centi.get(week, 0)
    try:
        weeks.week_cap(held_on=held_on, hours_centi=hours, taken_centi=taken, timeline=state.timeline)
    except Refusal as refusal:
        refuse(row, "hours", refusal, problems)
        return
    state.week_centi[week] = taken + hours


def _remember(row: Row, new: bool, state: State) -> None:
    """A new session is a day of its engagement; one that was refused leaves the engagement in doubt."""
    if not row.has("engagement"):
        return
    if not row.sound:
        state.orders.doubtful.add(row.text("engagement"))
    elif new:
        state.held_on.setdefault(row.text("engagement"), []).append(row.day("held_on"))
