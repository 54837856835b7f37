"""Elections over many connections: put forward, stood in, opened, closed, carried out; and with each guard off."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from members.models import Member, Term
from proposals.models import Declaration, Execution, Outcome, Proposal, Round
from proposals.selectors import elections as selectors
from proposals.selectors import replays
from proposals.services import candidacies, elections, execution, locks, openings, proposing, rounds
from tests.proposals.cast import DAY, HOUR, at
from tests.proposals.electing import ENDS, OPENS, PUT_FORWARD, ask, elect, group, opened, put_forward, stand, votes
from tests.proposals.test_races import unlocked
from tests.races import Paused, Results, meeting, together


@pytest.mark.parametrize("locked", [True, False])
def test_many_beats_put_one_election_forward(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    group()
    meeting(monkeypatch, proposing, "write", 8, before=True)
    if not locked:
        monkeypatch.setattr(locks, "hold_numbering", lambda: None)
    results = together([lambda: elections.put_forward_due(clock=at(PUT_FORWARD))] * 8, connections=8)
    assert Proposal.objects.count() == 1
    # Without the lock all of them write, and the unique keys of number and term throw seven back.
    assert results.ends == ({"done": 8} if locked else {"done": 1, "IntegrityError": 7})


@pytest.mark.parametrize("locked", [True, False])
def test_two_members_put_forward_one_election(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    members = group()
    meeting(monkeypatch, proposing, "write", 4, before=True)
    if not locked:
        monkeypatch.setattr(locks, "hold_numbering", lambda: None)

    def asking(member: Member) -> Callable[[], object]:
        return lambda: ask(text="Why.", by=member, at=PUT_FORWARD)

    results = together([asking(member) for member in members[:4]], connections=4)
    if locked:
        assert results.ends == {"done": 1, "election-running": 3}
    else:
        # All of them found none: the unique number throws some back, or more than one is put forward.
        assert results.done + results.ends["IntegrityError"] == 4


@pytest.mark.parametrize("locked", [True, False])
def test_who_is_told_that_they_stand_is_on_the_ballot(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    members = group()
    proposal = put_forward()
    stand(proposal, members[1])
    if not locked:
        unlocked(monkeypatch)
    results = Paused(monkeypatch, candidacies, "declare").meanwhile(
        lambda: stand(proposal, members[2], moment=OPENS - timedelta(seconds=1)), lambda: opened(proposal)
    )
    assert results.done == 2
    standing = [item.member.handle for item in selectors.candidacies(proposal, day=OPENS.date())]
    assert standing == ["ben", "chen"]
    assert Round.objects.get().candidates == (["ben", "chen"] if locked else ["ben"])


@pytest.mark.parametrize("locked", [True, False])
def test_two_tabs_of_one_candidate_have_two_places(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    members = group()
    proposal = put_forward()
    meeting(monkeypatch, candidacies, "declare", 2, before=True)
    if not locked:
        unlocked(monkeypatch)

    def say(words: str) -> Callable[[], object]:
        return lambda: candidacies.stand(proposal=proposal, by=members[1], statement=words, clock=at(PUT_FORWARD))

    results = together([say("One."), say("Two.")], connections=2)
    assert results.ends == ({"done": 2} if locked else {"done": 1, "IntegrityError": 1})
    assert list(Declaration.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2][: results.done]


@pytest.mark.parametrize("locked", [True, False])
def test_eight_closings_open_one_run_off(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    held = elect(group(), "ben chen dora", "ben ben chen chen dora")
    meeting(monkeypatch, rounds, "tally_of", 8, before=True)
    if not locked:
        unlocked(monkeypatch)

    def close() -> None:
        with transaction.atomic():
            locks.hold(held.proposal_id)
            rounds.close_held(proposal_id=held.proposal_id, at=ENDS)

    results = together([close] * 8, connections=8)
    # Without the lock all of them end it, and the keys of the outcome and of the run-off throw seven back.
    assert results.ends == ({"done": 8} if locked else {"done": 1, "IntegrityError": 7})
    assert list(Round.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert Outcome.objects.count() == 1
    assert list(replays.broken_proposals()) == []


def test_a_beat_a_minute_three_at_once_and_a_worker_that_slept(committed_db: str) -> None:
    members = group()

    def sweep(moment: datetime) -> Callable[[], object]:
        def beat() -> None:
            elections.put_forward_due(clock=at(moment))
            openings.open_due(clock=at(moment))
            rounds.close_due(clock=at(moment))

        return beat

    def beats(moment: datetime) -> Results:
        return together([sweep(moment)] * 6, connections=3)

    # It slept from before the 21st day before the end until the 10th.
    late = PUT_FORWARD + 11 * DAY
    assert beats(late).ends == {"done": 6}
    stand(Proposal.objects.get(), members[1], members[2], moment=late)
    for moment in (late + HOUR, late + 7 * DAY, late + 8 * DAY):
        assert beats(moment).ends == {"done": 6}
    votes(Round.objects.get(), members, "ben ben chen chen -")
    for moment in (late + 14 * DAY, late + 15 * DAY, late + 40 * DAY, late + 50 * DAY):
        assert beats(moment).ends == {"done": 6}
    assert (Proposal.objects.count(), Round.objects.count(), Outcome.objects.count()) == (1, 2, 2)


@pytest.mark.parametrize("locked", [True, False])
def test_many_workers_seat_one_leader(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    elect(group(), "ben chen", "ben ben ben chen chen")
    rounds.close_due(clock=at(ENDS))
    proposal = Proposal.objects.get()
    if not locked:
        unlocked(monkeypatch)
    acts = [lambda: execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=at(ENDS))] * 8
    results = together(acts, connections=8)
    assert results.done == 1
    if locked:
        assert results.ends["already-executed"] == 7
    assert (Term.objects.filter(role="leader").count(), Execution.objects.count()) == (2, 1)
