"""What passed: carried out not before its day and not after it lapsed, dropped without noise where a rule refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from charter.services import editions
from journal.models import Entry, Job
from members.models import Member
from members.services import memberships
from proposals import refusals as no
from proposals import tasks
from proposals.models import Execution, Outcome, Proposal, Round
from proposals.rules.states import EXPIRES_AFTER
from proposals.selectors import replays
from proposals.selectors.listings import chosen, shown
from proposals.selectors.proceedings import proceeding
from proposals.selectors.visibility import VISITOR
from proposals.services import execution, proposing, rounds
from tests.proposals.cast import DAY, DEADLINE, HOUR, NOW, at, found, vote

pytestmark = pytest.mark.django_db
LATER = DEADLINE.date() + 10 * DAY
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def group() -> list[Member]:
    return found()


def passed(
    group: list[Member], kind: str = "resolution", params: Any = None, by: int = 1, **more: Any
) -> tuple[Proposal, Outcome]:
    proposal = proposing.propose(
        kind=kind, params=params or {"title": "So"}, text="Because.", by=group[by], at=NOW, **more
    )
    for seat in proposal.rounds.get().seats.select_related("member"):
        vote(proposal.rounds.get(), seat.member)
    (outcome,) = rounds.close_due(clock=at(DEADLINE))
    return proposal, outcome


def states(moments: list[datetime]) -> list[str]:
    return [str(row.state) for moment in moments for row in shown(list(chosen("")), reader=VISITOR, at=moment)]


def carry_out(proposal: Proposal, moment: datetime, by: Any = rounds.SYSTEM) -> Execution:
    return execution.execute(proposal=proposal, by=by, clock=at(moment))


class Held:
    """A job's lease as the handler takes it, with a clock of its own."""

    def __init__(self, moment: datetime) -> None:
        self.job, self.clock = Job.objects.get(kind=rounds.EXECUTE), at(moment)

    def progress(self, *, done: int, total: int | None = None) -> None:
        """Nothing to tell."""


def test_it_waits_for_its_day_in_the_group_s_zone(group: list[Member]) -> None:
    editions.amend(changes={"group.time_zone": "America/Lima"}, effective_on=NOW.date(), act="t", by="t", at=NOW - DAY)
    proposal, outcome = passed(group, execute_on=LATER)
    begins_at = datetime(LATER.year, LATER.month, LATER.day, 5, tzinfo=UTC)
    assert (outcome.execute_at, outcome.expires_at) == (begins_at, begins_at + EXPIRES_AFTER)
    job = Job.objects.get(kind=rounds.EXECUTE)
    assert (job.key, job.due_at) == ("1/1", begins_at)
    assert outcome.expires_at is not None
    moments = [DEADLINE, begins_at - MOMENT, begins_at, outcome.expires_at - MOMENT, outcome.expires_at]
    assert states(moments) == ["queued", "queued", "succeeded", "succeeded", "expired"]
    with pytest.raises(no.TooEarly):
        carry_out(proposal, begins_at - MOMENT)
    assert carry_out(proposal, begins_at).effect == "resolution/1"
    assert Entry.objects.filter(verb="proposal.execution_failed").count() == 0


def test_without_a_day_it_is_carried_out_at_once(group: list[Member]) -> None:
    _proposal, outcome = passed(group)
    assert (outcome.execute_at, Job.objects.get(kind=rounds.EXECUTE).due_at) == (DEADLINE, DEADLINE)


def test_what_lapsed_takes_another_round(group: list[Member]) -> None:
    proposal, outcome = passed(group)
    assert outcome.expires_at is not None
    with pytest.raises(no.AlreadyPassed):
        rounds.open_next(proposal=proposal, changes="x", by=group[1], clock=at(outcome.expires_at - MOMENT))
    with pytest.raises(no.Expired):
        carry_out(proposal, outcome.expires_at)
    held = rounds.open_next(proposal=proposal, changes="Again.", by=group[1], clock=at(outcome.expires_at))
    with pytest.raises(no.NotPassed):
        carry_out(proposal, outcome.expires_at + HOUR)
    for member in group:
        vote(held, member, moment=outcome.expires_at + HOUR)
    rounds.close_due(clock=at(outcome.expires_at + 7 * DAY))
    assert list(Job.objects.filter(kind=rounds.EXECUTE).values_list("key", flat=True)) == ["1/1", "1/2"]
    done = carry_out(proposal, outcome.expires_at + 7 * DAY)
    assert done.outcome.round.number == 2
    assert list(replays.broken_proposals()) == []


@pytest.mark.parametrize("beyond", [-1, 0])
def test_the_database_holds_the_window(group: list[Member], beyond: int) -> None:
    proposal, outcome = passed(group, execute_on=LATER)
    assert outcome.execute_at is not None
    assert outcome.expires_at is not None
    moment = outcome.execute_at - MOMENT if beyond else outcome.expires_at
    with pytest.raises(DatabaseError, match="this is not its time"), transaction.atomic():
        Execution.objects.create(proposal=proposal, outcome=outcome, effect="x", executed_at=moment)
    Execution.objects.create(proposal=proposal, outcome=outcome, effect="x", executed_at=outcome.execute_at)


def test_the_worker_does_not_insist_on_somebody_who_left(group: list[Member]) -> None:
    proposal, outcome = passed(group, "removal", {"handle": "chen"}, by=0)
    assert outcome.execute_at is not None
    memberships.declare_exit(member=group[2], exited_on=DEADLINE.date(), by=group[2], at=DEADLINE)
    moment = DEADLINE + 2 * DAY
    tasks.execute(Held(moment))
    assert [entry.data for entry in Entry.objects.filter(verb="proposal.execution_failed")] == [{"error": "not-member"}]
    seen = proceeding(number=1, reader=VISITOR, at=moment, today=moment.date(), zone=UTC)
    assert seen is not None
    assert (str(seen.state), seen.trouble) == ("succeeded", "This person is not a member on that day.")
    # Once it is settled a member does it by hand.
    memberships.join(handle="chen", name="Chen", joined_on=moment.date(), decided_by="x", by="import", at=moment)
    assert carry_out(proposal, moment + HOUR, by=group[1]).effect == "exit/chen"


def test_what_is_too_early_for_the_worker_is_tried_again(group: list[Member]) -> None:
    passed(group, execute_on=LATER)
    with pytest.raises(no.TooEarly):
        tasks.execute(Held(DEADLINE))


def test_what_lapsed_meanwhile_is_no_fault(group: list[Member]) -> None:
    _proposal, outcome = passed(group)
    assert outcome.expires_at is not None
    tasks.execute(Held(outcome.expires_at))
    assert not Entry.objects.filter(verb="proposal.execution_failed").exists()


def test_how_it_failed_is_said_where_nothing_refuses_beforehand(group: list[Member], monkeypatch: Any) -> None:
    passed(group)

    def half_way(*_args: Any, **_more: Any) -> list[str]:
        raise RuntimeError("half way")

    monkeypatch.setattr("charter.registry.execute", half_way)
    with pytest.raises(RuntimeError):
        tasks.execute(Held(DEADLINE + HOUR))
    seen = proceeding(number=1, reader=VISITOR, at=DEADLINE + DAY, today=(DEADLINE + DAY).date(), zone=UTC)
    assert seen is not None
    assert (seen.trouble, Execution.objects.count()) == ("RuntimeError", 0)


def test_a_round_copies_the_day(group: list[Member]) -> None:
    proposal, _outcome = passed(group, execute_on=LATER)
    assert Round.objects.get(proposal=proposal).execute_on == LATER
    with pytest.raises(DatabaseError, match="what was proposed does not change"), transaction.atomic():
        Proposal.objects.update(execute_on=LATER + DAY)


def test_the_preview_tells_of_the_day_it_waits_for(group: list[Member]) -> None:
    change = {"changes": {"stipend.member": "500"}, "effective_on": None, "texts": {}, "replaces": {}}
    proposal, _outcome = passed(group, "amendment", change, execute_on=LATER)
    seen = proceeding(number=proposal.number, reader=VISITOR, at=DEADLINE, today=DEADLINE.date(), zone=UTC)
    assert seen is not None
    assert [f"{LATER.day} {LATER:%b %Y}" in said.replace("\u00a0", " ") for said in seen.preview] == [True]
