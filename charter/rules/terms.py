"""The terms: every setting of the charter on a day, typed, and the timeline they are read from."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from charter.rules import clauses
from charter.rules.quarters import Quarter, quarter_of
from charter.rules.thresholds import Threshold

ZONE_KEY = "group.time_zone"
Place = tuple[date, int]


@dataclass(frozen=True)
class Terms:
    """The charter in force on a day. Money in micro-units, hours a week in hundredths, shares exact.

    `edition` and `effective_on` name the latest edition in force and its day (None: edition 1, since ever).
    """

    edition: int
    effective_on: date | None
    admission_builder_months: int
    admission_interview_required: bool
    admission_threshold: Threshold
    voting_days: int
    voting_min_hours: int
    removal_threshold: Threshold
    leader_term_quarters: int
    election_threshold: Threshold
    report_weekday: int
    time_zone: ZoneInfo
    pow_hourly_rate_micro: int
    pow_flexible_rate_micro: int
    budget_threshold: Threshold
    quarter_first_month: int
    notice_days: int
    stipend_leader_micro: int
    leader_weekly_hours_min_centi: int
    stipend_member_micro: int
    stipend_lxp_share: Fraction
    lxp_per_u: Fraction
    pow_lxp_share: Fraction
    consulting_individual_share: Fraction
    rate_min_micro: int
    rate_max_micro: int
    weekly_hours_max_centi: int
    silent_accept_days: int
    amendment_threshold: Threshold

    def threshold(self, key: str) -> Threshold:
        """The threshold of a key like `admission.threshold`; UnknownSetting if the charter has none of that name."""
        return cast(Threshold, getattr(self, clauses.first().parameter(key).attribute))


@dataclass(frozen=True)
class Change:
    """One amended setting: the written value that holds from a day on, and the edition that brought it."""

    effective_on: date
    edition: int
    key: str
    value: str


@dataclass(frozen=True)
class Held:
    """A written value with the day and edition since which it holds (None and 1: from the beginning)."""

    value: str
    since: date | None
    edition: int


@dataclass(frozen=True)
class Period:
    """Days `first_on` to `last_on`, both included, on which the same terms hold."""

    first_on: date
    last_on: date
    terms: Terms


@dataclass(frozen=True)
class Timeline:
    """Edition 1 and every change since: answers any day without the database.

    On each day a setting has the value of the change with the highest (effective_on, edition) up to that day.
    `editions` are the (effective_on, number) of all after the first, ascending: one may have changed texts alone.
    """

    changes: tuple[Change, ...] = ()
    zone: str | None = None
    editions: tuple[Place, ...] = ()
    _terms: dict[int, Terms] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, changes: Iterable[Change], zone: str | None = None, editions: Iterable[Place] = ()) -> "Timeline":
        """From changes, and editions that may have none, in any order; `zone` is the group's at founding."""
        found = sorted(changes, key=lambda item: (item.effective_on, item.edition, item.key))
        places = {(item.effective_on, item.edition) for item in found} | set(editions)
        return cls(tuple(found), zone, tuple(sorted(places)))

    @cached_property
    def starts(self) -> list[date]:
        """The days on which an edition takes effect, ascending."""
        return sorted({day for day, _number in self.editions})

    def base(self) -> dict[str, str]:
        """The written values before any change."""
        values = {key: item.value for key, item in clauses.first().parameters.items()}
        return values | ({ZONE_KEY: self.zone} if self.zone else {})

    def held_on(self, day: date) -> dict[str, Held]:
        """Every setting's written value on a day, with since when."""
        held = {key: Held(value, None, 1) for key, value in self.base().items()}
        for change in self.changes:
            if change.effective_on > day:
                break
            held[change.key] = Held(change.value, change.effective_on, change.edition)
        return held

    def terms_on(self, day: date) -> Terms:
        """The terms of a day; days between two changes share one object."""
        place = bisect_right(self.starts, day)
        if place not in self._terms:
            self._terms[place] = self._read(self.starts[place - 1] if place else None)
        return self._terms[place]

    def _read(self, start: date | None) -> Terms:
        parameters = clauses.first().parameters
        held = self.held_on(start or date.min)
        values: dict[str, Any] = {item.attribute: item.parse(held[key].value) for key, item in parameters.items()}
        edition = max((place for place in self.editions if start and place[0] <= start), default=(None, 1))
        return Terms(edition=edition[1], effective_on=edition[0], **values)

    def amended(self, edition: int, effective_on: date, values: Mapping[str, str]) -> "Timeline":
        """The timeline with one edition more."""
        added = [Change(effective_on, edition, key, value) for key, value in values.items()]
        return Timeline.of([*self.changes, *added], self.zone, [*self.editions, (effective_on, edition)])

    def periods(self, first_on: date, last_on: date) -> list[Period]:
        """The days of a span, both ends included, in runs of equal terms; empty if the span is."""
        if last_on < first_on:
            return []
        starts = [first_on, *(start for start in self.starts if first_on < start <= last_on)]
        ends = [*(start - timedelta(days=1) for start in starts[1:]), last_on]
        return [Period(start, end, self.terms_on(start)) for start, end in zip(starts, ends, strict=True)]

    def history(self, key: str) -> list[Held]:
        """Every value a setting had, oldest first; what another edition replaced on the same day never held."""
        held = {None: Held(self.base()[key], None, 1)} | {
            change.effective_on: Held(change.value, change.effective_on, change.edition)
            for change in self.changes
            if change.key == key
        }
        return list(held.values())

    def day_of(self, moment: datetime) -> date:
        """The group's calendar day of an instant. A new zone begins at midnight of its day, told in the new zone."""
        zone = self.base()[ZONE_KEY]
        for held in self.history(ZONE_KEY):
            if held.since and datetime.combine(held.since, time(), ZoneInfo(held.value)) <= moment:
                zone = held.value
        return moment.astimezone(ZoneInfo(zone)).date()

    def quarter_on(self, day: date) -> Quarter:
        """The quarter of a day under the charter of that day."""
        return quarter_of(day, self.terms_on(day).quarter_first_month)

    def quarter_span(self, quarter: Quarter) -> tuple[date, date]:
        """First and last day of a quarter. Where the months change at a year's end, the last one grows or shrinks."""
        following = quarter.next()
        return self._first_day(quarter), self._first_day(following) - timedelta(days=1)

    def _first_day(self, quarter: Quarter) -> date:
        return quarter.first_day(self.terms_on(date(quarter.year, 1, 1)).quarter_first_month)


def attributes() -> Mapping[str, str]:
    """Which attribute of Terms carries which key."""
    return {key: item.attribute for key, item in clauses.first().parameters.items()}
