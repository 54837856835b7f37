"""What the links of a proposal's chain commit to, as fixed in docs/proposals.md; all that `verify` recomputes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

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


class RoundParts(TypedDict):
    """What the link of a round's opening is made of: everything that the round is decided by.

    `times` are those said at the opening; `candidates` stand in the order that breaks a tie, none unless an election;
    `execute_on` is the day before which nothing is carried out.
    """

    previous: str
    proposal: int
    number: int
    acts: str
    rule: str
    edition: int
    electorate: str
    wording: str
    times: Times
    candidates: Sequence[str]
    hidden: bool
    execute_on: date | None


def round_value(**parts: Unpack[RoundParts]) -> dict[str, Any]:
    """The opening's link as it is put through SHA-256, plain JSON."""
    times, day = parts["times"], parts["execute_on"]
    return {key: value for key, value in parts.items() if key != "times"} | {
        "opened_at": utc_text(times.opened_at),
        "earliest_end_at": utc_text(times.earliest_end_at),
        "deadline_at": utc_text(times.deadline_at),
        "final_ballots": times.final,
        "candidates": list(parts["candidates"]),
        "execute_on": day and day.isoformat(),
    }


def round_digest(**parts: Unpack[RoundParts]) -> str:
    """The link that a round's opening adds."""
    return digest("round", round_value(**parts))


def carried_out(acts: Sequence[Mapping[str, Any]], tally: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Which of its acts a passed proposal does, by the tally of its last round: all, or only that of who is elected."""
    if "elected" not in tally:
        return list(acts)
    return [act for act in acts if act["params"]["handle"] == tally["elected"]]


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


class OutcomeParts(TypedDict):
    """What the link of a round's end is made of; the last two say when a success may be carried out, else None."""

    previous: str
    round_digest: str
    result: str
    tally: Mapping[str, Any]
    decided_at: datetime
    execute_at: datetime | None
    expires_at: datetime | None


def outcome_value(**parts: Unpack[OutcomeParts]) -> dict[str, Any]:
    """The end's link as it is put through SHA-256, plain JSON."""
    from_at, until_at = parts["execute_at"], parts["expires_at"]
    return {
        "previous": parts["previous"],
        "round": parts["round_digest"],
        "result": str(parts["result"]),
        "tally": dict(parts["tally"]),
        "decided_at": utc_text(parts["decided_at"]),
        "execute_at": from_at and utc_text(from_at),
        "expires_at": until_at and utc_text(until_at),
    }


def outcome_digest(**parts: Unpack[OutcomeParts]) -> str:
    """The link that a round's end adds."""
    return digest("outcome", outcome_value(**parts))
