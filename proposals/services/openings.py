"""Opening what was announced, when its moment has come: late if no worker ran, but never missed and never twice."""

import logging

from django.db import transaction

from charter import registry
from journal.clock import Clock, database_clock
from journal.models import Entry
from journal.refusals import Refusal
from journal.services import entries
from members.selectors import people
from members.selectors.people import By
from proposals.models import Proposal, ProposalWords, Round
from proposals.refusals import NotDue, NotPending, SameProposed
from proposals.selectors import drafts
from proposals.services import locks, rounds

REFUSED = rounds.OPENING_REFUSED
logger = logging.getLogger(__name__)


def open_due(*, clock: Clock = database_clock) -> list[Round]:
    """Opens every announced proposal whose moment has come, each in a transaction of its own under its lock.

    A refusal (its act cannot be done any more, nobody stands) leaves it waiting: the journal hears of it once, and the
    next sweep tries again.
    """
    opened = []
    for proposal in _due(clock):
        try:
            opened.append(open_pending(proposal=proposal, by=rounds.SYSTEM, clock=clock))
        except (NotPending, NotDue):
            # Another worker was faster, or somebody took it back.
            continue
        except Refusal as refused:
            _tell(proposal, refused, clock)
        except Exception:
            # One broken proposal must not keep the others waiting.
            logger.exception("proposal %s: its first round could not be opened", proposal.number)
    return opened


def open_pending(*, proposal: Proposal, by: By, clock: Clock = database_clock) -> Round:
    """Opens the first round of what was announced, not before its moment.

    Raises NotPending, NotDue, SameProposed, NoCandidates, NoElectors, NoVotingTime and what the act's check refuses.
    """
    with transaction.atomic():
        locks.hold(proposal.pk)
        at = clock()
        proposal = Proposal.objects.get(pk=proposal.pk)
        if proposal.taken_back_at is not None or Round.objects.filter(proposal=proposal).exists():
            raise NotPending
        if proposal.opens_at is None or at < proposal.opens_at:
            raise NotDue
        if drafts.running([registry.stored(act) for act in proposal.acts], but=proposal.pk):
            raise SameProposed
        # What was erased meanwhile stays erased.
        words = ProposalWords.objects.filter(proposal=proposal).first()
        return rounds.open_round(
            proposal=proposal,
            changes="",
            by=by,
            at=at,
            content=words.content if words else {},
            final_ballots=proposal.final_ballots,
        )


def _due(clock: Clock) -> list[Proposal]:
    waiting = Proposal.objects.filter(rounds=None, taken_back_at=None, opens_at__lte=clock())
    return list(waiting.order_by("opens_at", "pk"))


def _tell(proposal: Proposal, refused: Refusal, clock: Clock) -> None:
    """One entry for each reason that follows another, not one for each sweep; under the lock, so that two workers that
    were refused at once write one.
    """
    subject = f"proposal/{proposal.number}"
    with transaction.atomic():
        locks.hold(proposal.pk)
        last = Entry.objects.filter(subject=subject, verb=REFUSED).order_by("-pk").first()
        if last is not None and last.data["error"] == refused.code:
            return
        entries.append(
            actor=people.actor(rounds.SYSTEM), verb=REFUSED, subject=subject, data={"error": refused.code}, at=clock()
        )
