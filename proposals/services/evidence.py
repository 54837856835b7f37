"""Putting a vote from Snapshot beside a proposal."""

from django.db import transaction
from django.db.models import Max

import charter.selectors
from journal.clock import Clock, database_clock
from journal.services import entries
from members.models import Member
from members.selectors import people
from proposals.models import EVIDENCE_MOST, Evidence, Proposal
from proposals.refusals import EvidenceKnown, MembersOnly, TooMuchEvidence
from proposals.rules import snapshots
from proposals.services import locks


def add(*, proposal: Proposal, envelope: str, by: Member, clock: Clock = database_clock) -> Evidence:
    """Checks a pasted vote's envelope and keeps it; `by` is a member on this day.

    Raises EvidenceUnreadable, EvidenceForeign, MembersOnly, EvidenceKnown, TooMuchEvidence.
    """
    read = snapshots.read(envelope)
    digest = snapshots.digest(read)
    with transaction.atomic():
        locks.hold(proposal.pk)
        at = clock()
        if not people.is_active(by, charter.selectors.today(at)):
            raise MembersOnly
        number = _place(proposal, digest)
        added = Evidence.objects.create(
            proposal=proposal, number=number, envelope=read, digest=digest, added_by=by, added_at=at
        )
        entries.append(
            actor=f"member:{by.handle}",
            verb="evidence.add",
            subject=f"proposal/{proposal.number}",
            data={"number": added.number, "digest": digest},
            at=at,
        )
    return added


def _place(proposal: Proposal, digest: str) -> int:
    """The number of what comes next."""
    rows = Evidence.objects.filter(proposal=proposal)
    if rows.filter(digest=digest).exists():
        raise EvidenceKnown
    last: int = rows.aggregate(last=Max("number"))["last"] or 0
    if last >= EVIDENCE_MOST:
        raise TooMuchEvidence
    return last + 1
