"""Invoices and payments in any order over two engagements of one client, against a model of forty lines."""

from contextlib import ExitStack
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from consulting.models import Engagement, Invoice, Payment
from consulting.refusals.billing import InvoicePaidAlready, NoCredit
from consulting.rules import billing
from consulting.services import acceptances, payments
from tests.cast import AT, Cast
from tests.consulting.bills import bill, pay, stands
from tests.consulting.desk import MICRO, SUNDAY, hourly, session
from tests.consulting.held import broken, holds


class Work:
    """An engagement in the model: what is allocated, what moved in, what accepted work needs, what went back."""

    def __init__(self) -> None:
        self.allocated = self.moved = self.bound = self.released = 0
        self.closed = False

    def allocate(self, amount: int) -> int:
        """Pays so much of an invoice; returns what moved into escrow for it."""
        self.allocated += amount
        held = 0 if self.closed else min(amount, max(0, self.allocated - self.moved))
        self.moved += held
        return held

    def accept(self, gross: int) -> None:
        """Escrow gets what it lacks."""
        self.bound += gross
        self.moved += max(0, self.bound - self.moved)

    def close(self) -> None:
        """What is too much goes back."""
        self.closed, self.released = True, self.moved - self.bound

    def reopen(self, amount: int, held: int) -> None:
        """A payment was none: its money leaves escrow unless accepted work needs it."""
        self.allocated -= amount
        if held and not self.closed and self.moved - self.bound >= held:
            self.moved -= held


class Billing(RuleBasedStateMachine):
    """The product beside the model, step by step, each example rolled back."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.rows: list[Engagement] = [hourly(self.cast, name) for name in ("E-1", "E-2")]
        self.work = [Work(), Work()]
        self.bills: list[tuple[int, Invoice]] = []
        self.paid: dict[int, int] = {}
        self.arrived: list[tuple[Payment, int, int, int, int]] = []
        self.money = self.sessions = self.evidence = 0

    def teardown(self) -> None:
        found = broken()
        transaction.set_rollback(True)
        self.stack.close()
        assert found == []

    @property
    def balance(self) -> int:
        """What the client's account holds."""
        return self.money - sum(work.moved - work.released for work in self.work)

    def rest(self, invoice: Invoice) -> int:
        """What is open of an invoice in the model."""
        return invoice.total_micro - self.paid.get(invoice.pk, 0)

    def open_works(self) -> list[int]:
        return [number for number, work in enumerate(self.work) if not work.closed]

    @rule(number=st.integers(0, 1), micro=st.integers(1, 300 * MICRO))
    def ask(self, number: int, micro: int) -> None:
        self.bills.append((number, bill(self.cast, self.rows[number], micro)))

    @precondition(lambda self: self.bills)
    @rule(data=st.data())
    def pay(self, data: Any) -> None:
        number, invoice = data.draw(st.sampled_from(self.bills))
        rest = self.rest(invoice)
        self.evidence += 1
        amount = data.draw(st.one_of(st.just(rest or 1), st.integers(1, 400 * MICRO)))
        payment = pay(self.cast, invoice, amount, f"B-{self.evidence}")
        self.money += amount
        allocated = min(rest, amount)
        held = self.work[number].allocate(allocated) if allocated else 0
        self.paid[invoice.pk] = self.paid.get(invoice.pk, 0) + allocated
        self.arrived.append((payment, number, invoice.pk, allocated, held))

    @precondition(lambda self: self.bills)
    @rule(data=st.data())
    def use_credit(self, data: Any) -> None:
        number, invoice = data.draw(st.sampled_from(self.bills))
        work, rest = self.work[number], self.rest(invoice)
        amount = max(0, min(rest, self.balance + max(0, work.moved - work.allocated)))
        try:
            payments.use_credit(invoice=invoice, by="test", at=AT)
        except (NoCredit, InvoicePaidAlready):
            assert amount == 0
            return
        work.allocate(amount)
        self.paid[invoice.pk] = self.paid.get(invoice.pk, 0) + amount

    @precondition(lambda self: self.arrived)
    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        entry = data.draw(st.sampled_from(self.arrived))
        payment, number, key, allocated, held = entry
        payments.take_back(payment=payment, by="test", at=AT)
        self.arrived.remove(entry)
        self.money -= payment.amount_micro
        if allocated:
            self.work[number].reopen(allocated, held)
            self.paid[key] -= allocated

    @precondition(lambda self: self.open_works() and self.sessions < 6)
    @rule(data=st.data(), hours=st.integers(1, 150))
    def accept(self, data: Any, hours: int) -> None:
        number = data.draw(st.sampled_from(self.open_works()))
        self.sessions += 1
        name = f"S-{self.sessions}"
        expert = (self.cast.bo, self.cast.chen)[self.sessions % 2]
        session(self.cast, self.rows[number], name, expert, hours_centi=hours)
        acceptances.accept(engagement=self.rows[number], accepted_on=SUNDAY, units=[name], by=self.cast.mira, at=AT)
        self.work[number].accept(round(Fraction(hours * 150 * MICRO, 100)))

    @precondition(lambda self: self.open_works())
    @rule(data=st.data())
    def close(self, data: Any) -> None:
        number = data.draw(st.sampled_from(self.open_works()))
        acceptances.close(engagement=self.rows[number], closed_on=SUNDAY, by=self.cast.mira, at=AT)
        self.work[number].close()

    @invariant()
    def accounts_are_the_models(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for row, work in zip(self.rows, self.work, strict=True):
            assert holds("escrow", row.reference) == work.moved - work.released
        assert holds("receivable", self.rows[0].client.key) == self.balance
        for _number, invoice in self.bills:
            assert stands(invoice)[1] == self.paid.get(invoice.pk, 0)


def prove(cast: Cast, examples: int, steps: int) -> None:
    """Runs the machine."""
    Billing.cast = cast
    run_state_machine_as_test(
        Billing,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_every_account_is_what_the_model_says(cast: Cast) -> None:
    prove(cast, 5, 10)


@pytest.mark.django_db
@pytest.mark.torture
def test_every_account_is_what_the_model_says_at_length(cast: Cast) -> None:
    prove(cast, 1000, 40)


@pytest.mark.django_db
def test_the_model_finds_accepted_work_that_is_held_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: every payment moves into escrow, whatever has moved there before."""
    monkeypatch.setattr(billing, "held_part", lambda amount_micro, **others: amount_micro)
    Billing.cast = cast
    machine = Billing()
    machine.ask(number=0, micro=150 * MICRO)
    session(cast, machine.rows[0], "S-1", cast.bo, hours_centi=100)
    acceptances.accept(engagement=machine.rows[0], accepted_on=SUNDAY, units=["S-1"], by=cast.mira, at=AT)
    machine.work[0].accept(150 * MICRO)
    machine.accounts_are_the_models()
    pay(cast, machine.bills[0][1], 150 * MICRO)
    machine.money += 150 * MICRO
    machine.work[0].allocate(150 * MICRO)
    machine.paid[machine.bills[0][1].pk] = 150 * MICRO
    with pytest.raises(AssertionError):
        machine.accounts_are_the_models()
    machine.teardown()
