"""What the tests of the treasury put on the books, and how they look at them."""

from datetime import date, datetime
from typing import Any

from django.db import connection

from journal.models import Job
from journal.registry import invariants
from journal.services import jobs
from members.models import Member
from tests.cast import AT
from treasury.models import Balance, Budget, Claim, PayoutLine, PayoutRun
from treasury.rules import accounts
from treasury.rules.accounts import Move
from treasury.rules.claims import Work
from treasury.services import budgets, claims, payouts

MICRO = 1_000_000
DAY = date(2026, 11, 2)
OURS = ("ledger balances", "ledger transfers", "payout lines", "budgets and claims", "ledger guards in place")


def broken() -> list[str]:
    """What `verify` finds in the treasury."""
    return [sentence for name in OURS for sentence in invariants[name].check()]


def balance(kind: str, owner: str = "", asset: str = "U") -> int:
    """What an account holds, in micro-units."""
    return Balance.objects.get(account__kind=kind, account__owner=owner, account__asset=asset).amount_micro


def move(reference: str, amount_micro: int = 5 * MICRO, handle: str = "lin") -> Move:
    """From the pool to a person."""
    return Move(accounts.pool(), accounts.payable(handle, "U"), amount_micro, reference)


def grant(pow_u: int = 1000, quarter: str = "2026-Q4") -> Budget:
    """A quarter's budget."""
    return budgets.grant(
        quarter=quarter,
        headcount=3,
        hours_per_head_centi=4000,
        pow_micro=pow_u * MICRO,
        stipend_micro=0,
        by="system:test",
        at=AT,
    )


def work(**changes: Any) -> Work:
    """Two hours on a day in November."""
    usual: dict[str, Any] = {"worked_on": DAY, "hours_centi": 200, "project": "Portal", "description": "Reviewed"}
    return Work(**(usual | changes))


def sent(member: Member, **changes: Any) -> Claim:
    """A claim that waits."""
    return claims.log(work=work(**changes), by=member, at=AT, send=True)


def approved(member: Member, by: Member, **changes: Any) -> Claim:
    """A claim that was approved."""
    claim = sent(member, **changes)
    return claims.approve_many(claims=[claim.pk], by=by, at=AT)[0]


def run_month(month: str = "2026-10", at: datetime = AT) -> PayoutRun:
    """Starts a run and does its job to the end."""
    run = payouts.start(month=month, by="system:test", at=at)
    Job.objects.filter(finished_at=None).update(due_at=at)
    assert jobs.run_due() == 1
    run.refresh_from_db()
    assert run.completed_at is not None
    return run


def posted(month: str = "2026-10") -> dict[str, int]:
    """The month's posted lines and corrections, amounts by reference."""
    return dict(PayoutLine.objects.filter(month=month).values_list("reference", "amount_micro"))


def execute(*statements: str) -> None:
    """SQL as somebody with the database's password would type it, with nothing left to check from before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)


def fill_month(members: int, claims_each: int, month: str = "2026-08") -> None:
    """Members m0001 … with approved claims in a month, straight into the tables; the first of them leads."""
    first = f"{month}-01"
    execute(
        f"""INSERT INTO charter_group (id, name, time_zone, founded_on)
            VALUES (1, 'Months', 'Asia/Shanghai', '2025-01-01');
        INSERT INTO charter_edition (number, effective_on, act, actor) VALUES (1, '2025-01-01', 'founding', 'test');
        INSERT INTO members_member (handle, name, email, builder_url, wallet)
          SELECT 'm' || lpad(n::text, 4, '0'), 'M', '', '', '' FROM generate_series(1, {members}) n;
        INSERT INTO members_membership (member_id, joined_on, decided_by)
          SELECT id, '2025-01-01', 'test' FROM members_member;
        INSERT INTO members_term (role, member_id, starts_on, decided_by)
          SELECT 'leader', min(id), '2025-01-01', 'test' FROM members_member;
        INSERT INTO treasury_budget (quarter, headcount, hours_per_head_centi, pow_micro, stipend_micro, approved_e8,
                                     granted_on, granted_by)
          VALUES ('2026-Q3', 1, 1, 9000000000000, 0, {members * claims_each * 150 * 60 * MICRO}, '2026-01-01', 't');
        INSERT INTO treasury_claim (reference, member_id, worked_on, hours_centi, project, description, evidence_url,
                                    status, quarter, value_e8, decided_by_id, decided_on, reason, salt)
          SELECT 'C-' || (m.id * {claims_each} + k), m.id, '{first}'::date + k % 28, 150, 'P', 'D', '', 'approved',
                 '2026-Q3', {150 * 60 * MICRO},
                 CASE WHEN m.id = l.id THEN l.id + 1 ELSE l.id END, '2026-09-01', '', ''
          FROM members_member m CROSS JOIN generate_series(0, {claims_each - 1}) k
          CROSS JOIN (SELECT min(id) AS id FROM members_member) l"""
    )
