"""The play's clock: days of the group's history up to now, and what happens in the order of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from charter.rules.quarters import Quarter, quarter_of

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_MONTH = 1
# Days that the leader's term still has, so that the next one is being elected.
TERM_LEFT = 10

Scene = Callable[..., object]


@dataclass
class Script:
    """Scenes at moments; a scene ahead of `now` is left out, so that the history always ends today."""

    now: datetime
    scenes: list[tuple[datetime, int, Scene]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The group's day of now."""
        return self.now.astimezone(ZONE).date()

    @property
    def quarters(self) -> tuple[Quarter, Quarter, Quarter]:
        """The three quarters of the history; the last one is running."""
        running = quarter_of(self.today, FIRST_MONTH)
        return running.previous().previous(), running.previous(), running

    @property
    def first_day(self) -> date:
        """Day 0: the first day of the first quarter, on which the group is founded."""
        return self.quarters[0].first_day(FIRST_MONTH)

    @property
    def term_ends_on(self) -> date:
        """The last day of the leader's term that runs."""
        return self.today + timedelta(days=TERM_LEFT)

    def day(self, number: int) -> date:
        """The day with a number, counted from day 0."""
        return self.first_day + timedelta(days=number)

    def at(self, day: date, clock: str) -> datetime:
        """A moment of a day in the group's zone, `clock` as `14:30`."""
        return datetime.combine(day, time.fromisoformat(clock), ZONE)

    def add(self, moment: datetime, scene: Scene, **given: object) -> None:
        """Puts a scene at a moment; it will be called as `scene(moment, **given)`."""
        if moment <= self.now:
            self.scenes.append((moment, len(self.scenes), partial(scene, **given)))

    def play(self) -> None:
        """Plays every scene in the order of time; scenes of one moment in the order in which they were written."""
        for moment, _order, scene in sorted(self.scenes, key=lambda item: item[:2]):
            scene(moment)
