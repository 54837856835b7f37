"""Who does what in an engagement's room, by the side that they stand on; hours of a timer."""

from datetime import datetime

from consulting.refusals.delivery import ClientOnly, ExpertsOnly, MoreThanElapsed, NotYourRoom, TitleMissing

CLIENT, EXPERT = "client", "expert"
# Whom the room exists for; a member of the group who takes no part in the work is none of them.
READERS = frozenset((CLIENT, EXPERT, "treasurer", "leader"))
SIDES = frozenset((CLIENT, EXPERT))
SECONDS_OF_CENTI = 36


def sees(side: str) -> bool:
    """Whether somebody on this side finds the room at all."""
    return side in READERS


def check_writes(side: str) -> None:
    """NotYourRoom unless messages of this side are read here."""
    if side not in READERS:
        raise NotYourRoom


def check_takes_part(side: str) -> None:
    """NotYourRoom unless it is one of the two sides."""
    if side not in SIDES:
        raise NotYourRoom


def check_expert(side: str) -> None:
    """ExpertsOnly for everybody but an expert of the engagement."""
    if side != EXPERT:
        raise ExpertsOnly


def check_client(side: str) -> None:
    """ClientOnly for everybody but the client."""
    if side != CLIENT:
        raise ClientOnly


def titled(title: str) -> str:
    """The title in one line; TitleMissing without one."""
    title = " ".join(title.split())
    if not title:
        raise TitleMissing
    return title


def elapsed_centi(started_at: datetime, stopped_at: datetime) -> int:
    """Hundredths of an hour between two moments, rounded to the nearest; a clock that went back gives none."""
    seconds = max(0, int((stopped_at - started_at).total_seconds()))
    return (seconds + SECONDS_OF_CENTI // 2) // SECONDS_OF_CENTI


def worked_centi(elapsed: int, said: int | None) -> int:
    """The hours to record: what ran, or less if the expert says so; MoreThanElapsed for more."""
    if said is None:
        return elapsed
    if said > elapsed:
        raise MoreThanElapsed
    return max(0, said)


def fitting_centi(*, hours_centi: int, taken_centi: int, cap_centi: int) -> int:
    """How many of the hours fit into the week besides what is taken in it."""
    return max(0, min(hours_centi, cap_centi - taken_centi))
