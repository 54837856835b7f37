"""How the ledger names accounts, and moves between them, before they are rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from treasury.refusals import UnsoundMove


@dataclass(frozen=True, order=True)
class AccountKey:
    """An account by its kind (`Account.Kind`), its owner ("" for dao, outside and pool) and its asset (`U`, `LXP`)."""

    kind: str
    owner: str
    asset: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner}" if self.owner else self.kind


@dataclass(frozen=True)
class Move:
    """`amount_micro` > 0 goes from the debit account to the credit account, under a reference that exists once."""

    debit: AccountKey
    credit: AccountKey
    amount_micro: int
    reference: str


def dao(asset: str) -> AccountKey:
    """The DAO itself: grants budgets, mints LXP."""
    return AccountKey("dao", "", asset)


def outside(asset: str) -> AccountKey:
    """The world beyond the house."""
    return AccountKey("outside", "", asset)


def pool(asset: str = "U") -> AccountKey:
    """The group's pool."""
    return AccountKey("pool", "", asset)


def payable(handle: str, asset: str) -> AccountKey:
    """What is owed to a person."""
    return AccountKey("payable", handle, asset)


def receivable(client: str) -> AccountKey:
    """What a client owes, by the client's key; clients pay in U."""
    return AccountKey("receivable", client, "U")


def escrow(engagement: str) -> AccountKey:
    """What is held for an engagement, by its reference; never below zero."""
    return AccountKey("escrow", engagement, "U")


def check(moves: Iterable[Move]) -> None:
    """UnsoundMove for an empty posting, an amount that is not positive, equal accounts, or two assets in one move."""
    references = set()
    for move in moves:
        if move.amount_micro <= 0 or move.debit == move.credit or move.debit.asset != move.credit.asset:
            raise UnsoundMove(reference=move.reference)
        references.add(move.reference)
    if not references:
        raise UnsoundMove(reference="")
