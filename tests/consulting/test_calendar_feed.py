"""A person's own feed: what is in it, who reads it, and what an address is worth after it was renewed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from consulting.models import Booking, CalendarKey
from consulting.selectors import feeds
from consulting.services import keys
from journal.clock import database_clock
from tests.cast import AT, Cast
from tests.consulting.agenda import TUESDAY, during, proved
from tests.consulting.offers import offered
from treasury.models import Client as Payer

HOUR = timedelta(hours=1)


@pytest.fixture
def booked(cast: Cast) -> Booking:
    """Noor's session with Chen, paid."""
    offered(cast.chen)
    booking = proved(cast.chen, topic="Rounding; in withdraw()")
    assert booking.client is not None
    Payer.objects.filter(pk=booking.client.pk).update(user=cast.noor)
    return changed(booking, paid_at=AT)


def changed(booking: Booking, **values: Any) -> Booking:
    Booking.objects.filter(pk=booking.pk).update(**values)
    booking.refresh_from_db()
    return booking


def events(user: Any, at: Any = AT) -> list[dict[str, Any]]:
    return [dict(event) for event in Calendar.from_ical(feeds.feed(user, at)).walk("VEVENT")]


def test_expert_and_client_have_the_same_event_with_the_other_s_name(booked: Booking, cast: Cast) -> None:
    [theirs], [ours] = events(cast.noor), events(cast.user("chen"))
    assert theirs["UID"] == ours["UID"] == f"{booked.reference}@localhost"
    assert (str(theirs["SUMMARY"]), str(ours["SUMMARY"])) == ("Session with Chen Yu", "Session with Daniel Tan")
    assert (theirs["DTSTART"].dt, theirs["DTEND"].dt) == (TUESDAY, TUESDAY + HOUR)
    assert (theirs["STATUS"], theirs["SEQUENCE"]) == ("TENTATIVE", 0)
    assert str(ours["DESCRIPTION"]) == "Rounding; in withdraw()"
    assert events(cast.otto) == []


def test_what_moves_and_what_is_called_off_keeps_its_name(booked: Booking, cast: Cast) -> None:
    name = events(cast.noor)[0]["UID"]
    changed(booked, confirmed_at=AT + HOUR, during=during(TUESDAY + HOUR, 60), sequence=1)
    [moved] = events(cast.noor)
    assert (moved["UID"], moved["STATUS"], moved["SEQUENCE"]) == (name, "CONFIRMED", 1)
    assert moved["DTSTART"].dt == TUESDAY + HOUR
    assert moved["DTSTAMP"].dt == AT + HOUR
    changed(booked, cancelled_at=AT + 2 * HOUR, released_at=AT + 2 * HOUR)
    [gone] = events(cast.noor)
    assert (gone["UID"], gone["STATUS"], gone["SEQUENCE"]) == (name, "CANCELLED", 2)


def test_what_is_not_paid_or_long_over_is_not_in_it(booked: Booking, cast: Cast) -> None:
    proved(cast.chen, 2, starts_at=TUESDAY + HOUR)
    assert len(events(cast.user("chen"))) == 1
    assert len(events(cast.noor, TUESDAY + feeds.PAST)) == 1
    assert events(cast.noor, TUESDAY + feeds.PAST + HOUR) == []


def test_the_feed_asks_for_no_session_and_gives_none(booked: Booking, cast: Cast, client: Client) -> None:
    # The page goes by the real clock.
    changed(booked, during=during(database_clock().replace(minute=0, second=0, microsecond=0), 60), sequence=1)
    key = keys.renew(user=cast.noor, at=AT)
    address = feeds.address_of(key)
    assert address.startswith("http://localhost:8000/calendar/")
    path = address.removeprefix("http://localhost:8000")
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert len(asked) == 2
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert b"BEGIN:VEVENT" in answer.content
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_an_address_ends_when_it_is_renewed_stopped_or_its_person_may_not_sign_in(cast: Cast, client: Client) -> None:
    def status(key: CalendarKey) -> int:
        return client.get(feeds.address_of(key).removeprefix("http://localhost:8000")).status_code

    first = keys.renew(user=cast.noor, at=AT)
    assert status(first) == 200
    second = keys.renew(user=cast.noor, at=AT)
    assert (status(first), status(second)) == (404, 200)
    keys.stop(user=cast.noor, at=AT)
    assert status(second) == 404
    third = keys.renew(user=cast.noor, at=AT)
    cast.noor.is_active = False
    cast.noor.save()
    assert status(third) == 404


def test_what_the_table_holds_opens_nothing(cast: Cast, client: Client) -> None:
    key = keys.renew(user=cast.noor, at=AT)
    for token in (key.nonce, f"{key.nonce}.", f"{key.nonce}.{key.nonce}", "x"):
        assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_everybody_makes_and_ends_their_own_address(cast: Cast, client: Client) -> None:
    assert client.get("/settings/calendar/").status_code == 302
    client.force_login(cast.noor)
    assert "Make my address" in client.get("/settings/calendar/").content.decode()
    assert client.post("/settings/calendar/").status_code == 302
    key = CalendarKey.objects.get()
    assert feeds.address_of(key) in client.get("/settings/calendar/").content.decode()
    client.post("/settings/calendar/", {"stop": "1"})
    assert not CalendarKey.objects.exists()


def test_the_addresses_are_those_of_the_pages() -> None:
    assert reverse("consulting:feed", args=["x"]) == feeds.PAGE % "x"
