"""Opening and closing rounds. Everything here holds the proposal's lock before it looks at anything that decides."""

import logging
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

import charter.selectors
from charter import registry
from charter.rules.terms import Terms
from journal.clock import Clock, database_clock
from journal.services import entries, jobs
from members.models import Member
from members.selectors import people
from proposals.models import NONCE_DIGITS, Outcome, Proposal, Round, Seat, Wording
from proposals.refusals import ChangesMissing, NoElectors, TextTooLong
from proposals.rules import receipts, states
from proposals.rules import rounds as rules
from proposals.rules.casting import LONGEST, words
from proposals.rules.states import Result
from proposals.rules.tallies import Tally
from proposals.selectors.counts import tallies_of, tally_of
from proposals.selectors.links import head
from proposals.selectors.replays import times_of
from proposals.selectors.words import application_words
from proposals.services import locks, notices

EXECUTE = "proposals.execute"
SYSTEM = "system:worker"
logger = logging.getLogger(__name__)


def open_round(
    *,
    proposal: Proposal,
    changes: str,
    by: Member,
    at: datetime,
    content: dict[str, Any] | None = None,
    final_ballots: bool = False,
) -> Round:
    """Opens the next round inside the caller's transaction and lock: electorate, rule, edition, words, all frozen now.

    `content` is what is put to the vote; an admission's are the words of its application. `final_ballots` has no effect
    under the unanimous rule. Raises what the acts' own checks refuse, NoElectors, NoVotingTime.
    """
    timeline = charter.selectors.timeline()
    day = timeline.day_of(at)
    terms = timeline.terms_on(day)
    if proposal.application_id is not None:
        # The application stands still from here on: its author's edits take the same row and then ask for votes.
        application = locks.hold_application(proposal.application_id)
        content = application_words(application)
        # The applicant may go by another name since the last round: the title names who is voted on.
        proposal.about = application.name
        proposal.save(update_fields=["about"])
    steps = [registry.stored(data) for data in proposal.acts]
    registry.check(steps, day)
    electors = list(electors_of(proposal.concerns_id, day).select_related("user"))
    if not electors:
        raise NoElectors
    held = _write(
        proposal, electors, content or {}, changes=changes, terms=terms, final_ballots=final_ballots, by=by, at=at
    )
    entries.append(
        actor=people.actor(by),
        verb="round.open",
        subject=f"proposal/{proposal.number}/round/{held.number}",
        data={"digest": held.digest, "seats": len(electors)},
        at=at,
    )
    notices.round_opened(
        proposal=proposal, held=held, electors=[seat for seat in electors if seat != by], zone=terms.time_zone, at=at
    )
    return held


def _write(
    proposal: Proposal,
    electors: Sequence[Member],
    content: dict[str, Any],
    *,
    changes: str,
    terms: Terms,
    final_ballots: bool,
    by: Member,
    at: datetime,
) -> Round:
    threshold = terms.threshold(registry.get(proposal.acts[0]["act"]).threshold)
    times, previous = rules.times(terms, at, final=final_ballots and not threshold.unanimous), head(proposal)
    number = Round.objects.filter(proposal=proposal).count() + 1
    rule = threshold.written()
    handles, salt = [member.handle for member in electors], secrets.token_hex(NONCE_DIGITS // 2)
    electorate = receipts.electorate_digest(proposal=proposal.number, round_number=number, handles=handles)
    wording = receipts.wording_digest(salt=salt, content=content, changes=changes)
    held = Round.objects.create(
        proposal=proposal,
        number=number,
        wording_digest=wording,
        rule=rule,
        edition=terms.edition,
        electorate_digest=electorate,
        previous=previous,
        digest=receipts.round_digest(
            previous=previous,
            proposal=proposal.number,
            number=number,
            acts=proposal.acts_digest,
            rule=rule,
            edition=terms.edition,
            electorate=electorate,
            wording=wording,
            times=times,
        ),
        opened_by=by,
        opened_at=times.opened_at,
        earliest_end_at=times.earliest_end_at,
        deadline_at=times.deadline_at,
        final_ballots=times.final,
    )
    Wording.objects.create(round=held, salt=salt, content=content, changes=changes)
    Seat.objects.bulk_create(
        [Seat(round=held, member=member, position=place) for place, member in enumerate(electors, start=1)]
    )
    return held


def open_next(*, proposal: Proposal, changes: str, by: Member, clock: Clock = database_clock) -> Round:
    """Opens the next round, for who may put the proposal forward; a running one that somebody objected to ends so.

    `changes` says what is new since the last round. Raises LeaderOnly, MembersOnly, ChangesMissing, RoundRunning,
    AlreadyPassed, ApplicationGone and what the acts' own checks refuse.
    """
    changes = words(changes)
    with transaction.atomic():
        locks.hold(proposal.pk)
        at = clock()
        # What the caller holds may be older than the lock.
        proposal = Proposal.objects.get(pk=proposal.pk)
        last = Round.objects.select_related("outcome").filter(proposal=proposal).order_by("-number")[0]
        ended = _outcome_of(last) or close_held(proposal_id=proposal.pk, at=at)
        tally = tally_of(last)
        refused = rules.refusal(
            rules.Opening(
                may_propose=registry.get(proposal.acts[0]["act"]).may_propose,
                roles=roles_of(by, at),
                gone=is_gone(proposal),
                result=ended.result if ended else "",
                objections=tally.objections,
            )
        )
        if refused is not None:
            raise refused
        if not changes:
            raise ChangesMissing
        if len(changes) > LONGEST:
            raise TextTooLong(field="changes")
        if ended is None:
            _end(last, proposal, tally, Result.OBJECTED, by=people.actor(by), at=at)
        return open_round(
            proposal=proposal,
            changes=changes,
            by=by,
            at=at,
            # What was erased meanwhile stays erased.
            content=Wording.objects.get(round=last).content,
            final_ballots=last.final_ballots,
        )


def electors_of(concerns: int | None, day: date) -> QuerySet[Member]:
    """Who has a seat in a round that opens on a day: every member, but not the one whose removal it is about."""
    return people.active_on(day).exclude(pk=concerns or 0)


def roles_of(member: Member, at: datetime) -> frozenset[str]:
    """What a member is at a moment, whether or not they have an account."""
    day = charter.selectors.today(at)
    if member.user is not None:
        return people.roles_on(member.user, day)
    held = {"member": people.is_active(member, day), "leader": leads(member, at)}
    return frozenset(role for role, holds in held.items() if holds)


def leads(member: Member, at: datetime) -> bool:
    """Whether somebody leads the group at a moment, as caretaker too."""
    term = people.leader_on(charter.selectors.today(at))
    return term is not None and term.member_id == member.pk


def is_gone(proposal: Proposal) -> bool:
    """Whether what the proposal decides on was withdrawn or closed."""
    ended = Q(application__withdrawn_at__isnull=False) | Q(application__closed_at__isnull=False)
    return Proposal.objects.filter(ended, pk=proposal.pk).exists()


def close_due(*, clock: Clock = database_clock) -> list[Outcome]:
    """Closes every round that has to end: at its deadline, settled after its earliest end, or without its object.

    Each in a transaction of its own, under its proposal's lock, with the clock asked after it.
    """
    closed = []
    for proposal_id in _due(clock()):
        try:
            with transaction.atomic():
                locks.hold(proposal_id)
                outcome = close_held(proposal_id=proposal_id, at=clock())
        except Exception:
            # One broken round must not keep the others open; the next sweep tries it again.
            logger.exception("proposal %s: its round could not be closed", proposal_id)
            continue
        if outcome is not None:
            closed.append(outcome)
    return closed


def _due(at: datetime) -> list[int]:
    """Proposals whose round looks as if it had to end, without a lock: most sweeps find none and hold nobody up."""
    running = Round.objects.filter(outcome=None).filter(
        Q(earliest_end_at__lte=at)
        | Q(proposal__application__withdrawn_at__isnull=False)
        | Q(proposal__application__closed_at__isnull=False)
    )
    found = list(running.select_related("proposal__application").order_by("deadline_at", "pk"))
    tallies = tallies_of(found) if found else {}
    return [held.proposal_id for held in found if _result(held, tallies[held.pk], at) is not None]


def _result(held: Round, tally: Tally, at: datetime) -> Result | None:
    application = held.proposal.application
    gone = application is not None and (application.withdrawn_at or application.closed_at) is not None
    return states.result(times_of(held), tally, at=at, gone=gone)


def close_held(*, proposal_id: int, at: datetime) -> Outcome | None:
    """Ends the running round if it has to end at `at`. The caller holds the lock and asked the clock after it."""
    last = (
        Round.objects.select_related("proposal__application", "outcome")
        .filter(proposal_id=proposal_id)
        .order_by("-number")
        .first()
    )
    if last is None or _outcome_of(last) is not None:
        return None
    tally = tally_of(last)
    result = _result(last, tally, at)
    return None if result is None else _end(last, last.proposal, tally, result, by=SYSTEM, at=at)


def _outcome_of(held: Round) -> Outcome | None:
    return getattr(held, "outcome", None)


def _end(held: Round, proposal: Proposal, tally: Tally, result: Result, *, by: str, at: datetime) -> Outcome:
    last_receipt, counted = head(proposal), tally.as_json()
    digest = receipts.outcome_digest(
        previous=last_receipt, round_digest=held.digest, result=result, tally=counted, decided_at=at
    )
    outcome = Outcome.objects.create(
        round=held, result=result, tally=counted, last_receipt=last_receipt, digest=digest, decided_at=at
    )
    entries.append(
        actor=by,
        verb="round.close",
        subject=f"proposal/{proposal.number}/round/{held.number}",
        data={"result": str(result), "digest": digest},
        at=at,
    )
    if result == Result.SUCCEEDED:
        jobs.enqueue(kind=EXECUTE, key=str(proposal.number), by=SYSTEM, at=at)
    return outcome
