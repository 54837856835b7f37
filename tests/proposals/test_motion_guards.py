"""What the database refuses of motions and their answers, whoever writes them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from members.models import Member
from members.services import memberships
from proposals.models import Motion, Round, Seat
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, found, opened
from tests.proposals.test_guards import ballot, insert, outcome, unguarded

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def group() -> list[Member]:
    return found()


@pytest.fixture
def held(group: list[Member]) -> Round:
    return opened(group[0])[1]


def motion(held: Round, by: Member, **changes: Any) -> dict[str, Any]:
    """A row that the database takes; `changes` make it one that it does not."""
    return {
        "round_id": held.pk, "number": 1, "kind": "hold", "asked_by_id": by.pk, "asked_at": NOW + HOUR,
        "until_at": NOW + DAY, "reason_digest": "x",
    } | changes  # fmt: skip


def answer(held: Round, by: Member, **changes: Any) -> dict[str, Any]:
    return {"motion_id": held.motions.get().pk, "member_id": by.pk, "answered_at": NOW + 2 * HOUR} | changes


EXTEND = {"kind": "extend", "until_at": DEADLINE + DAY}
CANCEL = {"kind": "cancel", "until_at": None}
LONG = {"asked_at": NOW + HOUR, "until_at": NOW + 73 * HOUR}


def test_the_rows_that_the_attacks_start_from_are_taken(group: list[Member], held: Round) -> None:
    insert("motion", motion(held, group[0], **LONG))
    insert("motion", motion(held, group[1], number=2, **EXTEND))
    insert("motion", motion(held, group[1], number=3, kind="extend", until_at=DEADLINE + 30 * DAY))
    insert("motion", motion(held, group[1], number=4, **CANCEL))


@pytest.mark.parametrize(
    "changes",
    [
        {"asked_at": NOW - MOMENT},
        {"asked_at": DEADLINE, "until_at": DEADLINE + HOUR},
        {"until_at": NOW + HOUR},
        {"until_at": None},
        LONG | {"until_at": NOW + 73 * HOUR + MOMENT},
        {"kind": "extend", "until_at": DEADLINE},
        {"kind": "extend", "until_at": DEADLINE + 30 * DAY + MOMENT},
        {"kind": "cancel"},
        {"kind": "pause"},
        {"number": 0},
    ],
)
def test_a_motion_that_is_none(group: list[Member], held: Round, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        insert("motion", motion(held, group[0], **changes))


def test_nobody_asks_without_a_seat(group: list[Member], held: Round) -> None:
    late = memberships.join(handle="zed", name="Zed", joined_on=NOW.date(), decided_by="import", by="import", at=NOW)
    with pytest.raises(IntegrityError, match="without a seat"):
        insert("motion", motion(held, late))


def test_nobody_holds_a_round_twice(group: list[Member], held: Round) -> None:
    insert("motion", motion(held, group[0]))
    with pytest.raises(IntegrityError, match="motion_hold_once"):
        insert("motion", motion(held, group[0], number=2))


def test_nothing_is_asked_or_answered_after_the_outcome(group: list[Member], held: Round) -> None:
    insert("motion", motion(held, group[0], **CANCEL))
    insert("outcome", outcome(held))
    with pytest.raises(IntegrityError, match="without a seat"):
        insert("motion", motion(held, group[1], number=2))
    with pytest.raises(IntegrityError, match="not theirs to give"):
        insert("answer", answer(held, group[1]))


@pytest.mark.parametrize(
    ("kind", "who", "changes"),
    [
        (EXTEND, 0, {}),
        (CANCEL, 0, {}),
        ({}, 1, {}),
        ({}, 0, {"answered_at": NOW + DAY}),
        (EXTEND, 1, {"answered_at": NOW}),
        (EXTEND, 1, {"answered_at": DEADLINE}),
        (CANCEL, 1, {"answered_at": DEADLINE}),
    ],
    ids=["own extension", "own cancellation", "another's hold", "a hold that is over", "before it was asked",
         "an extension at the deadline", "a cancellation at the deadline"],
)  # fmt: skip
def test_an_answer_that_is_none(
    group: list[Member], held: Round, kind: dict[str, Any], who: int, changes: dict[str, Any]
) -> None:
    insert("motion", motion(held, group[0], **kind))
    with pytest.raises(IntegrityError, match="not theirs to give"):
        insert("answer", answer(held, group[who], **changes))
    insert("answer", answer(held, group[1 if kind else 0]))


def test_one_answer_a_motion(group: list[Member], held: Round) -> None:
    insert("motion", motion(held, group[0], **EXTEND))
    insert("answer", answer(held, group[1]))
    with pytest.raises(IntegrityError):
        insert("answer", answer(held, group[2]))


def test_a_ballot_and_an_end_keep_to_the_effective_times(group: list[Member], held: Round) -> None:
    insert("motion", motion(held, group[0], **EXTEND))
    insert("answer", answer(held, group[1]))
    with pytest.raises(IntegrityError, match="at the deadline"):
        insert("outcome", outcome(held))
    seat = Seat.objects.filter(round=held)[0]
    insert("ballot", ballot(seat, held, cast_at=DEADLINE + DAY - MOMENT))
    with pytest.raises(IntegrityError, match="not open"):
        insert("ballot", ballot(seat, held, cast_at=DEADLINE + DAY, seq=2, number=2, receipt="r2"))


def test_success_waits_for_a_hold(group: list[Member], held: Round) -> None:
    insert("motion", motion(held, group[0], until_at=NOW + 30 * HOUR))
    for number, seat in enumerate(Seat.objects.filter(round=held), start=1):
        insert("ballot", ballot(seat, held, number=number, receipt=f"r{number}"))
    row = outcome(held, result="succeeded", tally={"seats": 3, "in_favour": 3, "against": 0}, last_receipt="r3")
    row |= {"execute_at": NOW + 30 * HOUR, "expires_at": NOW + 60 * DAY}
    with pytest.raises(IntegrityError, match="not met"):
        insert("outcome", row | {"decided_at": NOW + 30 * HOUR - MOMENT})
    insert("outcome", row | {"decided_at": NOW + 30 * HOUR})


def test_the_next_round_waits_for_a_hold(group: list[Member], held: Round) -> None:
    """Over an objection a round ends by the next one, before its deadline, not while somebody holds it."""
    insert("motion", motion(held, group[0], until_at=NOW + 30 * HOUR))
    insert("ballot", ballot(Seat.objects.filter(round=held)[0], held, choice="object", reason_digest="x"))
    row = outcome(held, result="objected", tally={"seats": 3, "in_favour": 0, "against": 1}, last_receipt="r")
    with pytest.raises(IntegrityError, match="somebody holds"):
        insert("outcome", row | {"decided_at": NOW + 30 * HOUR - MOMENT})
    insert("outcome", row | {"decided_at": NOW + 30 * HOUR})


def test_an_objected_round_without_a_hold_ends_at_any_time(held: Round) -> None:
    insert("ballot", ballot(Seat.objects.filter(round=held)[0], held, choice="object", reason_digest="x"))
    row = outcome(held, result="objected", tally={"seats": 3, "in_favour": 0, "against": 1}, last_receipt="r")
    insert("outcome", row | {"decided_at": NOW + HOUR})


def test_a_hold_that_was_released_leaves_an_extension_too_long(group: list[Member], held: Round) -> None:
    """It was asked while the hold kept the deadline later; seconding it asks again how long it is."""
    hold = {"asked_at": DEADLINE - HOUR, "until_at": DEADLINE + DAY}
    insert("motion", motion(held, group[0], **hold))
    late = {"kind": "extend", "asked_at": DEADLINE - HOUR, "until_at": DEADLINE + 31 * DAY}
    insert("motion", motion(held, group[1], number=2, **late))
    released, asked = held.motions.order_by("number")
    row = {"motion_id": asked.pk, "member_id": group[2].pk, "answered_at": DEADLINE - MOMENT}
    with transaction.atomic():
        insert("answer", row)
        transaction.set_rollback(True)
    insert("answer", {"motion_id": released.pk, "member_id": group[0].pk, "answered_at": DEADLINE - 2 * MOMENT})
    with pytest.raises(IntegrityError, match="for too long"):
        insert("answer", row)


@pytest.mark.parametrize("kind", ["hold", "extend"])
def test_what_takes_time_says_until_when(group: list[Member], held: Round, kind: str) -> None:
    unguarded()
    with pytest.raises(IntegrityError, match="motion_kind"):
        insert("motion", motion(held, group[0], kind=kind, until_at=None))


def test_nobody_cancels_alone(group: list[Member], held: Round) -> None:
    insert("motion", motion(held, group[0], **CANCEL))
    row = outcome(held, result="canceled", decided_at=NOW + 3 * HOUR)
    with pytest.raises(IntegrityError, match="nothing canceled"):
        insert("outcome", row)
    insert("answer", answer(held, group[1]))
    insert("outcome", row)


@pytest.mark.parametrize("sql", [
    "UPDATE proposals_motion SET until_at = until_at + interval '1 hour'",
    "DELETE FROM proposals_motion", "TRUNCATE proposals_motion CASCADE",
    "UPDATE proposals_answer SET answered_at = answered_at", "DELETE FROM proposals_answer",
    "TRUNCATE proposals_answer CASCADE",
])  # fmt: skip
def test_what_was_asked_and_answered_stays(group: list[Member], held: Round, sql: str) -> None:
    insert("motion", motion(held, group[0], **EXTEND))
    insert("answer", answer(held, group[1]))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Motion.objects.filter(answer__isnull=False).count() == 1
