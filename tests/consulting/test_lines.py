"""What accepted work pays in its month, what an exit entered later moves to the pool, and what the lines say."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from consulting.models import Engagement
from consulting.rules import splitting
from consulting.selectors.lines import KEPT
from consulting.services import acceptances, engagements
from journal.registry import invariants
from journal.services import jobs
from members.models import Member, Membership
from members.services import memberships
from tests.cast import AT, Cast
from tests.consulting.desk import MICRO, MONDAY, SUNDAY, fixed, hourly, session
from treasury.models import Balance, PayoutLine, PayoutRun
from treasury.rules.months import MonthTerms
from treasury.selectors import payouts
from treasury.services.payouts import chunks, running, start

MONTH = "2026-10"
TUESDAY = date(2026, 10, 20)


def accept(cast: Cast, engagement: Engagement) -> None:
    """Accepted on the Sunday."""
    acceptances.accept(engagement=engagement, accepted_on=SUNDAY, by=cast.mira, at=AT)


def leave(member: Member, day: date) -> None:
    """An exit entered with a day that has passed."""
    memberships.declare_exit(member=member, exited_on=day, by="test", at=AT)


def consulting_lines() -> dict[str, int]:
    """The month's consulting lines, posted and not, amounts by reference."""
    return {line.reference: line.amount_micro for line in payouts.lines(MONTH) if line.kind.startswith("consulting")}


def run_month() -> None:
    """Posts what the month owes, on the first day after it."""
    start(month=MONTH, by="test", at=datetime(2026, 11, 1, 8, tzinfo=UTC))
    assert jobs.run_due() == 1


def broken() -> list[str]:
    """What `verify` would say of consulting."""
    return [row for name, rule in invariants.items() if name.startswith("consulting.") for row in rule.check()]


def escrow(reference: str) -> int:
    """What is held for an engagement."""
    return Balance.objects.get(account__kind="escrow", account__owner=reference).amount_micro


def three_hour_job(cast: Cast, reference: str = "F-1") -> Engagement:
    """1,000 U for bo (2 h) and chen (2 h on Monday, 1 h on Tuesday)."""
    engagement = fixed(cast, reference)
    session(cast, engagement, f"{reference}-1", cast.bo)
    session(cast, engagement, f"{reference}-2", cast.chen)
    session(cast, engagement, f"{reference}-3", cast.chen, held_on=TUESDAY, hours_centi=100)
    return engagement


def test_lines_fall_in_the_month_of_the_acceptance(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, held_on=date(2026, 9, 30))
    assert consulting_lines() == {}
    accept(cast, engagement)
    assert consulting_lines() == {"consulting/E-1/S-1/chen": 240 * MICRO, "consulting-pool/E-1/S-1": 60 * MICRO}
    assert not [line for line in payouts.lines("2026-09") if line.kind.startswith("consulting")]


def test_posted_lines_empty_the_escrow(cast: Cast) -> None:
    by_hour, by_price = hourly(cast), three_hour_job(cast)
    session(cast, by_hour, "S-1", cast.chen)
    for engagement in (by_hour, by_price):
        accept(cast, engagement)
    assert (escrow("E-1"), escrow("F-1"), broken()) == (300 * MICRO, 1000 * MICRO, [])
    run_month()
    assert (escrow("E-1"), escrow("F-1"), broken()) == (0, 0, [])


def test_an_exit_entered_before_the_run_gives_a_late_session_to_the_pool(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen)
    session(cast, engagement, "S-2", cast.chen, held_on=TUESDAY)
    accept(cast, engagement)
    leave(cast.chen, MONDAY)
    assert consulting_lines() == {
        "consulting/E-1/S-1/chen": 240 * MICRO,
        "consulting-pool/E-1/S-1": 60 * MICRO,
        "consulting-pool/E-1/S-2": 300 * MICRO,
    }


def test_of_a_fixed_price_the_late_hours_go_to_the_pool(cast: Cast) -> None:
    accept(cast, three_hour_job(cast))
    assert consulting_lines() == {
        "consulting/F-1/bo": 320 * MICRO,
        "consulting/F-1/chen": 480 * MICRO,
        "consulting-pool/F-1": 200 * MICRO,
    }
    leave(cast.chen, MONDAY)
    assert consulting_lines() == {
        "consulting/F-1/bo": 320 * MICRO,
        "consulting/F-1/chen": 320 * MICRO,
        "consulting-pool/F-1": 360 * MICRO,
    }


def test_agreed_weights_lose_the_late_part_of_the_hours_too(cast: Cast) -> None:
    engagement = three_hour_job(cast)
    engagements.set_weights(engagement=engagement, weights={cast.chen: 3, cast.lin: 1}, by=cast.mira, at=AT)
    accept(cast, engagement)
    leave(cast.chen, MONDAY)
    assert consulting_lines() == {
        "consulting/F-1/chen": 400 * MICRO,
        "consulting/F-1/lin": 200 * MICRO,
        "consulting-pool/F-1": 400 * MICRO,
    }


@pytest.mark.parametrize("chunk", [1000, 1])
@pytest.mark.parametrize("leaver", ["chen", "zoe"])
def test_an_exit_entered_after_the_run_is_corrected(
    cast: Cast, leaver: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One payee a chunk: the pool may not take out of the escrow what the expert has not given back."""
    monkeypatch.setattr(chunks, "CHUNK", chunk)
    member = cast.chen
    if leaver == "zoe":
        member = memberships.join(
            handle="zoe", name="Zoe", joined_on=date(2026, 1, 1), decided_by="test", by="test", at=AT
        )
    engagement = hourly(cast)
    session(cast, engagement, "S-1", member, held_on=TUESDAY)
    accept(cast, engagement)
    run_month()
    leave(member, MONDAY)
    run_month()
    lines = PayoutLine.objects.filter(kind__startswith="consulting").order_by("reference")
    assert dict(lines.values_list("reference", "amount_micro")) == {
        f"consulting/E-1/S-1/{leaver}": 240 * MICRO,
        f"consulting/E-1/S-1/{leaver}#2": -240 * MICRO,
        "consulting-pool/E-1/S-1": 60 * MICRO,
        "consulting-pool/E-1/S-1#2": 240 * MICRO,
    }
    assert (escrow("E-1"), broken()) == (0, [])


@pytest.mark.parametrize("known", ["journal", "lines"])
def test_verify_names_shares_that_were_changed_past_the_guards(cast: Cast, known: str) -> None:
    """Two shares that still add up: the journal knows what was fixed, of imported ones the posted lines do."""
    accept(cast, three_hour_job(cast))
    run_month()
    assert broken() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET session_replication_role = replica")
        if known == "lines":
            cursor.execute("DELETE FROM journal_entry")
        else:
            cursor.execute("UPDATE treasury_payoutline SET inputs = inputs - 'share_micro'")
        cursor.execute(
            "UPDATE consulting_share SET amount_micro = amount_micro + CASE WHEN reference ~ 'bo$' THEN 1 ELSE -1 END"
        )
        cursor.execute("SET session_replication_role = origin")
    assert [sentence.split()[0] for sentence in broken()] == ["consulting/F-1/bo", "consulting/F-1/chen"]


def returned(cast: Cast) -> None:
    """Chen left, the pool got the session after it; then a return comes to light that lies before the session."""
    leave(cast.chen, MONDAY)
    run_month()
    Membership.objects.create(member=cast.chen, joined_on=TUESDAY, decided_by="test")


def test_what_the_pool_got_goes_back_to_who_returned(cast: Cast) -> None:
    """The expert's chunk comes first, and the escrow is empty until the pool has given back."""
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, held_on=TUESDAY)
    accept(cast, engagement)
    run_month()
    returned(cast)
    run_month()
    assert consulting_lines() == {
        "consulting/E-1/S-1/chen": 240 * MICRO,
        "consulting/E-1/S-1/chen#2": -240 * MICRO,
        "consulting/E-1/S-1/chen#3": 240 * MICRO,
        "consulting-pool/E-1/S-1": 60 * MICRO,
        "consulting-pool/E-1/S-1#2": 240 * MICRO,
        "consulting-pool/E-1/S-1#3": -240 * MICRO,
    }
    assert (escrow("E-1"), broken()) == (0, [])


def test_an_exit_entered_between_two_chunks_does_not_stop_the_run(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The expert's share is in already when the pool's part grows by it."""
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, held_on=TUESDAY)
    accept(cast, engagement)
    inner = running._post_chunk

    def late(run: PayoutRun, terms: MonthTerms, chunk: chunks.Chunk, *rest: Any, **more: Any) -> running.Posted:
        if chunk.upto == chunks.POOL and cast.chen.memberships.filter(exited_on=None).exists():
            leave(cast.chen, MONDAY)
        return inner(run, terms, chunk, *rest, **more)

    monkeypatch.setattr(running, "_post_chunk", late)
    run_month()
    assert consulting_lines() == {
        "consulting/E-1/S-1/chen": 240 * MICRO,
        "consulting/E-1/S-1/chen#2": -240 * MICRO,
        "consulting-pool/E-1/S-1": 300 * MICRO,
    }
    assert (escrow("E-1"), broken()) == (0, [])


def test_the_sentences_name_clause_and_inputs(cast: Cast) -> None:
    by_hour, by_price, by_weight = hourly(cast), three_hour_job(cast), fixed(cast, "F-2")
    session(cast, by_hour, "S-1", cast.bo, hours_centi=125, rate_micro=150_123_457)
    engagements.set_weights(engagement=by_weight, weights={cast.lin: 3, cast.bo: 4}, by=cast.mira, at=AT)
    for engagement in (by_hour, by_price, by_weight):
        accept(cast, engagement)
    leave(cast.chen, MONDAY)
    said = {line.reference: line.explanation for line in payouts.lines(MONTH) if line.kind.startswith("consulting")}
    edition = "(income.2.1, charter edition 1)"
    hours = "1.25 h on 2026-10-19 × 150.123457 an hour = 187.654321 U"
    experts = "80\u00a0% of the price of 1000 U = 800 U to the experts"
    pool = f"20\u00a0% of the price of 1000 U to the pool = 200 U {edition}"
    assert said == {
        "consulting/E-1/S-1/bo": f"{hours}, 80\u00a0% of it to the expert {edition}",
        "consulting-pool/E-1/S-1": f"{hours}, 20\u00a0% of it to the pool = 37.530864 U {edition}",
        "consulting/F-1/bo": f"{experts}, 2 of 5 of it by hours worked {edition}",
        "consulting/F-1/chen": f"{experts}, 3 of 5 of it by hours worked {edition};"
        " of these 480 U the pool gets what falls on the 1 of 3 h after leaving (exit.1)",
        "consulting-pool/F-1": f"{pool}; with 160 U for work done after leaving, which is the pool’s (exit.1)",
        "consulting/F-2/lin": f"{experts}, 3 of 7 of it by agreed weight {edition}",
        "consulting/F-2/bo": f"{experts}, 4 of 7 of it by agreed weight {edition}",
        "consulting-pool/F-2": pool,
    }


CASES = st.tuples(st.integers(0, 10**15), st.integers(1, 10**6), st.integers(0, 10**6))


@pytest.mark.django_db
@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**15), st.integers(1, 10**6), st.integers(0, 10**6)), min_size=50, max_size=50)
)
def test_the_sql_keeps_what_the_rule_keeps(rows: list[tuple[int, int, int]]) -> None:
    cases = [(amount, hours, min(hours, late)) for amount, hours, late in rows]
    columns: list[Any] = [list(column) for column in zip(*cases, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {KEPT} FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS r(amount, hours, late)"
            " CROSS JOIN LATERAL (SELECT r.amount AS amount_micro) share"
            " CROSS JOIN LATERAL (SELECT r.hours, r.late) work",
            columns,
        )
        assert [row[0] for row in cursor.fetchall()] == [splitting.kept(*case) for case in cases]
