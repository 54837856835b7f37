"""Opening what was announced against recusal, leave, taking back and other workers; and with each guard off."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from journal.models import Entry
from members.models import Member
from members.services import leaves, memberships
from proposals.models import Proposal, Round, Seat
from proposals.services import announcing, locks, openings, proposing, recusals, rounds
from tests.proposals.cast import DAY, NOW, at, found
from tests.races import Act, Paused, Results, meeting, together

OPENS_AT = NOW + 3 * DAY


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard switched off: the row is read and not locked."""
    monkeypatch.setattr(locks, "BY_ID", locks.BY_ID.replace("FOR NO KEY UPDATE", ""))


def announced(by: Member) -> Proposal:
    return proposing.propose(
        kind="resolution", params={"title": "So"}, text="Because.", by=by, at=NOW, opens_at=OPENS_AT
    )


def opening_while(monkeypatch: pytest.MonkeyPatch, act: Act) -> tuple[Results, bool]:
    """An opening stands still between its look at the electorate and its seats while the act is tried.

    How both ended, and whether the act had to wait for the opening.
    """
    paused = Paused(monkeypatch, rounds, "electorate")
    proposal = Proposal.objects.get()
    results = paused.meanwhile(
        lambda: openings.open_pending(proposal=proposal, by=rounds.SYSTEM, clock=at(OPENS_AT)), act
    )
    return results, paused.other_waited


def seats() -> list[str]:
    return list(Seat.objects.order_by("position").values_list("member__handle", flat=True))


@pytest.mark.parametrize("locked", [True, False])
def test_a_recusal_comes_before_the_opening_or_too_late(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    _ana, ben, chen = found()
    proposal = announced(ben)
    if not locked:
        unlocked(monkeypatch)
    results, _waited = opening_while(
        monkeypatch, lambda: recusals.recuse(proposal=proposal, by=chen, reason="Mine.", clock=at(OPENS_AT))
    )
    if locked:
        assert results.ends == {"done": 1, "recusal-too-late": 1}
        assert (seats(), Entry.objects.filter(verb="proposal.recuse").count()) == (["ana", "ben", "chen"], 0)
    else:
        # The recusal is on record before the round is, and its member has a seat; or the database throws one back.
        assert results.ends == {"done": 2} or results.ends["IntegrityError"] or results.ends["OperationalError"]
        assert results.ends != {"done": 2} or "chen" in seats()


@pytest.mark.parametrize("locked", [True, False])
def test_a_leave_comes_before_the_opening_or_after_it(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    _ana, ben, chen = found()
    announced(ben)
    if not locked:
        monkeypatch.setattr(locks, "hold_members", lambda _day: None)
    day = OPENS_AT.date()
    results, waited = opening_while(
        monkeypatch, lambda: leaves.declare(member=chen, first_on=day, last_on=day + DAY, by=chen, at=OPENS_AT)
    )
    assert results.ends == {"done": 2}
    assert seats() == ["ana", "ben", "chen"]
    # With the guard the leave waited for the round, and changes nothing of it; without, it was there first.
    assert waited is locked


@pytest.mark.parametrize("locked", [True, False])
def test_taking_back_comes_before_the_opening_or_too_late(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    _ana, ben, _chen = found()
    proposal = announced(ben)
    if not locked:
        unlocked(monkeypatch)
    results, _waited = opening_while(
        monkeypatch, lambda: announcing.take_back(proposal=proposal, by=ben, clock=at(OPENS_AT))
    )
    if locked:
        assert results.ends == {"done": 1, "not-pending": 1}
    else:
        # Taken back, and then the database refuses the round.
        assert results.ends["IntegrityError"] or results.ends["OperationalError"] or results.ends["done"] == 2


def opened_by_many(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> tuple[Results, Sequence[Round]]:
    """Eight workers that all saw the same proposal due."""
    _ana, ben, _chen = found()
    proposal = announced(ben)
    if not locked:
        unlocked(monkeypatch)

    def act() -> Round:
        return openings.open_pending(proposal=proposal, by=rounds.SYSTEM, clock=at(OPENS_AT))

    return together([act] * 8, connections=8), list(Round.objects.all())


def test_many_workers_open_it_once(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    results, opened = opened_by_many(monkeypatch, locked=True)
    assert (results.ends, len(opened)) == ({"done": 1, "not-pending": 7}, 1)
    assert Entry.objects.filter(verb="round.open").count() == 1


def test_without_the_lock_many_workers_write_the_same_round(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "hold_members", lambda _day: None)
    meeting(monkeypatch, rounds, "open_round", 8, before=True)
    results, opened = opened_by_many(monkeypatch, locked=False)
    # All of them looked and found no round; only the unique number keeps seven out.
    assert (results.ends["not-pending"], len(opened)) == (0, 1)
    assert results.ends["IntegrityError"] + results.ends["OperationalError"] == 7


def test_two_workers_that_are_refused_tell_it_once(committed_db: str) -> None:
    ana, _ben, chen = found()
    proposing.propose(kind="removal", params={"handle": "chen"}, text="So.", by=ana, at=NOW, opens_at=OPENS_AT)
    memberships.declare_exit(member=chen, exited_on=NOW.date(), by=chen, at=NOW)
    together([lambda: openings.open_due(clock=at(OPENS_AT + timedelta(hours=1)))] * 6, connections=6)
    assert Entry.objects.filter(verb=openings.REFUSED).count() == 1
