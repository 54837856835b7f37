"""Signing and adding evidence over many connections at once, and with the lock off."""

import pytest

from journal.clock import database_clock
from members.models import Member
from proposals.models import EVIDENCE_MOST, Ballot, BallotSignature, Evidence
from proposals.selectors import signatures as selectors
from proposals.services import evidence, locks, signatures
from tests.proposals.cast import DAY, found, opened, vote
from tests.proposals.keys import message, pasted, proved, signed, typed
from tests.races import Act, Paused, meeting, together


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard switched off: the row is read and not locked."""
    monkeypatch.setattr(locks, "BY_ID", locks.BY_ID.replace("FOR NO KEY UPDATE", ""))


def signing(by: Member, ballot: Ballot, text: str) -> Act:
    user = by.user
    assert user is not None
    return lambda: signatures.sign(proposal=1, number=ballot.number, by=user, signature=text)


@pytest.mark.parametrize("locked", [True, False])
def test_of_many_signatures_at_once_one_is_kept(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    group = found(users=True)
    _proposal, held = opened(group[0], moment=database_clock() - DAY)
    proved(group[0])
    ballot = vote(held, group[0], moment=database_clock())
    text = signed(typed(ballot))
    meeting(monkeypatch, signatures, "wallets_of", 8)
    if not locked:
        unlocked(monkeypatch)
    results = together([signing(group[0], ballot, text)] * 24, connections=8)
    assert (results.done, BallotSignature.objects.count()) == (1, 1)
    if locked:
        assert results.ends == {"done": 1, "already-signed": 23}
    else:
        assert results.ends["IntegrityError"] > 0


@pytest.mark.parametrize("locked", [True, False])
def test_a_newer_ballot_waits_for_the_signature_of_the_one_before(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The signing stands still after it looked, while the same voter votes again."""
    group = found(users=True)
    _proposal, held = opened(group[0], moment=database_clock() - DAY)
    proved(group[0])
    first = vote(held, group[0], moment=database_clock())
    text = signed(typed(first))
    if not locked:
        unlocked(monkeypatch)
    paused = Paused(monkeypatch, selectors, "replaced")
    results = paused.meanwhile(
        signing(group[0], first, text), lambda: vote(held, group[0], "object", moment=database_clock())
    )
    # Without the lock the newer ballot is there before the signature, and only the trigger holds.
    assert results.ends == ({"done": 2} if locked else {"done": 1, "IntegrityError": 1})


@pytest.mark.parametrize("locked", [True, False])
def test_evidence_of_many_hands_has_its_places_and_its_end(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    group = found(users=True)
    proposal, _held = opened(group[0], moment=database_clock() - DAY)
    meeting(monkeypatch, evidence, "_place", 8)
    if not locked:
        unlocked(monkeypatch)

    def adding(turn: int) -> Act:
        text = pasted(values=message(timestamp=1719884056 + turn))
        return lambda: evidence.add(proposal=proposal, envelope=text, by=group[0])

    tries = EVIDENCE_MOST + 6
    results = together([adding(turn) for turn in range(tries)], connections=8)
    places = list(Evidence.objects.order_by("number").values_list("number", flat=True))
    assert places == list(range(1, len(places) + 1))
    if locked:
        assert results.ends == {"done": EVIDENCE_MOST, "too-much-evidence": 6}
    else:
        # The key of the places throws back who looked at the same last one.
        assert results.ends["IntegrityError"] > 0
