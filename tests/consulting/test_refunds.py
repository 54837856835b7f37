"""Refunds: off the gross before acceptance, from stored shares after it; cumulative, so that three are one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulting import refusals
from consulting.models import Acceptance, Engagement, Payback, Refund, RefundPart
from consulting.refusals import escrow as refused
from consulting.rules.refunding import refunded_parts
from consulting.services import acceptances, engagements, refunds
from journal.models import Entry
from journal.services import jobs
from members.services import memberships
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, MONDAY, SUNDAY, fixed, hourly, session
from tests.consulting.held import broken, earned, holds, pay, refund
from treasury.models import Posting
from treasury.selectors import payouts
from treasury.services.payouts import start

MONTH = "2026-10"


def accept(cast: Cast, engagement: Engagement) -> list[Acceptance]:
    """The whole, on the Sunday."""
    return acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)


def run_month() -> None:
    """Posts what October owes."""
    start(month=MONTH, by="test", at=datetime(2026, 11, 1, 8, tzinfo=UTC))
    assert jobs.run_due() == 1


def lines() -> dict[str, int]:
    """October's consulting lines, posted and not."""
    return {line.reference: line.amount_micro for line in payouts.lines(MONTH) if line.kind.startswith("consulting")}


def priced(cast: Cast, price_micro: int = 100 * MICRO) -> Engagement:
    """A fixed price by bo and chen, one hour each: 40 to each, 20 to the pool."""
    engagement = fixed(cast, price_micro=price_micro)
    for member in (cast.bo, cast.chen):
        session(cast, engagement, f"S-{member.handle}", member, hours_centi=100)
    return engagement


SHARES = st.lists(st.integers(0, 10**12), min_size=1, max_size=6).filter(lambda shares: sum(shares) > 0)


@given(SHARES, st.data())
def test_parts_grow_with_the_total_and_never_exceed_a_share(shares: list[int], data: st.DataObject) -> None:
    whole = sum(shares)
    first, second = sorted((data.draw(st.integers(0, whole)), data.draw(st.integers(0, whole))))
    lower, upper = refunded_parts(first, shares), refunded_parts(second, shares)
    assert (sum(lower), sum(upper)) == (first, second)
    assert all(0 <= a <= b <= share for a, b, share in zip(lower, upper, shares, strict=True))
    assert refunded_parts(whole, shares) == shares
    # Within a micro-unit for each halving of what is exact.
    assert all(
        abs(part * whole - second * share) < len(shares) * whole for part, share in zip(upper, shares, strict=True)
    )


def test_before_acceptance_it_counts_off_the_gross(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    pay(engagement, 300 * MICRO)
    refund(cast, engagement, 50 * MICRO, "S-1")
    refund(cast, engagement, 25 * MICRO, "S-1")
    assert (holds("escrow", "E-1"), holds("receivable", engagement.client.key)) == (225 * MICRO, 75 * MICRO)
    (row,) = accept(cast, engagement)
    assert (row.gross_micro, row.counted_off_micro, row.individuals_micro) == (225 * MICRO, 75 * MICRO, 180 * MICRO)
    assert not Posting.objects.filter(kind="acceptance").exists()
    run_month()
    assert (holds("escrow", "E-1"), earned("chen"), earned("pool"), broken()) == (
        0,
        180 * MICRO,
        45 * MICRO,
        [],
    )
    (line,) = [line for line in payouts.lines(MONTH) if line.payee == "chen" and line.kind == "consulting"]
    assert "= 300 − 75 refunded before = 225 U, 80\u00a0% of it" in line.explanation


def test_what_was_never_paid_only_counts_off(cast: Cast) -> None:
    engagement = priced(cast)
    refund(cast, engagement, 30 * MICRO)
    assert not Posting.objects.filter(kind="refund").exists()
    accept(cast, engagement)
    assert (holds("escrow", "F-1"), holds("receivable", engagement.client.key)) == (70 * MICRO, -70 * MICRO)
    assert broken() == []


@pytest.mark.parametrize("amounts", [[100], [33, 33, 34], [1, 98, 1]])
@pytest.mark.parametrize("posted", [False, True])
def test_three_partial_refunds_are_one_full_one(cast: Cast, amounts: list[int], posted: bool) -> None:
    engagement = priced(cast, price_micro=100)
    pay(engagement, 100)
    accept(cast, engagement)
    if posted:
        run_month()
    for amount in amounts:
        refund(cast, engagement, amount)
    if not posted:
        assert lines() == {}
    assert (holds("escrow", "F-1"), holds("receivable", engagement.client.key)) == (0, 100)
    assert (earned("bo"), earned("chen"), earned("pool")) == (0, 0, 0)
    assert sorted(RefundPart.objects.values_list("source", flat=True).distinct()) == (
        ["payable", "pool"] if posted else ["escrow"]
    )
    assert broken() == []


def test_a_line_that_is_not_posted_gets_smaller(cast: Cast) -> None:
    engagement = priced(cast)
    accept(cast, engagement)
    refund(cast, engagement, 10 * MICRO)
    assert lines() == {
        "consulting/F-1/bo": 36 * MICRO,
        "consulting/F-1/chen": 36 * MICRO,
        "consulting-pool/F-1": 18 * MICRO,
    }
    explained = {line.payee: line.explanation for line in payouts.lines(MONTH) if line.kind.startswith("consulting")}
    assert explained["bo"].endswith("; 4 U of it went back to the client before it was paid")
    run_month()
    assert (holds("escrow", "F-1"), earned("bo"), broken()) == (0, 36 * MICRO, [])


def test_a_line_that_is_posted_stays(cast: Cast) -> None:
    engagement = priced(cast)
    accept(cast, engagement)
    run_month()
    before = lines()
    refund(cast, engagement, 10 * MICRO)
    assert lines() == before
    assert (earned("bo"), earned("pool"), holds("escrow", "F-1")) == (36 * MICRO, 18 * MICRO, 0)
    assert holds("receivable", engagement.client.key) == -90 * MICRO
    run_month()
    assert (lines(), broken()) == (before, [])


def test_what_went_to_the_pool_after_an_exit_comes_from_the_pool(cast: Cast) -> None:
    """Chen's hour lies after the exit: the pool has its share, and gives the part of it back."""
    engagement = priced(cast)
    accept(cast, engagement)
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 10, 18), by="test", at=AT)
    run_month()
    refund(cast, engagement, 50 * MICRO)
    assert set(RefundPart.objects.values_list("share__member__handle", "source", "amount_micro")) == {
        ("bo", "payable", 20 * MICRO),
        ("chen", "pool", 20 * MICRO),
        (None, "pool", 10 * MICRO),
    }
    assert (earned("bo"), earned("chen"), earned("pool")) == (20 * MICRO, 0, 30 * MICRO)
    before = lines()
    run_month()
    assert (lines(), broken()) == (before, [])


def test_an_exit_entered_after_a_refund_leaves_nobody_owing(cast: Cast) -> None:
    """Of 40 chen gave 20 back; the other 20 become the pool's by a correction."""
    engagement = priced(cast)
    accept(cast, engagement)
    run_month()
    refund(cast, engagement, 50 * MICRO)
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 10, 18), by="test", at=AT)
    run_month()
    assert (earned("chen"), earned("bo"), earned("pool")) == (0, 20 * MICRO, 30 * MICRO)
    assert (holds("escrow", "F-1"), broken()) == (0, [])


def test_what_can_be_refunded_has_an_end(cast: Cast) -> None:
    engagement = priced(cast)
    for amount, refusal in ((0, refused.RefundUnreadable), (-1, refused.RefundUnreadable)):
        with pytest.raises(refusal):
            refund(cast, engagement, amount)
    refund(cast, engagement, 60 * MICRO)
    with pytest.raises(refused.RefundTooMuch, match="40"):
        refund(cast, engagement, 40 * MICRO + 1)
    accept(cast, engagement)
    refund(cast, engagement, 40 * MICRO)
    with pytest.raises(refused.RefundTooMuch):
        refund(cast, engagement, 1)
    with pytest.raises(refused.UnknownUnit):
        refund(cast, engagement, 1, "S-bo")
    assert broken() == []


def test_a_refund_is_the_treasurers_and_says_why(cast: Cast) -> None:
    engagement = priced(cast)
    facts: dict[str, Any] = {"engagement": engagement, "unit": "", "amount_micro": 1, "at": AT}
    with pytest.raises(refusals.TreasurerOnly):
        refunds.refund(**facts, reason="x", by=cast.lin)
    with pytest.raises(refused.RefundReasonMissing):
        refunds.refund(**facts, reason=" ", by=cast.mira)
    refunds.refund(**facts, reason="Secret words", by=cast.mira, before_micro=0)
    with pytest.raises(refused.RefundChanged):
        refunds.refund(**facts, reason="x", by=cast.mira, before_micro=0)
    assert Refund.objects.count() == 1
    assert "Secret" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_a_session_is_not_corrected_below_what_was_refunded(cast: Cast) -> None:
    engagement = hourly(cast)
    row = session(cast, engagement, "S-1", cast.chen)
    refund(cast, engagement, 200 * MICRO, "S-1")
    with pytest.raises(refused.RefundTooMuch):
        engagements.correct_session(
            session=row, held_on=MONDAY, hours_centi=100, rate_micro=150 * MICRO, by=cast.mira, at=AT
        )


def test_credit_is_paid_back_once_and_never_beyond(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    pay(engagement, 300 * MICRO)
    refund(cast, engagement, 100 * MICRO, "S-1")
    facts: dict[str, Any] = {"client": engagement.client, "by": cast.mira, "at": AT}
    with pytest.raises(refused.CreditTooSmall, match="100"):
        refunds.pay_back(**facts, amount_micro=100 * MICRO + 1, evidence="B-1")
    with pytest.raises(refused.EvidenceMissing):
        refunds.pay_back(**facts, amount_micro=1, evidence=" ")
    with pytest.raises(refusals.TreasurerOnly):
        refunds.pay_back(**facts | {"by": cast.lin}, amount_micro=1, evidence="B-1")
    refunds.pay_back(**facts, amount_micro=60 * MICRO, evidence="B-1")
    with pytest.raises(refused.PaidBackAlready):
        refunds.pay_back(**facts, amount_micro=40 * MICRO, evidence="B-1")
    assert Payback.objects.count() == 1
    assert (holds("receivable", engagement.client.key), holds("outside")) == (40 * MICRO, -240 * MICRO)
