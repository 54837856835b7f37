"""What the worker does for proposals: closes rounds that have to end, carries out what passed."""

from datetime import datetime

from journal.registry import Lease, due, job
from members.refusals.applications import ApplicationEnded
from proposals.models import Proposal
from proposals.refusals import AlreadyExecuted
from proposals.services import execution, rounds


@due("proposals.close")
def close_due(_at: datetime) -> None:
    """Closes what is due; the clock that decides is asked under each lock."""
    rounds.close_due()


@job(rounds.EXECUTE)
def execute(lease: Lease) -> None:
    """Carries out one passed proposal, unless somebody was faster or its applicant took the application back."""
    try:
        execution.execute(proposal=Proposal.objects.get(number=int(lease.job.key)), by=rounds.SYSTEM, clock=lease.clock)
    except (AlreadyExecuted, ApplicationEnded):
        # Neither changes by trying again: a job that is tried until it is parked would tell of a fault that is none.
        return
