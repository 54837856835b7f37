"""Invoices and payments: numbers without a gap, money credited once, escrow filled once, the rest is credit."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.services import people
from consulting.models import Allocation, DepositAddress, Invoice, Payment, Series
from consulting.refusals import billing as no
from consulting.registry import WhenPaid, when_paid
from consulting.rules import billing as rules
from consulting.rules import pricing
from consulting.rules.billing import Line
from consulting.services import acceptances, invoices, payments
from journal.models import Entry, Outbox
from journal.refusals import Refusal
from tests.cast import AT, Cast
from tests.consulting.bills import ARRIVED, DUE, advice, bill, held, owed, pay, stands
from tests.consulting.desk import MICRO, SUNDAY, fixed, hourly, session
from tests.consulting.held import broken
from treasury.models import Transfer
from treasury.services.clients import client_named

pytestmark = pytest.mark.django_db


def refused(statement: str, *values: Any) -> None:
    """The database refuses a statement."""
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_invoice_gets_the_years_next_number_and_keeps_what_was_sent(cast: Cast) -> None:
    engagement = hourly(cast)
    first, second = advice(cast, engagement), bill(cast, engagement)
    assert (first.number, second.number) == ("2026-0001", "2026-0002")
    assert first.total_micro == 240 * MICRO
    assert first.lines == [
        {"text": "Consultation", "hours_centi": 150, "rate_micro": 160 * MICRO, "amount_micro": 240 * MICRO}
    ]
    assert first.token != second.token
    assert len(first.token) == 64
    entry = Entry.objects.get(verb="invoice.issue", subject="invoice/2026-0001")
    assert entry.data["total_micro"] == 240 * MICRO
    assert not Transfer.objects.exists()


def test_the_year_is_the_groups(cast: Cast) -> None:
    # 31 December, 17:00 UTC, is 1 January in Shanghai.
    newyear = AT.replace(month=12, day=31, hour=17)
    assert bill(cast, hourly(cast), at=newyear, due_at=newyear).number == "2027-0001"


def test_a_number_that_was_rolled_back_is_used(cast: Cast) -> None:
    engagement = hourly(cast)
    undone = transaction.savepoint()
    assert bill(cast, engagement).number == "2026-0001"
    transaction.savepoint_rollback(undone)
    assert bill(cast, engagement).number == "2026-0001"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"lines": []}, no.NothingToInvoice),
        ({"lines": [Line("Nothing", 0)]}, no.NothingToInvoice),
        ({"lines": [Line("More", 5), Line("Less", -1)]}, no.NothingToInvoice),
        ({"lines": [Line("A lot", 10**15), Line("More", 1)]}, no.AmountTooLarge),
        ({"due_at": AT - timedelta(seconds=1)}, no.DueBeforeIssue),
        ({"language": "tlh"}, no.LanguageNotSpoken),
    ],
)
def test_what_is_no_invoice(cast: Cast, changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        bill(cast, hourly(cast), **changes)


def test_only_the_treasurer_bills_voids_and_confirms(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    with pytest.raises(no.TreasurerConfirms):
        bill(cast, invoice.engagement, by=cast.lin)
    with pytest.raises(no.TreasurerConfirms):
        invoices.void(invoice=invoice, reason="No", by=cast.otto, at=AT)
    with pytest.raises(no.TreasurerConfirms):
        pay(cast, invoice, MICRO, by=cast.lin)
    assert not Payment.objects.exists()


def test_the_client_is_mailed_in_the_invoices_language(cast: Cast) -> None:
    engagement = hourly(cast)
    bill(cast, engagement)
    assert not Outbox.objects.filter(key__contains="invoice").exists()
    client_named(name="Harbor Labs", email="pay@harbor.example", at=AT)
    invoice = bill(cast, engagement, language="zh-hans")
    mail = Outbox.objects.get(key__contains=invoice.number).payload
    assert mail["to"] == "pay@harbor.example"
    assert f"/invoices/{invoice.token}/" in mail["text"]


def test_a_payment_fills_the_escrow_and_the_invoice(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    assert stands(invoice) == ("open", 0, 0)
    pay(cast, invoice, 100 * MICRO)
    assert stands(invoice) == ("partly", 100 * MICRO, 0)
    pay(cast, invoice, 140 * MICRO, "BANK-2")
    assert stands(invoice) == ("paid", 240 * MICRO, 0)
    assert (held(invoice.engagement), owed(invoice)) == (240 * MICRO, 0)


def test_more_than_asked_and_twice_is_credit(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    pay(cast, invoice, 250 * MICRO)
    assert stands(invoice) == ("overpaid", 240 * MICRO, 10 * MICRO)
    pay(cast, invoice, 240 * MICRO, "BANK-2")
    assert stands(invoice) == ("overpaid", 240 * MICRO, 250 * MICRO)
    assert (held(invoice.engagement), owed(invoice)) == (240 * MICRO, 250 * MICRO)


def test_the_same_evidence_is_the_same_money(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    first = pay(cast, invoice, 100 * MICRO, "  BANK   1 ")
    assert pay(cast, invoice, 100 * MICRO, "BANK 1").pk == first.pk
    assert owed(invoice) + held(invoice.engagement) == 100 * MICRO
    with pytest.raises(no.EvidenceUsed):
        pay(cast, invoice, 101 * MICRO, "BANK 1")


@pytest.mark.parametrize(
    ("micro", "changes", "refusal"),
    [
        (0, {}, no.AmountMissing),
        (10**15 + 1, {}, no.AmountTooLarge),
        (1, {"evidence": " "}, no.EvidenceMissing),
        (1, {"evidence": "x" * 301}, no.EvidenceMissing),
        (1, {"received_on": date(2026, 11, 21)}, no.ArrivedInFuture),
    ],
)
def test_what_is_no_payment(cast: Cast, micro: int, changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        pay(cast, bill(cast, hourly(cast)), micro, **({"evidence": "B"} | changes))


def test_credit_pays_the_next_invoice_as_far_as_it_goes(cast: Cast) -> None:
    first = bill(cast, hourly(cast))
    second = bill(cast, hourly(cast, "E-2"), 30 * MICRO)
    pay(cast, first, 250 * MICRO)
    payments.use_credit(invoice=second, by="test", at=AT)
    assert stands(second) == ("partly", 10 * MICRO, 0)
    assert (held(second.engagement), owed(second)) == (10 * MICRO, 0)
    with pytest.raises(no.NoCredit):
        payments.use_credit(invoice=second, by="test", at=AT)
    with pytest.raises(no.InvoicePaidAlready):
        payments.use_credit(invoice=first, by="test", at=AT)


def test_credit_is_the_clients_own(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    user = people.user_for_email("pay@harbor.example", at=AT)
    client_named(name="Harbor Labs", email=user.email, at=AT)
    payments.receive(payment=loose(10 * MICRO), client=invoice.client, by=cast.mira, at=AT)
    with pytest.raises(no.ClientsOwnCredit):
        payments.use_credit(invoice=invoice, by=cast.otto, at=AT)
    invoice.client.refresh_from_db()
    payments.use_credit(invoice=invoice, by=user, at=AT)
    assert stands(invoice) == ("partly", 10 * MICRO, 0)


def loose(micro: int, **changes: Any) -> Payment:
    """Money that nobody has said anything about."""
    values = {"kind": "bank", "amount_micro": micro, "received_on": ARRIVED, "evidence": "B-9", "seen_at": AT}
    return Payment.objects.create(**(values | {"final_at": AT} | changes))


def test_what_is_not_final_taken_back_or_of_nobody_is_not_credited(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    for changes, refusal in (
        ({"final_at": None}, no.PaymentNotFinal),
        ({"reverted_at": AT}, no.PaymentTakenBack),
    ):
        payment = loose(MICRO, evidence=str(refusal), **changes)
        with pytest.raises(refusal):
            payments.receive(payment=payment, invoice=invoice, by="test", at=AT)
    with pytest.raises(no.PayerUnknown):
        payments.receive(payment=loose(MICRO), by="test", at=AT)
    other = client_named(name="Kite", at=AT)
    with pytest.raises(no.NotTheirInvoice):
        payments.receive(payment=Payment.objects.get(evidence="B-9"), invoice=invoice, client=other, by="test", at=AT)
    assert owed(invoice) == 0
    assert not Transfer.objects.exists()


def test_work_accepted_before_it_was_paid_is_not_held_twice(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    invoice = bill(cast, engagement, 300 * MICRO)
    assert (held(engagement), owed(invoice)) == (300 * MICRO, -300 * MICRO)
    pay(cast, invoice, 300 * MICRO)
    assert stands(invoice) == ("paid", 300 * MICRO, 0)
    assert (held(engagement), owed(invoice)) == (300 * MICRO, 0)


def test_a_void_invoice_asks_for_nothing_and_its_money_is_credit(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    with pytest.raises(no.ReasonMissing):
        invoices.void(invoice=invoice, reason=" ", by=cast.mira, at=AT)
    invoices.void(invoice=invoice, reason="Wrong rate", by=cast.mira, at=AT)
    with pytest.raises(no.InvoiceVoid):
        invoices.void(invoice=invoice, reason="Again", by=cast.mira, at=AT)
    pay(cast, invoice, 5 * MICRO)
    assert stands(invoice)[:2] == ("void", 0)
    assert (held(invoice.engagement), owed(invoice)) == (0, 5 * MICRO)
    with pytest.raises(no.InvoiceVoid):
        payments.use_credit(invoice=invoice, by="test", at=AT)
    assert bill(cast, invoice.engagement).number == "2026-0002"


def test_a_paid_invoice_stays(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    pay(cast, invoice, MICRO)
    with pytest.raises(no.InvoicePaidFor):
        invoices.void(invoice=invoice, reason="No", by=cast.mira, at=AT)


def test_whoever_waits_for_the_money_is_told_once_when_all_of_it_is_there(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    hook = WhenPaid(hold=lambda invoice: None, act=lambda invoice, by, at: told.append(invoice.number))
    monkeypatch.setattr("consulting.services.payments.when_paid", [hook])
    invoice = bill(cast, hourly(cast))
    pay(cast, invoice, 239 * MICRO)
    assert told == []
    pay(cast, invoice, MICRO, "BANK-2")
    pay(cast, invoice, MICRO, "BANK-3")
    assert told == ["2026-0001"]


def test_the_registry_is_the_list_that_payments_ask() -> None:
    assert vars(payments)["when_paid"] is when_paid


def test_a_payment_that_was_none_is_taken_back_with_what_it_paid(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    payment = pay(cast, invoice, 250 * MICRO)
    for _twice in range(2):
        payments.take_back(payment=payment, by="chain", at=AT)
    assert stands(invoice) == ("open", 0, 0)
    assert (held(invoice.engagement), owed(invoice)) == (0, 0)
    with pytest.raises(no.PaymentTakenBack):
        pay(cast, invoice, 250 * MICRO)
    pay(cast, invoice, 240 * MICRO, "BANK-2")
    assert (held(invoice.engagement), owed(invoice)) == (240 * MICRO, 0)


def test_what_was_accepted_of_a_payment_that_was_none_is_owed(cast: Cast) -> None:
    engagement = fixed(cast, price_micro=240 * MICRO)
    session(cast, engagement, "S-1", cast.chen)
    invoice = bill(cast, engagement)
    payment = pay(cast, invoice, 240 * MICRO)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    balance = owed(invoice)
    payments.take_back(payment=payment, by="chain", at=AT)
    assert stands(invoice) == ("open", 0, 0)
    assert owed(invoice) == balance - 240 * MICRO


def test_what_accepted_work_needs_stays_when_a_payment_was_none(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    first = bill(cast, engagement)
    payment = pay(cast, first, 240 * MICRO)
    second = bill(cast, engagement, 100 * MICRO)
    pay(cast, second, 100 * MICRO, "BANK-2")
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, units=["S-1"], by=cast.mira, at=AT)
    payments.take_back(payment=payment, by="chain", at=AT)
    assert (held(engagement), owed(second)) == (340 * MICRO, -240 * MICRO)
    assert broken() == []
    pay(cast, first, 240 * MICRO, "BANK-3")
    assert (held(engagement), owed(second)) == (340 * MICRO, 0)


def test_an_invoice_takes_the_next_address_of_the_group(cast: Cast) -> None:
    DepositAddress.objects.create(address="0x" + "1" * 40)
    engagement = hourly(cast)
    first, second = bill(cast, engagement), bill(cast, engagement)
    assert first.deposit_address.address == "0x" + "1" * 40
    assert not DepositAddress.objects.filter(invoice=second).exists()


def test_the_database_keeps_what_was_sent_and_what_arrived(cast: Cast) -> None:
    invoice = bill(cast, hourly(cast))
    other = bill(cast, hourly(cast, "E-2"))
    payment = pay(cast, invoice, 100 * MICRO)
    allocation = Allocation.objects.get()
    table = "INSERT INTO consulting_allocation (payment_id, invoice_id, amount_micro, takes_back_id, allocated_at)"
    for statement in (
        f"UPDATE consulting_invoice SET total_micro = 1 WHERE id = {invoice.pk}",
        f"UPDATE consulting_invoice SET voided_at = now() WHERE id = {other.pk}",
        f"UPDATE consulting_invoice SET voided_at = now(), void_reason = 'x' WHERE id = {invoice.pk}",
        f"UPDATE consulting_invoice SET number = '2026-9999' WHERE id = {other.pk}",
        f"DELETE FROM consulting_invoice WHERE id = {other.pk}",
        f"UPDATE consulting_payment SET amount_micro = 5 WHERE id = {payment.pk}",
        f"UPDATE consulting_payment SET evidence = 'x' WHERE id = {payment.pk}",
        f"UPDATE consulting_payment SET credited_at = NULL WHERE id = {payment.pk}",
        f"DELETE FROM consulting_payment WHERE id = {payment.pk}",
        f"UPDATE consulting_allocation SET amount_micro = 5 WHERE id = {allocation.pk}",
        f"DELETE FROM consulting_allocation WHERE id = {allocation.pk}",
        "UPDATE consulting_series SET last = last + 2",
        "UPDATE consulting_series SET last = last - 1",
        "DELETE FROM consulting_series",
        # Beyond the invoice, beyond the payment, twice, of nothing, taking back another sum.
        f"{table} VALUES (NULL, {invoice.pk}, {141 * MICRO}, NULL, now())",
        f"{table} VALUES ({payment.pk}, {other.pk}, 1, NULL, now())",
        f"{table} VALUES (NULL, {invoice.pk}, 0, NULL, now())",
        f"{table} VALUES (NULL, {invoice.pk}, -1, NULL, now())",
        f"{table} VALUES ({payment.pk}, {invoice.pk}, -5, {allocation.pk}, now())",
    ):
        refused(statement)
    assert Series.objects.get().last == Invoice.objects.count() == 2


def test_the_database_refuses_what_is_no_invoice_or_payment(cast: Cast) -> None:
    engagement = hourly(cast)
    client = engagement.client
    sent: dict[str, Any] = {
        "number": "2026-0001", "token": "a" * 64, "client": client, "engagement": engagement, "purpose": "x",
        "lines": [{"amount_micro": 5}], "total_micro": 5, "language": "en", "issued_at": AT, "due_at": DUE,
    }  # fmt: skip
    unsound: tuple[dict[str, Any], ...] = (
        {"total_micro": 6}, {"lines": []}, {"lines": [{"amount_micro": 0}], "total_micro": 0}, {"number": "1"},
        {"token": "short"}, {"due_at": AT - timedelta(days=1)}, {"client": client_named(name="Kite", at=AT)},
        {"voided_at": AT, "void_reason": "x"}, {"void_reason": "x"},
    )  # fmt: skip
    for changes in unsound:
        with pytest.raises(DatabaseError), transaction.atomic():
            Invoice.objects.create(**(sent | changes))
    wrong: tuple[dict[str, Any], ...] = (
        {"kind": "coin"}, {"micro": 0}, {"evidence": ""}, {"kind": "chain"}, {"tx_hash": "0x" + "1" * 64},
        {"credited_at": AT}, {"credited_at": AT, "client": client, "final_at": None},
    )  # fmt: skip
    for other in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            loose(**({"micro": 5} | other))
    loose(5)
    with pytest.raises(DatabaseError), transaction.atomic():
        loose(7)
    for address in ("0x1", "0x" + "A" * 40):
        with pytest.raises(DatabaseError), transaction.atomic():
            DepositAddress.objects.create(address=address)
    taken = DepositAddress.objects.create(address="0x" + "2" * 40)
    with pytest.raises(DatabaseError), transaction.atomic():
        DepositAddress.objects.filter(pk=taken.pk).update(address="0x" + "3" * 40)


@given(
    steps=st.lists(st.tuples(st.sampled_from(["pay", "accept"]), st.integers(1, 10**9)), max_size=8),
)
def test_escrow_holds_the_larger_of_what_was_paid_and_what_was_accepted(steps: list[tuple[str, int]]) -> None:
    paid = accepted = moved = 0
    for step, micro in steps:
        if step == "pay":
            paid += micro
            moved += rules.held_part(amount_micro=micro, allocated_micro=paid, moved_micro=moved)
        else:
            accepted += micro
            moved += max(0, accepted - moved)
    assert moved == max(paid, accepted) if steps else moved == 0


@given(gross=st.integers(0, 10**15), share=st.fractions(0, 1, max_denominator=1000))
def test_who_gets_what_is_the_price(gross: int, share: Any) -> None:
    parts = pricing.of_price(gross, share)
    assert parts.individuals_micro + parts.pool_micro == parts.gross_micro == gross
    assert abs(parts.individuals_micro - gross * share) <= 1
