"""The treasury's invariants for `manage.py verify`."""

from collections.abc import Iterable

from journal.registry import invariant
from treasury.selectors import invariants


@invariant("ledger balances")
def balances() -> Iterable[str]:
    """Balances are what the transfers give; all of one asset come to zero; escrow is never below it."""
    return invariants.sentences(invariants.BALANCES, invariants.ZERO, invariants.ACCOUNTS)


@invariant("ledger transfers")
def transfers() -> Iterable[str]:
    """Every transfer has its posting and two accounts of its asset; references are unique; reversals exact and once."""
    return invariants.sentences(invariants.TRANSFERS, invariants.REVERSALS, invariants.ONCE)


@invariant("payout lines")
def lines() -> Iterable[str]:
    """Every line has its transfer and a run's transfers their line; runs add up; the journal has the lines' digests."""
    return invariants.sentences(invariants.LINES, invariants.RUNS, invariants.DIGESTS)


@invariant("budgets and claims")
def budgets() -> Iterable[str]:
    """What is approved is what the claims come to; grants and claims are what journal and lines say of them."""
    return invariants.sentences(invariants.BUDGETS, invariants.GRANTS, invariants.CLAIMS, invariants.PAID)


@invariant("ledger guards in place")
def guards() -> Iterable[str]:
    """The live database has every trigger and unique index that the ledger stands on."""
    return invariants.missing_guards()
