"""A month's run: what it posts, what later runs correct, when it may start, what it keeps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from charter import selectors as charter
from charter.services import editions
from journal.models import Entry, Job
from journal.services import jobs
from members.models import Term
from members.services import memberships
from tests.cast import AT, Cast
from tests.treasury.books import MICRO, approved, balance, broken, execute, grant, posted, run_month, sent
from treasury import refusals
from treasury.models import Balance, Claim, PayoutLine, PayoutRun, Posting, Transfer
from treasury.rules.months import Month
from treasury.selectors import payouts as reading
from treasury.services import claims, payouts
from treasury.services.payouts import chunks

OCTOBER = date(2026, 10, 5)


def amend(stipend: str) -> None:
    """The member's stipend from the first of October on, decided afterwards."""
    editions.amend(changes={"stipend.member": stipend}, effective_on=date(2026, 10, 1), act="test", by="test", at=AT)


def test_a_month_is_posted_with_its_transfers(cast: Cast) -> None:
    grant(pow_u=1000)
    approved(cast.chen, cast.lin, worked_on=OCTOBER, hours_centi=150)
    expected = {line.reference: line.amount_micro for line in reading.preview("2026-10")}
    run = run_month()
    assert (
        posted()
        == expected
        == {
            "pow/C2026Q4-0001/U": 90 * MICRO,
            "stipend-leader/2026-10/lin/LXP": 600 * MICRO,
            "stipend-leader/2026-10/lin/U": 600 * MICRO,
            **{
                f"stipend-member/2026-10/{who}/{asset}": 200 * MICRO for who in ("bo", "chen") for asset in ("U", "LXP")
            },
        }
    )
    assert (run.lines_posted, run.u_micro, run.lxp_micro) == (7, 1090 * MICRO, 1000 * MICRO)
    assert (balance("pool"), balance("dao", asset="LXP"), balance("payable", "chen")) == (
        -90 * MICRO, -1000 * MICRO, 290 * MICRO,
    )  # fmt: skip
    assert (reading.preview("2026-10"), broken()) == ([], [])


def test_a_run_keeps_its_terms_its_notice_and_its_word_in_the_journal(cast: Cast) -> None:
    run = run_month()
    day = charter.today(run.completed_at) if run.completed_at else None
    assert day is not None
    assert (run.occurred_on, run.notice_ends_on) == (date(2026, 11, 20), day + timedelta(days=5))
    verbs = list(Entry.objects.filter(subject="payouts/2026-10 #1").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["payouts.started", "payouts.posted", "payouts.completed"]
    assert all(line.terms.month.last_on == date(2026, 10, 31) for line in reading.posted("2026-10"))


def test_twice_changes_nothing(cast: Cast) -> None:
    run_month()
    before = posted(), Transfer.objects.count(), Posting.objects.count()
    second = run_month()
    assert (second.number, second.lines_posted) == (2, 0)
    assert (posted(), Transfer.objects.count(), Posting.objects.count()) == before


def test_what_comes_late_is_posted_plain(cast: Cast) -> None:
    grant()
    claim = sent(cast.chen, worked_on=OCTOBER)
    run_month()
    claims.approve_many(claims=[claim.pk], by=cast.lin, at=AT)
    assert [(line.reference, line.posted) for line in reading.lines("2026-10")][-1] == ("pow/C2026Q4-0001/U", False)
    run_month()
    line = PayoutLine.objects.get(kind="pow")
    assert (line.reference, line.correction, line.run.number) == ("pow/C2026Q4-0001/U", 1, 2)
    assert broken() == []


def test_a_late_exit_is_corrected_again_and_again(cast: Cast) -> None:
    """31 days, then 10, then 10 at another rate: #2 and #3 are signed, the account nets, nothing posted changes."""
    run_month()
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 10, 10), by="test", at=AT)
    run_month()
    amend("500")
    run_month()
    amounts = [posted()[f"stipend-member/2026-10/chen/U{name}"] for name in ("", "#2", "#3")]
    assert amounts == [200_000_000, 64_516_129 - 200_000_000, 80_645_161 - 64_516_129]
    assert balance("payable", "chen") == balance("payable", "chen", "LXP") == 80_645_161
    assert (run_month().lines_posted, broken()) == (0, [])


def test_a_line_that_vanished_gets_its_negative(cast: Cast) -> None:
    run_month()
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 9, 30), by="test", at=AT)
    run_month()
    assert posted()["stipend-member/2026-10/chen/LXP#2"] == -200 * MICRO
    assert (balance("payable", "chen", "LXP"), balance("dao", asset="LXP")) == (0, -800 * MICRO)
    assert (run_month().lines_posted, broken()) == (0, [])


def test_the_sentence_of_a_correction(cast: Cast) -> None:
    run_month()
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 10, 10), by="test", at=AT)
    memberships.declare_exit(member=cast.bo, exited_on=date(2026, 9, 30), by="test", at=AT)
    run_month()
    said = {line.reference: line.explanation for line in reading.posted("2026-10")}
    base = "stipend-member/2026-10/chen/U"
    rest = "days as member × 400 a month ÷ 31, 50\u00a0% in U (income.1.2.2, charter edition 1)"
    assert said[base] == f"31 of 31 {rest}"
    assert said[f"{base}#2"] == f"Correction: 64.516129 is owed, 200 was posted before. 10 of 31 {rest}"
    assert said["stipend-member/2026-10/bo/U#2"] == "Correction: 200 was posted, nothing is owed any more."


def test_a_line_that_came_back_is_corrected_upwards(cast: Cast) -> None:
    """The charter changes for a month that is over: less, then more than before."""
    run_month()
    for value in ("300", "500"):
        editions.amend(changes={"stipend.member": value}, effective_on=date(2026, 10, 1), act="test", by="test", at=AT)
        run_month()
    base = "stipend-member/2026-10/bo/LXP"
    assert [posted()[base + name] for name in ("", "#2", "#3")] == [200 * MICRO, -50 * MICRO, 100 * MICRO]
    assert broken() == []


def test_values_that_change_within_the_month_are_told_one_by_one(cast: Cast) -> None:
    editions.amend(
        changes={"stipend.member": "433.333333", "stipend.lxp_share": "1/3"},
        effective_on=date(2026, 10, 21),
        act="test",
        by="test",
        at=AT,
    )
    said = {line.reference: line.explanation for line in reading.preview("2026-10")}
    assert said["stipend-member/2026-10/bo/U"] == (
        "20 of 31 days as member × 400 a month ÷ 31, 50\u00a0% in U (income.1.2.2, charter edition 1)"
        " + 11 of 31 days as member × 433.333333 a month ÷ 31, 2/3 in U (income.1.2.2, charter edition 2)"
    )


def test_a_run_keeps_the_terms_it_began_with(cast: Cast) -> None:
    run = payouts.start(month="2026-10", by="system:test", at=AT)
    amend("1")
    Job.objects.update(due_at=AT)
    assert jobs.run_due() == 1
    assert posted()["stipend-member/2026-10/bo/U"] == 200 * MICRO
    run.refresh_from_db()
    assert run_month().lines_posted == 4


def test_a_caretaker_is_paid_as_a_member(cast: Cast) -> None:
    Term.objects.filter(role="leader").update(ends_on=date(2026, 10, 10))
    found = {line.reference: line.inputs["days"] for line in reading.preview("2026-10") if "/lin/" in line.reference}
    assert found == {
        "stipend-leader/2026-10/lin/LXP": [[1, 10]],
        "stipend-leader/2026-10/lin/U": [[1, 10]],
        "stipend-member/2026-10/lin/LXP": [[11, 31]],
        "stipend-member/2026-10/lin/U": [[11, 31]],
    }


@pytest.mark.parametrize(
    ("at", "over"),
    [
        # Shanghai is eight hours ahead: its November began at 16:00 UTC of the 31st.
        (datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), True),
    ],
)
def test_a_month_ends_in_the_groups_zone(cast: Cast, at: datetime, over: bool) -> None:
    if over:
        assert payouts.start(month="2026-10", by="system:test", at=at).number == 1
        return
    with pytest.raises(refusals.MonthNotOver):
        payouts.start(month="2026-10", by="system:test", at=at)
    assert PayoutRun.objects.count() == Job.objects.filter(kind="payouts.month").count() == 0


def test_who_starts_a_run(cast: Cast) -> None:
    for user in (cast.otto, cast.user("lin")):
        with pytest.raises(refusals.TreasurerOnly):
            payouts.start(month="2026-10", by=user, at=AT)
    assert payouts.start(month="2026-10", by=cast.mira, at=AT).started_by == f"user:{cast.mira.pk}"
    with pytest.raises(refusals.RunOpen):
        payouts.start(month="2026-10", by=cast.mira, at=AT)
    with pytest.raises(refusals.UnreadableMonth):
        payouts.start(month="October", by=cast.mira, at=AT)


def test_what_was_confirmed_is_what_is_posted(cast: Cast) -> None:
    grant()
    seal = reading.sum_up(reading.terms_of(Month.parse("2026-10"))).seal
    approved(cast.chen, cast.lin, worked_on=OCTOBER)
    with pytest.raises(refusals.SumChanged):
        payouts.start(month="2026-10", by=cast.mira, at=AT, seal=seal)
    assert PayoutRun.objects.count() == 0
    fresh = reading.sum_up(reading.terms_of(Month.parse("2026-10")))
    assert (fresh.lines, fresh.u_micro) == (7, 1120 * MICRO)
    payouts.start(month="2026-10", by=cast.mira, at=AT, seal=fresh.seal)


def test_a_month_in_which_nothing_is_owed_completes(cast: Cast) -> None:
    run = run_month("2025-06")
    assert (run.lines_posted, Posting.objects.count(), broken()) == (0, 0, [])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 1000])
def test_the_size_of_a_chunk_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(chunks, "CHUNK", size)
    for handle in ("pooh", "poo", "pool-b", "zoe"):
        memberships.join(handle=handle, name=handle, joined_on=date(2026, 1, 1), decided_by="test", by="test", at=AT)
    expected = {line.reference: line.amount_micro for line in reading.preview("2026-10")}
    run_month()
    assert posted() == expected
    job = Job.objects.get(kind="payouts.month")
    assert (job.done, job.total, len(expected)) == (8, 8, 14)
    assert broken() == []


def test_a_worker_that_was_taken_over_writes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fence is asked last: what the chunk wrote before goes with it."""
    payouts.start(month="2026-10", by="system:test", at=AT)
    Job.objects.update(due_at=AT)
    lease = jobs.lease_next()
    assert lease is not None
    Job.objects.update(fence=lease.fence + 1)
    assert jobs.run(lease) is False
    assert (PayoutLine.objects.count(), Transfer.objects.count(), PayoutRun.objects.get().position) == (0, 0, "")


def test_verify_names_a_line_that_was_changed_past_the_guards(cast: Cast) -> None:
    run_month()
    execute("SET session_replication_role = replica")
    for damage, said in (
        ("amount_micro = amount_micro + 1", "does not agree"),
        ("inputs = '{}'", "not those that the journal has"),
        ("payee = 'bo'", "does not agree"),
        ("posting_id = 0", "does not agree"),
        ("run_id = 0", "its sums are not"),
    ):
        point = transaction.savepoint()
        execute(f"UPDATE treasury_payoutline SET {damage} WHERE reference = 'stipend-member/2026-10/chen/U'")
        assert any(said in sentence for sentence in broken()), damage
        transaction.savepoint_rollback(point)
    execute("DELETE FROM treasury_payoutline WHERE reference = 'stipend-member/2026-10/chen/U'")
    assert any("without a line" in sentence for sentence in broken())
    execute("SET session_replication_role = origin")


@pytest.mark.parametrize("damage", ["hours_centi = 2400", "worked_on = worked_on - 1", "reference = 'C-2'"])
def test_verify_names_a_paid_claim_that_the_journal_does_not_know(cast: Cast, damage: str) -> None:
    """Records from elsewhere have no entry each; their lines say what they were."""
    grant()
    claim = approved(cast.chen, cast.lin, worked_on=date(2026, 10, 2))
    execute("SET session_replication_role = replica")
    Claim.objects.filter(pk=claim.pk).update(reference="C-1")
    execute("DELETE FROM journal_entry WHERE verb LIKE 'claim.%'", "SET session_replication_role = origin")
    run_month()
    assert broken() == []
    execute("SET session_replication_role = replica", f"UPDATE treasury_claim SET {damage}")
    assert broken() == ["treasury_claim C-1: not what its payout line was computed from"]
    execute("SET session_replication_role = origin")


def test_a_completed_run_is_over(cast: Cast) -> None:
    run = run_month()
    with pytest.raises(IntegrityError, match="a run only moves on"), transaction.atomic():
        PayoutRun.objects.filter(pk=run.pk).update(lines_posted=0)
    line = PayoutLine(run=run, month="2026-10", kind="pow", payee="bo", asset="U", reference="x", base="x")
    line.posting_id, line.amount_micro, line.clause, line.inputs = 1, 1, "income.1.2.3", {}
    with pytest.raises(IntegrityError, match="belongs to no open run"), transaction.atomic():
        line.save()


def test_balances_come_to_zero(cast: Cast) -> None:
    run_month()
    for asset in ("U", "LXP"):
        assert sum(Balance.objects.filter(account__asset=asset).values_list("amount_micro", flat=True)) == 0
