"""Carrying out a passed proposal: every act, the Execution row and the journal entry in one transaction, once."""

from datetime import datetime

from django.db import transaction

import charter.selectors
from charter import registry
from journal.clock import Clock, database_clock
from journal.refusals import Refusal
from journal.services import entries
from members.models import Member
from members.selectors import people
from members.selectors.people import By
from proposals.models import Execution, Outcome, Proposal, Round, Wording
from proposals.refusals import ActsAltered, AlreadyExecuted, Expired, MembersOnly, NotPassed, TooEarly
from proposals.rules import receipts
from proposals.selectors.words import application_words, moved
from proposals.services import locks

# Nothing was tried: these leave no entry.
NOT_TRIED = (AlreadyExecuted, NotPassed, TooEarly, Expired, MembersOnly)


def execute(*, proposal: Proposal, by: By, clock: Clock = database_clock) -> Execution:
    """Does what was decided, from the moment of its outcome's `execute_at` until `expires_at`. A failure leaves one
    journal entry and can be tried again.

    `by` is a member, or the worker's text. Raises AlreadyExecuted, NotPassed, TooEarly, Expired, MembersOnly,
    ActsAltered and whatever the act refuses.
    """
    try:
        with transaction.atomic():
            return _execute(proposal, by, clock)
    except NOT_TRIED:
        raise
    except Exception as failure:
        code = failure.code if isinstance(failure, Refusal) else type(failure).__name__
        entries.append(
            actor=people.actor(by),
            verb="proposal.execution_failed",
            subject=f"proposal/{proposal.number}",
            data={"error": code},
            at=clock(),
        )
        raise


def _execute(proposal: Proposal, by: By, clock: Clock) -> Execution:
    locks.hold(proposal.pk)
    at = clock()
    # What the caller holds may be older than the lock.
    proposal = Proposal.objects.get(pk=proposal.pk)
    day = charter.selectors.today(at)
    if not isinstance(by, str) and not (isinstance(by, Member) and people.is_active(by, day)):
        raise MembersOnly
    passed = _passed(proposal, at)
    steps = [registry.stored(data) for data in proposal.acts]
    if registry.fingerprint(steps) != proposal.acts_digest:
        raise ActsAltered
    _check_words(proposal, passed)
    steps = [registry.stored(data) for data in receipts.carried_out(proposal.acts, passed.tally)]
    registry.check(steps, day)
    reference = f"proposal/{proposal.number}"
    effects = registry.execute(steps, at=at, by=people.actor(by), reference=reference)
    effect = ", ".join(effects)
    done = Execution.objects.create(proposal=proposal, outcome=passed, effect=effect, executed_at=at)
    data = {"effect": effect, "acts": registry.fingerprint(steps)}
    entries.append(actor=people.actor(by), verb="proposal.execute", subject=reference, data=data, at=at)
    return done


def _passed(proposal: Proposal, at: datetime) -> Outcome:
    """The success of the last round, if now is its time."""
    if Execution.objects.filter(proposal=proposal).exists():
        raise AlreadyExecuted
    last = Outcome.objects.filter(round__proposal=proposal).order_by("-round__number").first()
    running = Round.objects.filter(proposal=proposal, outcome=None).exists()
    if last is None or running or last.execute_at is None or last.expires_at is None:
        raise NotPassed
    if at < last.execute_at:
        raise TooEarly
    if at >= last.expires_at:
        raise Expired
    return last


def _check_words(proposal: Proposal, passed: Outcome) -> None:
    """ActsAltered unless the application still says what was voted on: the act names it, the ballots were about it."""
    wording = Wording.objects.filter(round=passed.round_id).first()
    if proposal.application_id is None or wording is None or not wording.salt:
        return
    if moved(wording.content, application_words(locks.hold_application(proposal.application_id))):
        raise ActsAltered
