"""All files in their order, each against what those before it add."""

from collections.abc import Mapping

from expertgroup.records import tables
from expertgroup.records.checking import budgets, charter, claims, leaders, members, work
from expertgroup.records.checking.plan import Plan
from expertgroup.records.checking.state import State
from expertgroup.records.problems import Problems
from expertgroup.records.reading import Sheet


def check(sheets: Mapping[str, Sheet], state: State, problems: Problems) -> Plan:
    """What importing the sheets would do; the problems say what may not be."""
    plan = Plan()
    if sheet := sheets.get(tables.CHARTER.file):
        plan.charter = charter.check(sheet, state, problems)
    if sheet := sheets.get(tables.MEMBERS.file):
        plan.members = members.check(sheet, state, problems)
    if sheet := sheets.get(tables.LEADERS.file):
        plan.leaders = leaders.check(sheet, state, problems)
    if sheet := sheets.get(tables.BUDGETS.file):
        plan.budgets = budgets.check(sheet, state, problems)
    if sheet := sheets.get(tables.CLAIMS.file):
        plan.claims = claims.check(sheet, state, problems)
    if sheet := sheets.get(tables.ENGAGEMENTS.file):
        plan.engagements = work.check_engagements(sheet, state, problems)
    if sheet := sheets.get(tables.SESSIONS.file):
        plan.sessions = work.check_sessions(sheet, state, problems)
    work.check_acceptances(plan.engagements, state, problems)
    return plan
