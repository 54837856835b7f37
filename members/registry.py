"""What floors above tell the members' floor without it importing them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

VoteCheck = Callable[[int], bool]


@dataclass(frozen=True)
class Stage:
    """A step of an application's way after it was sent; `state` is ok, now, next or block."""

    text: str
    state: str
    at: datetime | None = None
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Progress:
    """How far the vote on an application is, as the floor that votes tells it."""

    stages: Sequence[Stage] = ()
    url: str = ""
    title: str = ""


Way = Callable[[int, datetime], Progress | None]
Put = Callable[[Sequence[int]], set[int]]

vote_checks: list[VoteCheck] = []
ways: list[Way] = []
puts: list[Put] = []


def votes_on_applications(check: VoteCheck) -> VoteCheck:
    """Registers who knows whether an application (by id) is being voted on: while it is, its text stands still.

    The check is asked while the application's row is locked; whoever opens a vote locks the same row first.
    """
    vote_checks.append(check)
    return check


def under_vote(application: int) -> bool:
    """Whether any floor above votes on this application now."""
    return any(check(application) for check in vote_checks)


def tells_progress(way: Way) -> Way:
    """Registers who tells how the vote on an application (by id) stands at a moment; None when there is none."""
    ways.append(way)
    return way


def knows_proposed(put: Put) -> Put:
    """Registers who tells which of some applications (by id) were put to the members; one query for all of them."""
    puts.append(put)
    return put


def proposed_among(applications: Sequence[int]) -> set[int]:
    """Which of these applications were put to the members."""
    return {pk for put in puts for pk in put(applications)}


def progress(application: int, at: datetime) -> Progress | None:
    """What the first floor that knows says."""
    return next((told for way in ways if (told := way(application, at)) is not None), None)
