"""Recusal: a member takes no part in a proposal, by their own word, while no round of it is open."""

from datetime import datetime

from django.db import transaction

import charter.selectors
from journal.clock import Clock, database_clock
from members.models import Member
from members.selectors import people
from proposals.models import Declaration, Outcome, Proposal, Round
from proposals.refusals import MembersOnly, NotRecused, RecusalReasonMissing, RecusalTooLate, SameRecusal, TextTooLong
from proposals.rules import rounds
from proposals.rules.casting import LONGEST, words
from proposals.selectors.electorates import last_recusal
from proposals.services import locks
from proposals.services.declarations import Kind, declare


def recuse(*, proposal: Proposal, by: Member, reason: str, clock: Clock = database_clock) -> Declaration:
    """A member has no seat in the rounds that open from now on; the members read the `reason`.

    Raises MembersOnly, RecusalTooLate, RecusalReasonMissing, TextTooLong, SameRecusal.
    """
    reason = words(reason)
    with transaction.atomic():
        at, last = _hold(proposal, by, clock)
        if not reason:
            raise RecusalReasonMissing
        if len(reason) > LONGEST:
            raise TextTooLong(field="reason")
        if last is not None and last.stands:
            raise SameRecusal
        return declare(proposal=proposal, by=by, kind=Kind.RECUSAL, last=last, words=reason, at=at)


def take_back(*, proposal: Proposal, by: Member, clock: Clock = database_clock) -> Declaration:
    """A member takes part again in the rounds that open from now on. Raises MembersOnly, RecusalTooLate, NotRecused."""
    with transaction.atomic():
        at, last = _hold(proposal, by, clock)
        if last is None or not last.stands:
            raise NotRecused
        return declare(proposal=proposal, by=by, kind=Kind.RECUSAL, last=last, words="", at=at)


def _hold(proposal: Proposal, by: Member, clock: Clock) -> tuple[datetime, Declaration | None]:
    """Waits for the lock that an opening takes first too: this word came before it, or is too late."""
    locks.hold(proposal.pk)
    at = clock()
    if not people.is_active(by, charter.selectors.today(at)):
        raise MembersOnly
    if not _is_open_to(proposal.pk, at):
        raise RecusalTooLate
    return at, last_recusal(proposal, by)


def _is_open_to(proposal_id: int, at: datetime) -> bool:
    """Whether another round of a proposal may still open, and none is open now."""
    proposal = Proposal.objects.select_related("application", "execution").get(pk=proposal_id)
    last = Round.objects.select_related("outcome").filter(proposal=proposal).order_by("-number").first()
    outcome: Outcome | None = getattr(last, "outcome", None)
    if last is not None and outcome is None:
        return False
    return rounds.may_follow(
        kind=proposal.kind,
        result=outcome.result if outcome else "",
        expired=outcome is not None and outcome.expires_at is not None and at >= outcome.expires_at,
        gone=proposal.application is not None and proposal.application.has_ended,
        executed=hasattr(proposal, "execution"),
        taken_back=proposal.taken_back_at is not None,
    )
