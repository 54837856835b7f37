"""What experts have sold in ISO weeks: the one count that `weeks.week_cap` is asked with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from consulting.rules import weeks
from members.models import Member

# Everything that takes hours of a week: sessions; bookings that hold their time, by the day they begin in the group's
# zone, until a session stands in their place; and what of reserved hours was not used by either. A booking that is not
# paid counts until its hold is over (without a moment: until somebody releases it).
TAKEN = """
WITH held AS (
  SELECT member_id, engagement_id, held_on AS day, hours_centi FROM consulting_session
  WHERE member_id = ANY(%(members)s) AND held_on BETWEEN %(first)s AND %(last)s
    AND id IS DISTINCT FROM %(session)s
  UNION ALL
  SELECT member_id, engagement_id, (lower(during) AT TIME ZONE %(zone)s)::date, minutes * 100 / 60
  FROM consulting_booking
  WHERE member_id = ANY(%(members)s) AND released_at IS NULL AND session_id IS NULL
    AND id IS DISTINCT FROM %(booking)s
    AND (paid_at IS NOT NULL OR %(at)s::timestamptz IS NULL OR hold_until > %(at)s)
    AND lower(during) >= %(first)s::timestamp AT TIME ZONE %(zone)s
    AND lower(during) < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  UNION ALL
  SELECT %(adding)s::bigint, %(engagement)s::bigint, %(first)s::date, %(hours)s::int
  WHERE %(adding)s::bigint IS NOT NULL
), used AS (
  SELECT member_id, engagement_id, date_trunc('week', day)::date AS monday, sum(hours_centi) AS hours
  FROM held GROUP BY 1, 2, 3
), reserved AS (
  SELECT retainer.member_id, retainer.engagement_id, week::date AS monday, retainer.weekly_centi
  FROM consulting_retainer retainer
  JOIN consulting_engagement engagement ON engagement.id = retainer.engagement_id,
  LATERAL generate_series(
    greatest(retainer.first_monday, %(first)s)::timestamp, least(retainer.last_monday, %(last)s), '7 days') AS week
  WHERE retainer.member_id = ANY(%(members)s) AND retainer.first_monday <= %(last)s
    AND retainer.last_monday >= %(first)s AND (engagement.accepted_on IS NULL OR week <= engagement.accepted_on)
)
SELECT member_id, monday, sum(greatest(coalesce(used.hours, 0), coalesce(reserved.weekly_centi, 0)))::int
FROM used FULL JOIN reserved USING (member_id, engagement_id, monday)
GROUP BY 1, 2
"""

# A Monday and a Sunday that every week of a house lies between.
EVER = date(1970, 1, 5), date(2400, 1, 2)


@dataclass(frozen=True)
class Besides:
    """What a count leaves out, because it is about to be changed: a session, a booking, by their keys."""

    session: int | None = None
    booking: int | None = None


NOTHING = Besides()


def taken_centi(
    member: Member,
    day: date,
    *,
    zone: ZoneInfo,
    besides: Besides = NOTHING,
    hours_centi: int = 0,
    engagement: int | None = None,
) -> int:
    """Hundredths of an hour that the member has in the ISO week of a day, over everything that takes hours.

    Work on an engagement uses up the hours that are reserved for it: with `hours_centi` of work on `engagement` this is
    what is taken besides that work. Counts what is not released; whoever decides holds the member's row.
    """
    monday, sunday = weeks.week_of(day)
    params = _params([member.pk], monday, sunday, zone, None, besides)
    params |= {"adding": member.pk, "engagement": engagement, "hours": hours_centi}
    return _counted(params).get((member.pk, monday), 0) - hours_centi


def taken_by_week(
    members: Collection[int],
    first: date,
    last: date,
    *,
    zone: ZoneInfo,
    at: datetime | None,
    besides: Besides = NOTHING,
) -> dict[tuple[int, date], int]:
    """Hundredths by (member's key, Monday) for the whole ISO weeks of the days, as seen `at`; one query.

    Without a moment what is not released counts, as for a decision. Nothing where it is none.
    """
    params = _params(members, weeks.monday_of(first), weeks.week_of(last)[1], zone, at, besides)
    return _counted(params | {"adding": None, "engagement": None, "hours": 0})


def _params(
    members: Collection[int], first: date, last: date, zone: ZoneInfo, at: datetime | None, besides: Besides
) -> dict[str, Any]:
    return {
        "members": list(members),
        "first": first,
        "last": last,
        "zone": str(zone),
        "at": at,
        "session": besides.session,
        "booking": besides.booking,
    }


def _counted(params: dict[str, Any]) -> dict[tuple[int, date], int]:
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, params)
        return {(member, monday): hours for member, monday, hours in cursor.fetchall()}


def taken_ever(zone: ZoneInfo) -> dict[tuple[int, date], int]:
    """The same count of everybody and every week, for who verifies it; what is not released yet counts."""
    members = list(Member.objects.values_list("pk", flat=True))
    params = _params(members, EVER[0], EVER[1], zone, None, NOTHING)
    return _counted(params | {"adding": None, "engagement": None, "hours": 0})
