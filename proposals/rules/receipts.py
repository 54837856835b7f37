"""What the links of a proposal's chain commit to, as fixed in docs/proposals.md; all that `verify` recomputes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from journal.hashing import canonical, digest, salted
from journal.rules import GENESIS, utc_text
from proposals.rules.states import Times

__all__ = ["GENESIS"]


def electorate_digest(*, proposal: int, round_number: int, handles: Sequence[str]) -> str:
    """The digest of who has a seat, in the order of the seats."""
    return digest("electorate", {"proposal": proposal, "round": round_number, "members": list(handles)})


def wording_digest(*, salt: str, content: Mapping[str, Any], changes: str) -> str:
    """The salted digest of the words; once they and the salt are erased it says nothing."""
    return salted(salt, canonical({"content": content, "changes": changes}).decode())


def round_digest(
    *,
    previous: str,
    proposal: int,
    number: int,
    acts: str,
    rule: str,
    edition: int,
    electorate: str,
    wording: str,
    times: Times,
) -> str:
    """The link that a round's opening adds: everything it is decided by."""
    return digest(
        "round",
        {
            "previous": previous,
            "proposal": proposal,
            "number": number,
            "acts": acts,
            "rule": rule,
            "edition": edition,
            "electorate": electorate,
            "wording": wording,
            "opened_at": utc_text(times.opened_at),
            "earliest_end_at": utc_text(times.earliest_end_at),
            "deadline_at": utc_text(times.deadline_at),
            "final_ballots": times.final,
        },
    )


def seat_text(round_number: int, handle: str) -> str:
    """How a receipt names a seat: `2/lin`."""
    return f"{round_number}/{handle}"


def reason_digest(*, salt: str, text: str, missing: str) -> str:
    """The salted digest of an objection's words."""
    return digest("reason", {"salt": salt, "text": text, "missing": missing})


def commitment(*, nonce: str, choice: str, reason: str) -> str:
    """What the voter commits to; `reason` is a reason's digest or empty."""
    return digest("commitment", {"nonce": nonce, "choice": choice, "reason": reason})


def receipt(*, previous: str, seat: str, number: int, commitment: str) -> str:
    """The link that a ballot adds."""
    return digest("receipt", receipt_value(previous=previous, seat=seat, number=number, commitment=commitment))


def receipt_value(*, previous: str, seat: str, number: int, commitment: str) -> dict[str, Any]:
    """What is put through SHA-256: the reader who checks it sees the same words."""
    return {"previous": previous, "seat": seat, "number": number, "commitment": commitment}


def outcome_digest(
    *, previous: str, round_digest: str, result: str, tally: Mapping[str, Any], decided_at: datetime
) -> str:
    """The link that a round's end adds."""
    return digest(
        "outcome",
        {
            "previous": previous,
            "round": round_digest,
            "result": result,
            "tally": dict(tally),
            "decided_at": utc_text(decided_at),
        },
    )
