"""Hours that are reserved week by week: what is refused, and two at once that would fill one week twice."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from consulting.models import Retainer
from consulting.refusals import AcceptedAlready, WeekFull
from consulting.refusals.booking import ReserveUnreadable, WeeksReserved
from consulting.services import acceptances, retainers
from journal.models import Entry
from members.models import Member
from tests.cast import AT, Cast, assemble
from tests.consulting.agenda import held
from tests.consulting.desk import SUNDAY, hourly, session
from tests.consulting.offers import offered
from tests.races import PATIENCE, at_once

WEEK = date(2026, 11, 23)


def reserve(cast: Cast, reference: str = "E-1", **more: Any) -> Retainer:
    values: dict[str, Any] = {"weekly_centi": 600, "first_monday": WEEK, "weeks": 3}
    engagement = more.pop("engagement", None) or hourly(cast, reference)
    return retainers.reserve(engagement=engagement, member=cast.chen, by=cast.mira, at=AT, **values | more)


def test_reserved_hours_leave_the_rest_of_each_week(cast: Cast) -> None:
    reserve(cast)
    for day in (WEEK, WEEK + timedelta(days=20)):
        with pytest.raises(WeekFull, match=r"10\.5"):
            session(cast, hourly(cast, f"X-{day}"), f"S-{day}", cast.chen, held_on=day, hours_centi=450)
    session(cast, hourly(cast, "E-3"), "S-3", cast.chen, held_on=WEEK + timedelta(days=21), hours_centi=1000)
    assert Entry.objects.get(verb="engagement.reserve").data["last_monday"] == "2026-12-07"


def test_booked_times_stand_in_the_way_of_reserving_and_the_other_way_round(cast: Cast) -> None:
    offered(cast.chen)
    held(cast.chen, minutes=180)
    with pytest.raises(WeekFull):
        reserve(cast, weekly_centi=701)
    assert not Retainer.objects.exists()
    reserve(cast, "E-2", weekly_centi=700)
    with pytest.raises(WeekFull):
        held(cast.chen, 2, starts_at=datetime(2026, 11, 24, 11, tzinfo=UTC), minutes=30)


def test_what_was_worked_already_counts_within(cast: Cast) -> None:
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, held_on=WEEK, hours_centi=500)
    session(cast, hourly(cast, "E-2"), "S-2", cast.chen, held_on=WEEK, hours_centi=400)
    reserve(cast, engagement=engagement)
    with pytest.raises(WeekFull):
        reserve(cast, "E-3", weekly_centi=1)


@pytest.mark.parametrize(
    "values", [{"weekly_centi": 0}, {"weeks": 0}, {"weeks": 53}, {"first_monday": date(2026, 11, 24)}]
)
def test_what_is_no_reserve_is_refused(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(ReserveUnreadable):
        reserve(cast, **values)


def test_the_same_weeks_once_and_none_of_what_is_accepted(cast: Cast) -> None:
    engagement = reserve(cast, weekly_centi=100).engagement
    with pytest.raises(WeeksReserved):
        reserve(cast, engagement=engagement, weekly_centi=100, first_monday=WEEK + timedelta(days=14))
    reserve(cast, engagement=engagement, weekly_centi=100, first_monday=WEEK + timedelta(days=21))
    over = hourly(cast, "E-9")
    session(cast, over, "S-9", cast.bo)
    acceptances.accept(engagement=over, accepted_on=SUNDAY, by=cast.mira, at=AT)
    with pytest.raises(AcceptedAlready):
        reserve(cast, engagement=over)


def reserve_at_once(cast: Cast) -> list[str]:
    """Eight reserves of three hours a week of one expert, each for an engagement of its own."""
    engagements = [hourly(cast, f"E-{number}") for number in range(8)]
    return at_once(*(partial(reserve, cast, engagement=one, weekly_centi=300) for one in engagements))


@pytest.mark.committed
def test_reserves_at_once_stay_within_the_week(committed_db: str) -> None:
    assert sorted(reserve_at_once(assemble())) == [*["WeekFull"] * 5, *["done"] * 3]


@pytest.mark.committed
def test_without_the_lock_weeks_are_reserved_beyond_the_cap(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, taken = Barrier(8), retainers._taken

    def together(*args: Any) -> dict[date, int]:
        found = taken(*args)
        counted.wait(PATIENCE)
        return found

    monkeypatch.setattr(retainers, "_taken", together)
    monkeypatch.setattr(retainers, "locked_expert", lambda member: Member.objects.get(pk=member.pk))
    assert reserve_at_once(assemble()) == ["done"] * 8
