"""Addresses of wallets: forty hexadecimal digits, with the EIP-55 checksum where letters are mixed."""

import re

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def well_formed(text: str) -> bool:
    """Whether it is an address; one in mixed case must carry the right checksum."""
    if not _ADDRESS.fullmatch(text):
        return False
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    # Imported here: the keccak behind it costs start-up time that most processes never need.
    from eth_utils.address import is_checksum_address

    return bool(is_checksum_address(text))


def plain(text: str) -> str:
    """The address in small letters, as it is stored and compared. ValueError for what is none."""
    text = text.strip()
    if not well_formed(text):
        raise ValueError(f"{text!r} is no address")
    return text.lower()


def checksummed(address: str) -> str:
    """The address as wallets show it (EIP-55)."""
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(address))
