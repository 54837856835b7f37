"""Who may comment, until when, and in which words: one rule for the form, the API and the refusal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from journal.refusals import Refusal
from proposals.refusals import comments as refusals
from proposals.rules import rounds

LONGEST = 4000
# Nobody reaches it who reads what the others write.
AN_HOUR, MOST_AN_HOUR = timedelta(hours=1), 20
# The page's own headings are the first two levels.
HEADING = 3


@dataclass(frozen=True)
class Standing:
    """What says whether there is still something to decide.

    `result` of the last round ("" while it runs or before the first), `expires_at` of a success; `gone`: what it
    decides on was withdrawn or closed, or it was taken back before it opened.
    """

    kind: str
    result: str
    expires_at: datetime | None
    executed: bool
    gone: bool


def is_open(standing: Standing, at: datetime) -> bool:
    """Whether comments are taken: a round is open, or another one can still come."""
    return rounds.may_follow(
        kind=standing.kind,
        result=standing.result,
        expired=standing.expires_at is not None and at >= standing.expires_at,
        gone=standing.gone,
        executed=standing.executed,
        taken_back=False,
    )


def refusal_of(text: str) -> Refusal | None:
    """Why these words, tidied, are no comment; or None."""
    if not text.strip():
        return refusals.CommentMissing()
    return refusals.CommentTooLong() if len(text) > LONGEST else None
