"""Putting an election of the leader forward before a term ends (daily.1); members draft one as any proposal."""

from django.db import transaction

from journal.clock import Clock, database_clock
from proposals.models import Proposal
from proposals.selectors import elections
from proposals.services import locks, proposing, rounds


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
        opens_at = ending.opens_at(at)
        about = elections.begins_on(opens_at).isoformat()
        return proposing.write(
            kind=Proposal.Kind.ELECTION,
            about=about,
            content={"name": about, "text": ""},
            steps=(),
            by=rounds.SYSTEM,
            at=at,
            opens_at=opens_at,
            ending_term=ending.starts_on,
        )
