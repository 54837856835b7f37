"""Carrying out: once, all of it or nothing, with a trace of every failure."""

import pytest
from django.db import connection

from charter import registry
from journal.models import Entry, Job
from journal.services import jobs
from members.models import Application, Member, Membership
from members.refusals.applications import ApplicationEnded, BuilderUnconfirmed
from members.refusals.people import HandleTaken
from members.selectors import people
from members.services import memberships
from proposals import refusals as no
from proposals.models import Execution, Outcome, Proposal
from proposals.services import execution, proposing, recusals, rounds
from tests.proposals.cast import AFTER_A_DAY, DAY, DEADLINE, HOUR, NOW, applicant, at, found, opened, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal() -> Proposal:
    """One that has passed."""
    group = found()
    proposal, held = opened(group[0])
    for member in group:
        vote(held, member, moment=AFTER_A_DAY)
    return proposal


def carry_out(proposal: Proposal, by: object = rounds.SYSTEM) -> Execution:
    return execution.execute(proposal=proposal, by=by, clock=at(AFTER_A_DAY + HOUR))  # type: ignore[arg-type]


def failures() -> list[str]:
    return list(Entry.objects.filter(verb="proposal.execution_failed").values_list("data__error", flat=True))


def test_the_applicant_is_a_member_from_the_day_of_execution_on(proposal: Proposal) -> None:
    done = carry_out(proposal)
    noor = Member.objects.get(handle="noor")
    period = Membership.objects.get(member=noor)
    assert (done.effect, done.outcome) == ("membership/noor", Outcome.objects.get())
    assert (period.joined_on, period.exited_on, period.decided_by) == ((AFTER_A_DAY + HOUR).date(), None, "proposal/1")
    assert people.is_active(noor, (AFTER_A_DAY + HOUR).date())
    assert Application.objects.get().closed_at == AFTER_A_DAY + HOUR
    entry = Entry.objects.get(verb="proposal.execute")
    said = {"effect": "membership/noor", "acts": proposal.acts_digest}
    assert (entry.actor, entry.subject, entry.data) == ("system:worker", "proposal/1", said)


def test_twice_is_refused_and_leaves_no_trace(proposal: Proposal) -> None:
    carry_out(proposal)
    with pytest.raises(no.AlreadyExecuted):
        carry_out(proposal)
    assert (Execution.objects.count(), Membership.objects.filter(member__handle="noor").count()) == (1, 1)
    assert failures() == []


def test_what_was_carried_out_is_over_for_good_also_when_a_success_would_have_expired() -> None:
    ana, *_others = group = found()
    done = proposing.propose(kind="resolution", params={"title": "We say so"}, text="Why.", by=ana, at=NOW)
    for member in group:
        vote(done.rounds.get(), member)
    rounds.close_due(clock=at(DEADLINE))
    execution.execute(proposal=done, by=rounds.SYSTEM, clock=at(DEADLINE))
    later = at(DEADLINE + 40 * DAY)
    with pytest.raises(no.AlreadyPassed):
        rounds.open_next(proposal=done, changes="New.", by=ana, clock=later)
    with pytest.raises(no.RecusalTooLate):
        recusals.recuse(proposal=done, by=ana, reason="Why.", clock=later)


def test_what_has_not_passed_is_not_carried_out() -> None:
    proposal, _held = opened(found()[0])
    with pytest.raises(no.NotPassed):
        carry_out(proposal)
    assert not Member.objects.filter(handle="noor").exists()
    assert failures() == []


def test_a_member_may_carry_out_and_nobody_else(proposal: Proposal) -> None:
    with pytest.raises(no.MembersOnly):
        carry_out(proposal, by=Application.objects.get().user)
    done = carry_out(proposal, by=Member.objects.get(handle="ben"))
    assert Entry.objects.get(verb="proposal.execute").actor == "member:ben"
    assert done.executed_at == AFTER_A_DAY + HOUR


def test_a_failure_leaves_only_its_entry_and_can_be_tried_again(
    proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = registry.get("members.admit")

    def half_way(*args: object, **kwargs: object) -> str:
        act.execute(*args, **kwargs)  # type: ignore[arg-type]
        raise RuntimeError("the power went")

    members = Member.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(registry, "execute", lambda steps, **context: [half_way(act.read(steps[0].params), **context)])
        with pytest.raises(RuntimeError):
            carry_out(proposal)
    assert (Member.objects.count(), Execution.objects.count()) == (members, 0)
    assert failures() == ["RuntimeError"]
    assert carry_out(proposal).effect == "membership/noor"


def test_a_refusal_is_named_in_the_entry(proposal: Proposal) -> None:
    other, held = opened(Member.objects.get(handle="ana"), handle="zoe")
    for member in people.active_on(NOW.date()):
        vote(held, member, moment=AFTER_A_DAY)
    Application.objects.filter(handle="zoe").update(builder_confirmed_by=None)
    with pytest.raises(BuilderUnconfirmed, match="leader confirms"):
        carry_out(other)
    assert failures() == ["builder-unconfirmed"]


def test_a_withdrawn_application_is_not_carried_out(proposal: Proposal) -> None:
    Application.objects.update(withdrawn_at=AFTER_A_DAY)
    with pytest.raises(ApplicationEnded, match="ended"):
        carry_out(proposal)
    assert not Member.objects.filter(handle="noor").exists()
    assert failures() == ["application-ended"]


def test_the_worker_does_not_insist_on_somebody_who_took_the_application_back(proposal: Proposal) -> None:
    Application.objects.update(withdrawn_at=AFTER_A_DAY)
    assert jobs.run_due(clock=at(AFTER_A_DAY + HOUR)) == 1
    assert (Job.objects.get().parked_at, Execution.objects.count()) == (None, 0)
    assert failures() == ["application-ended"]


@pytest.mark.parametrize("change", [{"handle": "eve"}, {"name": "Eve"}, {"project": "Another."}])
def test_who_is_not_the_person_voted_on_is_not_admitted(proposal: Proposal, change: dict[str, str]) -> None:
    Application.objects.update(**change)
    with pytest.raises(no.ActsAltered):
        carry_out(proposal)
    assert not Member.objects.filter(handle__in=("noor", "eve")).exists()


def test_altered_acts_are_not_carried_out(proposal: Proposal) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE proposals_proposal SET acts = jsonb_set(acts, '{0,params,application}', '99')")
        cursor.execute("SET session_replication_role = origin")
    with pytest.raises(no.ActsAltered):
        carry_out(proposal)
    assert failures() == ["acts-altered"]


def test_the_worker_carries_out_by_its_job(proposal: Proposal) -> None:
    job = Job.objects.get(kind="proposals.execute")
    assert (job.key, job.finished_at) == (f"{proposal.number}/1", None)
    assert jobs.run_due(clock=at(AFTER_A_DAY + HOUR)) == 1
    assert Execution.objects.get().proposal == proposal
    # The message may come again.
    Job.objects.update(finished_at=None, lease_until=None)
    assert jobs.run_due(clock=at(AFTER_A_DAY + HOUR)) == 1
    assert Execution.objects.count() == 1


def test_the_job_of_what_was_done_by_hand_ends(proposal: Proposal) -> None:
    carry_out(proposal)
    assert jobs.run_due(clock=at(AFTER_A_DAY + HOUR)) == 1
    assert Job.objects.get().finished_at is not None


def test_a_handle_that_was_taken_meanwhile(proposal: Proposal) -> None:
    another = applicant("Another", "another")
    memberships.join(
        handle="noor", name="Another", user=another, joined_on=NOW.date(), decided_by="import", by="import", at=NOW
    )
    with pytest.raises(HandleTaken):
        carry_out(proposal)
    assert failures() == ["handle-taken"]
