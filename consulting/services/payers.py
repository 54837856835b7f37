"""From which address an invoice will be paid: proved before paying by whoever holds the invoice's link."""

from datetime import datetime

from django.db import transaction

from accounts.models import Challenge
from accounts.services import wallets
from consulting.models import Invoice, PayerProof
from consulting.refusals.payments import PayersForOpenInvoices
from consulting.selectors.billing import paid_micro
from consulting.services import invoices
from journal.clock import Clock, database_clock
from journal.services import entries

PAYER = "payer"


def purpose(invoice: Invoice) -> str:
    """What the message says that it is for: the invoice by its number and the beginning of its address."""
    return f"paying invoice {invoice.number} ({invoice.token[:8]})"


def challenge(*, invoice: Invoice, address: str, at: datetime, clock: Clock = database_clock) -> Challenge:
    """The message that an address must sign to pay this invoice. AddressUnreadable, PayersForOpenInvoices."""
    _refuse_settled(invoice)
    return wallets.challenge(address=address, purpose=purpose(invoice), at=at, clock=clock)


def prove(*, invoice: Invoice, nonce: str, signature: str, at: datetime, clock: Clock = database_clock) -> PayerProof:
    """Payments from the address are for this invoice from now on; proving it again changes nothing.

    It becomes no account's wallet: whoever was sent the link may hold it. SignatureUnreadable, SignatureForeign,
    ChallengeOver, PayersForOpenInvoices.
    """
    _refuse_settled(invoice)
    with transaction.atomic():
        proof = wallets.redeem(nonce=nonce, signature=signature, purpose=purpose(invoice), clock=clock)
        row = PayerProof(invoice=invoice, address=proof.address, challenge=proof, proven_at=at)
        PayerProof.objects.bulk_create([row], ignore_conflicts=True)
        kept = PayerProof.objects.get(invoice=invoice, address=proof.address)
        if kept.challenge_id == proof.pk:
            entries.append(actor=PAYER, verb="invoice.payer", subject=invoices.subject(invoice), at=at)
    return kept


def _refuse_settled(invoice: Invoice) -> None:
    if invoice.voided_at is not None or paid_micro(invoice) >= invoice.total_micro:
        raise PayersForOpenInvoices
