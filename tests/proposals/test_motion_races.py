"""Motions against closing, casting and each other over many connections: with each guard, and with it off."""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from journal.clock import Clock
from journal.models import Job, Outbox
from journal.services import jobs, outbox
from members.models import Member
from proposals.models import Answer, Ballot, Motion, Outcome, Round
from proposals.rules import motions as rules
from proposals.selectors import replays
from proposals.selectors.motions import broken_motions, times_of
from proposals.services import ballots, locks, motions, proposing, reminders, rounds
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, at, found, opened, vote
from tests.proposals.contest import wrong
from tests.proposals.test_races import unlocked, vote_while_closing
from tests.races import Act, Paused, Results, together

SECOND = timedelta(seconds=1)
both = pytest.mark.parametrize("locked", [True, False])


def counted(handles: list[str]) -> tuple[list[Member], Round]:
    """A vote that counts, put forward by the first, who leads."""
    group = found(handles)
    params = {"title": "We say so"}
    return group, proposing.propose(kind="resolution", params=params, text="Why.", by=group[0], at=NOW).rounds.get()


def ask(held: Round, by: Member, kind: str, until: datetime | None = None, clock: Clock | None = None) -> Motion:
    clock = clock or at(NOW + HOUR)
    return motions.ask(round_id=held.pk, kind=kind, reason="I read.", by=by, until_at=until, clock=clock)


def answer(held: Round, by: Member, moment: datetime) -> Answer:
    return motions.answer(round_id=held.pk, number=1, by=by, clock=at(moment))


@both
def test_an_extension_against_closing(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    if not locked:
        unlocked(monkeypatch)
    (ana, ben, _chen), held = counted(["ana", "ben", "chen"])
    ask(held, ana, "extend", DEADLINE + DAY)
    paused = Paused(monkeypatch, motions, "_tell")
    results = paused.meanwhile(
        lambda: answer(held, ben, DEADLINE - SECOND), lambda: rounds.close_due(clock=at(DEADLINE))
    )
    assert results.done == 2
    assert times_of(held).deadline_at == DEADLINE + DAY
    # Without the lock a round has ended whose deadline is tomorrow.
    assert Outcome.objects.exists() is not locked


@both
def test_a_cancellation_against_casting(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    if not locked:
        unlocked(monkeypatch)
    ana, ben, chen = found()
    _proposal, held = opened(ana)
    ask(held, ana, "cancel")
    results = vote_while_closing(monkeypatch, held, chen, lambda: answer(held, ben, DEADLINE - SECOND))
    assert results.done == 2
    # Without the lock the end does not count a ballot that was accepted.
    assert (Outcome.objects.get().tally["in_favour"], wrong(held) == []) == ((1, True) if locked else (0, False))


@both
@pytest.mark.parametrize(("kind", "code"), [("extend", "motion-answered"), ("cancel", "round-closed")])
def test_two_second_at_once(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool, kind: str, code: str
) -> None:
    if not locked:
        unlocked(monkeypatch)
    (ana, ben, chen), held = counted(["ana", "ben", "chen"])
    ask(held, ana, kind, DEADLINE + DAY if kind == "extend" else None)
    paused = Paused(monkeypatch, rules, "answer_refusal")
    results = paused.meanwhile(lambda: answer(held, ben, NOW + DAY), lambda: answer(held, chen, NOW + DAY))
    # Without the lock both are let through, and a key of a table throws one of them back.
    assert results.ends == {"done": 1, code if locked else "IntegrityError": 1}
    assert (Answer.objects.count(), Outcome.objects.count()) == (1, int(kind == "cancel"))


@both
def test_a_release_against_closing(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    if not locked:
        unlocked(monkeypatch)
    (_ana, ben, _chen), held = counted(["ana", "ben", "chen"])
    ask(held, ben, "hold", DEADLINE + 5 * HOUR, at(DEADLINE - HOUR))
    paused = Paused(monkeypatch, rounds, "_end", before=True)
    results = paused.meanwhile(
        lambda: answer(held, ben, DEADLINE + 5 * HOUR - SECOND),
        lambda: rounds.close_due(clock=at(DEADLINE + 5 * HOUR)),
    )
    # Without the lock both end the round, and its key throws the release back although nothing was wrong with it.
    assert results.ends == ({"done": 2} if locked else {"done": 1, "IntegrityError": 1})
    assert [*wrong(held), *broken_motions()] == []


@pytest.mark.parametrize("after", [True, False])
def test_a_hold_that_waits_while_the_deadline_passes(committed_db: str, after: bool) -> None:
    (_ana, ben, _chen), held = counted(["ana", "ben", "chen"])
    results, holding, passed = Results(), threading.Event(), threading.Event()

    def clock() -> datetime:
        return DEADLINE if passed.is_set() else DEADLINE - SECOND

    def hold() -> None:
        with transaction.atomic():
            locks.hold(held.proposal_id)
            holding.set()
            passed.wait(5)
        connection.close()

    # With `after` off the clock was asked before the lock was waited for.
    asked = clock if after else at(clock())
    threads = [threading.Thread(target=hold)]
    threads[0].start()
    holding.wait(5)

    def wait() -> None:
        results.attempt(lambda: ask(held, ben, "hold", DEADLINE + HOUR, asked))
        connection.close()

    threads.append(threading.Thread(target=wait))
    threads[1].start()
    passed.set()
    for thread in threads:
        thread.join()
    assert results.ends == ({"round-closed": 1} if after else {"done": 1})


@both
def test_two_tabs_ask_for_time_once(committed_db: str, monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    if not locked:
        unlocked(monkeypatch)
    (_ana, ben, _chen), held = counted(["ana", "ben", "chen"])
    paused = Paused(monkeypatch, rules, "refusal")
    act: Act = lambda: ask(held, ben, "hold", NOW + DAY)  # noqa: E731
    assert paused.meanwhile(act, act).ends == {"done": 1, "already-held" if locked else "IntegrityError": 1}


def contest(held: Round, group: list[Member], clock: Clock) -> list[Act]:
    """What may happen to a round, in a random order, closers all along."""
    chance = random.Random(11)

    def ballot(member: Member, choice: str) -> Act:
        return lambda: ballots.cast(round_id=held.pk, by=member, choice=choice, clock=clock)

    def one(kind: str, member: Member) -> Act:
        until = {"hold": DEADLINE + 40 * HOUR, "extend": DEADLINE + DAY}.get(kind)
        return lambda: ask(held, member, kind, until, clock)

    def answered(number: int, member: Member) -> None:
        # A hold by its author, as often as by somebody else.
        row = Motion.objects.select_related("asked_by").filter(round=held, number=number).first()
        by = row.asked_by if row and row.kind == "hold" and row.asked_by_id % 2 else member
        motions.answer(round_id=held.pk, number=number, by=by, clock=clock)

    def answers(number: int, member: Member) -> Act:
        return lambda: answered(number, member)

    acts: list[Act] = [ballot(chance.choice(group), chance.choice(["for", "against", "abstain"])) for _ in range(90)]
    acts += [answers(chance.randint(1, 7), chance.choice(group)) for _ in range(90)]
    chance.shuffle(acts)
    acts[:0] = [one("hold", member) for member in group[6:]] + [one("extend", group[0])] * 3
    for place in range(0, len(acts), 10):
        acts.insert(place, lambda: rounds.close_due(clock=clock))
    return acts


def test_everything_at_once(committed_db: str) -> None:
    group, held = counted([f"m{number:02d}" for number in range(12)])
    results = Results()

    def clock() -> datetime:
        # Holds are asked near the deadline; it passes, then the end of an extension, then that of every hold.
        jumps = (DEADLINE - 2 * HOUR, DEADLINE + HOUR, DEADLINE + DAY, DEADLINE + 41 * HOUR)
        return jumps[min(results.turns // 50, 3)] + results.turns * SECOND

    together(contest(held, group, clock), connections=24, results=results)
    assert wrong(held) == []
    assert [*replays.broken_proposals(), *broken_motions()] == []
    assert Outcome.objects.get().decided_at >= times_of(held).deadline_at
    assert Answer.objects.count() >= 2
    assert Ballot.objects.filter(cast_at__gte=DEADLINE).exists()
    assert "IntegrityError" not in results.ends


def test_three_beats_at_once_remind_once(committed_db: str) -> None:
    group = found(users=True)
    _proposal, held = opened(group[0])
    vote(held, group[0])
    Outbox.objects.all().delete()

    def beat() -> None:
        reminders.enqueue_due(at=DEADLINE - 6 * HOUR)
        Job.objects.filter(kind=reminders.REMIND).update(due_at=NOW - DAY)
        jobs.run_due(clock=at(DEADLINE - 6 * HOUR))

    results = together([beat] * 9, connections=3)
    assert results.ends == {"done": 9}
    assert Job.objects.filter(kind=reminders.REMIND).count() == 1
    assert [row.payload["to"] for row in Outbox.objects.order_by("key")] == ["ben@group.example", "chen@group.example"]


def test_without_keys_the_beats_remind_again(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    group = found(users=True)
    opened(group[0])
    Outbox.objects.all().delete()
    put: Callable[..., None] = outbox.put
    counter = iter(range(1000))
    monkeypatch.setattr(outbox, "put", lambda *, key, **more: put(key=f"{key}/{next(counter)}", **more))
    monkeypatch.setattr(reminders, "_key", lambda *_round: f"{next(counter)}")
    monkeypatch.setattr(reminders, "_still", lambda round_id, *_rest: Round.objects.get(pk=round_id))
    for _beat in range(3):
        reminders.enqueue_due(at=DEADLINE - 6 * HOUR)
        Job.objects.filter(kind=reminders.REMIND).update(due_at=NOW - DAY)
        jobs.run_due(clock=at(DEADLINE - 6 * HOUR))
    assert Outbox.objects.count() == 9
