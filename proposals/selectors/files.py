"""A round's part of the chain as plain JSON: everything that the digests in it are made of."""

from datetime import datetime
from typing import Any

from journal.rules import utc_text
from proposals.models import Ballot, Round, Seat
from proposals.rules import receipts
from proposals.selectors.visibility import Reader, sees_ballots


def receipts_of(held: Round) -> list[dict[str, Any]]:
    """The round's ballots in the order of the chain. Reasons stand as their digests: their words can be erased."""
    ballots = Ballot.objects.filter(seat__round=held).select_related("seat__member").order_by("number")
    return [
        {
            "number": ballot.number,
            "seat": receipts.seat_text(held.number, ballot.seat.member.handle),
            "seq": ballot.seq,
            "choice": ballot.choice,
            "nonce": ballot.nonce,
            "reason": ballot.reason_digest,
            "commitment": ballot.commitment,
            "previous": ballot.previous,
            "receipt": ballot.receipt,
            "cast_at": utc_text(ballot.cast_at),
        }
        for ballot in ballots
    ]


def receipts_file(held: Round) -> dict[str, Any]:
    """The round's opening, its ballots and its outcome."""
    outcome = getattr(held, "outcome", None)
    handles = Seat.objects.filter(round=held).order_by("position").values_list("member__handle", flat=True)
    return {
        "round": {
            "previous": held.previous,
            "proposal": held.proposal.number,
            "number": held.number,
            "acts": held.proposal.acts_digest,
            "rule": held.rule,
            "edition": held.edition,
            "electorate": held.electorate_digest,
            "wording": held.wording_digest,
            "opened_at": utc_text(held.opened_at),
            "earliest_end_at": utc_text(held.earliest_end_at),
            "deadline_at": utc_text(held.deadline_at),
        },
        "digest": held.digest,
        "acts": held.proposal.acts,
        "members": list(handles),
        "ballots": receipts_of(held),
        "outcome": outcome
        and {
            "previous": outcome.last_receipt,
            "round": held.digest,
            "result": outcome.result,
            "tally": outcome.tally,
            "decided_at": utc_text(outcome.decided_at),
            "digest": outcome.digest,
        },
    }


def visible_file(held: Round, *, reader: Reader, at: datetime) -> dict[str, Any] | None:
    """The file, if the reader may see the round's ballots."""
    closed = getattr(held, "outcome", None) is not None or at >= held.deadline_at
    return receipts_file(held) if sees_ballots(reader, closed=closed) else None
