"""Putting an election of the leader forward before a term ends (daily.1); members draft one as any proposal."""

from django.db import transaction

from journal.clock import Clock, database_clock
from proposals.models import Proposal
from proposals.selectors import elections
from proposals.services import announcing, locks, proposing

SYSTEM = "system:worker"


def put_forward_due(*, clock: Clock = database_clock) -> Proposal | None:
    """The worker puts the missing election forward, once for each term that ends; None if there is nothing to do.

    Most sweeps find nothing and hold nobody up: the lock is taken only where something is missing, and asks again.
    """
    if elections.missing(clock()) is None:
        return None
    with transaction.atomic():
        locks.hold_numbering()
        at = clock()
        ending = elections.missing(at)
        if ending is None:
            return None
        about = elections.begins_on(at).isoformat()
        proposal = proposing.write(
            kind=Proposal.Kind.ELECTION,
            about=about,
            steps=(),
            by=SYSTEM,
            at=at,
            opens_at=ending.opens_at(at),
            ending_term=ending.starts_on,
        )
        announcing.keep(proposal=proposal, content={"name": about, "text": ""})
    return proposal
