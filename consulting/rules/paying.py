"""How a client pays: what the codes on an invoice say (EIP-681 for wallets, EPC069-12 for European banks)."""

import re
from dataclasses import dataclass

NAME_MOST = 70
REMITTANCE_MOST = 140


@dataclass(frozen=True)
class Bank:
    """The group's account; without an IBAN none is shown."""

    name: str
    iban: str
    bic: str


def bank(*, name: str, iban: str, bic: str) -> Bank | None:
    """The configured account, None without an IBAN. ValueError for one whose check digits are wrong."""
    plain = re.sub(r"\s", "", iban).upper()
    if not plain:
        return None
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain) or _rest(plain) != 1:
        raise ValueError(f"{iban!r} is no IBAN")
    if not name.strip():
        raise ValueError("an account needs the name of its holder")
    return Bank(_line(name, NAME_MOST), plain, re.sub(r"\s", "", bic).upper())


def _rest(iban: str) -> int:
    """What ISO 7064 leaves of an IBAN; 1 for a right one."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97


def wallet_code(*, token: str, chain_id: int, to: str, units: int) -> str:
    """A transfer of so many of a token's own units, as wallets read it (EIP-681). Addresses as `0x…`."""
    return f"ethereum:{token}@{chain_id}/transfer?address={to}&uint256={units}"


def bank_code(account: Bank, reference: str) -> str:
    """A transfer to the account under a reference, as European banks read it (EPC069-12, version 2).

    Without an amount: the standard knows euros only, an invoice is in U. A line break in a text would begin the next
    field, so there is none.
    """
    fields = ("BCD", "002", "1", "SCT", account.bic, account.name, account.iban, "", "", "")
    return "\n".join((*fields, _line(reference, REMITTANCE_MOST)))


def reference_of(number: str) -> str:
    """What the client writes into a transfer."""
    return f"INV-{number}"


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]
