"""Whose a payment is: its own address first, then the address it came from; in doubt nobody's."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

REASONS = {
    "address-unused": _("It came to an address of the group that belongs to no invoice."),
    "payer-unknown": _("Nobody proved the address it came from."),
    "nothing-open": _("Its payer is known and has no open invoice: a double payment, perhaps."),
    "several-invoices": _("Its payer has several open invoices, and not exactly one of them is of this amount."),
    "several-clients": _("The address it came from is proved for several clients."),
}


@dataclass(frozen=True)
class Deposit:
    """An address of the group and the invoice that took it, if one did."""

    invoice: int | None


@dataclass(frozen=True)
class Candidate:
    """An invoice of a client for whom the payer's address is proved; `rest_micro` zero when nothing is open."""

    invoice: int
    client: int
    rest_micro: int


@dataclass(frozen=True)
class Match:
    """The invoice, or why there is none."""

    invoice: int | None = None
    reason: str = ""


def match(*, amount_micro: int, deposit: Deposit | None, known: bool, candidates: Sequence[Candidate]) -> Match:
    """The one invoice that a payment is for. `candidates` are open invoices; `known`: somebody proved the address.

    Money to an invoice's own address is for that invoice, open, paid or void. Otherwise the payer's address decides:
    exactly one open invoice of the amount, else exactly one open invoice. None or two: a reason, nothing is credited.
    """
    if deposit is not None:
        return Match(reason="address-unused") if deposit.invoice is None else Match(deposit.invoice)
    if not candidates:
        return Match(reason="nothing-open" if known else "payer-unknown")
    if len({candidate.client for candidate in candidates}) > 1:
        return Match(reason="several-clients")
    exact = [candidate for candidate in candidates if candidate.rest_micro == amount_micro]
    for found in (exact, candidates):
        if len(found) == 1:
            return Match(found[0].invoice)
    return Match(reason="several-invoices")
