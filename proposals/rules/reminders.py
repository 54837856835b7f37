"""Which reminder of an open round is due (docs/motions.md)."""

from datetime import datetime, timedelta

from proposals.rules.states import Times

# Hours before the end, the first reminder first.
HOURS = (48, 6)


def due(times: Times, at: datetime) -> int | None:
    """The hours of the reminder that is to be sent now: of those whose moment has passed the last; else None.

    A moment before the opening is none: the round was opened with less time than that.
    """
    if at >= times.deadline_at:
        return None
    moments = {hours: times.deadline_at - timedelta(hours=hours) for hours in HOURS}
    return min((hours for hours, moment in moments.items() if times.opened_at < moment <= at), default=None)
