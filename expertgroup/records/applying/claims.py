"""Claims, new and decided, and what the approved ones take of their quarter's budget."""

import secrets
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection

from expertgroup.records.checking.claims import APPROVED, PENDING, value_e8
from expertgroup.records.checking.plan import FilePlan
from expertgroup.records.checking.state import State
from expertgroup.records.reading import Row
from members.models import Member
from treasury.models import Claim
from treasury.services import budgets

BATCH = 2000
# One statement for any number of decisions.
DECIDE = """
UPDATE treasury_claim SET status = decided.status, decided_by_id = decided.by_id, decided_on = decided.day,
       decided_at = %s, value_e8 = decided.value_e8
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::date[], %s::bigint[])
     AS decided(reference, status, by_id, day, value_e8)
WHERE treasury_claim.reference = decided.reference AND treasury_claim.status = 'pending'
"""


def apply_claims(plan: FilePlan, state: State, at: datetime) -> None:
    """Approvals are counted against the budgets before the rows are written: the database refuses to overspend."""
    approved = [row for row in (*plan.new, *plan.changed) if row.text("status") == APPROVED]
    wanted: dict[str, int] = defaultdict(int)
    for row in approved:
        wanted[_quarter(row, state)] += value_e8(row, state)
    budgets.spend(wanted, budgets.hold(wanted))
    ids = dict(Member.objects.values_list("handle", "pk"))
    Claim.objects.bulk_create((_claim(row, ids, state, at) for row in plan.new), batch_size=BATCH)
    if plan.changed:
        _decide(plan.changed, ids, state, at)


def _quarter(row: Row, state: State) -> str:
    return str(state.timeline.quarter_on(row.day("worked_on")))


def _claim(row: Row, ids: dict[str, int], state: State, at: datetime) -> Claim:
    status = row.text("status")
    return Claim(
        reference=row.text("reference"),
        member_id=ids[row.text("handle")],
        worked_on=row.day("worked_on"),
        hours_centi=row.number("hours"),
        project=row.text("project"),
        description=row.text("description"),
        evidence_url=row.text("evidence_url"),
        salt=secrets.token_hex(16),
        status=status,
        quarter=_quarter(row, state),
        value_e8=value_e8(row, state) if status == APPROVED else None,
        submitted_at=at,
        decided_by_id=ids[row.text("decided_by")] if status != PENDING else None,
        decided_on=row.day_or_none("decided_on"),
        decided_at=at if status != PENDING else None,
    )


def _decide(rows: list[Row], ids: dict[str, int], state: State, at: datetime) -> None:
    columns: list[Any] = [
        [row.text("reference") for row in rows],
        [row.text("status") for row in rows],
        [ids[row.text("decided_by")] for row in rows],
        [row.day("decided_on") for row in rows],
        [value_e8(row, state) if row.text("status") == APPROVED else None for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(DECIDE, [at, *columns])
        assert cursor.rowcount == len(rows), "the claims are locked: each waits until it is decided here"
