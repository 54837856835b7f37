"""The hours a week that a person may sell (income.2.2)."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from charter.rules.terms import Timeline
from consulting.refusals import WeekFull
from journal import writing


def monday_of(day: date) -> date:
    """The Monday of the day's ISO week."""
    return day - timedelta(days=day.weekday())


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the day's ISO week."""
    monday = monday_of(day)
    # The calendar's last week breaks off on its Friday.
    return monday, date.fromordinal(min(monday.toordinal() + 6, date.max.toordinal()))


def week_cap(*, held_on: date, hours_centi: int, taken_centi: int, timeline: Timeline) -> int:
    """The hours (hundredths) left in the week after `hours_centi` more; WeekFull if they do not fit.

    The one rule for records, sessions and bookings. `held_on` is a day in the group's zone, `taken_centi` what the
    person has in that ISO week over all engagements, hourly and fixed. The cap in force on the week's Monday counts.
    """
    monday, sunday = week_of(held_on)
    cap_centi = timeline.terms_on(monday).weekly_hours_max_centi
    left = cap_centi - taken_centi - hours_centi
    if left < 0:
        raise WeekFull(
            _("%(hours)s would make %(sum)s in the week from %(monday)s to %(sunday)s; at most %(cap)s may be sold.")
            % {
                "hours": writing.hours(hours_centi),
                "sum": writing.hours(taken_centi + hours_centi),
                "monday": monday.isoformat(),
                "sunday": sunday.isoformat(),
                "cap": writing.hours(cap_centi),
            }
        )
    return left
