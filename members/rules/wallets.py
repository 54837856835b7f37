"""Addresses that U and LXP are sent to."""

import re

from members.refusals.people import BadWallet

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def check(wallet: str) -> str:
    """The address as written, or "" for none; BadWallet when malformed, or mixed case with a wrong EIP-55 checksum."""
    if not wallet:
        return ""
    if not _ADDRESS.fullmatch(wallet):
        raise BadWallet
    digits = wallet[2:]
    if digits not in (digits.lower(), digits.upper()):
        # Imported here: the keccak behind it costs start-up time that most processes never need.
        from eth_utils.address import is_checksum_address

        if not is_checksum_address(wallet):
            raise BadWallet
    return wallet
