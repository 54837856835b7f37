"""What experts have sold in ISO weeks: the one count that `weeks.week_cap` is asked with."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Sum

from consulting.models import Session
from consulting.rules import weeks
from members.models import Member

TAKEN = """
SELECT member_id, date_trunc('week', held_on)::date, sum(hours_centi)::int FROM consulting_session
WHERE member_id = ANY(%(members)s) AND held_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2
"""


def taken_centi(member: Member, day: date, besides: Session | None = None) -> int:
    """Hundredths of an hour that the member has in the ISO week of a day, over all engagements."""
    rows = Session.objects.filter(member=member, held_on__range=weeks.week_of(day))
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return rows.aggregate(hours=Sum("hours_centi"))["hours"] or 0


def taken_by_week(members: Collection[int], first: date, last: date) -> dict[tuple[int, date], int]:
    """Hundredths by (member's key, Monday) for the whole ISO weeks of the days; one query, nothing where it is none."""
    params: dict[str, Any] = {
        "members": list(members),
        "first": weeks.monday_of(first),
        "last": weeks.week_of(last)[1],
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, params)
        return {(member, monday): hours for member, monday, hours in cursor.fetchall()}
