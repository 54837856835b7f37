"""When an election is put forward and when it opens, from the leader's term that ends (daily.1)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

ANNOUNCED_DAYS = 21
OPENS_DAYS = 14
# Nobody stands alone for having been quick.
STANDING_TIME = timedelta(days=7)


@dataclass(frozen=True)
class Ending:
    """The latest leader's term: its days, and the zone in which it ends."""

    starts_on: date
    ends_on: date | None
    zone: tzinfo

    def announced_at(self) -> datetime | None:
        """From when on the worker puts the election forward; None for a term that does not end."""
        return self._before(ANNOUNCED_DAYS)

    def opens_at(self, put_forward_at: datetime) -> datetime:
        """When the first round of an election put forward at a moment opens."""
        enough_at, planned_at = put_forward_at + STANDING_TIME, self._before(OPENS_DAYS)
        return max(enough_at, planned_at) if planned_at else enough_at

    def is_due(self, at: datetime) -> bool:
        """Whether the worker puts an election forward at a moment."""
        begins_at = self.announced_at()
        return begins_at is not None and at >= begins_at

    def _before(self, days: int) -> datetime | None:
        """The first moment of the day that lies so many days before the first day after the term."""
        if self.ends_on is None:
            return None
        return datetime.combine(self.ends_on + timedelta(days=1 - days), time(), self.zone)


def begins_on(ends_on: date | None, day: date) -> date:
    """The first day of the next term as seen on a day: the day after the last one, that day itself if it is later."""
    return max(ends_on + timedelta(days=1), day) if ends_on else day
