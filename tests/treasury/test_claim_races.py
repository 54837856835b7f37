"""Approving at once: never more than the budget, never twice; and what the lock is for."""

from functools import partial
from threading import Barrier
from typing import Any

import pytest

from tests.cast import AT, Cast, assemble
from tests.races import PATIENCE, at_once
from tests.treasury.books import MICRO, broken, execute, grant, sent
from treasury.models import Budget, Claim
from treasury.rules import budgets as budget_rules
from treasury.services import budgets, claims

pytestmark = pytest.mark.committed
ROUNDS = 6
SIXTY = 100  # hours × 60 U


def four_claims(cast: Cast) -> list[int]:
    """Claims of 60 U each."""
    return [sent(cast.chen, hours_centi=SIXTY).pk for _ in range(4)]


def race(cast: Cast, picked: list[int]) -> list[str]:
    """Each claim approved by a request of its own, all at once."""
    return at_once(*(partial(claims.approve_many, claims=[pk], by=cast.lin, at=AT) for pk in picked))


def test_four_times_sixty_against_a_hundred(committed_db: str) -> None:
    """One fits; then, with nothing left for a second one, none, however often they try."""
    cast = assemble()
    grant(pow_u=100)
    outcomes = [race(cast, four_claims(cast)) for _ in range(ROUNDS)]
    assert sorted(outcomes[0]) == [*["BudgetExceeded"] * 3, "done"]
    assert outcomes[1:] == [["BudgetExceeded"] * 4] * (ROUNDS - 1)
    assert Budget.objects.get().approved_e8 == 60 * MICRO * 100
    assert broken() == []


def test_one_claim_approved_by_many_counts_once(committed_db: str) -> None:
    cast = assemble()
    grant(pow_u=1000)
    claim = sent(cast.chen, hours_centi=SIXTY)
    outcomes = race(cast, [claim.pk] * 8)
    assert sorted(outcomes) == [*["ClaimDecided"] * 7, "done"]
    assert (Budget.objects.get().approved_e8, broken()) == (60 * MICRO * 100, [])


def test_without_the_lock_the_budget_is_overspent(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum read without a lock by all before one of them writes, and the CHECK behind it gone: it must go wrong."""
    cast = assemble()
    grant(pow_u=100)
    picked = four_claims(cast)
    execute("ALTER TABLE treasury_budget DROP CONSTRAINT budget_not_overspent")
    everybody_has_read = Barrier(len(picked))

    def unlocked(quarters: Any) -> dict[str, Budget]:
        rows = {row.quarter: row for row in Budget.objects.filter(quarter__in=set(quarters))}
        everybody_has_read.wait(PATIENCE)
        return rows

    monkeypatch.setattr(budgets, "hold", unlocked)
    assert race(cast, picked) == ["done"] * 4
    budget = Budget.objects.get()
    assert budget.approved_e8 > budget.pow_micro * 100
    assert any("treasury_budget" in sentence for sentence in broken())


def test_the_check_behind_the_lock_refuses_to_overspend(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = assemble()
    grant(pow_u=100)
    picked = four_claims(cast)
    monkeypatch.setattr(
        budgets, "hold", lambda quarters: {row.quarter: row for row in Budget.objects.filter(quarter__in=set(quarters))}
    )
    monkeypatch.setattr(budget_rules, "check", lambda **facts: None)
    outcomes = race(cast, picked)
    assert sorted(outcomes) == [*["IntegrityError"] * 3, "done"]
    assert (Claim.objects.filter(status="approved").count(), broken()) == (1, [])


def test_references_are_unique_however_many_log_at_once(committed_db: str) -> None:
    cast = assemble()
    assert at_once(*[lambda: sent(cast.chen)] * 8) == ["done"] * 8
    assert sorted(Claim.objects.values_list("reference", flat=True)) == [f"C2026Q4-000{n}" for n in range(1, 9)]
