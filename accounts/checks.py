"""What `manage.py verify` proves of accounts."""

from collections.abc import Iterable

from accounts.selectors import unproved_wallets
from journal.registry import invariant


@invariant("accounts.wallets")
def wallets() -> Iterable[str]:
    """Every wallet's stored signature is of the message that it was asked to sign, by its own address."""
    return unproved_wallets()
