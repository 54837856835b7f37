"""Replaying a proposal's chain from its rows: one sentence for each row that does not hold."""

from collections.abc import Iterator, Sequence
from typing import Any

import charter.selectors
from charter.rules import thresholds
from charter.rules.terms import Timeline
from journal.hashing import digest
from proposals.models import Ballot, Outcome, Proposal, Reason, Round, Seat, Wording
from proposals.rules import casting, motions, receipts, states
from proposals.rules.motions import Kind, Moved
from proposals.rules.states import Result
from proposals.rules.tallies import Tally
from proposals.selectors.counts import tallies_of
from proposals.selectors.courses import broken_course
from proposals.selectors.motions import motions_of, moved, opened_times


def broken_proposals() -> Iterator[str]:
    """Replays every proposal, one after the other: its acts, and its chain from the first link to the last.

    So many queries a proposal, whatever the number of its rounds and outcomes.
    """
    timeline = charter.selectors.timeline()
    for proposal in Proposal.objects.select_related("concerns").order_by("number").iterator(chunk_size=200):
        if digest("acts", proposal.acts) != proposal.acts_digest:
            yield f"proposal {proposal.number}: its acts do not give their digest"
        if proposal.concerns is not None and proposal.concerns.handle != proposal.acts[0]["params"]["handle"]:
            yield f"proposal {proposal.number}: is about another person than its act"
        yield from _broken_chain(proposal, timeline)


def _broken_chain(proposal: Proposal, timeline: Timeline) -> Iterator[str]:
    link, number = receipts.GENESIS, 0
    rounds = list(
        Round.objects.filter(proposal=proposal)
        .select_related("outcome", "wording", "proposal__application")
        .order_by("number")
    )
    try:
        tallies = tallies_of(rounds)
    except ValueError as wrong:
        yield f"proposal {proposal.number}: its ballots cannot be counted: {wrong}"
        return
    seats, cast = _seats(rounds), _ballots(rounds)
    asked = {pk: [moved(motion) for motion in found] for pk, found in motions_of(rounds).items()}
    for place, held in enumerate(rounds, start=1):
        ballots = cast[held.pk]
        yield from _broken_round(proposal, held, seats[held.pk], place=place, link=link)
        yield from _broken_ballots(held, ballots, asked[held.pk], link=held.digest, number=number)
        link = ballots[-1].receipt if ballots else held.digest
        number = ballots[-1].number if ballots else number
        outcome = getattr(held, "outcome", None)
        if outcome is not None:
            yield from _broken_outcome(held, outcome, tallies[held.pk], asked[held.pk], link=link)
            link = outcome.digest
    yield from broken_course(proposal, rounds, seats, timeline)
    if rounds and not _named_as_put(proposal, rounds[-1]):
        yield f"proposals_proposal {proposal.pk}: its title names another person than its last round"


def _seats(rounds: Sequence[Round]) -> dict[int, list[Seat]]:
    """The electorate of each round in its order, with the members: one query."""
    found: dict[int, list[Seat]] = {held.pk: [] for held in rounds}
    for seat in Seat.objects.filter(round__in=found).select_related("member").order_by("round", "position"):
        found[seat.round_id].append(seat)
    return found


def _ballots(rounds: Sequence[Round]) -> dict[int, list[Ballot]]:
    """The ballots of each round in the order of the chain, with voters and reasons: one query."""
    found: dict[int, list[Ballot]] = {held.pk: [] for held in rounds}
    rows = Ballot.objects.filter(seat__round__in=found).select_related("seat__member", "reason").order_by("number")
    for ballot in rows:
        found[ballot.seat.round_id].append(ballot)
    return found


def _named_as_put(proposal: Proposal, last: Round) -> bool:
    """Whether the title has the name that was put to the vote, or one of the two has been erased.

    Words that were erased before a round opened were put to the vote without a name.
    """
    wording = getattr(last, "wording", None)
    if not proposal.about or wording is None or not wording.salt:
        return True
    return str(wording.content.get("name", proposal.about)) == proposal.about


def _broken_round(proposal: Proposal, held: Round, seats: Sequence[Seat], *, place: int, link: str) -> Iterator[str]:
    name = f"proposals_round {held.pk}"
    if held.number != place:
        yield f"{name}: round {place} of proposal {proposal.number} is missing"
    if held.previous != link:
        yield f"{name}: does not continue the link before it"
    handles = [seat.member.handle for seat in seats]
    electorate = receipts.electorate_digest(proposal=proposal.number, round_number=held.number, handles=handles)
    if electorate != held.electorate_digest:
        yield f"{name}: its seats are not those of its opening"
    if any(seat.member_id == proposal.concerns_id for seat in seats):
        yield f"{name}: gives a seat to the person whom it is about"
    wording = getattr(held, "wording", None)
    if wording is not None and not _same_wording(held, wording):
        yield f"proposals_wording {held.pk}: is not what was put to the vote"
    if held.digest != receipts.round_digest(**round_parts(proposal, held)):
        yield f"{name}: its content does not give its digest"


def _same_wording(held: Round, wording: Wording) -> bool:
    """Erased words have no salt and say nothing: their digest in the round still holds the chain together."""
    if not wording.salt:
        return not wording.content and not wording.changes
    bound = receipts.wording_digest(salt=wording.salt, content=wording.content, changes=wording.changes)
    return bound == held.wording_digest


def round_parts(proposal: Proposal, held: Round) -> receipts.RoundParts:
    """What the link of a round's opening is made of, from its own columns."""
    return {
        "previous": held.previous,
        "proposal": proposal.number,
        "number": held.number,
        "acts": proposal.acts_digest,
        "rule": held.rule,
        "edition": held.edition,
        "electorate": held.electorate_digest,
        "wording": held.wording_digest,
        "times": opened_times(held),
        "candidates": held.candidates,
        "hidden": held.hidden,
        "execute_on": held.execute_on,
    }


def outcome_parts(outcome: Outcome) -> receipts.OutcomeParts:
    """What the link of its end is made of; the round is at hand."""
    return {
        "previous": outcome.last_receipt,
        "round_digest": outcome.round.digest,
        "result": outcome.result,
        "tally": outcome.tally,
        "decided_at": outcome.decided_at,
        "execute_at": outcome.execute_at,
        "expires_at": outcome.expires_at,
    }


def _broken_ballots(
    held: Round, ballots: Sequence[Ballot], asked: Sequence[Moved], *, link: str, number: int
) -> Iterator[str]:
    seqs: dict[int, int] = {}
    known = casting.choices(unanimous=thresholds.parse(held.rule).unanimous, candidates=held.candidates)
    for ballot in ballots:
        name = f"proposals_ballot {ballot.pk}"
        number += 1
        if ballot.number != number:
            yield f"{name}: ballot {number} of its proposal is missing"
            number = ballot.number
        if ballot.previous != link:
            yield f"{name}: does not continue the link before it"
        seqs[ballot.seat_id] = seqs.get(ballot.seat_id, 0) + 1
        if ballot.seq != seqs[ballot.seat_id]:
            yield f"{name}: ballot {seqs[ballot.seat_id]} of its seat is missing"
        times = motions.effective(opened_times(held), asked, before=ballot.cast_at)
        if not times.opened_at <= ballot.cast_at < times.deadline_at:
            yield f"{name}: was cast outside of its round's time"
        if ballot.choice not in known or (held.final_ballots and ballot.seq > 1):
            yield f"{name}: its round does not know such a ballot"
        yield from (f"{name}: {problem}" for problem in broken_receipt(held, ballot))
        link = ballot.receipt


def broken_receipt(held: Round, ballot: Ballot) -> Iterator[str]:
    """What does not hold of one ballot, seen alone; the seat's member and the reason are at hand."""
    reason = getattr(ballot, "reason", None)
    if reason is not None and not _same_reason(ballot, reason):
        yield "its reason is not the one that was given"
    committed = receipts.commitment(nonce=ballot.nonce, choice=ballot.choice, reason=ballot.reason_digest)
    if committed != ballot.commitment:
        yield "its choice does not give its commitment"
    if receipts.receipt(**receipt_parts(held, ballot)) != ballot.receipt:
        yield "its content does not give its receipt"


def _same_reason(ballot: Ballot, reason: Reason) -> bool:
    """As with the words of a round: without a salt only nothing is what was said."""
    if not reason.salt:
        return not reason.text and not reason.missing
    return ballot.reason_digest == receipts.reason_digest(salt=reason.salt, text=reason.text, missing=reason.missing)


def receipt_parts(held: Round, ballot: Ballot) -> dict[str, Any]:
    """What a receipt is made of."""
    return {
        "previous": ballot.previous,
        "seat": receipts.seat_text(held.number, ballot.seat.member.handle),
        "number": ballot.number,
        "commitment": ballot.commitment,
    }


def _broken_outcome(held: Round, outcome: Outcome, tally: Tally, asked: Sequence[Moved], *, link: str) -> Iterator[str]:
    name = f"proposals_outcome {held.pk}"
    if outcome.last_receipt != link:
        yield f"{name}: does not stand on the last ballot"
    if outcome.tally != tally.as_json():
        yield f"{name}: is not the tally of the ballots"
    if outcome.result not in _possible_results(held, outcome, tally, asked):
        yield f"{name}: its ballots and the time of its end do not give its result"
    if receipts.outcome_digest(**outcome_parts(outcome)) != outcome.digest:
        yield f"{name}: its content does not give its digest"


def _possible_results(held: Round, outcome: Outcome, tally: Tally, asked: Sequence[Moved]) -> set[str]:
    """How the round could end when it did: by the rule, by the leader over an objection, without its application.

    Over an objection the next round is opened, not while somebody holds this one.
    """
    if any(motion.kind == Kind.CANCEL and motion.answered_at is not None for motion in asked):
        return {Result.CANCELED}
    at, times = outcome.decided_at, motions.effective(opened_times(held), asked)
    found: set[str] = {states.result(times, tally, at=at) or ""}
    if tally.objections and motions.held_until(asked, at) is None:
        found.add(Result.OBJECTED)
    application = held.proposal.application
    if application is not None and (application.withdrawn_at or application.closed_at):
        found.add(Result.CANCELED)
    return found
