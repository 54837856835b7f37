"""Client money in these tests: paid in, held, given back; and what every account of an engagement comes to."""

from datetime import date

from django.db.models import Q

from consulting.models import Engagement, Refund
from consulting.services import refunds
from journal.registry import invariants
from tests.cast import AT, Cast
from treasury.models import Balance, Transfer
from treasury.rules.accounts import Move, escrow, outside, receivable
from treasury.services import ledger

TERMS = {"edition": 1, "silent_accept_days": 7, "cancel_free_hours": 24, "late_kept": "1/2"}
PAID_ON = date(2026, 10, 2)


def pay(engagement: Engagement, amount_micro: int, key: str = "1") -> None:
    """The client pays in advance: outside → receivable → escrow."""
    name = f"{engagement.reference}/{key}"
    client = receivable(engagement.client.key)
    for kind, debit, credit in (
        ("payment", outside("U"), client),
        ("funding", client, escrow(engagement.reference)),
    ):
        move = Move(debit, credit, amount_micro, f"{kind}/{name}")
        ledger.post(kind=kind, key=name, occurred_on=PAID_ON, moves=[move], by="test", at=AT)


def refund(cast: Cast, engagement: Engagement, amount_micro: int, unit: str = "") -> Refund:
    """The treasurer gives something of a unit back."""
    return refunds.refund(
        engagement=engagement, unit=unit, amount_micro=amount_micro, reason="Not as agreed", by=cast.mira, at=AT
    )


def holds(kind: str, owner: str = "") -> int:
    """What an account of U holds, in micro-units; zero where there is none."""
    row = Balance.objects.filter(account__kind=kind, account__owner=owner, account__asset="U").first()
    return row.amount_micro if row else 0


def earned(name: str) -> int:
    """What somebody, or the `pool`, has from clients: out of escrow, less what they gave back."""
    account = ("pool", "") if name == "pool" else ("payable", name)
    clients = Q(debit__kind__in=("escrow", "receivable")) | Q(credit__kind__in=("escrow", "receivable"))
    rows = Transfer.objects.filter(clients, asset="U").values_list(
        "debit__kind", "debit__owner", "credit__kind", "credit__owner", "amount_micro"
    )
    return sum(
        amount * ((credit_kind, credit) == account) - amount * ((debit_kind, debit) == account)
        for debit_kind, debit, credit_kind, credit, amount in rows
    )


def broken() -> list[str]:
    """What `verify` would say of consulting and of the ledger."""
    named = ("consulting.", "ledger ", "payout lines")
    return [row for name, rule in invariants.items() if name.startswith(named) for row in rule.check()]
