"""What the worker does for proposals: it opens what was announced, closes what has to end, carries out what passed."""

from datetime import datetime

from journal.refusals import Refusal
from journal.registry import Lease, due, job
from proposals.models import Proposal
from proposals.refusals import TooEarly
from proposals.services import elections, execution, openings, reminders, rounds


@due("proposals.elections")
def put_forward_due(_at: datetime) -> None:
    """Puts forward the election that the end of the leader's term needs, before what waits is opened."""
    elections.put_forward_due()


@due("proposals.open")
def open_due(_at: datetime) -> None:
    """Opens what was announced for now; the clock that decides is asked under each lock."""
    openings.open_due()


@due("proposals.close")
def close_due(_at: datetime) -> None:
    """Closes what is due; the clock that decides is asked under each lock."""
    rounds.close_due()


@due("proposals.remind")
def remind_due(at: datetime) -> None:
    """Makes a job of each reminder that is due."""
    reminders.enqueue_due(at=at)


@job(reminders.REMIND)
def remind(lease: Lease) -> None:
    """Promises the mails of one reminder, unless it came too late."""
    reminders.send(round_id=lease.job.params["round"], key=lease.job.key, clock=lease.clock)


@job(rounds.EXECUTE)
def execute(lease: Lease) -> None:
    """Carries out one passed proposal.

    What a rule refuses (somebody was faster, the applicant or the member has left, the day is over) does not change by
    trying again: the journal has it once, the page shows it, and a member can try by hand. A job that is tried until it
    is parked would tell of a fault that is none. Whatever else goes wrong is tried again.
    """
    number, _slash, _round = lease.job.key.partition("/")
    try:
        execution.execute(proposal=Proposal.objects.get(number=int(number)), by=rounds.SYSTEM, clock=lease.clock)
    except TooEarly:
        # Two clocks: the one that wakes jobs is ahead of the one that decides.
        raise
    except Refusal:
        return
