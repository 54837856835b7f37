"""What the database refuses of bookings and reserved hours, each rule by name; and the one count of a week."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consulting.models import Allocation, Booking, Engagement, Retainer
from consulting.refusals import WeekFull
from consulting.rules.weeks import monday_of
from consulting.selectors.weeks import Besides, taken_by_week, taken_centi
from journal.registry import invariants
from tests.cast import AT, Cast
from tests.consulting.agenda import TUESDAY, during, invoice, reference, row
from tests.consulting.desk import MONDAY, hourly, session

HOUR = timedelta(hours=1)
PAID: dict[str, Any] = {"paid_at": AT + HOUR}


def refused(act: Callable[[], Any], rule: str) -> None:
    """That the database itself says no, by a rule of this name."""
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        act()


def ordered(cast: Cast, number: int = 1, **more: Any) -> Booking:
    """A verified hold with client, engagement and invoice."""
    engagement = hourly(cast, f"E-{number}")
    booking = row(cast.chen, number, **more)
    values = {"client": engagement.client, "engagement": engagement, "invoice": invoice(engagement, number)}
    Booking.objects.filter(pk=booking.pk).update(verified_at=AT, **values)
    booking.refresh_from_db()
    return booking


def change(booking: Booking, **values: Any) -> None:
    Booking.objects.filter(pk=booking.pk).update(**values)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"reference": "B-1"}, "booking_reference"),
        ({"minutes": 45}, "booking_minutes"),
        ({"during": during(TUESDAY, 90)}, "booking_during"),
        ({"price_micro": 0}, "booking_price"),
        ({"time_zone": "Mars/Base"}, "Mars/Base"),
        ({"hold_until": AT}, "booking_hold"),
        ({"code_tries": 6}, "booking_tries"),
        ({"code_digest": "123456"}, "booking_code"),
        ({"verified_at": AT}, "booking_ordered"),
        ({"paid_at": AT}, "booking_paid"),
        ({"confirmed_at": AT}, "booking_answered"),
        ({"cancelled_at": AT}, "booking_ended"),
    ],
)
def test_a_booking_that_cannot_be_is_refused(cast: Cast, values: dict[str, Any], rule: str) -> None:
    refused(lambda: row(cast.chen, **values), rule)


@pytest.mark.parametrize("shift", [-30, 0, 30])
def test_one_expert_s_times_never_overlap(cast: Cast, shift: int) -> None:
    row(cast.chen, 1)
    starts_at = TUESDAY + timedelta(minutes=shift)
    refused(lambda: row(cast.chen, 2, starts_at=starts_at), "booking_time_once")
    row(cast.bo, 3, starts_at=starts_at)
    row(cast.chen, 4, starts_at=TUESDAY + HOUR)
    change(Booking.objects.get(reference=reference(1)), released_at=AT)
    row(cast.chen, 5, starts_at=TUESDAY)


def test_one_address_holds_one_unpaid_time(cast: Cast) -> None:
    first = row(cast.chen, 1)
    refused(lambda: row(cast.bo, 2, email=first.email), "booking_one_hold")
    change(first, released_at=AT)
    row(cast.bo, 2, email=first.email)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"price_micro": 1}, "what was sold stays"),
        ({"terms": {}}, "what was sold stays"),
        ({"verified_at": AT + HOUR}, "what happened stays"),
        ({"paid_at": AT}, "what happened stays"),
        ({"during": during(TUESDAY + HOUR, 60)}, "under the next number"),
        ({"sequence": 2}, "under the next number"),
        ({"declined_at": AT, "confirmed_at": AT, "released_at": AT}, "booking_one_end"),
        ({"declined_at": AT}, "booking_ended"),
    ],
)
def test_what_was_sold_and_happened_stays(cast: Cast, values: dict[str, Any], rule: str) -> None:
    booking = ordered(cast)
    change(booking, **PAID)
    refused(lambda: change(booking, **values), rule)
    change(booking, during=during(TUESDAY + HOUR, 60), sequence=1)


def test_what_was_given_back_comes_back_by_payment_alone(cast: Cast) -> None:
    lapsed, cancelled = ordered(cast, 1), ordered(cast, 2, starts_at=TUESDAY + HOUR)
    change(lapsed, released_at=AT)
    change(cancelled, released_at=AT, cancelled_at=AT)
    refused(lambda: change(lapsed, released_at=None), "given back")
    refused(lambda: change(lapsed, released_at=AT + HOUR), "given back")
    refused(lambda: change(lapsed, cancelled_at=AT), "given back")
    refused(lambda: change(cancelled, released_at=None, **PAID), "given back")
    change(lapsed, released_at=None, **PAID)
    change(cancelled, **PAID)
    refused(lambda: change(cancelled, released_at=None), "given back")


def test_bookings_are_never_removed(cast: Cast) -> None:
    booking = row(cast.chen)
    refused(lambda: booking.delete(), "append-only")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refused(lambda: cursor.execute("TRUNCATE consulting_booking"), "append-only")


def retainer(engagement: Engagement, cast: Cast, **more: Any) -> Retainer:
    values = {"weekly_centi": 400, "first_monday": MONDAY, "last_monday": MONDAY + timedelta(days=14)}
    return Retainer.objects.create(engagement=engagement, member=cast.chen, **values | more)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"weekly_centi": 0}, "retainer_hours"),
        ({"first_monday": MONDAY + timedelta(days=1)}, "retainer_mondays"),
        ({"last_monday": MONDAY + timedelta(days=6)}, "retainer_mondays"),
        ({"last_monday": MONDAY - timedelta(days=7)}, "retainer_order|lower bound"),
        ({}, "retainer_week_once"),
    ],
)
def test_reserved_hours_that_cannot_be_are_refused(cast: Cast, values: dict[str, Any], rule: str) -> None:
    engagement = hourly(cast)
    if not values:
        retainer(engagement, cast)
    refused(lambda: retainer(engagement, cast, **values), rule)


# --- the one count

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = date(2026, 11, 23)


def shown(cast: Cast, day: date = WEEK, at: datetime = AT, **besides: int) -> int:
    """What pages say is taken."""
    found = taken_by_week([cast.chen.pk, cast.bo.pk], day, day, zone=SHANGHAI, at=at, besides=Besides(**besides))
    return found.get((cast.chen.pk, monday_of(day)), 0)


def decided(cast: Cast, day: date = WEEK, **more: Any) -> int:
    """What a decision counts with."""
    return taken_centi(cast.chen, day, zone=SHANGHAI, **more)


def test_sessions_and_live_bookings_count_once(cast: Cast) -> None:
    first = ordered(cast, 1)
    row(cast.chen, 2, starts_at=TUESDAY + HOUR, minutes=90)
    row(cast.bo, 3, starts_at=TUESDAY)
    assert (shown(cast), decided(cast)) == (250, 250)
    # A hold that is over is nobody's on the page at once; a decision waits until it is released.
    late = AT + timedelta(minutes=30)
    assert (shown(cast, at=late), decided(cast)) == (0, 250)
    change(first, **PAID)
    assert shown(cast, at=late) == 100
    assert first.engagement is not None
    held = session(cast, first.engagement, "S-1", cast.chen, held_on=WEEK + timedelta(days=1), hours_centi=125)
    change(first, session=held)
    assert shown(cast, at=late) == 125
    assert shown(cast, session=held.pk) == 150
    assert decided(cast, besides=Besides(booking=Booking.objects.get(email="guest2@kite.example").pk)) == 125
    change(Booking.objects.get(email="guest2@kite.example"), released_at=AT)
    assert decided(cast) == 125


def test_a_booking_counts_where_it_begins_on_the_group_s_calendar(cast: Cast) -> None:
    """Sunday 16:00 in UTC is Monday in Shanghai; what begins before midnight on Sunday ends in the next week."""
    row(cast.chen, 1, starts_at=datetime(2026, 11, 29, 16, tzinfo=UTC))
    row(cast.chen, 2, starts_at=datetime(2026, 11, 29, 15, tzinfo=UTC))
    assert [shown(cast, WEEK + timedelta(days=days)) for days in (-7, 0, 6, 7, 13, 14)] == [0, 100, 100, 100, 100, 0]


def test_work_uses_reserved_hours_up_before_it_counts_besides(cast: Cast) -> None:
    engagement, other = hourly(cast, "E-1"), hourly(cast, "E-2")
    retainer(engagement, cast, first_monday=WEEK, last_monday=WEEK + timedelta(days=7))
    assert [shown(cast, WEEK + timedelta(days=7 * week)) for week in (-1, 0, 1, 2)] == [0, 400, 400, 0]
    session(cast, engagement, "S-1", cast.chen, held_on=WEEK, hours_centi=300)
    assert shown(cast) == 400
    assert decided(cast, engagement=engagement.pk, hours_centi=100) == 300
    assert decided(cast, engagement=engagement.pk, hours_centi=200) == 300
    assert decided(cast, engagement=other.pk, hours_centi=200) == 400
    # Six hours elsewhere are all that is left; the reserved ones can still be worked.
    session(cast, other, "S-2", cast.chen, held_on=WEEK, hours_centi=600)
    with pytest.raises(WeekFull):
        session(cast, other, "S-3", cast.chen, held_on=WEEK, hours_centi=50)
    session(cast, engagement, "S-4", cast.chen, held_on=WEEK, hours_centi=100)
    with pytest.raises(WeekFull):
        session(cast, engagement, "S-5", cast.chen, held_on=WEEK, hours_centi=1)
    assert shown(cast) == 1000


def test_an_accepted_engagement_reserves_nothing_any_more(cast: Cast) -> None:
    engagement = hourly(cast)
    retainer(engagement, cast, first_monday=WEEK, last_monday=WEEK + timedelta(days=7))
    Engagement.objects.update(accepted_on=WEEK)
    assert [shown(cast, WEEK + timedelta(days=7 * week)) for week in (0, 1)] == [400, 0]


def test_the_count_is_one_query(cast: Cast) -> None:
    row(cast.chen)
    retainer(hourly(cast), cast)
    with CaptureQueriesContext(connection) as asked:
        shown(cast)
        decided(cast)
    assert len(asked) == 2


# --- verify


def told(name: str) -> list[str]:
    """What `verify` says."""
    return [sentence.replace("\xa0", " ") for sentence in invariants[name].check()]


def test_verify_finds_a_week_beyond_the_cap_whatever_fills_it(cast: Cast) -> None:
    engagement = hourly(cast)
    retainer(engagement, cast, first_monday=WEEK, last_monday=WEEK, weekly_centi=800)
    row(cast.chen, 1, minutes=120)
    assert told("consulting.week") == []
    row(cast.chen, 2, starts_at=TUESDAY + 2 * HOUR, minutes=30)
    assert told("consulting.week") == ["chen sold 10.5 h in the week from 2026-11-23, of at most 10 h."]


def test_verify_finds_a_time_sold_twice_and_a_payment_that_was_not_heard(cast: Cast) -> None:
    booking = ordered(cast)
    assert told("consulting.bookings") == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consulting_booking DROP CONSTRAINT booking_time_once")
    other = row(cast.chen, 2)
    assert booking.invoice is not None
    Allocation.objects.create(invoice=booking.invoice, amount_micro=booking.price_micro, allocated_at=AT)
    assert told("consulting.bookings") == [
        f"{booking.reference} waits for a payment that has arrived.",
        f"{booking.reference} and {other.reference} are sold for the same time.",
    ]
