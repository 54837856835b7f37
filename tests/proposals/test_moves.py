"""Every move between two states against the database, past all services: the possible ones, and no other."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from django.db import Error, connection, transaction

from members.models import Member
from proposals.models import Execution, Outcome, Proposal, Round
from proposals.rules.states import EXPIRES_AFTER
from proposals.selectors.counts import tally_of
from proposals.selectors.links import head
from proposals.services import announcing, execution, motions, proposing, rounds
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, at, found, vote

pytestmark = pytest.mark.django_db
DIGEST = "d" * 64


def resolution(*, votes: bool = False, **more: Any) -> Proposal:
    """One that is open, with every vote in favour or with none."""
    group = found()
    made = proposing.propose(kind="resolution", params={"title": "We"}, text="Why.", by=group[0], at=NOW, **more)
    for member in group if votes else []:
        vote(made.rounds.get(), member)
    return made


def closed(**more: Any) -> Proposal:
    """One whose round has ended at its deadline."""
    made = resolution(**more)
    rounds.close_due(clock=at(DEADLINE))
    return made


def taken_back() -> Proposal:
    """One that never opened."""
    made = resolution(opens_at=NOW + DAY)
    return announcing.take_back(proposal=made, by=Member.objects.get(handle="ana"), clock=at(NOW))


def canceled() -> Proposal:
    """One that two members ended."""
    made, (ana, ben, _chen) = resolution(), Member.objects.order_by("handle")
    asked = motions.ask(round_id=made.rounds.get().pk, kind="cancel", reason="No.", by=ana, clock=at(NOW + HOUR))
    motions.answer(round_id=asked.round_id, number=asked.number, by=ben, clock=at(NOW + HOUR))
    return made


def executed() -> Proposal:
    """One that was carried out."""
    made = closed(votes=True)
    execution.execute(proposal=made, by=rounds.SYSTEM, clock=at(DEADLINE))
    return made


def open_round(proposal: Proposal, moment: datetime) -> None:
    """The next round, as it would be with everything else in order."""
    last = Round.objects.filter(proposal=proposal).order_by("-number").first()
    Round.objects.create(
        proposal=proposal,
        number=last.number + 1 if last else 1,
        wording_digest=DIGEST,
        rule="share>1/2 of=all against=0 abstain=0 turnout>=0 everybody=no",
        edition=1,
        electorate_digest=DIGEST,
        previous=head(proposal),
        digest=DIGEST,
        opened_by=proposal.proposed_by,
        opened_at=moment,
        earliest_end_at=moment + DAY,
        deadline_at=moment + 7 * DAY,
        hidden=proposal.hidden,
        execute_on=proposal.execute_on,
    )


def end(result: str) -> Callable[[Proposal, datetime], None]:
    """The outcome of the last round, counted rightly."""

    def write(proposal: Proposal, moment: datetime) -> None:
        last, passed = Round.objects.filter(proposal=proposal).order_by("-number").first(), result == "succeeded"
        Outcome.objects.create(  # type: ignore[misc]  # none: the database is asked to refuse that too
            round=last,
            result=result,
            tally=tally_of(last).as_json() if last else {},
            last_receipt=head(proposal),
            digest=DIGEST,
            decided_at=moment,
            execute_at=moment if passed else None,
            expires_at=moment + EXPIRES_AFTER if passed else None,
        )

    return write


def carry_out(proposal: Proposal, moment: datetime) -> None:
    """The effect of the last outcome."""
    last = Outcome.objects.filter(round__proposal=proposal).order_by("-round__number").first()
    # Without one the database is asked to refuse that too.
    Execution.objects.create(  # type: ignore[misc]
        proposal=proposal, outcome=last, effect="resolution/1", executed_at=moment
    )


def update(sql: str) -> Callable[[Proposal, datetime], None]:
    """A statement over rows of the proposal; one that finds none changes nothing."""

    def write(proposal: Proposal, _moment: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, [proposal.pk])
            if not cursor.rowcount:
                raise Error

    return write


OF_ITS_ROUNDS = "round_id IN (SELECT id FROM proposals_round WHERE proposal_id = %s)"
MOVES: dict[str, Callable[[Proposal, datetime], None]] = {
    "opens": open_round,
    "passes": end("succeeded"),
    "is rejected": end("rejected"),
    "is objected": end("objected"),
    "is silence": end("silence"),
    "is canceled": end("canceled"),
    "is carried out": carry_out,
    "is taken back": update("UPDATE proposals_proposal SET taken_back_at = now() WHERE id = %s"),
    "waits again": update("DELETE FROM proposals_round WHERE proposal_id = %s"),
    "has not ended": update(f"DELETE FROM proposals_outcome WHERE {OF_ITS_ROUNDS}"),
    "ended otherwise": update(f"UPDATE proposals_outcome SET result = 'rejected' WHERE {OF_ITS_ROUNDS}"),
    "was not carried out": update("DELETE FROM proposals_execution WHERE proposal_id = %s"),
    "was never taken back": update(
        "UPDATE proposals_proposal SET taken_back_at = NULL WHERE id = %s AND taken_back_at IS NOT NULL"
    ),
    "never was": update("DELETE FROM proposals_proposal WHERE id = %s"),
}
LATER = DEADLINE + 60 * DAY
# A state, when it is looked at, and the moves that are possible from it.
STATES: dict[str, tuple[Callable[[], Proposal], datetime, set[str]]] = {
    "pending": (lambda: resolution(opens_at=NOW + DAY), NOW + 2 * DAY, {"opens", "is taken back"}),
    "taken back": (taken_back, NOW + 2 * DAY, set()),
    "active": (lambda: resolution(votes=True), NOW + 2 * DAY, set()),
    "due, with enough votes": (lambda: resolution(votes=True), DEADLINE, {"passes"}),
    "due, without": (resolution, DEADLINE, {"is rejected"}),
    "canceled": (canceled, LATER, set()),
    "defeated": (closed, LATER, {"opens"}),
    "succeeded": (lambda: closed(votes=True), DEADLINE + DAY, {"is carried out"}),
    "queued": (lambda: closed(votes=True, execute_on=(DEADLINE + 9 * DAY).date()), DEADLINE + DAY, set()),
    "expired": (lambda: closed(votes=True), LATER, {"opens"}),
    "executed": (executed, LATER, set()),
}


def possible(state: str) -> set[str]:
    """Which moves the database takes from a state."""
    make, moment, _moves = STATES[state]
    proposal, done = make(), set()
    for name, move in MOVES.items():
        with suppress(Error), transaction.atomic():
            move(proposal, moment)
            done.add(name)
            transaction.set_rollback(True)
    return done


@pytest.mark.parametrize("state", STATES)
def test_from_each_state_only_its_moves_are_possible(state: str) -> None:
    assert possible(state) == STATES[state][2]


@pytest.mark.parametrize("state", STATES)
def test_without_the_guards_of_the_database_others_are(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, moment, moves = STATES[state]

    def unguarded() -> Proposal:
        made = make()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        return made

    monkeypatch.setitem(STATES, state, (unguarded, moment, moves))
    assert possible(state) - moves
