"""Two watchers at once credit once, two decisions at once are one; and what the guards are for."""

from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from consulting.models import Allocation, DepositAddress, Invoice, Payment
from consulting.rules.chains import Chain, Token
from consulting.rules.transfers import Transfer, View
from consulting.services import payments, unmatched
from consulting.services.chain import watching
from tests.cast import AT, Cast, assemble
from tests.consulting.bills import bill, held, owed, stands
from tests.consulting.desk import MICRO, fixed, harbor
from tests.races import PATIENCE, at_once
from treasury.models import Posting

pytestmark = pytest.mark.committed
WATCHERS = 4
ASKED = 240 * MICRO
OWN, TOKEN = "0x" + "48" * 20, "0x" + "22" * 20
CHAIN = Chain(10, "Test", (Token("USDC", TOKEN, 6),), "0x" + "7e" * 20, 12, 1)
SEEN = Transfer("0x" + "1" * 64, 0, TOKEN, "0x" + "3" * 40, OWN, ASKED, 5, "0x" + "5" * 64)
VIEW = View(head=16, first=1, last=16, new=(SEEN,), made_at={5: AT}, final=(SEEN,))


def billed() -> tuple[Cast, Invoice]:
    """The cast, and an invoice with an address of its own."""
    cast = assemble()
    DepositAddress.objects.create(address=OWN)
    return cast, bill(cast, fixed(cast))


def apply_at_once() -> None:
    """Every watcher writes the same view; moments apart, so that each knows its own row."""
    moments = [AT + timedelta(microseconds=number) for number in range(WATCHERS)]
    outcomes = at_once(*(lambda at=at: watching.apply(VIEW, CHAIN, clock=lambda: at) for at in moments))
    assert outcomes == ["done"] * WATCHERS


def test_of_many_watchers_one_credits(committed_db: str) -> None:
    _cast, invoice = billed()
    apply_at_once()
    assert (Payment.objects.count(), Allocation.objects.count()) == (1, 1)
    assert Posting.objects.filter(kind="payment").count() == 1
    assert (stands(invoice), held(invoice.engagement), owed(invoice)) == (("paid", ASKED, 0), ASKED, 0)


def test_without_the_unique_log_the_money_is_there_twice(committed_db: str) -> None:
    _cast, invoice = billed()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payment_log_once")
    apply_at_once()
    assert Payment.objects.count() == WATCHERS
    assert owed(invoice) == (WATCHERS - 1) * ASKED


def test_one_of_many_workers_looks(committed_db: str) -> None:
    assemble()
    found: list[Any] = []
    looks = at_once(*(lambda: found.append(watching.claim(CHAIN, AT)) for _ in range(WATCHERS)))
    assert looks == ["done"] * WATCHERS
    assert len([cursor for cursor in found if cursor is not None]) == 1


def waits(cast: Cast) -> Payment:
    """A payment in the queue."""
    fixed(cast)
    watching.apply(VIEW, CHAIN, clock=lambda: AT)
    return Payment.objects.get(queued_reason="payer-unknown")


def decide_at_once(cast: Cast, payment: Payment) -> list[str]:
    """One treasurer sends the money back, in the other tab it becomes credit."""
    given: dict[str, Any] = {"payment": payment, "evidence": "e", "by": cast.mira, "at": AT}
    return at_once(
        lambda: unmatched.sent_back(**given),
        lambda: unmatched.to_client(client=harbor(), **given),
    )


def test_of_two_decisions_one_stands(committed_db: str) -> None:
    cast = assemble()
    payment = waits(cast)
    assert sorted(decide_at_once(cast, payment)) == ["DecidedAlready", "done"]
    payment.refresh_from_db()
    assert (payment.credited_at is not None) == Posting.objects.filter(kind="payment").exists()


def test_without_lock_and_trigger_the_money_is_sent_back_and_credited(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = assemble()
    payment = waits(cast)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER consulting_payment_guard ON consulting_payment")
    looked = Barrier(2)

    def look(payment: Payment) -> Payment:
        found = Payment.objects.get(pk=payment.pk)
        looked.wait(PATIENCE)
        return found

    monkeypatch.setattr(payments, "held", look)
    assert decide_at_once(cast, payment) == ["done", "done"]
    assert Posting.objects.filter(kind="payment").count() == 1
