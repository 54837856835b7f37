"""Eight processes that close and carry out, three beats after a long sleep, a worker killed halfway, two tabs."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from charter import registry
from charter.models import Edition
from journal.clock import database_clock
from journal.models import Entry, Job, Outbox
from journal.tasks import sweep
from members.models import Member
from proposals.models import Ballot, Execution, Outcome, Proposal, Round
from proposals.rules.tallies import Tally
from proposals.selectors import counts, replays
from proposals.services import ballots, execution, locks, proposing, rounds
from tests.proposals.cast import DAY, HOUR, found, vote
from tests.proposals.test_races import unlocked
from tests.races import meeting, together

pytestmark = pytest.mark.committed
PROCESSES, SECONDS = 8, 60
AMENDMENTS = ({"stipend.member": "500"}, {"stipend.leader": "1000"})


def forked(work: Callable[[], object]) -> int:
    """A process that does this over a connection of its own; its number. It ends with 0 if nothing was raised."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        # The parent's socket is not this process's to close.
        connection.connection = None
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work()
        status = 0
    finally:
        os._exit(status)


def at_once(work: Callable[[], object], processes: int = PROCESSES) -> list[int]:
    """How so many processes ended that did the same at once: 0 is well."""
    connection.close()
    children = [forked(work) for _ in range(processes)]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def passed(by: Member, title: str, **more: Any) -> Proposal:
    """A resolution that everybody has voted for; its deadline was a day ago, and nobody has closed it."""
    opened_at = database_clock() - 8 * DAY
    proposal = proposing.propose(kind="resolution", params={"title": title}, text="Why.", by=by, at=opened_at, **more)
    held = proposal.rounds.get()
    for seat in held.seats.select_related("member"):
        vote(held, seat.member, moment=opened_at + HOUR)
    return proposal


def told(verb: str) -> int:
    """How many entries of the journal say that this happened."""
    return Entry.objects.filter(verb=verb).count()


def test_eight_processes_close_and_carry_out_once(committed_db: str) -> None:
    passed(found()[0], "We say so")
    assert at_once(sweep) == [0] * PROCESSES
    assert (Outcome.objects.get().result, Execution.objects.count()) == ("succeeded", 1)
    assert [told(verb) for verb in ("round.close", "proposal.execute", "proposal.execution_failed")] == [1, 1, 0]
    assert Job.objects.filter(kind=rounds.EXECUTE, finished_at=None).count() == 0
    assert list(replays.broken_proposals()) == []


@pytest.mark.parametrize("locked", [True, False])
def test_eight_processes_without_the_lock_collide(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    proposal = passed(found()[0], "We say so")
    if not locked:
        unlocked(monkeypatch)
    together_at = multiprocessing.Barrier(PROCESSES)
    count = counts.tally_of

    def counted(held: Round) -> Tally:
        # Without the lock all have counted before one writes; with it the others wait for the first.
        if not locked:
            together_at.wait(SECONDS)
        return count(held)

    monkeypatch.setattr(rounds, "tally_of", counted)

    def close() -> None:
        with transaction.atomic():
            locks.hold(proposal.pk)
            rounds.close_held(proposal_id=proposal.pk, at=database_clock())

    ends = at_once(close)
    assert (ends.count(0), Outcome.objects.count()) == ((PROCESSES, 1) if locked else (1, 1))


def test_three_beats_after_three_days_do_everything_once(committed_db: str) -> None:
    ana, *_others = found(users=True)
    now = database_clock()
    passed(ana, "Due")
    waits = proposing.propose(
        kind="resolution", params={"title": "Announced"}, text="Why.", by=ana, at=now - 10 * DAY, opens_at=now - 3 * DAY
    )
    running = proposing.propose(
        kind="resolution", params={"title": "Running"}, text="Why.", by=ana, at=now - 6 * DAY
    ).rounds.get()
    for _period in range(3):
        assert at_once(sweep, 3) == [0] * 3
    assert (Outcome.objects.count(), Execution.objects.count(), waits.rounds.count()) == (1, 1, 1)
    assert waits.rounds.get().opened_at >= now
    assert [told(verb) for verb in ("round.open", "round.close", "proposal.execute")] == [3, 1, 1]
    # The reminder of two days before the end, once for each of the three who have not voted.
    assert list(Job.objects.filter(kind="proposals.remind").values_list("attempts", flat=True)) == [1]
    reminders = [row for row in Outbox.objects.all() if row.payload.get("round") == running.pk]
    assert len(reminders) == 3


def of_two_acts(by: Member) -> Proposal:
    """A closed proposal that passed, with two acts: an edition each. No form makes one of several acts."""
    proposal = passed(by, "Both")
    amend = registry.get("charter.amend").params
    steps = [registry.step("charter.amend", amend(changes)) for changes in AMENDMENTS]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE proposals_proposal DISABLE TRIGGER proposals_proposal_guard")
    Proposal.objects.update(acts=[step.plain() for step in steps], acts_digest=registry.fingerprint(steps))
    rounds.close_due()
    return proposal


def stopped_between(monkeypatch: pytest.MonkeyPatch, stop: Callable[[], object]) -> None:
    """The second act of a proposal never ends well: this happens instead."""
    act, done = registry.get("charter.amend"), list[str]()

    def execute(params: Any, /, **context: Any) -> str:
        if done:
            # What the act itself has written by now goes too.
            act.execute(params, **context)
            stop()
        done.append(act.execute(params, **context))
        return done[0]

    monkeypatch.setitem(registry._acts, act.key, replace(act, execute=execute))


def left() -> dict[str, int]:
    """What an execution leaves."""
    return {
        "editions": Edition.objects.count(),
        "executions": Execution.objects.count(),
        "carried out": told("proposal.execute"),
        "failed": told("proposal.execution_failed"),
    }


def fail() -> None:
    """What nobody foresaw."""
    raise RuntimeError("the power went")


@pytest.mark.parametrize("whole", [True, False])
def test_an_act_that_fails_after_another_leaves_one_entry_and_is_tried_again(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    of_two_acts(found()[0])
    before = left()
    with monkeypatch.context() as patch:
        stopped_between(patch, fail)
        if not whole:
            patch.setattr(execution, "transaction", SimpleNamespace(atomic=nullcontext))
        sweep()
    # In parts, both editions would stand there of something that was not carried out.
    assert left() == before | {"failed": 1, "editions": before["editions"] + (0 if whole else 2)}
    if whole:
        Job.objects.update(due_at=database_clock())
        sweep()
        assert left() == {"editions": before["editions"] + 2, "executions": 1, "carried out": 1, "failed": 1}


@pytest.mark.parametrize("whole", [True, False])
def test_a_worker_that_is_killed_halfway_leaves_nothing_and_the_next_one_does_it(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    of_two_acts(found()[0])
    before = left()
    receiving, sending = os.pipe()

    def stand_still() -> None:
        os.write(sending, b".")
        signal.pause()

    with monkeypatch.context() as patch:
        stopped_between(patch, stand_still)
        if not whole:
            patch.setattr(execution, "transaction", SimpleNamespace(atomic=nullcontext))
        connection.close()
        worker = forked(sweep)
        assert os.read(receiving, 1) == b"."
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    assert left() == before | {"editions": before["editions"] + (0 if whole else 2)}
    # Its lease runs out; whoever comes next begins anew.
    sweep()
    assert left()["executions"] == 0
    Job.objects.update(lease_until=database_clock() - HOUR)
    if whole:
        sweep()
        assert left() == {"editions": before["editions"] + 2, "executions": 1, "carried out": 1, "failed": 0}


@pytest.mark.parametrize("locked", [True, False])
def test_fifty_casts_of_one_member_from_two_tabs(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    ana, ben, _chen = found(users=True)
    held = proposing.propose(
        kind="resolution", params={"title": "Tabs"}, text="Why.", by=ana, at=database_clock() - DAY
    ).rounds.get()
    if not locked:
        unlocked(monkeypatch)
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.force_login(User.objects.get(pk=ben.user_id or 0))

    def cast(number: int) -> Callable[[], None]:
        data = {"round": held.pk, "choice": ("against", "abstain")[number % 2], "reason": f"Reason {number}"}

        def send() -> None:
            # As a browser sends from a tab: the cookies are shared, nothing else.
            client = Client()
            client.cookies = tabs[number % 2].cookies
            answer = client.post(f"/proposals/{held.proposal.number}/ballot/", data)
            assert answer.status_code == 302, answer.status_code

        return send

    # The first of each connection: all look for their place before one takes it, unless the lock keeps them waiting.
    meeting(monkeypatch, ballots, "_check", 16)
    results = together([cast(number) for number in range(50)], connections=16)
    if not locked:
        assert results.ends["IntegrityError"]
        return
    assert results.ends == {"done": 50}
    assert list(Ballot.objects.values_list("number", "seq")) == [(place, place) for place in range(1, 51)]
    told_of = Entry.objects.filter(verb="ballot.cast").values_list("data__receipt", flat=True)
    assert set(told_of) == set(Ballot.objects.values_list("receipt", flat=True))
    assert list(replays.broken_proposals()) == []
