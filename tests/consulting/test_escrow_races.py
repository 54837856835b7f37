"""Client money with two at once: refund and run, two refunds, dispute and acceptance; and without the locks."""

from datetime import UTC, datetime
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from consulting.models import Acceptance, Dispute, Engagement, Payback, Refund, RefundPart
from consulting.selectors import escrow as held
from consulting.services import acceptances, disputes, letters, refunds
from journal.models import Job
from journal.services import jobs
from tests.cast import AT, Cast, assemble
from tests.consulting.desk import MICRO, SUNDAY, fixed, hourly, session
from tests.consulting.held import broken, earned, holds, pay, refund
from tests.races import PATIENCE, Paused, at_once
from treasury.models import PayoutLine
from treasury.services.clients import client_named
from treasury.services.payouts import months, running, start

pytestmark = pytest.mark.committed
DESKS = 8


def priced(cast: Cast) -> Engagement:
    """100 U by bo alone: 80 and 20; another 100 U were paid in advance, so that the floor of escrow hides nothing."""
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.bo, hours_centi=100, rate_micro=100 * MICRO)
    pay(engagement, 200 * MICRO)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, units=["S-1"], by=cast.mira, at=AT)
    return engagement


def refund_while_the_run_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refund begins when the run's statement has seen what is due, before its chunk is in.

    With the lock it waits for this chunk before it looks; without, it has looked when it waits for a balance.
    """
    cast = assemble()
    engagement = priced(cast)
    start(month="2026-10", by="test", at=datetime(2026, 11, 1, 8, tzinfo=UTC))
    Job.objects.update(due_at=AT)

    def run() -> None:
        assert jobs.run_due() == 1

    posted = Paused(monkeypatch, running, "_insert")
    results = posted.meanwhile(run, lambda: refund(cast, engagement, 50 * MICRO, "S-1"))
    assert results.ends == {"done": 2}
    assert PayoutLine.objects.filter(kind="consulting").aggregate(sum=Sum("amount_micro")) == {"sum": 80 * MICRO}


def test_a_refund_waits_for_a_chunk_and_sees_its_lines(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refund_while_the_run_posts(monkeypatch)
    assert RefundPart.objects.get(share__member__handle="bo").source == "payable"
    assert (earned("bo"), earned("pool"), holds("escrow", "E-1")) == (40 * MICRO, 10 * MICRO, 100 * MICRO)
    assert broken() == []


def test_without_the_months_lock_it_takes_what_a_line_takes_too(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(months, "_take", lambda function, month: None)
    refund_while_the_run_posts(monkeypatch)
    assert RefundPart.objects.get(share__member__handle="bo").source == "escrow"
    # Bo has all of it, the client half of it back as well: out of what was paid for other work.
    assert (earned("bo"), earned("pool"), holds("escrow", "E-1")) == (80 * MICRO, 10 * MICRO, 60 * MICRO)


def refunds_at_once() -> list[str]:
    """Eight refunds of 30 of a hundred micro-units."""
    cast = assemble()
    engagement = fixed(cast, price_micro=100)
    for member in (cast.bo, cast.chen):
        session(cast, engagement, f"S-{member.handle}", member, hours_centi=100)
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)
    return at_once(*[lambda: refund(cast, engagement, 30)] * DESKS)


def test_of_many_refunds_only_what_is_left_goes_back(committed_db: str) -> None:
    outcomes = refunds_at_once()
    assert sorted(outcomes) == [*["RefundTooMuch"] * (DESKS - 3), *["done"] * 3]
    assert (holds("escrow", "F-1"), broken()) == (10, [])


def test_without_the_engagements_lock_the_chain_of_rows_still_holds(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refunds fail then instead of waiting; and without the chain as well more than everything goes back."""
    unlocked = Engagement.objects.select_related("client")
    monkeypatch.setattr(refunds, "locked", lambda engagement: unlocked.get(pk=engagement.pk))
    monkeypatch.setattr(months, "_take", lambda function, month: None)
    read = Barrier(DESKS)
    inner = held.unit_of

    def together(*args: Any) -> Any:
        found = inner(*args)
        read.wait(PATIENCE)
        return found

    monkeypatch.setattr(held, "unit_of", together)
    outcomes = refunds_at_once()
    assert outcomes.count("done") == 1
    assert "IntegrityError" in outcomes
    assert Refund.objects.aggregate(sum=Sum("amount_micro")) == {"sum": 30}


def test_without_lock_and_chain_everybody_gets_the_same_money(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consulting_refund DROP CONSTRAINT refund_follows_once")
        cursor.execute("ALTER TABLE consulting_refundpart DROP CONSTRAINT refundpart_follows_once")
        cursor.execute("DROP TRIGGER consulting_refund_guard ON consulting_refund")
        cursor.execute("DROP TRIGGER consulting_refundpart_guard ON consulting_refundpart")
        cursor.execute("ALTER TABLE treasury_balance DROP CONSTRAINT balance_floor")
    unlocked = Engagement.objects.select_related("client")
    monkeypatch.setattr(refunds, "locked", lambda engagement: unlocked.get(pk=engagement.pk))
    monkeypatch.setattr(months, "_take", lambda function, month: None)
    read = Barrier(DESKS)
    inner = refunds._parts

    def together(*args: Any) -> Any:
        found = inner(*args)
        read.wait(PATIENCE)
        return found

    monkeypatch.setattr(refunds, "_parts", together)
    assert refunds_at_once() == ["done"] * DESKS
    assert Refund.objects.aggregate(sum=Sum("amount_micro")) == {"sum": 30 * DESKS}
    assert broken() != []


def dispute_or_accept() -> list[str]:
    """The client accepts, and at the same moment an expert opens a dispute."""
    cast = assemble()
    client_named(name="Harbor Labs", email="otto@cast.example", at=AT)
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    return at_once(
        lambda: acceptances.accept(engagement=engagement, accepted_on=SUNDAY, units=["S-1"], by=cast.otto, at=AT),
        lambda: disputes.open_dispute(engagement=engagement, reason="x", by=cast.user("chen"), at=AT),
    )


def test_a_dispute_comes_before_or_after_an_acceptance(committed_db: str) -> None:
    outcomes = dispute_or_accept()
    assert outcomes in (["done", "done"], ["InDispute", "done"])
    assert Acceptance.objects.count() == outcomes.count("done") - 1
    assert broken() == []


def test_without_the_engagements_lock_something_in_dispute_is_accepted(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trigger sees no dispute that is not committed yet: it is the lock that orders the two."""
    unlocked = Engagement.objects.select_related("client")
    for module in (acceptances, disputes):
        monkeypatch.setattr(module, "locked", lambda engagement: unlocked.get(pk=engagement.pk))
    accepted, opened = Event(), Event()
    store = acceptances.store

    def store_late(*args: Any) -> Any:
        assert opened.wait(PATIENCE)
        rows = store(*args)
        accepted.set()
        return rows

    def tell_late(**words: Any) -> None:
        opened.set()
        assert accepted.wait(PATIENCE)

    monkeypatch.setattr(acceptances, "store", store_late)
    monkeypatch.setattr(letters, "disputed", tell_late)
    assert dispute_or_accept() == ["done", "done"]
    assert (Dispute.objects.get().closed_at, Acceptance.objects.count()) == (None, 1)


def paybacks_at_once() -> list[str]:
    """Eight payments of 30 of a credit of 100, each with evidence of its own."""
    cast = assemble()
    engagement = hourly(cast)
    pay(engagement, 100 * MICRO)
    acceptances.close(engagement=engagement, closed_on=SUNDAY, by="test", at=AT)
    return at_once(
        *(
            lambda number=number: refunds.pay_back(
                client=engagement.client, amount_micro=30 * MICRO, evidence=f"B-{number}", by=cast.mira, at=AT
            )
            for number in range(DESKS)
        )
    )


def test_credit_is_paid_back_within_what_there_is(committed_db: str) -> None:
    assert sorted(paybacks_at_once()) == [*["CreditTooSmall"] * (DESKS - 3), *["done"] * 3]
    assert Payback.objects.aggregate(sum=Sum("amount_micro")) == {"sum": 90 * MICRO}


def test_without_the_balances_lock_more_is_paid_back_than_there_is(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refunds, "held_client", lambda client: client)
    monkeypatch.setattr(held, "lock_balances", lambda keys: None)
    read = Barrier(DESKS)
    inner = held.credit_micro

    def together(client: Any) -> int:
        found: int = inner(client)
        read.wait(PATIENCE)
        return found

    monkeypatch.setattr(held, "credit_micro", together)
    assert paybacks_at_once() == ["done"] * DESKS
    assert holds("receivable", "client-1") == (100 - 30 * DESKS) * MICRO
