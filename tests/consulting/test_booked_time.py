"""A booked time becomes a session: at its own rate, in its own place of the week, once; and what the room shows."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from charter.selectors import timeline
from consulting.models import Booking, Engagement, Timer
from consulting.refusals import WeekFull
from consulting.selectors import work
from consulting.services import sessions, timers
from tests.cast import AT, DAY, Cast
from tests.consulting.agenda import invoice, row
from tests.consulting.desk import MICRO, hourly, session
from tests.consulting.rooms import ordered
from tests.consulting.test_room_pages import as_, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return ordered(cast)


def booked(cast: Cast, engagement: Engagement, starts_at: Any = AT, number: int = 1, **more: Any) -> Booking:
    """A paid and confirmed time of chen at 180 U an hour."""
    values: dict[str, Any] = {
        "rate_micro": 180 * MICRO,
        "price_micro": 270 * MICRO,
        "minutes": 90,
        "verified_at": AT,
        "paid_at": AT,
    }
    values |= {"client": engagement.client, "engagement": engagement, "confirmed_at": AT}
    values["topic"] = "Fixes\nand more"
    bill = invoice(engagement, number, 270 * MICRO)
    return row(cast.chen, number, starts_at=starts_at, invoice=bill, **(values | more))


def test_it_takes_its_own_place_in_the_week_at_its_own_rate(cast: Cast, engagement: Engagement) -> None:
    session(cast, hourly(cast, "E-9"), "S-9", cast.chen, held_on=DAY, hours_centi=850)
    booking = booked(cast, engagement)
    values: dict[str, Any] = {"engagement": engagement, "member": cast.chen, "by": cast.chen, "held_on": DAY}
    with pytest.raises(WeekFull):
        sessions.deliver(hours_centi=150, title="x", at=AT, **values)
    held = sessions.deliver(hours_centi=150, title="x", at=AT, booking=booking, **values)
    booking.refresh_from_db()
    assert (booking.session, held.rate_micro) == (held, 180 * MICRO)
    assert work.week(cast.chen, DAY, timeline=timeline()).taken_centi == 1000
    assert not work.planned(engagement).exists()


def test_a_booking_is_one_session(cast: Cast, engagement: Engagement) -> None:
    booking = booked(cast, engagement)
    values: dict[str, Any] = {"engagement": engagement, "member": cast.chen, "by": cast.chen, "held_on": DAY, "at": AT}
    sessions.deliver(hours_centi=150, title="x", booking=booking, **values)
    second = sessions.deliver(hours_centi=100, title="y", booking=booking, **values)
    booking.refresh_from_db()
    assert booking.session is not None
    assert booking.session.title == "x"
    # Hours beside it are at the latest agreed rate, and count by themselves.
    assert (second.rate_micro, work.week(cast.chen, DAY, timeline=timeline()).taken_centi) == (180 * MICRO, 250)


def test_a_timer_in_a_booked_time_is_its_session(cast: Cast, engagement: Engagement) -> None:
    session(cast, hourly(cast, "E-9"), "S-9", cast.chen, held_on=DAY, hours_centi=850)
    booking = booked(cast, engagement)
    timer = timers.start(engagement=engagement, member=cast.chen, by=cast.chen, at=AT - timedelta(minutes=3))
    done = timers.stop(timer=timer, title="Fixes", by=cast.chen, at=AT + timedelta(minutes=117))
    booking.refresh_from_db()
    assert done.session is not None
    # Two hours ran; the week has room for the booked hour and a half.
    assert (done.session.hours_centi, done.kept_centi, done.refused) == (150, 50, "week-full")
    assert booking.session == done.session
    assert Timer.objects.get().session == done.session


def test_another_s_or_a_released_time_is_not_taken(cast: Cast, engagement: Engagement) -> None:
    session(cast, engagement, "S-bo", cast.bo)
    other = booked(cast, engagement, cancelled_at=AT, released_at=AT)
    values: dict[str, Any] = {"engagement": engagement, "held_on": DAY, "hours_centi": 100, "title": "x", "at": AT}
    held = sessions.deliver(member=cast.chen, by=cast.chen, booking=other, **values)
    mine = booked(cast, engagement, AT + timedelta(days=4), 2)
    theirs = sessions.deliver(member=cast.bo, by=cast.bo, booking=mine, **values)
    assert not Booking.objects.exclude(session=None).exists()
    assert {held.engagement, theirs.engagement} == {engagement}


def test_the_room_shows_planned_hours_and_offers_them(cast: Cast, engagement: Engagement) -> None:
    starts_at = (timezone.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    booked(cast, engagement, starts_at)
    page = text(as_(cast, "chen").get("/engagements/E-1/"))
    assert "<b>1 of 2.5 h</b> are done" in page
    assert "Planned" in page
    assert '<th role="rowheader" scope="row">Fixes</th>' in page
    assert '<option value="B-aaaaaaab">' in page
    assert '<option value="B-aaaaaaab">' not in text(as_(cast, "otto").get("/engagements/E-1/"))
