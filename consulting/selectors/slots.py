"""Free times of any number of experts: one statement for what is free, one for the hours their weeks hold."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from charter.rules.terms import Timeline
from consulting.models import Profile
from consulting.refusals import WeekFull
from consulting.rules import slots
from consulting.rules.slots import Calendar, Range, Week, Weeks
from consulting.rules.weeks import week_cap
from consulting.selectors.weeks import Besides, taken_by_week

# On the wall clock first: each local day's weekly hours and extra hours less what the expert is away. Then into UTC: in
# one piece where the clock runs steadily through it, else half hour by half hour, without those that the clock leaves
# out; of half hours that it shows twice PostgreSQL takes the second, so that each counts once. Last the bounds:
# notice, horizon, what was asked for, days of membership, what is sold (at most four hours long) with the expert's
# pause before and after it, and when their other calendars say busy. The series have constant ends: without them the
# planner expects a thousand rows from each, and compiles (jit) for longer than the statement takes.
FREE = """
WITH asked AS (
  SELECT profile.id, profile.member_id, profile.time_zone AS zone,
    make_interval(mins => profile.buffer_minutes) AS pause,
    greatest(%(first_at)s, %(at)s + make_interval(hours => profile.notice_hours)) AS lower,
    least(%(until)s, %(at)s + make_interval(days => profile.horizon_days)) AS upper
  FROM consulting_profile profile WHERE profile.id = ANY(%(profiles)s)
), days AS MATERIALIZED (
  SELECT id, zone, (lower AT TIME ZONE zone)::date + number AS on_day
  FROM asked, generate_series(0, %(days)s) AS number
  WHERE lower < upper AND number <= (upper AT TIME ZONE zone)::date - (lower AT TIME ZONE zone)::date
), hours AS (
  SELECT days.id, days.zone, days.on_day, hours.away, hours.starts_minute, hours.ends_minute
  FROM days JOIN (
    SELECT profile_id, weekday, NULL::date AS falls_on, false AS away, starts_minute, ends_minute
    FROM consulting_window WHERE profile_id = ANY(%(profiles)s)
  ) hours ON hours.profile_id = days.id AND hours.weekday = extract(isodow FROM days.on_day)::int
  UNION ALL
  SELECT days.id, days.zone, days.on_day, exception.kind = 'away', exception.starts_minute, exception.ends_minute
  FROM days JOIN consulting_dayexception exception
    ON exception.profile_id = days.id AND exception.falls_on = days.on_day
), wall AS (
  SELECT id, zone, unnest(
    coalesce(range_agg(span) FILTER (WHERE NOT away), '{}') - coalesce(range_agg(span) FILTER (WHERE away), '{}')
  ) AS span
  FROM (
    SELECT id, zone, on_day, away, tsrange(
      on_day + make_interval(mins => starts_minute), on_day + make_interval(mins => ends_minute)) AS span
    FROM hours
  ) spans GROUP BY id, zone, on_day
), placed AS MATERIALIZED (
  SELECT id, zone, lower(span) AS begins, upper(span) AS ends,
    lower(span) AT TIME ZONE zone AS begins_at, upper(span) AT TIME ZONE zone AS ends_at
  FROM wall
), steady AS MATERIALIZED (
  SELECT placed.*, ends_at - begins_at = ends - begins
    AND begins_at AT TIME ZONE zone = begins AND ends_at AT TIME ZONE zone = ends AS holds
  FROM placed
), free AS (
  SELECT id, tstzrange(begins_at, ends_at) AS during FROM steady WHERE holds
  UNION ALL
  SELECT id, tstzrange(half AT TIME ZONE zone, half AT TIME ZONE zone + interval '30 minutes')
  FROM steady, generate_series(0, 47) AS number,
    LATERAL (SELECT begins + make_interval(mins => 30 * number)) AS grid (half)
  WHERE NOT holds AND half < ends AND half AT TIME ZONE zone AT TIME ZONE zone = half
), belongs AS (
  SELECT asked.id, range_agg(tstzrange(
    joined_on::timestamp AT TIME ZONE %(zone)s, (exited_on + 1)::timestamp AT TIME ZONE %(zone)s)) AS during
  FROM asked JOIN members_membership ON members_membership.member_id = asked.member_id GROUP BY asked.id
), gone AS (
  SELECT id, range_agg(during) AS during
  FROM (
    SELECT asked.id, tstzrange(lower(booking.during) - asked.pause, upper(booking.during) + asked.pause) AS during
    FROM asked JOIN consulting_booking booking ON booking.member_id = asked.member_id AND booking.released_at IS NULL
      AND lower(booking.during) BETWEEN asked.lower - asked.pause - interval '4 hours' AND asked.upper + asked.pause
      AND (booking.paid_at IS NOT NULL OR booking.hold_until > %(at)s) AND booking.id IS DISTINCT FROM %(besides)s
    UNION ALL
    SELECT asked.id, span.during
    FROM asked JOIN consulting_busyfeed feed ON feed.profile_id = asked.id
      JOIN consulting_busyspan span ON span.feed_id = feed.id
      AND upper(span.during) > asked.lower AND lower(span.during) < asked.upper
  ) each GROUP BY id
), bounded AS (
  SELECT asked.id, asked.zone, unnest(
    range_agg(free.during) * tstzmultirange(tstzrange(asked.lower, asked.upper)) * belongs.during
    - coalesce(gone.during, '{}')) AS during
  FROM asked JOIN free USING (id) JOIN belongs USING (id) LEFT JOIN gone USING (id)
  GROUP BY asked.id, asked.zone, asked.lower, asked.upper, belongs.during, gone.during
)
SELECT id, extract(epoch FROM lower(during))::bigint, extract(epoch FROM upper(during))::bigint,
  extract(epoch FROM lower(during) AT TIME ZONE zone)::bigint %% 1800
FROM bounded ORDER BY id, during
"""


def free_slots(
    profiles: Collection[Profile],
    *,
    first_at: datetime,
    until: datetime,
    minutes: int,
    at: datetime,
    timeline: Timeline,
    besides: int | None = None,
) -> dict[int, Calendar]:
    """By profile's key: when a session of `minutes` can begin in [first_at, until), seen `at`. Two queries.

    Each expert's notice, horizon, membership, sold times and the weekly cap of the charter are kept; a week without
    hours left says why. `besides` is the key of a booking that is about to move. Raises MinutesUnknown.
    """
    slots.check_minutes(minutes)
    if not profiles or first_at >= until:
        return {profile.pk: Calendar({}) for profile in profiles}
    zone = timeline.terms_on(timeline.day_of(at)).time_zone
    weeks = Weeks.of(first_at, until, zone)
    taken = taken_by_week(
        [profile.member_id for profile in profiles],
        weeks.mondays[0],
        weeks.mondays[-1],
        zone=zone,
        at=at,
        besides=Besides(booking=besides),
    )
    found = _calendars(profiles, weeks, slots.hours_centi(minutes), taken, timeline)
    ranges: dict[int, list[Range]] = {key: [] for key in found}
    params = {
        "profiles": list(found),
        "first_at": first_at,
        "until": until,
        "at": at,
        "zone": str(zone),
        "besides": besides,
        # One more for a day that has begun somewhere, one for the last.
        "days": (until - first_at).days + 2,
    }
    for key, lower, upper, past in _rows(params):
        ranges[key].append(Range(lower, upper, past))
    for key, calendar in found.items():
        slots.fill(calendar, ranges[key], minutes, weeks)
    return found


def _calendars(
    profiles: Collection[Profile],
    weeks: Weeks,
    hours_centi: int,
    taken: Mapping[tuple[int, date], int],
    timeline: Timeline,
) -> dict[int, Calendar]:
    """Each expert's weeks, with what the cap says about one session more."""
    # Most experts have the same: nothing yet.
    known: dict[tuple[date, int], Week] = {}

    def week(monday: date, hours: int) -> Week:
        if (monday, hours) not in known:
            known[monday, hours] = _week(monday, hours, hours_centi, timeline)
        return known[monday, hours]

    return {
        profile.pk: Calendar({day: week(day, taken.get((profile.member_id, day), 0)) for day in weeks.mondays})
        for profile in profiles
    }


def _week(monday: date, taken: int, hours_centi: int, timeline: Timeline) -> Week:
    cap = timeline.terms_on(monday).weekly_hours_max_centi
    try:
        week_cap(held_on=monday, hours_centi=hours_centi, taken_centi=taken, timeline=timeline)
    except WeekFull as refusal:
        return Week(monday, taken, cap, str(refusal))
    return Week(monday, taken, cap)


def _rows(params: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(FREE, params)
        return list(cursor.fetchall())
