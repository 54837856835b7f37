"""Bookings around the clock's changes in five zones: what is sold is gone, the rest is free, each half hour once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from charter.selectors import timeline
from consulting.models import Booking, Profile, Window
from consulting.refusals.booking import SlotTaken
from consulting.rules import bookings as rules
from consulting.services import bookings
from consulting.views import booking_rows
from tests.cast import Cast
from tests.consulting.agenda import clock_at, held, proved, row
from tests.consulting.bills import pay
from tests.consulting.offers import offered
from tests.consulting.test_slots import HALF, free, moments, oracle

# The day on which an hour is left out, and the one on which it is shown twice; Shanghai's clock never changes.
CHANGES = {
    "Europe/London": (date(2027, 3, 28), date(2026, 10, 25)),
    "America/New_York": (date(2027, 3, 14), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2027, 4, 4)),
    "Pacific/Chatham": (date(2026, 9, 27), date(2027, 4, 4)),
    "Asia/Shanghai": (date(2027, 3, 28), date(2026, 10, 25)),
}
QUARTER = timedelta(minutes=15)
lengths = st.sampled_from([30, 60, 90, 120])
# A start in quarter hours from the evening before the change, and a length; longer than what is free does not matter.
sold_times = st.lists(st.tuples(st.integers(0, 4 * 60), lengths), max_size=3)
windows = st.tuples(st.integers(0, 40), st.integers(2, 8)).map(lambda pair: (pair[0] * 30, (pair[0] + pair[1]) * 30))


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("change", [0, 1], ids=["gap", "fold"])
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    weekly=st.lists(st.tuples(st.integers(1, 7), windows), max_size=5, unique=True),
    sold=sold_times,
    pause=st.sampled_from([0, 10, 30, 45]),
    minutes=st.sampled_from([30, 60, 120]),
)
@example(weekly=[(day, (0, 1440)) for day in range(1, 8)], sold=[(96, 30), (100, 60)], pause=10, minutes=30)
@example(weekly=[(7, (0, 240))], sold=[(0, 120), (60, 90), (110, 30)], pause=0, minutes=60)
def test_what_is_sold_is_gone_with_its_pause_and_nothing_else(
    cast: Cast, name: str, change: int, weekly: Any, sold: Any, pause: int, minutes: int
) -> None:
    day, zone = CHANGES[name][change], ZoneInfo(name)
    hours = [(weekday, *pair) for weekday, pair in weekly]
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
    first, last = at + timedelta(days=1), at + timedelta(days=6)
    taken: list[tuple[datetime, datetime]] = []
    with transaction.atomic():
        profile = Profile.objects.create(
            member=cast.chen, time_zone=name, notice_hours=0, horizon_days=60, buffer_minutes=pause
        )
        Window.objects.bulk_create(
            Window(profile=profile, weekday=weekday, starts_minute=starts, ends_minute=ends)
            for weekday, starts, ends in hours
        )
        for number, (quarters, length) in enumerate(sold):
            begins = first + timedelta(days=1) + QUARTER * quarters
            ends = begins + timedelta(minutes=length)
            if all(ends <= other or begins >= until for other, until in taken):
                moment = {"created_at": at, "hold_until": at + rules.HOLD}
                row(cast.chen, number, starts_at=begins, minutes=length, **moment)
                taken.append((begins, ends))
        found = moments(free(profile, first, last, minutes, at))
        transaction.set_rollback(True)
    halves = oracle(zone, hours, [], first, last)
    apart, length = timedelta(minutes=pause), timedelta(minutes=minutes)
    wanted = [
        begins
        for begins in sorted(halves)
        if all(begins + HALF * number in halves for number in range(minutes // 30))
        and all(begins + length <= other - apart or begins >= until + apart for other, until in taken)
    ]
    assert found == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("change", [0, 1], ids=["gap", "fold"])
def test_every_half_hour_of_the_night_is_sold_once_and_shown_as_the_clock_shows_it(
    cast: Cast, name: str, change: int
) -> None:
    day, zone = CHANGES[name][change], ZoneInfo(name)
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    profile = offered(cast.chen, (day.isoweekday(), 0, 240), time_zone=name, notice_hours=0, horizon_days=60)
    span = at, at + timedelta(days=4)
    offers = moments(free(profile, *span, 30, at))
    offers = [begins for begins in offers if begins.astimezone(zone).date() == day]
    wall = {"Australia/Lord_Howe": (7, 8), "Asia/Shanghai": (8, 8)}.get(name, (6, 8))
    assert len(offers) == wall[change]
    for number, begins in enumerate(offers):
        booking = held(cast.chen, number, starts_at=begins, minutes=30, at=at)
        begin, end = begins.astimezone(zone), (begins + HALF).astimezone(zone)
        shown = booking_rows.time_of(booking, zone)
        assert f"{begin:%H:%M} to {end:%H:%M}" in shown
        with pytest.raises(SlotTaken, match="not free"):
            held(cast.chen, 100 + number, starts_at=begins, minutes=30, at=at)
    left = [begins for begins in moments(free(profile, *span, 30, at)) if begins.astimezone(zone).date() == day]
    assert left == []
    assert len(set(Booking.objects.values_list("during", flat=True))) == len(offers)


@pytest.mark.django_db
def test_a_move_over_the_clock_s_change_keeps_its_length(cast: Cast) -> None:
    """London's last Sunday of October has 25 hours: an hour before it and an hour after it are both an hour."""
    at = datetime(2026, 10, 22, tzinfo=UTC)
    offered(cast.chen, (6, 1320, 1440), (7, 0, 180), time_zone="Europe/London", notice_hours=0)
    before, after = datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    booking = proved(cast.chen, starts_at=before, minutes=120, at=at)
    assert booking.invoice is not None
    pay(cast, booking.invoice, booking.price_micro, received_on=date(2026, 10, 21), at=at)
    london = ZoneInfo("Europe/London")
    assert booking_rows.time_of(booking, london).endswith("22:00 to 00:00 (UTC+1)")
    booking = bookings.move(booking=booking, starts_at=after - HALF, by="system:test", clock=clock_at(at))
    assert rules.ends_at(booking) - rules.begins_at(booking) == timedelta(hours=2)
    assert booking_rows.time_of(booking, london).endswith("01:00 to 03:00 (UTC)")
    assert timeline().day_of(rules.begins_at(booking)) == date(2026, 10, 25)
