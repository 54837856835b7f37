"""What waits for the treasurer: decided once, with evidence, by nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.refusals import AddressUnreadable, ChallengeOver, SignatureForeign
from consulting.checks import payers_proved, payments_posted
from consulting.models import ChainCursor, DepositAddress, Invoice, PayerProof, Payment
from consulting.refusals.billing import PaymentNotFinal, PaymentTakenBack, TreasurerConfirms
from consulting.refusals.payments import (
    AddressesUnreadable,
    AddressInUse,
    ClientUnknown,
    DecidedAlready,
    DecisionUnfounded,
    InvoiceUnknown,
    PayersForOpenInvoices,
)
from consulting.selectors import payments as reading
from consulting.selectors.payments import waiting
from consulting.services import deposits, invoices, payers, payments, unmatched
from journal.models import Entry
from tests.cast import AT, Cast
from tests.consulting.bills import bill, held, owed, pay, stands
from tests.consulting.chain import Payer
from tests.consulting.desk import MICRO, fixed, harbor
from treasury.models import Posting

pytestmark = pytest.mark.django_db
ASKED = 240 * MICRO
PAYER = Payer(b"\x11" * 32)
SOURCE: dict[str, Any] = {
    "kind": "chain",
    "amount_micro": ASKED,
    "received_on": AT.date(),
    "chain_id": 10,
    "tx_hash": "0x" + "1" * 64,
    "log_index": 0,
    "token": "0x" + "2" * 40,
    "payer": PAYER.address.lower(),
    "to": "0x" + "4" * 40,
    "units": ASKED,
    "block_number": 5,
    "block_hash": "0x" + "5" * 64,
    "seen_at": AT,
}


def arrived(**changes: Any) -> Payment:
    """A final transfer that nobody could be found for."""
    made = Payment.objects.create(**SOURCE | {"final_at": AT} | changes)
    if made.final_at and not changes.get("queued_reason"):
        unmatched.queue(payment=made, reason="payer-unknown", by="system:chain", at=AT)
    return Payment.objects.get(pk=made.pk)


def asked(cast: Cast, micro: int = ASKED) -> Invoice:
    return bill(cast, fixed(cast), micro)


def test_it_pays_the_invoice_that_the_treasurer_names(cast: Cast) -> None:
    invoice, payment = asked(cast, 100 * MICRO), arrived()
    unmatched.to_invoice(payment=payment, invoice=invoice, evidence="Mail of Mr Tan, 20 Nov", by=cast.mira, at=AT)
    assert stands(invoice) == ("overpaid", 100 * MICRO, 140 * MICRO)
    assert (held(invoice.engagement), owed(invoice)) == (100 * MICRO, 140 * MICRO)
    payment.refresh_from_db()
    assert (payment.resolved_at, payment.decision_note) == (AT, "Mail of Mr Tan, 20 Nov")
    assert list(waiting()) == []


def test_it_becomes_the_credit_of_a_client(cast: Cast) -> None:
    invoice = asked(cast)
    unmatched.to_client(
        payment=arrived(invoice_hint=invoice), client=harbor(), evidence="Paid twice", by=cast.mira, at=AT
    )
    assert (stands(invoice), owed(invoice)) == (("open", 0, 0), ASKED)


def test_it_was_sent_back_and_nothing_is_posted(cast: Cast) -> None:
    payment = arrived()
    unmatched.sent_back(payment=payment, evidence="0xabc", by=cast.mira, at=AT)
    assert not Posting.objects.exists()
    (line,) = reading.lines(Payment.objects.all(), None)
    assert line.state == "returned"


DECISIONS: dict[str, Callable[..., Payment]] = {
    "invoice": lambda cast, payment, **more: unmatched.to_invoice(
        payment=payment, invoice=Invoice.objects.get(), **{"evidence": "e", "by": cast.mira, "at": AT} | more
    ),
    "client": lambda cast, payment, **more: unmatched.to_client(
        payment=payment, client=harbor(), **{"evidence": "e", "by": cast.mira, "at": AT} | more
    ),
    "back": lambda cast, payment, **more: unmatched.sent_back(
        payment=payment, **{"evidence": "e", "by": cast.mira, "at": AT} | more
    ),
}


@pytest.mark.parametrize("second", DECISIONS)
@pytest.mark.parametrize("first", DECISIONS)
def test_one_decision_stands(cast: Cast, first: str, second: str) -> None:
    asked(cast)
    payment = arrived()
    DECISIONS[first](cast, payment)
    before = list(Posting.objects.values_list("pk"))
    with pytest.raises(DecidedAlready):
        DECISIONS[second](cast, payment)
    assert list(Posting.objects.values_list("pk")) == before


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("who", ["lin", "otto"])
def test_only_the_treasurer_decides(cast: Cast, decision: str, who: str) -> None:
    asked(cast)
    with pytest.raises(TreasurerConfirms):
        DECISIONS[decision](cast, arrived(), by=cast.user(who))


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("evidence", ["", "  \n ", "x" * 301])
def test_no_decision_without_evidence(cast: Cast, decision: str, evidence: str) -> None:
    asked(cast)
    with pytest.raises(DecisionUnfounded):
        DECISIONS[decision](cast, arrived(), evidence=evidence)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [({"final_at": None}, PaymentNotFinal), ({"reverted_at": AT, "queued_reason": "x"}, PaymentTakenBack)],
)
def test_what_is_not_final_or_fell_away_is_not_decided(
    cast: Cast, state: dict[str, Any], refusal: type[Exception]
) -> None:
    asked(cast)
    payment = arrived(**state)
    with pytest.raises(refusal):
        DECISIONS["invoice"](cast, payment)
    with pytest.raises(DecidedAlready):
        DECISIONS["back"](cast, payment)


def test_what_was_credited_by_itself_is_not_decided(cast: Cast) -> None:
    invoice = asked(cast)
    payment = pay(cast, invoice, ASKED)
    with pytest.raises(DecidedAlready):
        DECISIONS["invoice"](cast, payment)
    payment.refresh_from_db()
    assert payment.decision_note == ""


def test_who_or_what_is_meant_must_exist(cast: Cast) -> None:
    invoice = asked(cast)
    assert reading.invoice_of(f" {invoice.number} ") == invoice
    assert reading.client_of(invoice.client.key) == invoice.client
    with pytest.raises(InvoiceUnknown):
        reading.invoice_of("2026-9999")
    with pytest.raises(ClientUnknown):
        reading.client_of("Harbor Labs")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"units": 1}, "what arrived stays"),
        ({"payer": "0x" + "9" * 40}, "what arrived stays"),
        ({"resolved_at": AT}, "payment_decided"),
        ({"decision_note": "no"}, "payment_decided"),
    ],
)
def test_the_database_keeps_what_arrived(cast: Cast, change: dict[str, Any], match: str) -> None:
    payment = arrived()
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**change)


@pytest.mark.parametrize("column", ["reverted_at", "resolved_at"])
def test_what_fell_away_or_was_decided_stays_so(cast: Cast, column: str) -> None:
    payment = arrived()
    Payment.objects.filter(pk=payment.pk).update(**{column: AT, "decision_note": "e" if "resolved" in column else ""})
    with pytest.raises(IntegrityError, match="what arrived stays"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**{column: None, "decision_note": ""})


@pytest.mark.parametrize(
    "change", [{"units": None}, {"units": 0}, {"block_number": None}, {"block_hash": ""}, {"payer": "0xAB"}]
)
def test_the_database_refuses_half_a_transfer(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="payment_source"), transaction.atomic():
        Payment.objects.create(**SOURCE | change)


def test_a_transfer_stands_once_and_may_come_again_after_it_fell_away() -> None:
    first = Payment.objects.create(**SOURCE)
    with pytest.raises(IntegrityError, match="payment_log_once"), transaction.atomic():
        Payment.objects.create(**SOURCE)
    Payment.objects.filter(pk=first.pk).update(reverted_at=AT)
    Payment.objects.create(**SOURCE)


@pytest.mark.parametrize("wrong", [{"chain_id": 0}, {"scanned_to": -1}, {"head": -1}])
def test_the_database_refuses_an_unsound_cursor(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="cursor_numbers"), transaction.atomic():
        ChainCursor.objects.create(**{"chain_id": 1} | wrong)


def proved(invoice: Invoice, payer: Payer = PAYER) -> PayerProof:
    challenge = payers.challenge(invoice=invoice, address=payer.address, at=AT)
    return payers.prove(invoice=invoice, nonce=challenge.nonce, signature=payer.sign(challenge.message), at=AT)


def test_whoever_holds_the_link_proves_a_payer(cast: Cast) -> None:
    invoice = asked(cast)
    proof = proved(invoice)
    assert proof.address == PAYER.address.lower()
    assert f"For: paying invoice {invoice.number} ({invoice.token[:8]})." in proof.challenge.message
    assert proved(invoice) == proof
    assert Entry.objects.filter(verb="invoice.payer").count() == 1
    assert list(payers_proved()) == []


def test_a_proof_is_for_one_invoice(cast: Cast) -> None:
    invoice, other = asked(cast), bill(cast, fixed(cast, "F-2"))
    challenge = payers.challenge(invoice=invoice, address=PAYER.address, at=AT)
    signature = PAYER.sign(challenge.message)
    with pytest.raises(ChallengeOver):
        payers.prove(invoice=other, nonce=challenge.nonce, signature=signature, at=AT)
    with pytest.raises(SignatureForeign):
        payers.prove(
            invoice=invoice, nonce=challenge.nonce, signature=Payer(b"\x12" * 32).sign(challenge.message), at=AT
        )
    payers.prove(invoice=invoice, nonce=challenge.nonce, signature=signature, at=AT)
    with pytest.raises(ChallengeOver):
        payers.prove(invoice=invoice, nonce=challenge.nonce, signature=signature, at=AT)


def test_no_proof_for_what_asks_for_nothing(cast: Cast) -> None:
    invoice = asked(cast)
    challenge = payers.challenge(invoice=invoice, address=PAYER.address, at=AT)
    pay(cast, invoice, ASKED)
    with pytest.raises(PayersForOpenInvoices):
        payers.prove(invoice=invoice, nonce=challenge.nonce, signature=PAYER.sign(challenge.message), at=AT)
    void = invoices.void(invoice=bill(cast, fixed(cast, "F-2")), reason="Wrong", by=cast.mira, at=AT)
    with pytest.raises(PayersForOpenInvoices):
        payers.challenge(invoice=void, address=PAYER.address, at=AT)


def test_no_message_for_what_is_no_address(cast: Cast) -> None:
    with pytest.raises(AddressUnreadable):
        payers.challenge(invoice=asked(cast), address="tan.eth", at=AT)


def test_the_database_refuses_unsound_proofs(cast: Cast) -> None:
    proof = proved(asked(cast))
    values = {"invoice": proof.invoice, "proven_at": AT}
    second = payers.challenge(invoice=proof.invoice, address=PAYER.address, at=AT)
    with pytest.raises(IntegrityError, match="payer_once"), transaction.atomic():
        PayerProof.objects.create(address=proof.address, challenge=second, **values)
    with pytest.raises(IntegrityError, match="payer_address"), transaction.atomic():
        PayerProof.objects.create(address="0xAB", challenge=second, **values)


def test_addresses_of_the_group_are_listed_once_and_taken_one_by_one(cast: Cast, settings: Any) -> None:
    settings.CHAIN_RECEIVER, settings.CHAIN_TOKENS = "0x" + "7e" * 20, [f"USDC:{PAYER.address}:6"]
    first, second = "0x" + "a1" * 20, "0x" + "a2" * 20
    assert deposits.add(text=f"{first}\n\n {second}\n", by=cast.mira, at=AT) == 2
    for text, refusal in [
        (first, AddressInUse),
        (f"0x{'a3' * 20}\n0x{'a3' * 20}", AddressInUse),
        (settings.CHAIN_RECEIVER, AddressInUse),
        ("tan.eth", AddressesUnreadable),
        (" \n", AddressesUnreadable),
    ]:
        with pytest.raises(refusal):
            deposits.add(text=text, by=cast.mira, at=AT)
    with pytest.raises(TreasurerConfirms):
        deposits.add(text="0x" + "a4" * 20, by=cast.lin, at=AT)
    assert DepositAddress.objects.count() == 2
    assert asked(cast).deposit_address.address == first
    assert reading.addresses_left() == 1


def test_money_to_the_address_of_a_void_invoice_is_the_clients_credit(cast: Cast) -> None:
    deposits.add(text=SOURCE["to"], by=cast.mira, at=AT)
    invoice = invoices.void(invoice=asked(cast), reason="Wrong", by=cast.mira, at=AT)
    payment = Payment.objects.create(**SOURCE | {"final_at": AT})
    assert reading.match_of(payment).invoice == invoice.pk
    payments.receive(payment=payment, invoice=invoice, by="system:chain", at=AT)
    assert (stands(invoice)[0], owed(invoice)) == ("void", ASKED)


def test_verify_finds_a_credit_without_its_posting(cast: Cast) -> None:
    invoice, payment = asked(cast), arrived()
    DECISIONS["invoice"](cast, payment)
    assert list(payments_posted()) == []
    Payment.objects.create(
        **SOURCE | {"tx_hash": "0x" + "8" * 64, "final_at": AT, "credited_at": AT, "client": invoice.client}
    )
    assert len(list(payments_posted())) == 1
    payments.take_back(payment=payment, by="system:chain", at=AT)
    assert len(list(payments_posted())) == 1
