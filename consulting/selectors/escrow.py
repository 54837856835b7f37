"""What is held for engagements, what of it is bound, and what clients are owed or owe."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum

from consulting.models import Acceptance, Engagement, Milestone, Refund, RefundPart, Session
from consulting.refusals.escrow import UnknownUnit
from consulting.rules import splitting
from treasury.models import Client
from treasury.rules.accounts import AccountKey, receivable


@dataclass(frozen=True)
class Money:
    """An engagement's money, in micro-units: what came in from the client, and what accepted work needs of it."""

    inflow_micro: int = 0
    bound_micro: int = 0

    @property
    def free_micro(self) -> int:
        """What was paid in and no accepted work needs."""
        return max(0, self.inflow_micro - self.bound_micro)

    def short_micro(self, gross_micro: int) -> int:
        """What is missing for accepted work of that sum besides what is bound already."""
        return max(0, self.bound_micro + gross_micro - self.inflow_micro)


EMPTY = Money()

# What came in (less what went back) is what is there and what lines took out; both in one statement, because a run may
# post in between. A reference that begins with the engagement's is found by the index of references: in byte order '0'
# comes after '/' and '$' after '#'.
MONEY = """
SELECT e.reference,
  coalesce(balance.amount_micro, 0) + coalesce((
    SELECT sum(line.amount_micro) FROM treasury_payoutline line
    WHERE line.reference = 'consulting-pool/' || e.reference
      OR line.reference > 'consulting/' || e.reference || '/' AND line.reference < 'consulting/' || e.reference || '0'
      OR line.reference > 'consulting-pool/' || e.reference || '#'
         AND line.reference < 'consulting-pool/' || e.reference || '$'
      OR line.reference > 'consulting-pool/' || e.reference || '/'
         AND line.reference < 'consulting-pool/' || e.reference || '0'), 0)::bigint,
  coalesce((SELECT sum(gross_micro) FROM consulting_acceptance a WHERE a.engagement_id = e.id), 0)::bigint
  - coalesce((SELECT sum(p.amount_micro) FROM consulting_refundpart p JOIN consulting_acceptance a
                ON a.id = p.acceptance_id AND a.engagement_id = e.id WHERE p.source = 'escrow'), 0)::bigint
FROM consulting_engagement e
JOIN treasury_account account ON account.kind = 'escrow' AND account.owner = e.reference AND account.asset = 'U'
JOIN treasury_balance balance ON balance.account_id = account.id
WHERE e.reference = ANY(%s)
"""

LOCKED = """
SELECT balance.amount_micro
FROM treasury_balance balance JOIN treasury_account account ON account.id = balance.account_id
JOIN unnest(%s::text[], %s::text[], %s::text[]) AS w(kind, owner, asset) USING (kind, owner, asset)
ORDER BY balance.account_id FOR NO KEY UPDATE OF balance
"""


def moneys(references: Collection[str]) -> dict[str, Money]:
    """The money of engagements by reference; one query, nothing where none ever came in."""
    with connection.cursor() as cursor:
        cursor.execute(MONEY, [list(references)])
        return {reference: Money(inflow, bound) for reference, inflow, bound in cursor.fetchall()}


def money_of(engagement: Engagement) -> Money:
    """The money of one engagement."""
    return moneys([engagement.reference]).get(engagement.reference, EMPTY)


def lock_balances(keys: Iterable[AccountKey]) -> None:
    """Holds the balances of accounts, in the order in which the ledger takes them, to the end of the transaction.

    What is read of them afterwards stays so: nobody posts from or to them in the meantime.
    """
    wanted = sorted(set(keys))
    columns = [[key.kind for key in wanted], [key.owner for key in wanted], [key.asset for key in wanted]]
    with connection.cursor() as cursor:
        cursor.execute(LOCKED, columns)


def credit_micro(client: Client) -> int:
    """What a client has paid and nothing holds: their credit; below zero what they owe for accepted work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.amount_micro FROM treasury_balance b JOIN treasury_account a ON a.id = b.account_id"
            " WHERE (a.kind, a.owner, a.asset) = ('receivable', %s, 'U')",
            [receivable(client.key).owner],
        )
        row = cursor.fetchone()
    return row[0] if row else 0


@dataclass(frozen=True)
class Unit:
    """What is accepted and refunded by itself: a session, a milestone, or (neither) a whole fixed price."""

    session: Session | None
    milestone: Milestone | None
    acceptance: Acceptance | None
    price_micro: int
    refunded_micro: int

    @property
    def reference(self) -> str:
        """The session's or milestone's; "" for the whole."""
        row = self.session or self.milestone
        return row.reference if row else ""

    @property
    def left_micro(self) -> int:
        """What of its price has not gone back."""
        return self.price_micro - self.refunded_micro


def unit_of(engagement: Engagement, reference: str) -> Unit:
    """One unit of an engagement by its reference; "" is the whole of a fixed price. UnknownUnit."""
    found = [unit for unit in units_of(engagement) if unit.reference == reference]
    if not found:
        raise UnknownUnit
    return found[0]


def units_of(engagement: Engagement) -> list[Unit]:
    """Every unit of an engagement with what was accepted and refunded of it, in byte order; four queries."""
    accepted = {(row.session_id, row.milestone_id): row for row in Acceptance.objects.filter(engagement=engagement)}
    refunded = {
        (session, milestone): amount
        for session, milestone, amount in Refund.objects.filter(engagement=engagement)
        .values_list("session", "milestone")
        .annotate(amount=Sum("amount_micro"))
        .order_by()
    }

    def unit(session: Session | None, milestone: Milestone | None, price_micro: int) -> Unit:
        key = (session.pk if session else None, milestone.pk if milestone else None)
        return Unit(session, milestone, accepted.get(key), price_micro, refunded.get(key, 0))

    if engagement.pricing == Engagement.Pricing.HOURLY:
        sessions = engagement.sessions.select_related("member").order_by("reference")
        return [unit(row, None, splitting.gross(row.hours_centi, row.rate_micro or 0)) for row in sessions]
    milestones = list(engagement.milestones.order_by("reference"))
    if milestones:
        return [unit(None, row, row.price_micro) for row in milestones]
    return [unit(None, None, engagement.price_micro or 0)]


def refunded_unit(row: Refund) -> dict[str, object]:
    """A refund with the reference of its unit."""
    unit = row.session or row.milestone
    return {
        "unit": unit.reference if unit else "",
        "amount_micro": row.amount_micro,
        "reason": row.reason,
        "before_micro": row.before_micro,
        "refunded_on": row.refunded_on,
    }


def refunded_of(session: Session) -> int:
    """What of a session's price has gone back."""
    return Refund.objects.filter(session=session).aggregate(amount=Sum("amount_micro"))["amount"] or 0


def parts_taken(acceptance: Acceptance) -> dict[int | None, int]:
    """What of an acceptance's shares has gone back, by the share's key; None is the pool's part."""
    rows = RefundPart.objects.filter(acceptance=acceptance).values_list("share").annotate(amount=Sum("amount_micro"))
    return dict(rows.order_by())
