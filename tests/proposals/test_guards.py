"""What the database refuses to whoever comes another way than the services."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.loader import MigrationLoader

from proposals.models import Outcome, Proposal, Round, Seat
from proposals.selectors import guards
from proposals.services import proposing
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, found, opened, vote

TABLES = ["round", "seat", "ballot", "outcome", "execution"]
pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


def insert(table: str, row: Mapping[str, Any]) -> None:
    """A bare INSERT in a savepoint."""
    values = [json.dumps(value) if isinstance(value, dict) else value for value in row.values()]
    marks = ", ".join(["%s"] * len(row))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO proposals_{table} ({', '.join(row)}) VALUES ({marks})", values)


def ballot(seat: Seat, held: Round, **changes: Any) -> dict[str, Any]:
    """A row that the database takes; `changes` make it one that it does not."""
    return {
        "seat_id": seat.pk, "proposal_id": held.proposal_id, "number": 1, "seq": 1, "choice": "for", "nonce": "n",
        "reason_digest": "", "commitment": "c", "previous": held.digest, "receipt": "r", "cast_at": NOW + HOUR,
    } | changes  # fmt: skip


def outcome(held: Round, **changes: Any) -> dict[str, Any]:
    """How a round of three silent seats ends at its deadline; a success with the time to carry it out."""
    if changes.get("result") == "succeeded":
        changes = {"execute_at": DEADLINE, "expires_at": DEADLINE + 30 * DAY} | changes
    return {
        "round_id": held.pk, "result": "silence", "tally": {"seats": 3, "in_favour": 0, "against": 0},
        "last_receipt": held.digest, "digest": "d", "decided_at": DEADLINE,
    } | changes  # fmt: skip


def opening(proposal: Proposal, number: int, previous: str, moment: datetime = DEADLINE) -> dict[str, Any]:
    """A round's row."""
    return {
        "proposal_id": proposal.pk, "number": number, "wording_digest": "w", "rule": "unanimous", "edition": 1,
        "electorate_digest": "e", "previous": previous, "digest": f"d{number}", "opened_by_id": proposal.proposed_by_id,
        "opened_at": moment, "earliest_end_at": moment, "deadline_at": moment + DAY, "opened_in": 0,
    }  # fmt: skip


@pytest.fixture
def held() -> Round:
    return opened(found()[0])[1]


@pytest.fixture
def seats(held: Round) -> list[Seat]:
    return list(Seat.objects.filter(round=held).order_by("position"))


def test_the_row_that_the_attacks_start_from_is_taken(held: Round, seats: list[Seat]) -> None:
    insert("ballot", ballot(seats[0], held))
    insert("outcome", outcome(held, tally={"seats": 3, "in_favour": 1, "against": 0}, last_receipt="r"))


@pytest.mark.parametrize(
    "changes",
    [{"cast_at": NOW - MOMENT}, {"cast_at": DEADLINE}, {"cast_at": DEADLINE + DAY}],
    ids=["before the opening", "at the deadline", "after it"],
)
def test_a_ballot_outside_of_its_round_s_time(held: Round, seats: list[Seat], changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="not open"):
        insert("ballot", ballot(seats[0], held, **changes))


def test_a_ballot_after_the_outcome(held: Round, seats: list[Seat]) -> None:
    insert("outcome", outcome(held))
    with pytest.raises(IntegrityError, match="not open"):
        insert("ballot", ballot(seats[0], held))


def test_a_ballot_in_another_proposal_s_chain(held: Round, seats: list[Seat]) -> None:
    assert held.opened_by is not None
    other, _round = opened(held.opened_by, handle="otto")
    with pytest.raises(IntegrityError, match="not open"):
        insert("ballot", ballot(seats[0], held, proposal_id=other.pk))


@pytest.mark.parametrize(
    "changes",
    [
        {"choice": "abstain"},
        {"choice": "object"},
        {"number": 0},
        {"seq": 0},
        {"seat_id": 0},
    ],
    ids=["another choice", "an objection without its reason's digest", "number 0", "seq 0", "no seat"],
)
def test_a_ballot_that_is_none(held: Round, seats: list[Seat], changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        insert("ballot", ballot(seats[0], held, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 2, "receipt": "x"},
        {"number": 2, "receipt": "x"},
        {"seq": 2, "number": 2},
    ],
    ids=["the same place in the chain", "the same place of the seat", "the same receipt"],
)
def test_a_place_is_taken_once(held: Round, seats: list[Seat], changes: dict[str, Any]) -> None:
    insert("ballot", ballot(seats[0], held))
    with pytest.raises(IntegrityError, match="duplicate"):
        insert("ballot", ballot(seats[0], held, **changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"tally": {"seats": 3, "in_favour": 2, "against": 0}}, "does not count"),
        ({"tally": {"seats": 4, "in_favour": 1, "against": 0}}, "does not count"),
        ({"tally": {"seats": 3, "in_favour": 1, "against": 1}}, "does not count"),
        ({"tally": {}}, "does not count"),
        ({"last_receipt": "elsewhere"}, "last ballot"),
        ({"decided_at": NOW}, "last ballot"),
        ({"decided_at": DEADLINE - MOMENT}, "at the deadline"),
        ({"result": "objected"}, "no objection"),
        ({"result": "succeeded"}, "not met"),
        ({"result": "maybe"}, "outcome_result"),
    ],
)
def test_an_outcome_that_the_ballots_do_not_give(
    held: Round, seats: list[Seat], changes: dict[str, Any], why: str
) -> None:
    insert("ballot", ballot(seats[0], held))
    good = {"tally": {"seats": 3, "in_favour": 1, "against": 0}, "last_receipt": "r"}
    with pytest.raises(IntegrityError, match=why):
        insert("outcome", outcome(held, **(good | changes)))


def test_success_waits_for_the_earliest_end(held: Round, seats: list[Seat]) -> None:
    for number, seat in enumerate(seats, start=1):
        insert("ballot", ballot(seat, held, number=number, receipt=f"r{number}"))
    row = outcome(held, result="succeeded", tally={"seats": 3, "in_favour": 3, "against": 0}, last_receipt="r3")
    with pytest.raises(IntegrityError, match="not met"):
        insert("outcome", row | {"decided_at": AFTER_A_DAY - MOMENT})
    insert("outcome", row | {"decided_at": AFTER_A_DAY})


def unguarded() -> None:
    """Triggers off for the rest of the transaction: what is refused then, a CHECK refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")


@pytest.mark.parametrize("column", ["execute_at", "expires_at"])
def test_a_success_says_when_it_is_carried_out(held: Round, column: str) -> None:
    unguarded()
    row = outcome(held, result="succeeded")
    with pytest.raises(IntegrityError, match="outcome_times"):
        insert("outcome", row | {column: None})
    insert("outcome", row)


def announced(kind: str, params: Mapping[str, str], opens_at: datetime | None = None) -> Proposal:
    """One that waits for its moment."""
    return proposing.propose(kind=kind, params=params, text="Why.", by=found()[0], at=NOW, opens_at=opens_at)


def test_a_first_round_does_not_open_before_its_moment() -> None:
    made = announced("resolution", {"title": "We"}, NOW + DAY)
    row = opening(made, 1, "x", NOW + DAY) | {"rule": "share>1/2 of=all"}
    with pytest.raises(IntegrityError, match="before its moment"):
        insert("round", row | {"opened_at": NOW + DAY - MOMENT})
    insert("round", row)


def test_the_moment_of_an_election_does_not_move_before_it_opens() -> None:
    made = announced("election", {})
    assert made.opens_at is not None
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Proposal.objects.filter(pk=made.pk).update(opens_at=NOW + HOUR)
    # Its acts are made when it opens.
    assert Proposal.objects.filter(pk=made.pk).update(acts=[], acts_digest="x") == 1


def test_verify_asks_for_every_guard_and_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'proposals_%%_guard'")
        standing = sorted(name for (name,) in cursor.fetchall())
    assert standing == sorted(f"proposals_{table}_guard" for table in guards.TABLES)


def test_nobody_goes_back_behind_the_guards() -> None:
    """Rows that are there by then are not what the guards before let in."""
    loader = MigrationLoader(connection)
    migration, before = loader.get_migration("proposals", "0007_guards"), ("proposals", "0006_life")
    with connection.schema_editor() as editor, pytest.raises(IrreversibleError):
        migration.unapply(loader.project_state(before), editor)


def test_a_round_ends_once(held: Round) -> None:
    insert("outcome", outcome(held))
    with pytest.raises(IntegrityError, match="duplicate"):
        insert("outcome", outcome(held))


@pytest.mark.parametrize(("number", "previous"), [(1, "d"), (3, "d"), (2, "elsewhere")])
def test_rounds_follow_each_other(held: Round, number: int, previous: str) -> None:
    insert("outcome", outcome(held))
    with pytest.raises(IntegrityError):
        insert("round", opening(held.proposal, number, previous))
    insert("round", opening(held.proposal, 2, "d"))


def test_no_round_follows_one_that_runs_or_passed(held: Round) -> None:
    with pytest.raises(IntegrityError, match="does not follow"):
        insert("round", opening(held.proposal, 2, held.digest))
    for seat in Seat.objects.select_related("member").filter(round=held):
        vote(held, seat.member, moment=AFTER_A_DAY)
    passed = Outcome.objects.get()
    with pytest.raises(IntegrityError, match="does not follow"):
        insert("round", opening(held.proposal, 2, passed.digest))


def test_nothing_is_carried_out_that_has_not_passed(held: Round) -> None:
    insert("outcome", outcome(held))
    row = {"proposal_id": held.proposal_id, "outcome_id": held.pk, "effect": "x", "executed_at": DEADLINE}
    with pytest.raises(IntegrityError, match="has not passed"):
        insert("execution", row)


def test_a_success_is_carried_out_for_its_own_proposal_and_once(held: Round) -> None:
    for seat in Seat.objects.select_related("member").filter(round=held):
        vote(held, seat.member, moment=AFTER_A_DAY)
    assert held.opened_by is not None
    other, _round = opened(held.opened_by, handle="otto")
    row = {"proposal_id": held.proposal_id, "outcome_id": held.pk, "effect": "x", "executed_at": DEADLINE}
    with pytest.raises(IntegrityError, match="has not passed"):
        insert("execution", row | {"proposal_id": other.pk})
    with pytest.raises(IntegrityError, match="has not passed"):
        insert("execution", row | {"executed_at": NOW})
    insert("execution", row)
    with pytest.raises(IntegrityError, match="duplicate"):
        insert("execution", row)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proposals_proposal SET number = 7",
        "UPDATE proposals_proposal SET acts = '[]'",
        "UPDATE proposals_proposal SET acts_digest = 'x'",
        "UPDATE proposals_proposal SET proposed_at = now()",
        "DELETE FROM proposals_proposal",
    ],
)
def test_what_was_proposed_does_not_change(held: Round, statement: str) -> None:
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_only_the_name_can_be_erased(held: Round) -> None:
    Proposal.objects.update(about="")
    assert Proposal.objects.get().title == "Admit an erased person as a member"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "attack", ["UPDATE proposals_{0} SET {1} = {1}", "DELETE FROM proposals_{0}", "TRUNCATE proposals_{0} CASCADE"]
)
def test_append_only_tables_refuse_change(held: Round, table: str, attack: str) -> None:
    with connection.cursor() as cursor:
        # Keys that wait to be checked would stop TRUNCATE before the trigger does.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    column = {"outcome": "round_id", "execution": "proposal_id"}.get(table, "id")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack.format(table, column))
