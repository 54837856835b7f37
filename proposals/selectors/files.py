"""A round's part of the chain as plain JSON: everything that the digests in it are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from journal.rules import utc_text
from proposals.models import Ballot, Round, Seat
from proposals.rules import receipts
from proposals.selectors.motions import times_of
from proposals.selectors.replays import outcome_parts, round_parts
from proposals.selectors.signatures import signature_value
from proposals.selectors.visibility import Reader, sees_ballots


def files_of(rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """Each round's opening, its ballots in the order of the chain and its outcome; two queries whatever their number.

    Reasons stand as their digests: their words can be erased.
    """
    ballots: dict[int, list[dict[str, Any]]] = {held.pk: [] for held in rounds}
    members: dict[int, list[str]] = {held.pk: [] for held in rounds}
    for seat in Seat.objects.filter(round__in=rounds).select_related("member").order_by("round", "position"):
        members[seat.round_id].append(seat.member.handle)
    rows = Ballot.objects.filter(seat__round__in=rounds).order_by("number")
    for ballot in rows.select_related("seat__member", "seat__round", "signature"):
        ballots[ballot.seat.round_id].append(_ballot(ballot))
    return [_round(held) | {"members": members[held.pk], "ballots": ballots[held.pk]} for held in rounds]


def _ballot(ballot: Ballot) -> dict[str, Any]:
    return {
        "number": ballot.number,
        "seat": receipts.seat_text(ballot.seat.round.number, ballot.seat.member.handle),
        "seq": ballot.seq,
        "choice": ballot.choice,
        "nonce": ballot.nonce,
        "reason": ballot.reason_digest,
        "commitment": ballot.commitment,
        "previous": ballot.previous,
        "receipt": ballot.receipt,
        "cast_at": utc_text(ballot.cast_at),
        "signature": signature_value(getattr(ballot, "signature", None)),
    }


def _round(held: Round) -> dict[str, Any]:
    outcome = getattr(held, "outcome", None)
    return {
        "round": receipts.round_value(**round_parts(held.proposal, held)),
        "digest": held.digest,
        "acts": held.proposal.acts,
        "outcome": outcome and receipts.outcome_value(**outcome_parts(outcome)) | {"digest": outcome.digest},
    }


def visible_file(held: Round, *, reader: Reader, at: datetime) -> dict[str, Any] | None:
    """The file, if the reader may see the round's ballots."""
    closed = getattr(held, "outcome", None) is not None or at >= times_of(held).deadline_at
    return files_of([held])[0] if sees_ballots(reader, held, closed=closed) else None
