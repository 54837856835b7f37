"""A next round against a new proposal of the same acts: one of the two is open, whoever comes first."""

import pytest

from proposals.models import Round
from proposals.services import locks, proposing, rounds
from tests.proposals.cast import DEADLINE, HOUR, NOW, at, found
from tests.races import Paused

SAME = {"title": "We say so"}


@pytest.mark.parametrize("locked", [True, False])
def test_a_next_round_against_the_same_put_forward(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    _ana, ben, chen = found()
    lost = proposing.propose(kind="resolution", params=SAME, text="Why.", by=ben, at=NOW)
    rounds.close_due(clock=at(DEADLINE))
    if not locked:
        monkeypatch.setattr(locks, "hold_numbering", lambda: None)
    # Whoever puts it forward has looked, and writes.
    paused = Paused(monkeypatch, proposing, "write", before=True)
    results = paused.meanwhile(
        lambda: proposing.propose(kind="resolution", params=SAME, text="Why.", by=chen, at=DEADLINE),
        lambda: rounds.open_next(proposal=lost, changes="New.", by=ben, clock=at(DEADLINE + HOUR)),
    )
    assert results.ends == ({"done": 1, "same-proposed": 1} if locked else {"done": 2})
    assert Round.objects.filter(outcome=None).count() == results.done
