"""Reading the charter: the group, the terms of a day, and which value held since when."""

from datetime import date, datetime, timedelta

from charter.models import Edition, Group
from charter.refusals import NoGroup
from charter.rules import clauses
from charter.rules.quarters import Quarter
from charter.rules.terms import Change, Held, Period, Terms, Timeline


def group() -> Group:
    """The group; NoGroup if none was founded."""
    found = Group.objects.first()
    if found is None:
        raise NoGroup
    return found


def founded() -> bool:
    """Whether this deployment has its group."""
    return Group.objects.exists()


def timeline() -> Timeline:
    """Edition 1 and every edition since, in two queries; answers any number of days after that."""
    # No cache between calls: an amendment committed by another process must count at once.
    rows = list(
        Edition.objects.filter(number__gt=1).values_list(
            "effective_on", "number", "amendments__key", "amendments__value"
        )
    )
    zone = Group.objects.values_list("time_zone", flat=True).first()
    # An edition of texts alone comes as one row without a key.
    changes = (Change(*row) for row in rows if row[2] is not None)
    return Timeline.of(changes, zone, [(day, number) for day, number, *_change in rows])


def terms_on(day: date) -> Terms:
    """The charter in force on a day."""
    return timeline().terms_on(day)


def terms_by_day(first_on: date, last_on: date) -> dict[date, Terms]:
    """The charter of each day of a span, both ends included; two queries, days with equal terms share one object."""
    return {
        period.first_on + timedelta(days=offset): period.terms
        for period in timeline().periods(first_on, last_on)
        for offset in range((period.last_on - period.first_on).days + 1)
    }


def periods(first_on: date, last_on: date) -> list[Period]:
    """The span's days in runs of equal terms, ascending."""
    return timeline().periods(first_on, last_on)


def today(at: datetime) -> date:
    """The group's calendar day of an instant."""
    return timeline().day_of(at)


def quarter_on(day: date) -> Quarter:
    """The quarter a day lies in."""
    return timeline().quarter_on(day)


def quarter_span(quarter: Quarter) -> tuple[date, date]:
    """First and last day of a quarter."""
    return timeline().quarter_span(quarter)


def edition_on(day: date) -> int:
    """The number of the latest edition in force on a day."""
    return timeline().terms_on(day).edition


def history(key: str) -> list[Held]:
    """Every value a setting had or will have, oldest first; UnknownSetting for a key that is none."""
    clauses.first().parameter(key)
    return timeline().history(key)
