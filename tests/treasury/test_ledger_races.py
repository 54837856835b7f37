"""Many at once on the ledger: posted once, reversed once, balances exact, nobody waits in a circle."""

import random
from datetime import date
from functools import partial

import pytest

from tests.cast import AT
from tests.races import at_once
from tests.treasury.books import DAY, balance, broken, execute, move
from treasury.models import Posting, Transfer
from treasury.rules import accounts
from treasury.rules.accounts import Move
from treasury.services import ledger

pytestmark = pytest.mark.committed


def post(*moves: Move, key: str) -> Posting:
    """A posting of the tests."""
    return ledger.post(kind="acceptance", key=key, occurred_on=DAY, moves=moves, by="system:test", at=AT)


def test_fifty_equal_posts_are_one(committed_db: str) -> None:
    same = [lambda: post(move("a", 7), key="e")] * 25
    outcomes = at_once(*same) + at_once(*same)
    assert outcomes == ["done"] * 50
    assert (Posting.objects.count(), Transfer.objects.count(), balance("payable", "lin")) == (1, 1, 7)


def reverse_twice(number: int) -> list[str]:
    """Each of some postings reversed by two at once."""
    outcomes = []
    for posting in [post(move(f"a{place}", 7), key=f"e{place}") for place in range(number)]:
        reverse = partial(ledger.reverse, posting=posting, occurred_on=DAY, by="system:test", at=AT)
        outcomes += at_once(reverse, reverse)
    return outcomes


def test_of_two_reversals_one_is_refused(committed_db: str) -> None:
    outcomes = reverse_twice(20)
    assert sorted(outcomes) == [*["AlreadyReversed"] * 20, *["done"] * 20]
    assert (balance("pool"), broken()) == (0, [])


def test_without_the_unique_guards_money_comes_from_nothing(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same race with posting and reversal allowed twice: the negative control must go wrong."""
    execute(
        "ALTER TABLE treasury_posting DROP CONSTRAINT posting_once",
        "CREATE INDEX ON treasury_posting (kind, key)",
        "DROP INDEX transfer_reversed_once",
        "ALTER TABLE treasury_transfer DROP CONSTRAINT transfer_reference_once",
    )
    numbers = iter(range(10**6))

    def always_new(kind: str, key: str, occurred_on: date, by: str) -> tuple[Posting, bool]:
        unique = f"{key}#{next(numbers)}"
        return Posting.objects.create(kind=kind, key=unique, occurred_on=occurred_on, actor=by), True

    monkeypatch.setattr(ledger, "_open", always_new)
    assert "AlreadyReversed" not in reverse_twice(3)
    assert balance("pool") == 3 * 7
    assert any("reversed 2 times" in sentence for sentence in broken())


def test_postings_over_the_same_accounts_never_deadlock(committed_db: str) -> None:
    """Eight at once, each posting among the same accounts in an order of its own."""
    people = [accounts.payable(name, "U") for name in ("bo", "chen", "lin")]
    ends = [accounts.pool(), accounts.dao("U"), *people]

    def shuffled(number: int) -> None:
        order = random.Random(number)
        for turn in range(15):
            pairs = [order.sample(ends, 2) for _ in range(4)]
            moves = [Move(a, b, 1 + place, f"{number}/{turn}/{place}") for place, (a, b) in enumerate(pairs)]
            post(*moves, key=f"{number}/{turn}")

    assert at_once(*(partial(shuffled, number) for number in range(8))) == ["done"] * 8
    assert (Transfer.objects.count(), broken()) == (8 * 15 * 4, [])
