"""Casting against closing under two thirds, and one proposal sent many times: with each guard, and with it off."""

import random
from datetime import datetime

import pytest

from members.models import Member
from proposals.models import Ballot, Outcome, Proposal, Round
from proposals.services import ballots, execution, locks, proposing, rounds
from tests.proposals.cast import DEADLINE, HOUR, NOW, at, found, vote
from tests.proposals.contest import wrong
from tests.proposals.test_races import unlocked, vote_while_closing
from tests.races import Act, Results, meeting, together
from treasury.models import Posting

REMOVE = {"handle": "zed"}


def removal(handles: list[str]) -> tuple[list[Member], Round]:
    """A vote on zed's removal: two thirds of all the others, decided at the deadline."""
    group = found([*handles, "zed"])
    proposal = proposing.propose(kind="removal", params=REMOVE, text="Because.", by=group[0], at=NOW)
    return group[:-1], proposal.rounds.get()


def test_votes_race_with_closing_under_two_thirds(committed_db: str) -> None:
    voters, held = removal([f"m{number:02d}" for number in range(12)])
    chance, results, casts = random.Random(7), Results(), 200

    def clock() -> datetime:
        return DEADLINE if results.turns > casts * 3 // 5 else NOW + HOUR

    def ballot(member: Member, choice: str) -> Act:
        return lambda: ballots.cast(round_id=held.pk, by=member, choice=choice, clock=clock)

    acts = [ballot(chance.choice(voters), chance.choice(["for", "for", "against", "abstain"])) for _ in range(casts)]
    for place in range(0, casts, 10):
        acts.insert(place, lambda: rounds.close_due(clock=clock))
    together(acts, connections=24, results=results)
    assert (wrong(held), Outcome.objects.count()) == ([], 1)
    assert set(results.ends) <= {"done", "same-ballot", "round-closed"}
    assert results.ends["round-closed"] > 0
    assert Ballot.objects.count() > 40


@pytest.mark.parametrize("locked", [True, False])
def test_the_vote_that_makes_two_thirds_is_in_the_outcome(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    if not locked:
        unlocked(monkeypatch)
    (ana, _ben, chen), held = removal(["ana", "ben", "chen"])
    vote(held, ana)
    results = vote_while_closing(monkeypatch, held, chen)
    assert results.done == 2
    outcome = Outcome.objects.get()
    # Two of three are two thirds. Without the lock the round is lost although the second vote was accepted.
    assert (outcome.result, wrong(held) == []) == (("succeeded", True) if locked else ("rejected", False))


@pytest.mark.parametrize("locked", [True, False])
def test_one_draft_sent_many_times_opens_once(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    group = found()
    meeting(monkeypatch, proposing, "write", 12, before=True)
    if not locked:
        monkeypatch.setattr(locks, "hold_numbering", lambda: None)

    def send() -> None:
        proposing.propose(kind="resolution", params={"title": "We say so"}, text="Why.", by=group[0], at=NOW)

    results = together([send] * 24, connections=12)
    if locked:
        assert results.ends == {"done": 1, "same-proposed": 23}
    else:
        # Numbers are thrown back by their unique key, or the same is voted on twice.
        assert results.ends["IntegrityError"] or results.done > 1
    assert Proposal.objects.count() == results.done


def test_at_the_deadline_and_not_before(committed_db: str) -> None:
    (ana, ben, chen), held = removal(["ana", "ben", "chen"])
    for member in (ana, ben, chen):
        vote(held, member)
    together([lambda: rounds.close_due(clock=at(DEADLINE - HOUR))] * 8, connections=4)
    assert not Outcome.objects.exists()
    together([lambda: rounds.close_due(clock=at(DEADLINE))] * 8, connections=4)
    assert Outcome.objects.get().result == "succeeded"


def test_a_final_ballot_sent_many_times_is_one(committed_db: str) -> None:
    group = found()
    proposal = proposing.propose(
        kind="resolution", params={"title": "We say so"}, text="Why.", by=group[0], at=NOW, final_ballots=True
    )
    held = proposal.rounds.get()

    def ballot(choice: str) -> Act:
        return lambda: ballots.cast(round_id=held.pk, by=group[1], choice=choice, clock=at(NOW + HOUR))

    results = together([ballot(choice) for choice in ("for", "against", "abstain") * 8], connections=12)
    assert results.ends == {"done": 1, "ballot-final": 23}
    assert Ballot.objects.count() == 1


def test_many_workers_carry_out_a_budget_once(committed_db: str) -> None:
    group = found()
    params = {
        "quarter": "2026-Q4", "headcount": 3, "hours_per_head_centi": 4000, "pow_micro": 7, "stipend_micro": 5,
    }  # fmt: skip
    proposal = proposing.propose(kind="budget", params=params, text="Why.", by=group[0], at=NOW)
    for member in group:
        vote(proposal.rounds.get(), member)
    rounds.close_due(clock=at(DEADLINE))
    acts = [lambda: execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=at(DEADLINE))] * 16
    assert together(acts, connections=8).ends == {"done": 1, "already-executed": 15}
    assert Posting.objects.filter(kind=Posting.Kind.GRANT).count() == 1
