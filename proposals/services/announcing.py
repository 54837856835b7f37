"""Announcing a proposal before it opens, so that members can read it, comment and recuse themselves; taking it back."""

import secrets
from typing import Any

from django.db import transaction

import charter.selectors
from journal.clock import Clock, database_clock
from journal.services import entries
from members.models import Member
from members.selectors import people
from proposals.models import NONCE_DIGITS, Proposal, ProposalWords, Round
from proposals.refusals import MembersOnly, NotPending, NotYours
from proposals.rules import kinds, receipts
from proposals.services import locks


def keep(*, proposal: Proposal, content: dict[str, Any]) -> str:
    """Keeps the words that its first round will put to the vote, in the transaction that writes the proposal.

    Their salted digest, for its entry in the journal.
    """
    salt = secrets.token_hex(NONCE_DIGITS // 2)
    ProposalWords.objects.create(proposal=proposal, salt=salt, content=content)
    return receipts.wording_digest(salt=salt, content=content, changes="")


def take_back(*, proposal: Proposal, by: Member, clock: Clock = database_clock) -> Proposal:
    """Who put it forward, or the leader, takes back what has not opened: nobody has voted, so one person can.

    Raises MembersOnly, NotYours, NotPending.
    """
    with transaction.atomic():
        locks.hold(proposal.pk)
        at = clock()
        day = charter.selectors.today(at)
        proposal = Proposal.objects.get(pk=proposal.pk)
        if not people.is_active(by, day):
            raise MembersOnly
        own, leads = by.pk == proposal.proposed_by_id, people.leads(by, day)
        if not kinds.may_steer(proposal.kind, own=own, leads=leads):
            raise NotYours
        if proposal.taken_back_at is not None or Round.objects.filter(proposal=proposal).exists():
            raise NotPending
        proposal.taken_back_at = at
        proposal.save(update_fields=["taken_back_at"])
        entries.append(
            actor=people.actor(by),
            verb="proposal.take_back",
            subject=f"proposal/{proposal.number}",
            data={},
            at=at,
        )
    return proposal
