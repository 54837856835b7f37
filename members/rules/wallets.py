"""Addresses that U and LXP are sent to."""

from accounts.rules.addresses import well_formed
from members.refusals.people import BadWallet


def check(wallet: str) -> str:
    """The address as written, or "" for none; BadWallet when malformed, or mixed case with a wrong EIP-55 checksum."""
    if wallet and not well_formed(wallet):
        raise BadWallet
    return wallet
