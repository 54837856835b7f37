"""Two at once: no number twice or left out, no money credited or used twice; and what the locks are for."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from consulting.models import Allocation, DepositAddress, Invoice, Payment, Series
from consulting.refusals.billing import InvoicePaidAlready, InvoicePaidFor, NoCredit
from consulting.selectors import billing as reading
from consulting.selectors import escrow
from consulting.services import invoices, numbers, payments
from journal.models import Entry
from tests.cast import AT, Cast, assemble
from tests.consulting.bills import bill, held, owed, pay, stands
from tests.consulting.desk import MICRO, hourly
from tests.races import PATIENCE, at_once
from treasury.models import Client

pytestmark = pytest.mark.committed
DESKS = 6


def together(act: Callable[..., Any], times: int = DESKS) -> Callable[..., Any]:
    """The same act, after which everybody waits for everybody: what was read is read by all before one writes."""
    read = Barrier(times)

    def wait(*args: Any, **named: Any) -> Any:
        found = act(*args, **named)
        read.wait(PATIENCE)
        return found

    return wait


def unguarded(*triggers: tuple[str, str]) -> None:
    """Takes the database's own guards away, in this clone."""
    with connection.cursor() as cursor:
        for trigger, table in triggers:
            cursor.execute(f"DROP TRIGGER {trigger} ON {table}")


def bill_at_once() -> tuple[list[str], list[str]]:
    """Six invoices for six engagements at once: (outcomes, numbers)."""
    cast = assemble()
    orders = [hourly(cast, f"E-{number}") for number in range(DESKS)]
    outcomes = at_once(*(lambda order=order: bill(cast, order) for order in orders))
    return outcomes, sorted(Invoice.objects.values_list("number", flat=True))


def test_numbers_follow_each_other_and_addresses_are_given_once(committed_db: str) -> None:
    DepositAddress.objects.bulk_create(DepositAddress(address="0x" + str(number) * 40) for number in range(DESKS))
    outcomes, given = bill_at_once()
    assert outcomes == ["done"] * DESKS
    assert given == [f"2026-{number:04d}" for number in range(1, DESKS + 1)]
    assert DepositAddress.objects.exclude(invoice=None).count() == DESKS


def test_without_the_series_lock_a_number_is_given_twice(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not the first of the year: the row is there, and everybody reads the same last number.
    Series.objects.create(name="2026", last=7)
    monkeypatch.setattr(numbers, "held", together(lambda name: Series.objects.get(name=name)))
    outcomes, given = bill_at_once()
    # The unique number stops all but one; nobody gets the following ones.
    assert sorted(outcomes) == [*["IntegrityError"] * (DESKS - 1), "done"]
    assert given == ["2026-0008"]


def final(cast: Cast, invoice: Invoice) -> Payment:
    """A payment that the chain's watcher has found final, for an invoice."""
    return Payment.objects.create(
        kind="bank", amount_micro=240 * MICRO, received_on=AT.date(), evidence="B", seen_at=AT, final_at=AT,
        invoice_hint=invoice,
    )  # fmt: skip


def receive_at_once() -> tuple[list[str], Invoice]:
    """One payment of 240 U, received six times at once."""
    cast = assemble()
    invoice = bill(cast, hourly(cast))
    payment = final(cast, invoice)
    outcomes = at_once(*[lambda: payments.receive(payment=payment, by="chain", at=AT)] * DESKS)
    return outcomes, invoice


def test_a_payment_is_credited_once(committed_db: str) -> None:
    outcomes, invoice = receive_at_once()
    assert outcomes == ["done"] * DESKS
    assert Entry.objects.filter(verb="payment.receive").count() == 1
    assert stands(invoice) == ("paid", 240 * MICRO, 0)
    assert (held(invoice.engagement), owed(invoice)) == (240 * MICRO, 0)


def test_without_the_locks_a_payment_is_credited_again(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "_hold", lambda invoice: invoice)
    monkeypatch.setattr(payments, "held", together(lambda payment: Payment.objects.get(pk=payment.pk)))
    outcomes, _invoice = receive_at_once()
    # The posting's key still holds the money; the journal tells of six payments.
    assert outcomes == ["done"] * DESKS
    assert Entry.objects.filter(verb="payment.receive").count() == DESKS


def test_double_clicks_are_one_payment(committed_db: str) -> None:
    cast = assemble()
    invoice = bill(cast, hourly(cast))
    assert at_once(*[lambda: pay(cast, invoice, 240 * MICRO)] * DESKS) == ["done"] * DESKS
    assert Payment.objects.count() == 1
    assert (held(invoice.engagement), owed(invoice)) == (240 * MICRO, 0)


def credit_at_once() -> list[str]:
    """240 U of credit and six invoices of 240 U each, all of which want it."""
    cast = assemble()
    bills = [bill(cast, hourly(cast, f"E-{number}")) for number in range(DESKS)]
    void = invoices.void(invoice=bill(cast, hourly(cast, "E-V")), reason="Wrong", by=cast.mira, at=AT)
    payments.receive(payment=final(cast, void), by="chain", at=AT)
    return at_once(
        *(lambda invoice=invoice: payments.use_credit(invoice=invoice, by="test", at=AT) for invoice in bills)
    )


def test_credit_is_used_once(committed_db: str) -> None:
    outcomes = credit_at_once()
    assert sorted(outcomes) == [*["NoCredit"] * (DESKS - 1), "done"]
    assert owed(Invoice.objects.all()[0]) == 0


def test_without_the_clients_lock_credit_is_used_by_everybody(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payments, "held_client", lambda client: Client.objects.get(pk=client.pk))
    monkeypatch.setattr(payments, "lock_balances", lambda keys: None)
    monkeypatch.setattr(payments, "credit_micro", together(escrow.credit_micro))
    outcomes = credit_at_once()
    assert outcomes == ["done"] * DESKS
    assert owed(Invoice.objects.all()[0]) == -240 * MICRO * (DESKS - 1)


def void_and_pay() -> tuple[list[str], Invoice]:
    """An invoice that is voided while somebody pays it."""
    cast = assemble()
    invoice = bill(cast, hourly(cast))
    outcomes = at_once(
        lambda: invoices.void(invoice=invoice, reason="Wrong", by=cast.mira, at=AT),
        lambda: pay(cast, invoice, 240 * MICRO),
    )
    return outcomes, invoice


def test_an_invoice_is_void_or_paid(committed_db: str) -> None:
    outcomes, invoice = void_and_pay()
    assert outcomes in (["done", "done"], [InvoicePaidFor.__name__, "done"])
    allocated = 0 if outcomes[0] == "done" else 240 * MICRO
    assert stands(invoice)[1] == allocated
    assert held(invoice.engagement) == allocated
    assert owed(invoice) == 240 * MICRO - allocated


def test_without_the_invoices_lock_a_void_one_is_paid(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded(
        ("consulting_allocation_guard", "consulting_allocation"), ("consulting_invoice_guard", "consulting_invoice")
    )
    look = together(reading.paid_micro, 2)
    calls: list[int] = []

    def first_look(invoice: Invoice) -> int:
        calls.append(1)
        return look(invoice) if len(calls) <= 2 else reading.paid_micro(invoice)

    monkeypatch.setattr(invoices, "paid_micro", first_look)
    monkeypatch.setattr(payments, "paid_micro", first_look)
    monkeypatch.setattr(invoices, "held", lambda invoice: Invoice.objects.get(pk=invoice.pk))
    outcomes, invoice = void_and_pay()
    assert outcomes == ["done", "done"]
    assert Allocation.objects.filter(invoice=invoice, invoice__voided_at__isnull=False).count() == 1


def test_partial_payments_at_once_are_all_put_to_the_invoice(committed_db: str) -> None:
    cast = assemble()
    invoice = bill(cast, hourly(cast))
    outcomes = at_once(*(lambda n=n: pay(cast, invoice, 50 * MICRO, f"B-{n}") for n in range(DESKS)))
    assert outcomes == ["done"] * DESKS
    assert stands(invoice) == ("overpaid", 240 * MICRO, 60 * MICRO)
    assert (held(invoice.engagement), owed(invoice)) == (240 * MICRO, 60 * MICRO)


def test_credit_and_money_at_once_pay_an_invoice_once(committed_db: str) -> None:
    cast = assemble()
    first = bill(cast, hourly(cast), 10 * MICRO)
    pay(cast, first, 250 * MICRO, "B-0")
    invoice = bill(cast, hourly(cast, "E-2"))
    outcomes = at_once(
        lambda: payments.use_credit(invoice=invoice, by="test", at=AT), lambda: pay(cast, invoice, 240 * MICRO)
    )
    assert set(outcomes) <= {"done", InvoicePaidAlready.__name__, NoCredit.__name__}
    assert stands(invoice)[1] == 240 * MICRO
    assert owed(invoice) == 240 * MICRO
