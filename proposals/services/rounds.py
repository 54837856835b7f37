"""Opening and closing rounds. Everything here holds the proposal's lock before it looks at anything that decides."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

import charter.selectors
from charter import registry
from charter.rules.terms import Terms
from charter.rules.thresholds import Threshold
from journal.clock import Clock, database_clock
from journal.refusals import Refusal
from journal.rules import WORKER
from journal.services import entries, jobs
from members.models import Member
from members.selectors import people
from members.selectors.people import By
from proposals.models import NONCE_DIGITS, Execution, Outcome, Proposal, Round, Seat, Wording
from proposals.refusals import (
    ChangesMissing,
    ElectionOver,
    NoElectors,
    NotOpened,
    PurposeMissing,
    SameProposed,
    TextTooLong,
)
from proposals.rules import receipts, secrecy, states
from proposals.rules import rounds as rules
from proposals.rules.casting import LONGEST, words
from proposals.rules.elections import RUN_OFF
from proposals.rules.states import Result
from proposals.rules.tallies import Tally
from proposals.selectors import drafts, elections
from proposals.selectors.counts import tallies_of, tally_of
from proposals.selectors.electorates import electorate
from proposals.selectors.links import head
from proposals.selectors.motions import held_until, timed, times_of
from proposals.selectors.words import application_words
from proposals.services import candidacies, locks, notices, publishing

EXECUTE = "proposals.execute"
OPENING_REFUSED = "proposal.opening_refused"
SYSTEM = WORKER
logger = logging.getLogger(__name__)


def open_round(
    *,
    proposal: Proposal,
    changes: str,
    by: By,
    at: datetime,
    content: dict[str, Any] | None = None,
    final_ballots: bool = False,
    run_off: Sequence[str] = (),
) -> Round:
    """Opens the next round inside the caller's transaction and lock: electorate, rule, edition, words, all frozen now.

    `content` is what is put to the vote; an admission's are the words of its application, an election's get those of
    its candidates. `final_ballots` has no effect under the unanimous rule; `run_off`: the two handles of an election's.
    Raises what the acts' own checks refuse, NoCandidates, NoElectors, NoVotingTime.
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
    candidates = tuple(run_off)
    if proposal.kind == Proposal.Kind.ELECTION and not run_off:
        slate = candidacies.fix(proposal, day=day, terms=terms)
        candidates, content = slate.candidates, (content or {}) | {"candidates": list(slate.words)}
    steps = [registry.stored(data) for data in proposal.acts]
    registry.check([step for step in steps if not candidates or step.params["handle"] in candidates], day)
    # Who declares a leave takes the own row: it is seen here, or comes after the seats.
    locks.hold_members(day)
    found = electorate(day=day, proposal=proposal)
    if not found.electors:
        raise NoElectors
    held = _write(
        proposal,
        found.electors,
        (content or {}) | {"absent": found.written()},
        changes=changes,
        terms=terms,
        threshold=RUN_OFF if run_off else terms.threshold(registry.get(proposal.acts[0]["act"]).threshold),
        candidates=candidates,
        final_ballots=final_ballots,
        by=by,
        at=at,
    )
    entries.append(
        actor=people.actor(by),
        verb="round.open",
        subject=f"proposal/{proposal.number}/round/{held.number}",
        data={"digest": held.digest, "seats": len(found.electors)},
        at=at,
    )
    others = [member for member in found.electors if member != by]
    notices.round_opened(proposal=proposal, held=held, electors=others, zone=terms.time_zone, at=at)
    return held


def _write(
    proposal: Proposal,
    electors: Sequence[Member],
    content: dict[str, Any],
    *,
    changes: str,
    terms: Terms,
    threshold: Threshold,
    candidates: Sequence[str],
    final_ballots: bool,
    by: By,
    at: datetime,
) -> Round:
    refused = secrecy.refusal(hidden=proposal.hidden, unanimous=threshold.unanimous, final=final_ballots)
    if refused is not None:
        raise refused
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
            candidates=candidates,
            hidden=proposal.hidden,
            execute_on=proposal.execute_on,
        ),
        opened_by=by if isinstance(by, Member) else None,
        opened_at=times.opened_at,
        earliest_end_at=times.earliest_end_at,
        deadline_at=times.deadline_at,
        final_ballots=times.final,
        hidden=proposal.hidden,
        execute_on=proposal.execute_on,
        candidates=list(candidates),
    )
    Wording.objects.create(round=held, salt=salt, content=content, changes=changes)
    Seat.objects.bulk_create(
        [Seat(round=held, member=member, position=place) for place, member in enumerate(electors, start=1)]
    )
    return held


def open_next(
    *, proposal: Proposal, changes: str, by: Member, text: str | None = None, clock: Clock = database_clock
) -> Round:
    """Opens the next round, for who may put the proposal forward; a running one that somebody objected to ends so.

    `changes` says what is new since the last round; `text`, if given, stands for the reasons of a drafted proposal: its
    acts never change. Raises PurposeMissing, LeaderOnly, MembersOnly, ChangesMissing, RoundRunning,
    AlreadyPassed, ApplicationGone, SameProposed and what the acts' own checks refuse.
    """
    changes = words(changes)
    with transaction.atomic():
        locks.hold(proposal.pk)
        # Nobody puts the same acts forward meanwhile.
        locks.hold_numbering()
        at = clock()
        # What the caller holds may be older than the lock.
        proposal = Proposal.objects.select_related("application").get(pk=proposal.pk)
        if proposal.kind == Proposal.Kind.ELECTION:
            raise ElectionOver
        last = Round.objects.select_related("outcome").filter(proposal=proposal).order_by("-number").first()
        if last is None:
            raise NotOpened
        ended = _outcome_of(last) or close_held(proposal_id=proposal.pk, at=at)
        tally = tally_of(last)
        refused = rules.refusal(
            rules.Opening(
                may_propose=registry.get(proposal.acts[0]["act"]).may_propose,
                roles=people.roles_of(by, charter.selectors.today(at)),
                gone=proposal.application is not None and proposal.application.has_ended,
                result=ended.result if ended else "",
                objections=tally.objections,
                held=held_until(last, at) is not None,
                expired=_has_expired(proposal, ended, at),
            )
        )
        if refused is not None:
            raise refused
        if drafts.running([registry.stored(act) for act in proposal.acts], but=proposal.pk):
            raise SameProposed
        if not changes:
            raise ChangesMissing
        if len(changes) > LONGEST:
            raise TextTooLong(field="changes")
        content = _reworded(last, proposal, text)
        if ended is None:
            _end(last, proposal, tally, Result.OBJECTED, by=people.actor(by), at=at)
        return open_round(
            proposal=proposal,
            changes=changes,
            by=by,
            at=at,
            content=content,
            final_ballots=last.final_ballots,
        )


def _has_expired(proposal: Proposal, ended: Outcome | None, at: datetime) -> bool:
    """Whether it passed and was not carried out in time: what was carried out is over for good."""
    if ended is None or ended.expires_at is None or at < ended.expires_at:
        return False
    return not Execution.objects.filter(proposal=proposal).exists()


def _reworded(last: Round, proposal: Proposal, text: str | None) -> dict[str, Any]:
    """The words of the last round, with another text where one is given; what was erased meanwhile stays erased."""
    content = dict(Wording.objects.get(round=last).content)
    if text is None or proposal.application_id is not None:
        return content
    said = words(text)
    if not said:
        raise PurposeMissing
    if len(said) > LONGEST:
        raise TextTooLong(field="text")
    return content | {"text": said}


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
    running = timed(Round.objects.filter(outcome=None)).filter(
        Q(may_end_at__lte=at)
        | Q(proposal__application__withdrawn_at__isnull=False)
        | Q(proposal__application__closed_at__isnull=False)
    )
    found = list(running.select_related("proposal__application").order_by("ends_at", "pk"))
    tallies = tallies_of(found) if found else {}
    return [held.proposal_id for held in found if _result(held, tallies[held.pk], at) is not None]


def _result(held: Round, tally: Tally, at: datetime) -> Result | None:
    application = held.proposal.application
    gone = application is not None and application.has_ended
    return states.result(times_of(held), tally, at=at, gone=gone)


def close_held(*, proposal_id: int, at: datetime) -> Outcome | None:
    """Ends the running round if it has to end at `at`. The caller holds the lock and asked the clock after it."""
    last = (
        timed(Round.objects.select_related("proposal__application", "outcome"))
        .filter(proposal_id=proposal_id)
        .order_by("-number")
        .first()
    )
    if last is None or _outcome_of(last) is not None:
        return None
    tally = tally_of(last)
    result = _result(last, tally, at)
    return None if result is None else _end(last, last.proposal, tally, result, by=SYSTEM, at=at)


def cancel_held(*, proposal_id: int, by: Member, at: datetime) -> Outcome:
    """Ends the open round as canceled, which `by` seconded. The caller holds the lock and wrote the answer."""
    last = Round.objects.select_related("proposal").filter(proposal_id=proposal_id).order_by("-number")[0]
    return _end(last, last.proposal, tally_of(last), Result.CANCELED, by=people.actor(by), at=at)


def _outcome_of(held: Round) -> Outcome | None:
    return getattr(held, "outcome", None)


def _end(held: Round, proposal: Proposal, tally: Tally, result: Result, *, by: str, at: datetime) -> Outcome:
    last_receipt, counted = head(proposal), tally.as_json()
    window: tuple[datetime, datetime] | tuple[None, None] = (None, None)
    if result == Result.SUCCEEDED:
        zone = charter.selectors.timeline().terms_on(charter.selectors.today(at)).time_zone
        window = states.execution_window(at, held.execute_on, zone)
    digest = receipts.outcome_digest(
        previous=last_receipt,
        round_digest=held.digest,
        result=result,
        tally=counted,
        decided_at=at,
        execute_at=window[0],
        expires_at=window[1],
    )
    outcome = Outcome.objects.create(
        round=held,
        result=result,
        tally=counted,
        last_receipt=last_receipt,
        digest=digest,
        decided_at=at,
        execute_at=window[0],
        expires_at=window[1],
    )
    publishing.publish(held, proposal=proposal.number)
    entries.append(
        actor=by,
        verb="round.close",
        subject=f"proposal/{proposal.number}/round/{held.number}",
        data={"result": str(result), "digest": digest},
        at=at,
    )
    if result == Result.SUCCEEDED:
        # Of this round: what expired passes again in a later one.
        jobs.enqueue(kind=EXECUTE, key=f"{proposal.number}/{held.number}", by=SYSTEM, at=window[0] or at)
    if result == Result.REJECTED:
        _run_off(held, proposal, tally, at)
    return outcome


def _run_off(held: Round, proposal: Proposal, tally: Tally, at: datetime) -> None:
    """Opens the run-off of an election in the transaction that ends its first round, where there is one."""
    two = elections.run_off_of(proposal.acts, tally, charter.selectors.today(at))
    if not two:
        return
    content = Wording.objects.get(round=held).content
    named = [item for item in content.get("candidates", ()) if item["handle"] in two]
    try:
        with transaction.atomic():
            open_round(
                proposal=proposal,
                changes="",
                by=SYSTEM,
                at=at,
                content=content and content | {"candidates": named},
                final_ballots=held.final_ballots,
                run_off=two,
            )
    except Refusal as refused:
        # The first round has ended all the same.
        entries.append(
            actor=SYSTEM,
            verb=OPENING_REFUSED,
            subject=f"proposal/{proposal.number}",
            data={"error": refused.code},
            at=at,
        )
