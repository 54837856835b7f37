"""The ledger, budgets, claims and payout runs."""

from treasury.models.budgets import Budget, Claim
from treasury.models.ledger import Account, Asset, Balance, Client, Posting, Transfer
from treasury.models.payouts import PayoutLine, PayoutRun

__all__ = [
    "Account",
    "Asset",
    "Balance",
    "Budget",
    "Claim",
    "Client",
    "PayoutLine",
    "PayoutRun",
    "Posting",
    "Transfer",
]
