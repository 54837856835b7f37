"""`verify` finds what was altered behind the guards: every table, every column that counts."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from journal.clock import database_clock
from journal.registry import invariants
from members.models import Member
from proposals.models import Ballot, Outcome, Proposal, Round
from proposals.selectors.counts import tally_of
from proposals.services import execution, motions, rounds
from proposals.services.rounds import _end
from tests.proposals.cast import DAY, HOUR, NOW, at, found, opened, vote

pytestmark = pytest.mark.django_db
OURS = [name for name in invariants if name.startswith("proposals.")]


def said() -> list[str]:
    """Everything that our invariants say."""
    return [text for name in OURS for text in invariants[name].check()]


def tamper(sql: str) -> None:
    """What somebody with the owner's rights could do: switch the guards off and change a row."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture(autouse=True)
def history() -> None:
    """Two rounds, the second passed and carried out; a second proposal that runs."""
    group = found()
    proposal, first = opened(group[0])
    vote(first, group[0])
    vote(first, group[1], "object")
    second = rounds.open_next(proposal=proposal, changes="New.", by=group[0], clock=at(NOW + 2 * HOUR))
    for member in group:
        vote(second, member, moment=NOW + 2 * DAY)
    execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=at(NOW + 2 * DAY))
    # `verify` asks the real clock.
    yesterday = database_clock() - DAY
    _other, running = opened(group[0], handle="otto", moment=yesterday)
    vote(running, group[2], moment=yesterday + HOUR)


def test_a_sound_history() -> None:
    assert said() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE proposals_ballot SET choice = 'for' WHERE choice = 'object'",
        "UPDATE proposals_ballot SET nonce = repeat('0', 32) WHERE number = 1",
        "UPDATE proposals_ballot SET receipt = repeat('0', 64) WHERE id = (SELECT min(id) FROM proposals_ballot)",
        "UPDATE proposals_ballot SET cast_at = cast_at + interval '9 days' WHERE number = 5",
        "UPDATE proposals_ballot SET reason_digest = 'x' WHERE choice = 'object'",
        "UPDATE proposals_ballot SET seat_id = (SELECT max(seat_id) + 100 FROM proposals_ballot) WHERE number = 3",
        "UPDATE proposals_reason SET text = 'I like cake.'",
        "UPDATE proposals_wording SET content = content || '{\"project\": \"Huge\"}' WHERE changes = ''",
        "UPDATE proposals_wording SET changes = 'Everything.' WHERE changes <> ''",
        "UPDATE proposals_round SET rule = 'share>1/2' WHERE number = 2",
        "UPDATE proposals_round SET deadline_at = deadline_at + interval '1 day' WHERE number = 1",
        "UPDATE proposals_round SET edition = 2 WHERE number = 1",
        "UPDATE proposals_outcome SET result = 'silence', execute_at = NULL, expires_at = NULL",
        "UPDATE proposals_outcome SET tally = tally || '{\"in_favour\": 2}' WHERE result = 'succeeded'",
        "UPDATE proposals_outcome SET decided_at = decided_at - interval '1 minute' WHERE result = 'objected'",
        "UPDATE proposals_proposal SET acts = '[]' WHERE number = 1",
        "UPDATE proposals_proposal SET acts_digest = repeat('0', 64) WHERE number = 2",
        "UPDATE proposals_seat SET position = 9 WHERE position = 1",
        "DELETE FROM proposals_seat WHERE id = (SELECT min(id) FROM proposals_seat WHERE position = 3)",
        "DELETE FROM proposals_outcome WHERE result = 'succeeded'",
        "DELETE FROM proposals_round WHERE id = (SELECT min(id) FROM proposals_round)",
        "UPDATE proposals_ballot SET cast_at = cast_at + interval '1 minute' WHERE number = 5",
        "UPDATE proposals_round SET opened_by_id = (SELECT max(id) FROM members_member) WHERE number = 2",
        "UPDATE proposals_wording SET salt = '', content = content || '{\"project\": \"Huge\"}' WHERE changes = ''",
        "UPDATE proposals_reason SET salt = '', text = 'I like cake.'",
        "UPDATE proposals_proposal SET proposed_by_id = (SELECT id FROM members_member WHERE handle = 'ben')",
        "UPDATE proposals_proposal SET proposed_at = proposed_at - interval '1 day' WHERE number = 1",
        "UPDATE proposals_proposal SET application_id = application_id + 9 WHERE number = 2",
        "UPDATE proposals_proposal SET about = 'Eve' WHERE number = 2",
        "DELETE FROM journal_entry WHERE verb = 'proposal.open' AND subject = 'proposal/2'",
        "UPDATE proposals_execution SET effect = 'membership/eve'",
        "UPDATE proposals_execution SET executed_at = executed_at + interval '1 day'",
        "DELETE FROM journal_entry WHERE verb = 'proposal.execute'",
        "DELETE FROM journal_entry WHERE id = (SELECT min(id) FROM journal_entry WHERE verb = 'ballot.cast')",
        "ALTER TABLE proposals_ballot DISABLE TRIGGER proposals_ballot_guard",
        "ALTER TABLE proposals_seat DISABLE TRIGGER USER",
    ],
)
def test_what_was_altered_is_named(sql: str) -> None:
    tamper(sql)
    assert said() != []


def test_every_single_ballot_is_missed() -> None:
    for ballot in Ballot.objects.order_by("number"):
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
        tamper(f"DELETE FROM proposals_reason WHERE ballot_id = {ballot.pk}")
        tamper(f"DELETE FROM proposals_ballot WHERE id = {ballot.pk}")
        assert said() != [], ballot.number
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT before")


def test_a_round_that_nobody_closed_is_named() -> None:
    group_leader = Proposal.objects.get(number=1).proposed_by
    assert group_leader is not None
    opened(group_leader, handle="zoe", moment=NOW - 8 * DAY)
    assert any("no outcome" in text for text in said())


def test_erased_words_leave_a_sound_chain() -> None:
    tamper("UPDATE proposals_reason SET text = '', missing = '', salt = ''")
    tamper("UPDATE proposals_wording SET content = '{}', changes = '', salt = ''")
    tamper("UPDATE proposals_proposal SET about = ''")
    assert said() == []


def forged(result: str, moment: str) -> list[str]:
    """An outcome of the running round, its digest and entry made to fit, as somebody with this program could."""
    held = Round.objects.get(outcome=None)
    _end(
        held, held.proposal, tally_of(held), Outcome.Result(result), by=rounds.SYSTEM, at=datetime.fromisoformat(moment)
    )
    return said()


@pytest.mark.parametrize("result", ["succeeded", "silence", "objected", "canceled"])
def test_a_result_that_ballots_and_time_do_not_give_is_named(result: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
    assert any("do not give its result" in text for text in forged(result, "2026-11-23T12:00:00+00:00"))


def test_no_result_over_an_objection_while_somebody_holds_the_round() -> None:
    held = Round.objects.get(outcome=None)
    asked_at = held.opened_at + 2 * HOUR
    ana, ben = (Member.objects.get(handle=handle) for handle in ("ana", "ben"))
    vote(held, ben, "object", moment=asked_at)
    motions.ask(
        round_id=held.pk, kind="hold", reason="Time.", until_at=asked_at + DAY, by=ana, clock=at(asked_at + HOUR)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
    with transaction.atomic():
        assert not any("do not give its result" in text for text in forged("objected", str(asked_at + DAY)))
        transaction.set_rollback(True)
    moment = asked_at + DAY - timedelta(microseconds=1)
    assert any("do not give its result" in text for text in forged("objected", str(moment)))


def queries_of_chains() -> int:
    with CaptureQueriesContext(connection) as queries:
        assert list(invariants["proposals.chains"].check()) == []
    return len(queries)


def test_the_queries_do_not_grow_with_rounds_and_outcomes() -> None:
    before = queries_of_chains()
    held = Round.objects.get(outcome=None)
    leader, proposal = Member.objects.get(handle="ana"), held.proposal
    for _round in range(3):
        rounds.close_due(clock=at(held.deadline_at))
        moment = held.deadline_at + HOUR
        held = rounds.open_next(proposal=proposal, changes="More.", by=leader, clock=at(moment))
        motions.ask(
            round_id=held.pk, kind="hold", reason="Time.", until_at=moment + DAY, by=leader, clock=at(moment + HOUR)
        )
    for member in Member.objects.all():
        vote(held, member, moment=held.opened_at + 2 * HOUR)
    rounds.close_due(clock=at(held.deadline_at))
    assert proposal.rounds.filter(outcome__result="succeeded").exists()
    assert queries_of_chains() == before


def test_words_may_be_erased() -> None:
    tamper("UPDATE proposals_wording SET salt = '', content = '{}', changes = ''")
    tamper("UPDATE proposals_reason SET salt = '', text = '', missing = ''")
    assert said() == []
