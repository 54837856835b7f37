"""Postings and transfers: once, exact, reversed once, and what the database itself refuses."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from journal.selectors import entries_about
from tests.cast import AT, Cast
from tests.treasury.books import DAY, MICRO, balance, broken, execute, grant, move, run_month
from treasury.models import Posting, Transfer
from treasury.refusals import (
    AlreadyReversed,
    NotReversible,
    OverdrawnEscrow,
    PostedDifferently,
    ReferenceTaken,
    UnsoundMove,
)
from treasury.rules import accounts
from treasury.rules.accounts import AccountKey, Move
from treasury.services import ledger


def post(*moves: Move, key: str = "e-1", kind: str = "acceptance") -> Posting:
    """A posting of the tests."""
    return ledger.post(kind=kind, key=key, occurred_on=DAY, moves=moves, by="system:test", at=AT)


def insert(**changes: Any) -> None:
    """A transfer past the services, from pool to lin unless said otherwise."""
    keys = ledger.ensure([accounts.pool(), accounts.payable("lin", "U")])
    values = {
        "posting_id": post(move("base"), key="base").pk,
        "debit_id": keys[accounts.pool()],
        "credit_id": keys[accounts.payable("lin", "U")],
        "asset": "U",
        "amount_micro": 1,
        "reference": "raw",
        "occurred_on": DAY,
    } | changes
    Transfer.objects.create(**values)


def test_a_posting_moves_balances_and_tells_the_journal(db: None) -> None:
    posting = post(move("a", 7), move("b", 3, "bo"))
    assert (balance("pool"), balance("payable", "lin"), balance("payable", "bo")) == (-10, 7, 3)
    (entry,) = entries_about(f"posting/acceptance/{posting.key}")
    assert (entry.verb, entry.data["transfers"]) == ("ledger.posted", 2)
    assert broken() == []


def test_the_same_event_is_posted_once(db: None) -> None:
    first = post(move("a"), move("b"))
    assert post(move("b"), move("a")) == first
    assert Transfer.objects.count() == 2
    with pytest.raises(PostedDifferently):
        post(move("a"))
    assert (Posting.objects.count(), balance("payable", "lin")) == (1, 10 * MICRO)


@pytest.mark.parametrize(
    "moves",
    [
        [],
        [move("a", 0)],
        [move("a", -1)],
        [Move(accounts.pool(), accounts.pool(), 1, "a")],
        [Move(accounts.pool(), accounts.payable("lin", "LXP"), 1, "a")],
    ],
)
def test_a_move_that_is_none_is_refused(db: None, moves: list[Move]) -> None:
    with pytest.raises(UnsoundMove):
        post(*moves)
    assert Posting.objects.count() == 0


def test_a_reference_is_used_once(db: None) -> None:
    post(move("a"))
    with pytest.raises(ReferenceTaken, match="“a” is used already"):
        post(move("a"), key="e-2")
    assert (Posting.objects.count(), balance("pool")) == (1, -5 * MICRO)


def test_escrow_is_never_below_zero(db: None) -> None:
    held = accounts.escrow("E-1")
    post(Move(accounts.receivable("client-1"), held, 10, "in"))
    post(Move(held, accounts.pool(), 10, "out"), key="e-2")
    with pytest.raises(OverdrawnEscrow):
        post(Move(held, accounts.pool(), 1, "more"), key="e-3")
    assert (balance("escrow", "E-1"), balance("receivable", "client-1")) == (0, -10)


def test_a_reversal_is_the_exact_opposite_once(db: None) -> None:
    posting = post(move("a", 7), move("b", 3, "bo"))
    reversal = ledger.reverse(posting=posting, occurred_on=DAY, by="system:test", at=AT)
    assert {balance("pool"), balance("payable", "lin"), balance("payable", "bo")} == {0}
    for again in (posting, reversal):
        with pytest.raises((AlreadyReversed, NotReversible)):
            ledger.reverse(posting=again, occurred_on=DAY, by="system:test", at=AT)
    assert (Transfer.objects.count(), broken()) == (4, [])


def test_a_runs_lines_are_not_reversed(cast: Cast) -> None:
    run_month()
    posting = Posting.objects.filter(kind="payout-run").first()
    assert posting is not None
    with pytest.raises(NotReversible):
        ledger.reverse(posting=posting, occurred_on=DAY, by="system:test", at=AT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_micro": 0},
        {"amount_micro": -1},
        {"posting_id": 10**9},
        {"debit_id": 10**9},
        {"asset": "LXP"},
        {"reference": "base"},
    ],
)
def test_the_database_refuses_what_is_no_transfer(db: None, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(**wrong)
    insert()
    assert broken() == []


def test_the_database_refuses_a_transfer_onto_its_own_account(db: None) -> None:
    pool = ledger.ensure([accounts.pool()])[accounts.pool()]
    with pytest.raises(IntegrityError, match="transfer_two_accounts"):
        insert(debit_id=pool, credit_id=pool)


@pytest.mark.parametrize("twist", ["amount", "side", "asset", "again", "of a reversal"])
def test_the_database_refuses_a_reversal_that_is_not_exact(db: None, twist: str) -> None:
    posting = post(move("a", 7))
    row = Transfer.objects.get()
    opposite = {"debit_id": row.credit_id, "credit_id": row.debit_id, "amount_micro": 7, "reverses_id": row.pk}
    if twist in ("again", "of a reversal"):
        reversal = ledger.reverse(posting=posting, occurred_on=DAY, by="system:test", at=AT).transfers.get()
    other = ledger.ensure([AccountKey("payable", "bo", "U")])
    twists: dict[str, dict[str, Any]] = {
        "amount": {"amount_micro": 6},
        "side": {"debit_id": next(iter(other.values()))},
        "asset": {"asset": "LXP"},
        "again": {},
        "of a reversal": {}
        if twist != "of a reversal"
        else {
            "debit_id": row.debit_id,
            "credit_id": row.credit_id,
            "reverses_id": reversal.pk,
        },
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(**(opposite | twists[twist]))


ATTACKS = [
    "UPDATE {table} SET id = id",
    "UPDATE {table} SET id = id + 1000 WHERE false",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE false",
    "TRUNCATE {table} CASCADE",
    "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone",
    "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = excluded.id",
]


@pytest.mark.parametrize("table", ["treasury_account", "treasury_posting", "treasury_transfer", "treasury_payoutline"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_posted_rows_never_change(cast: Cast, table: str, attack: str) -> None:
    run_month()
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        execute(attack.format(table=table))
    assert broken() == []


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE treasury_balance SET amount_micro = 0",
        "DELETE FROM treasury_balance",
        "TRUNCATE treasury_balance",
        "INSERT INTO treasury_balance VALUES (1000, 5, false)",
    ],
)
def test_balances_move_with_transfers_only(db: None, attack: str) -> None:
    post(move("a"))
    with pytest.raises(ProgrammingError, match="balances move with transfers only"), transaction.atomic():
        execute(attack)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE treasury_budget SET pow_micro = pow_micro + 1",
        "UPDATE treasury_budget SET quarter = '2027-Q1'",
        "UPDATE treasury_budget SET approved_e8 = pow_micro * 100 + 1",
        "UPDATE treasury_budget SET approved_e8 = -1",
    ],
)
def test_a_grant_stands(cast: Cast, attack: str) -> None:
    grant()
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(attack)


def test_verify_finds_what_was_tampered_with(db: None) -> None:
    """Past every guard, as the table's owner could: each kind of damage is named."""
    post(move("a"), move("b", 3, "bo"))
    execute("SET session_replication_role = replica")
    damages = {
        "UPDATE treasury_balance SET amount_micro = amount_micro + 1 WHERE account_id = (SELECT min(id) FROM"
        " treasury_account)": "treasury_balance",
        "UPDATE treasury_transfer SET asset = 'LXP' WHERE reference = 'a'": "of another asset",
        "UPDATE treasury_transfer SET posting_id = 10000 WHERE reference = 'a'": "its posting does not exist",
        "UPDATE treasury_transfer SET reverses_id = id WHERE reference = 'a'": "exact opposite",
        "DELETE FROM treasury_transfer WHERE reference = 'b'": "the transfers give",
        "ALTER TABLE treasury_transfer DISABLE TRIGGER treasury_transfer_book": "missing or switched off",
    }
    for damage, said in damages.items():
        point = transaction.savepoint()
        execute(damage)
        assert any(said in sentence for sentence in broken()), damage
        transaction.savepoint_rollback(point)
    assert broken() == []
    connection.cursor().execute("SET session_replication_role = origin")
