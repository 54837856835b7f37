"""Free times: around the clock's changes in five zones, bounds, the weekly cap, and how many queries that takes."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from charter.selectors import timeline
from consulting.models import DayException, Profile, Window
from consulting.refusals import MinutesUnknown, SpanTooLong
from consulting.rules import slots
from consulting.rules.slots import Calendar, Range, Weeks
from consulting.selectors import slots as selector
from consulting.selectors.slots import free_slots
from consulting.services import availability
from members.models import Member
from members.services import memberships
from tests.cast import AT, Cast, assemble
from tests.consulting.desk import hourly, session
from tests.consulting.offers import offered

HALF = timedelta(minutes=30)
# A gap and a fold of an hour, one of half an hour, offsets of quarter hours, the other hemisphere, a zone whose summer
# is its standard time, midnight that does not exist.
CHANGES = {
    "America/New_York": (date(2027, 3, 14), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2027, 4, 4)),
    "Pacific/Chatham": (date(2026, 9, 27), date(2027, 4, 4)),
    "Europe/Dublin": (date(2027, 3, 28), date(2026, 10, 25)),
    "America/Santiago": (date(2026, 9, 6), date(2027, 4, 4)),
}


def free(profile: Profile, first_at: datetime, until: datetime, minutes: int = 60, at: datetime = AT) -> Calendar:
    found = free_slots([profile], first_at=first_at, until=until, minutes=minutes, at=at, timeline=timeline())
    return found[profile.pk]


def moments(calendar: Calendar) -> list[datetime]:
    return [datetime.fromtimestamp(start, UTC) for start in calendar.starts]


Weekly = list[tuple[int, int, int]]
Days = list[tuple[date, str, int, int]]


def oracle(zone: ZoneInfo, weekly: Weekly, days: Days, first: datetime, last: datetime) -> set[datetime]:
    """The free half hours of UTC, told one by one: what the wall shows then, not counting what it will show again."""

    def open_at(wall: datetime) -> bool:
        minute, day = wall.hour * 60 + wall.minute, wall.date()
        kinds = {kind for on, kind, starts, ends in days if on == day and starts <= minute < ends}
        listed = any(weekday == day.isoweekday() and starts <= minute < ends for weekday, starts, ends in weekly)
        return "away" not in kinds and (listed or "extra" in kinds)

    found, moment = set(), first
    while moment + HALF <= last:
        wall = moment.astimezone(zone)
        shown_again = wall.fold == 0 and wall.replace(fold=1).utcoffset() != wall.utcoffset()
        if wall.minute % 30 == 0 and not shown_again and open_at(wall):
            found.add(moment)
        moment += timedelta(minutes=15)
    return found


minute_pairs = st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(lambda pair: pair[0] < pair[1])
pairs = minute_pairs.map(lambda pair: (pair[0] * 30, pair[1] * 30))


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("change", [0, 1], ids=["gap", "fold"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    weekly=st.lists(st.tuples(st.integers(1, 7), pairs), max_size=5, unique=True),
    days=st.lists(st.tuples(st.integers(-1, 1), st.sampled_from(["away", "extra"]), pairs), max_size=3, unique=True),
    minutes=st.sampled_from([30, 60, 120]),
)
@example(weekly=[(weekday, (0, 1440)) for weekday in range(1, 8)], days=[], minutes=30)
@example(weekly=[(6, (60, 150)), (7, (60, 150)), (7, (0, 60)), (7, (150, 210))], days=[], minutes=60)
@example(weekly=[], days=[(0, "extra", (0, 1440)), (0, "away", (120, 150))], minutes=30)
def test_slots_are_what_the_wall_clock_shows(
    cast: Cast, name: str, change: int, weekly: Any, days: Any, minutes: int
) -> None:
    zone, changes_on = ZoneInfo(name), CHANGES[name][change]
    hours = [(weekday, *pair) for weekday, pair in weekly]
    exceptions = [(changes_on + timedelta(days=offset), kind, *pair) for offset, kind, pair in days]
    at = datetime(changes_on.year, changes_on.month, changes_on.day, tzinfo=UTC) - timedelta(days=3)
    first, last = at + timedelta(days=1), at + timedelta(days=6)
    with transaction.atomic():
        profile = Profile.objects.create(member=cast.chen, time_zone=name, notice_hours=0, horizon_days=60)
        Window.objects.bulk_create(
            Window(profile=profile, weekday=weekday, starts_minute=starts, ends_minute=ends)
            for weekday, starts, ends in hours
        )
        DayException.objects.bulk_create(
            DayException(profile=profile, falls_on=on, kind=kind, starts_minute=starts, ends_minute=ends)
            for on, kind, starts, ends in exceptions
        )
        found = moments(free(profile, first, last, minutes, at))
        transaction.set_rollback(True)
    halves = oracle(zone, hours, exceptions, first, last)
    wanted = [
        moment for moment in sorted(halves) if all(moment + HALF * number in halves for number in range(minutes // 30))
    ]
    assert found == wanted
    assert all(moment.astimezone(zone).minute in (0, 30) for moment in found)


def test_the_night_of_each_change_has_its_hours_on_the_wall(cast: Cast) -> None:
    """New York, 0 to 4 o'clock: three hours when one is left out, four when one is shown twice."""
    profile = offered(cast.chen, (7, 0, 240), time_zone="America/New_York", notice_hours=0, horizon_days=120)
    for day, halves in ((date(2027, 3, 14), 6), (date(2027, 3, 7), 8)):
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        assert len(free(profile, begin, begin + timedelta(days=1), 30).starts) == halves
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    assert len(free(profile, begin, begin + timedelta(days=1), 30, at=begin).starts) == 8


def test_without_looking_at_the_clock_s_changes_an_hour_is_sold_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = offered(cast.chen, (7, 0, 240), time_zone="America/New_York", notice_hours=0, horizon_days=120)
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    blind = re.sub(r"(?s)ends_at - begins_at = .*? AS holds", "true AS holds", selector.FREE)
    assert blind != selector.FREE
    monkeypatch.setattr(selector, "FREE", blind)
    assert len(free(profile, begin, begin + timedelta(days=1), 30, at=begin).starts) == 10


def test_notice_and_horizon_bound_what_is_free(cast: Cast) -> None:
    # Friday 20 November, 7:10 in UTC, is 8:10 in Prague.
    profile = offered(cast.chen, (5, 540, 720), (6, 540, 720), notice_hours=2, horizon_days=8)
    starts = moments(free(profile, AT, AT + timedelta(days=60)))
    assert starts[0] == datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "the first half hour after 9:10"
    assert starts[-1] <= AT + timedelta(days=8) - timedelta(hours=1)
    assert {start.astimezone(ZoneInfo("Europe/Prague")).date() for start in starts} == {
        date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 27)
    }  # fmt: skip


def test_away_wins_and_extra_adds(cast: Cast) -> None:
    profile = offered(cast.chen, (2, 540, 600), notice_hours=0)
    tuesday = date(2026, 11, 24)

    def count() -> int:
        return len(free(profile, AT, AT + timedelta(days=6), 30).starts)

    assert count() == 2
    act: dict[str, Any] = {"member": cast.chen, "by": cast.chen, "at": AT, "falls_on": tuesday}
    availability.add_exception(**act, kind="extra", starts_minute=600, ends_minute=660)
    assert count() == 4
    availability.add_exception(**act, kind="away", starts_minute=570, ends_minute=630)
    assert count() == 2
    availability.add_exception(**act, kind="away")
    assert count() == 0


def test_nothing_is_offered_after_the_exit(cast: Cast) -> None:
    profile = offered(cast.chen, *((day, 0, 1440) for day in range(1, 8)), notice_hours=0)
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 11, 22), by=cast.chen, at=AT)
    starts = moments(free(profile, AT, AT + timedelta(days=20)))
    # The day of exit still counts, to its end in the group's zone.
    assert starts[-1] == datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_a_full_week_shows_none_and_says_why(cast: Cast) -> None:
    engagement = hourly(cast)
    profile = offered(cast.chen, (1, 540, 720), (2, 540, 720), notice_hours=0)
    monday = date(2026, 11, 23)
    for number in range(2):
        session(cast, engagement, f"S-{number}", cast.chen, held_on=monday, hours_centi=450)
    span: dict[str, Any] = {"first_at": AT, "until": AT + timedelta(days=14)}
    within = free(profile, **span, minutes=60)
    assert not within.full_weeks
    assert within.weeks[monday].left_centi == 100
    assert within.starts
    over = free(profile, **span, minutes=90)
    [full] = over.full_weeks
    assert full.monday == monday
    assert (
        full.full.replace("\xa0", " ")
        == "1.5 h would make 10.5 h in the week from 2026-11-23 to 2026-11-29; at most 10 h may be sold."
    )
    assert all(start >= datetime(2026, 11, 30, tzinfo=UTC) for start in moments(over))
    # One hour is left of the first week, three windows of three hours are in both, ten hours in the second.
    assert over.open_centi == 100 + 600


def test_weeks_are_those_of_the_groups_zone(cast: Cast) -> None:
    """Sunday evening in Prague is Monday in Shanghai: it takes from the week that begins there."""
    engagement = hourly(cast)
    session(cast, engagement, "S-1", cast.chen, held_on=date(2026, 11, 23), hours_centi=1000)
    profile = offered(cast.chen, (7, 900, 1200), notice_hours=0)
    sunday = datetime(2026, 11, 22, tzinfo=UTC)
    starts = moments(free(profile, sunday, sunday + timedelta(days=1), 60))
    assert starts == [datetime(2026, 11, 22, 14, tzinfo=UTC) + HALF * number for number in range(4)]


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_experts() -> None:
    assemble()
    counts = []
    for number in (1, 3, 300):
        people = [Member(handle=f"e{number}-{place}", name="E") for place in range(number - Profile.objects.count())]
        Member.objects.bulk_create(people)
        Profile.objects.bulk_create(Profile(member=person, time_zone="Europe/Prague") for person in people)
        profiles = list(Profile.objects.all())
        assert len(profiles) == number
        charter = timeline()
        with CaptureQueriesContext(connection) as asked:
            free_slots(profiles, first_at=AT, until=AT + timedelta(days=28), minutes=60, at=AT, timeline=charter)
        counts.append(len(asked))
    assert counts == [2, 2, 2]


def test_starts_keep_the_grid_and_the_length() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    first = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)
    weeks = Weeks.of(first, first + timedelta(days=1), zone)
    calendar = Calendar({day: slots.Week(day, 0, 1000) for day in weeks.mondays})
    lower = int(first.timestamp())
    slots.fill(calendar, [Range(lower, lower + 110 * 60, 600)], 60, weeks)
    assert moments(calendar) == [datetime(2026, 11, 23, 1, 30, tzinfo=UTC), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)]


def test_what_is_asked_for_has_bounds() -> None:
    with pytest.raises(MinutesUnknown):
        slots.check_minutes(45)
    with pytest.raises(SpanTooLong):
        slots.check_span(date(2026, 1, 1), date(2026, 5, 1))
    with pytest.raises(SpanTooLong):
        slots.check_span(date(2026, 1, 2), date(2026, 1, 1))
    slots.check_span(date(2026, 1, 1), date(2026, 4, 30))
