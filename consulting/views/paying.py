"""The ways to pay an invoice, ready to be shown."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString

from accounts.rules.addresses import checksummed
from consulting.models import Invoice
from consulting.rules import paying
from consulting.rules.paying import Bank
from consulting.selectors import chains
from consulting.selectors.billing import own_address
from consulting.views import qr
from journal import writing


@dataclass(frozen=True)
class Coin:
    """A stablecoin that pays it: `code` is what the wallet reads."""

    symbol: str
    amount: str
    code: str

    @property
    def picture(self) -> SafeString:
        """The QR code."""
        return qr.svg(self.code)


@dataclass(frozen=True)
class Ways:
    """How an invoice can be paid; `own` when the address is this invoice's alone."""

    coins: tuple[Coin, ...]
    network: str
    address: str
    own: bool
    bank: Bank | None
    reference: str

    @property
    def bank_picture(self) -> SafeString:
        """The QR code for banks."""
        assert self.bank is not None, "asked only where there is an account"
        return qr.svg(paying.bank_code(self.bank, self.reference))


def account() -> Bank | None:
    """The group's bank account as the environment names it. ValueError when it cannot be one."""
    return paying.bank(name=settings.BANK_NAME, iban=settings.BANK_IBAN, bic=settings.BANK_BIC)


def ways(invoice: Invoice, rest_micro: int) -> Ways:
    """The ways to pay so much of an invoice, as the environment allows them."""
    reference = paying.reference_of(invoice.number)
    chain = chains.configured()
    if chain is None:
        return Ways((), "", "", False, account(), reference)
    given = own_address(invoice)
    address = checksummed(given or chain.receiver)
    coins = tuple(
        Coin(
            token.symbol,
            writing.money(rest_micro),
            paying.wallet_code(
                token=checksummed(token.address), chain_id=chain.number, to=address, units=token.units(rest_micro)
            ),
        )
        for token in chain.tokens
    )
    return Ways(coins, chain.name, address, bool(given), account(), reference)
