"""Client money in any order (M6, M7): paid, accepted, refunded, disputed, posted, against a model of forty lines."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from charter.services import editions
from consulting.rules import refunding
from consulting.services import acceptances, disputes
from journal.models import Job
from journal.services import jobs
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, MONDAY, SUNDAY, hourly, session
from tests.consulting.held import broken, earned, holds, pay, refund
from treasury.services.clients import client_named
from treasury.services.payouts import start

SHARE = Fraction(4, 5)


def half_up(exact: Fraction) -> int:
    """To the nearest, a tie upwards."""
    return floor(exact + Fraction(1, 2))


class Unit:
    """A session in the model: its price, what went back before acceptance, then who has what of it."""

    def __init__(self, expert: str, price: int) -> None:
        self.expert, self.price, self.off = expert, price, 0
        self.accepted = self.posted = False
        self.refunded = 0

    @property
    def gross(self) -> int:
        """What is shared."""
        return self.price - self.off

    def parts(self, refunded: int) -> tuple[int, int]:
        """What of a refund the expert and the pool bear, all refunds of it together."""
        if not self.gross:
            return 0, 0
        mine = half_up(Fraction(refunded * half_up(self.gross * SHARE), self.gross))
        return mine, refunded - mine

    def shares(self) -> tuple[int, int]:
        """What the expert and the pool keep."""
        mine = half_up(self.gross * SHARE)
        gone = self.parts(self.refunded)
        return mine - gone[0], self.gross - mine - gone[1]


class Model:
    """What every account must hold."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.inflow = self.credit = 0
        self.closed = False
        # Posted lines stay; what is given back after them comes from whoever got them.
        self.paid_out = 0

    @property
    def bound(self) -> int:
        """What accepted work needs of what came in."""
        return self.paid_out + sum(unit.gross - unit.refunded for unit in self.open_lines())

    def open_lines(self) -> Iterator[Unit]:
        """Accepted and not posted."""
        return (unit for unit in self.units.values() if unit.accepted and not unit.posted)

    def move_in(self, amount: int) -> None:
        """From the client's account into escrow, or back where it is negative."""
        self.credit -= amount
        self.inflow += amount

    def accept(self, unit: Unit) -> None:
        """Escrow gets what it lacks."""
        unit.accepted = True
        self.move_in(max(0, self.bound - self.inflow))

    def refund(self, unit: Unit, amount: int) -> None:
        """Before acceptance out of what is free, after it out of what is held, else from who got it."""
        if not unit.accepted:
            unit.off += amount
            self.move_in(-min(amount, max(0, self.inflow - self.bound)))
            return
        unit.refunded += amount
        if unit.posted:
            self.credit += amount
        else:
            self.move_in(-amount)

    def close(self) -> None:
        """What is left too much is the client's."""
        self.closed = True
        self.move_in(self.bound - self.inflow)

    def post(self) -> None:
        """The month's run."""
        for unit in list(self.open_lines()):
            self.paid_out += unit.gross - unit.refunded
            unit.posted = True

    def earned(self, name: str) -> int:
        """What an expert or the pool has by now."""
        posted = [unit for unit in self.units.values() if unit.posted]
        if name == "pool":
            return sum(unit.shares()[1] for unit in posted)
        return sum(unit.shares()[0] for unit in posted if unit.expert == name)


class Escrow(RuleBasedStateMachine):
    """The product beside the model, step by step, each example rolled back."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.model, self.payments, self.disputed, self.settled = Model(), 0, False, False
        self.engagement = hourly(self.cast)

    def teardown(self) -> None:
        found = broken()
        transaction.set_rollback(True)
        self.stack.close()
        assert found == []

    def open_units(self) -> list[str]:
        return [name for name, unit in self.model.units.items() if not unit.accepted]

    @precondition(lambda self: not self.model.closed and not self.disputed and len(self.model.units) < 5)
    @rule(hours=st.integers(1, 150), rate=st.integers(100 * MICRO, 101 * MICRO))
    def work(self, hours: int, rate: int) -> None:
        number = len(self.model.units)
        expert = ("bo", "chen")[number % 2]
        name = f"S-{number}"
        session(self.cast, self.engagement, name, getattr(self.cast, expert), hours_centi=hours, rate_micro=rate)
        self.model.units[name] = Unit(expert, round(Fraction(hours * rate, 100)))

    @precondition(lambda self: not self.model.closed)
    @rule(amount=st.integers(1, 300 * MICRO))
    def pay(self, amount: int) -> None:
        self.payments += 1
        pay(self.engagement, amount, str(self.payments))
        self.model.inflow += amount

    @precondition(lambda self: not self.disputed and not self.model.closed and self.open_units())
    @rule(data=st.data())
    def accept(self, data: Any) -> None:
        name = data.draw(st.sampled_from(self.open_units()))
        self.take(name)
        self.model.accept(self.model.units[name])

    def take(self, *units: str) -> None:
        acceptances.accept(
            engagement=self.engagement, accepted_on=SUNDAY, units=units or None, by=self.cast.mira, at=AT
        )

    @precondition(lambda self: not self.disputed and any(u.gross > u.refunded for u in self.model.units.values()))
    @rule(data=st.data())
    def refund(self, data: Any) -> None:
        name = data.draw(st.sampled_from([n for n, u in self.model.units.items() if u.gross > u.refunded]))
        unit = self.model.units[name]
        left = unit.gross - unit.refunded
        amount = data.draw(st.one_of(st.just(left), st.integers(1, left)))
        refund(self.cast, self.engagement, amount, name)
        self.model.refund(unit, amount)

    @precondition(lambda self: not self.disputed and not self.model.closed and self.open_units())
    @rule()
    def accept_the_rest(self) -> None:
        self.take()
        for name in self.open_units():
            self.model.units[name].accepted = True
        self.model.move_in(max(0, self.model.bound - self.model.inflow))
        self.model.close()

    @precondition(lambda self: not self.disputed and not self.model.closed)
    @rule()
    def dispute(self) -> None:
        disputes.open_dispute(engagement=self.engagement, reason="x", by=self.cast.otto, at=AT)
        self.disputed = True

    @precondition(lambda self: self.disputed)
    @rule(percent=st.integers(0, 100))
    def settle(self, percent: int) -> None:
        disputes.settle(engagement=self.engagement, percent=percent, by="test", at=AT)
        for name in self.open_units():
            unit = self.model.units[name]
            self.model.refund(unit, unit.gross - half_up(Fraction(unit.gross * percent, 100)))
        for name in self.open_units():
            self.model.accept(self.model.units[name])
        self.model.close()
        self.disputed, self.settled = False, True

    @rule()
    def run_the_month(self) -> None:
        # What is settled in a dispute is accepted today, in November.
        for month in ("2026-10", "2026-11") if self.settled else ("2026-10",):
            start(month=month, by="test", at=datetime(2026, 12, 1, 8, tzinfo=UTC))
            Job.objects.update(due_at=AT)
            assert jobs.run_due() == 1
        self.model.post()

    @invariant()
    def accounts_are_the_models(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        model = self.model
        assert (holds("escrow", "E-1"), holds("receivable", self.engagement.client.key)) == (
            model.inflow - model.paid_out,
            model.credit,
        )
        assert {name: earned(name) for name in ("bo", "chen", "pool")} == {
            name: model.earned(name) for name in ("bo", "chen", "pool")
        }


def prepare(cast: Cast) -> None:
    """Who plays, and rates as small as they come."""
    editions.amend(changes={"consulting.rate_min": "0"}, effective_on=MONDAY, act="test", by="test", at=AT)
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    Escrow.cast = cast


def prove(cast: Cast, examples: int, steps: int) -> None:
    """Runs the machine."""
    prepare(cast)
    run_state_machine_as_test(
        Escrow,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            # A step costs as much as the ledger does: what is found is not made smaller for minutes.
            phases=(Phase.explicit, Phase.generate),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_account_is_what_the_model_says(cast: Cast) -> None:
    prove(cast, 6, 10)


@pytest.mark.torture
def test_every_account_is_what_the_model_says_at_length(cast: Cast) -> None:
    prove(cast, 1000, 40)


def test_the_model_finds_a_refund_that_recomputes_the_percentage(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: four fifths of each refund, rounded by itself."""

    def recomputed(refunded: int, shares: list[int]) -> list[int]:
        mine = min(shares[0], refunded * 4 // 5)
        return [mine, refunded - mine]

    monkeypatch.setattr(refunding, "refunded_parts", recomputed)
    prepare(cast)
    machine = Escrow()
    machine.work(hours=1, rate=100 * MICRO)
    machine.accept_the_rest()
    machine.run_the_month()
    machine.accounts_are_the_models()
    refund(cast, machine.engagement, 1, "S-0")
    machine.model.refund(machine.model.units["S-0"], 1)
    with pytest.raises(AssertionError):
        machine.accounts_are_the_models()
    machine.teardown()
