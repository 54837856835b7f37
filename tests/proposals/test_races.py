"""Casting against closing, two tabs, the deadline, execution: over many connections, and with each guard off."""

import itertools
import random
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from journal.clock import database_clock
from journal.models import Entry
from members.models import Member, Membership
from proposals.models import Ballot, Execution, Outcome, Proposal, Round
from proposals.services import admissions, ballots, execution, locks, rounds, rows
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, application, at, found, opened, vote
from tests.proposals.contest import wrong
from tests.races import Act, Paused, Results, meeting, together

CONNECTIONS = 40
SEVEN_DAYS = timedelta(days=7)


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard switched off: the row is read and not locked."""
    monkeypatch.setattr(locks, "BY_ROUND", locks.BY_ROUND.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(locks, "BY_ID", locks.BY_ID.replace("FOR NO KEY UPDATE", ""))


def contest(members: int, casts: int) -> tuple[Round, Results]:
    """Casts and changes of all members over 40 connections, the deadline in their midst, closers all along."""
    group = found([f"m{number:02d}" for number in range(members)])
    _proposal, held = opened(group[0])
    chance, texts, results = random.Random(7), itertools.count(), Results()

    def clock() -> datetime:
        # Asked under the lock: the deadline passes when three of five have had their turn, on a machine of any speed.
        return DEADLINE if results.turns > casts * 3 // 5 else NOW + HOUR

    def ballot(member: Member, choice: str) -> Act:
        reason, missing = (f"Reason {next(texts)}", "More.") if choice == "object" else ("", "")
        return lambda: ballots.cast(
            round_id=held.pk, by=member, choice=choice, reason=reason, missing=missing, clock=clock
        )

    choices = chance.choices(["for", "object", "withdrawn"], [5, 4, 1], k=casts)
    acts = [ballot(chance.choice(group), choice) for choice in choices]
    for place in range(0, casts, casts // 50):
        acts.insert(place, lambda: rounds.close_due(clock=clock))
    together(acts, connections=CONNECTIONS, results=results)
    return held, results


def check(held: Round, results: Results) -> None:
    """Tally equals accepted ballots, one outcome, every receipt in the chain and in the journal."""
    accepted = Ballot.objects.count()
    assert wrong(held) == []
    assert Outcome.objects.count() == 1
    assert results.ends["round-closed"] > 0
    told = set(Entry.objects.filter(verb="ballot.cast").values_list("data__receipt", flat=True))
    assert told == set(Ballot.objects.values_list("receipt", flat=True))
    assert len(told) == accepted
    assert set(results.ends) <= {"done", "same-ballot", "nothing-to-withdraw", "round-closed"}


def test_casting_races_with_closing(committed_db: str) -> None:
    held, results = contest(12, 250)
    check(held, results)
    assert Ballot.objects.count() > 60


@pytest.mark.torture
def test_a_thousand_casts_race_with_closing(committed_db: str) -> None:
    held, results = contest(40, 1000)
    check(held, results)
    assert Ballot.objects.count() > 250


def test_without_the_lock_casting_goes_wrong(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch)
    held, results = contest(12, 250)
    # Two ballots claim one place of the chain: the unique key throws one back, where the lock would have ordered them.
    assert results.ends["IntegrityError"] or wrong(held)


def vote_while_closing(
    monkeypatch: pytest.MonkeyPatch, held: Round, voter: Member, close: Act | None = None, write: str = "write"
) -> Results:
    """A ballot a second before the deadline stands still between its row and its commit while the round is closed."""
    return Paused(monkeypatch, rows, write).meanwhile(
        lambda: vote(held, voter, moment=DEADLINE - timedelta(seconds=1)),
        close or (lambda: rounds.close_due(clock=at(DEADLINE))),
    )


@pytest.mark.parametrize("locked", [True, False])
def test_an_accepted_ballot_is_in_the_outcome(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    if not locked:
        unlocked(monkeypatch)
    ana, ben, chen = found()
    _proposal, held = opened(ana)
    vote(held, ana)
    vote(held, ben)
    results = vote_while_closing(monkeypatch, held, chen)
    assert results.done == 2
    outcome = Outcome.objects.get()
    # The third vote was accepted. With the lock it decides; without, the round ends as if it had not been there.
    assert (outcome.result, wrong(held) == []) == (("succeeded", True) if locked else ("silence", False))


@pytest.mark.parametrize("late", [True, False])
def test_the_clock_is_asked_after_the_lock(committed_db: str, late: bool) -> None:
    ana, *_ = found()
    # On no machine does the earlier one come too late.
    remaining = timedelta(seconds=0.6 if late else 60)
    _proposal, held = opened(ana, moment=database_clock() - SEVEN_DAYS + remaining)
    results, holding, release = Results(), threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locks.hold(held.proposal_id)
            holding.set()
            release.wait(5)
        connection.close()

    def cast() -> None:
        # The transaction begins before the deadline and waits for the lock, with `late` past it.
        results.attempt(lambda: ballots.cast(round_id=held.pk, by=ana, choice="for"))
        connection.close()

    threads = [threading.Thread(target=hold), threading.Thread(target=cast)]
    threads[0].start()
    holding.wait(5)
    threads[1].start()
    threading.Event().wait(0.9 if late else 0.05)
    release.set()
    for thread in threads:
        thread.join()
    assert results.ends == ({"round-closed": 1} if late else {"done": 1})


def test_a_host_whose_clock_is_wrong_changes_nothing(committed_db: str) -> None:
    """The default clock is the database's: no time of this process is in a decision."""
    ana, *_ = found()
    _proposal, held = opened(ana, moment=database_clock() - DAY)
    before = database_clock()
    ballot = ballots.cast(round_id=held.pk, by=ana, choice="for")
    assert before <= ballot.cast_at <= database_clock()


def test_two_tabs_of_one_voter_get_two_places(committed_db: str) -> None:
    ana, *_ = found()
    _proposal, held = opened(ana, moment=database_clock() - DAY)
    words = [f"Reason {number}" for number in range(50)]

    def objection(text: str) -> Act:
        return lambda: ballots.cast(round_id=held.pk, by=ana, choice="object", reason=text, missing="x")

    results = together([objection(text) for text in words], connections=16)
    assert results.ends == {"done": 50}
    assert sorted(Ballot.objects.values_list("seq", "number")) == [(place, place) for place in range(1, 51)]


def test_one_ballot_sent_fifty_times_is_accepted_once(committed_db: str) -> None:
    ana, *_ = found()
    _proposal, held = opened(ana, moment=database_clock() - DAY)
    acts = [lambda: ballots.cast(round_id=held.pk, by=ana, choice="for")] * 50
    results = together(acts, connections=16)
    assert results.ends == {"done": 1, "same-ballot": 49}


def test_the_last_votes_of_all_at_once_decide_once(committed_db: str) -> None:
    group = found([f"m{number:02d}" for number in range(12)])
    _proposal, held = opened(group[0])

    def ballot(member: Member) -> Act:
        return lambda: vote(held, member, moment=AFTER_A_DAY)

    closers: list[Act] = [lambda: rounds.close_due(clock=at(AFTER_A_DAY))] * 12
    results = together([*map(ballot, group), *closers], connections=24)
    assert results.ends == {"done": 24}
    assert (Outcome.objects.get().result, wrong(held)) == ("succeeded", [])


def passed() -> Proposal:
    """A proposal that waits to be carried out."""
    group = found()
    proposal, held = opened(group[0])
    for member in group:
        vote(held, member, moment=AFTER_A_DAY)
    return proposal


@pytest.mark.parametrize("locked", [True, False])
def test_eight_carry_out_once(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    proposal = passed()
    meeting(monkeypatch, execution, "_check_words", 8)
    if not locked:
        unlocked(monkeypatch)
    clock = at(AFTER_A_DAY + HOUR)
    results = together(
        [lambda: execution.execute(proposal=proposal, by=rounds.SYSTEM, clock=clock)] * 24, connections=8
    )
    assert (Execution.objects.count(), Membership.objects.filter(member__handle="noor").count()) == (1, 1)
    assert results.done == 1
    failed = Entry.objects.filter(verb="proposal.execution_failed").count()
    if locked:
        assert (results.ends, failed) == ({"done": 1, "already-executed": 23}, 0)
    else:
        # Keys of the tables still hold the row once, but others tried the act and were thrown back.
        assert failed > 0


def test_many_close_once(committed_db: str) -> None:
    group = found()
    _proposal, held = opened(group[0])
    vote(held, group[0])
    results = together([lambda: rounds.close_due(clock=at(NOW + SEVEN_DAYS))] * 24, connections=8)
    assert results.ends == {"done": 24}
    assert Outcome.objects.count() == 1
    assert Entry.objects.filter(verb="round.close").count() == 1


def test_opening_twice_at_once_opens_once(committed_db: str) -> None:
    ana, *_ = found()
    papers = application(ana)
    results = together([lambda: admissions.open_admission(application=papers, by=ana, at=NOW)] * 8, connections=8)
    assert results.ends == {"done": 1, "already-proposed": 7}
    assert Round.objects.count() == 1
