"""Bookings over the API: a client books, moves, cancels; an expert answers; nobody else sees anything."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consulting.models import Booking, Profile
from consulting.selectors import bookings as reading
from tests.cast import Cast
from tests.consulting.bills import pay
from tests.consulting.offers import offered

WHOLE_WEEK = tuple((weekday, 0, 1440) for weekday in range(1, 8))
LIST, BOOK = "/api/v1/bookings/", "/api/v1/experts/chen/bookings/"


@pytest.fixture
def expert(cast: Cast) -> Profile:
    """Chen, free around the clock."""
    return offered(cast.chen, *WHOLE_WEEK, notice_hours=0)


def start(days: int = 3) -> str:
    return f"{(timezone.now() + timedelta(days=days)).date().isoformat()}T10:00:00Z"


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    if name:
        client.force_login(cast.user(name))
    return client


def post(client: Client, path: str, **data: Any) -> Any:
    return client.post(path, data, content_type="application/json")


def paid(cast: Cast, reference: str) -> str:
    booking = reading.again(Booking.objects.get(reference=reference))
    assert booking.invoice is not None
    pay(cast, booking.invoice, booking.price_micro, evidence=reference, at=timezone.now())
    return f"{LIST}{reference}/"


def test_a_booking_from_its_hold_to_its_end(expert: Profile, cast: Cast) -> None:
    otto, chen = signed_in(cast, "otto"), signed_in(cast, "chen")
    made = post(otto, BOOK, start=start(), name="Otto", topic="Pool", time_zone="Asia/Singapore")
    assert made.status_code == 201
    shown = made.json()
    assert {name: shown[name] for name in ("expert", "state", "price", "minutes", "client", "sequence")} == {
        "expert": "chen", "state": "ordered", "price": "150.000000", "minutes": 60, "client": "Otto", "sequence": 0,
    }  # fmt: skip
    assert shown["terms"]["cancel_free_hours"] == 24
    assert post(otto, f"{LIST}{shown['reference']}/move/", start=start(4)).json()["code"] == "not-paid-yet"
    path = paid(cast, shown["reference"])
    assert post(otto, f"{path}confirm/").json()["code"] == "not-your-booking"
    assert post(chen, f"{path}confirm/").json()["state"] == "confirmed"
    assert post(chen, f"{path}move/", start=start(4)).status_code == 403
    moved = post(otto, f"{path}move/", start=start(4)).json()
    assert (moved["start"], moved["sequence"]) == (start(4), 1)
    assert post(otto, f"{path}cancel/").json()["state"] == "cancelled"
    assert post(otto, f"{path}cancel/").json()["code"] == "booking-over"


def test_an_expert_declines(expert: Profile, cast: Cast) -> None:
    reference = post(signed_in(cast, "otto"), BOOK, start=start(), name="Otto").json()["reference"]
    path = paid(cast, reference)
    assert post(signed_in(cast, "chen"), f"{path}decline/").json()["state"] == "declined"


@pytest.mark.parametrize(("who", "status"), [("", 401), ("lin", 404), ("mira", 404), ("otto", 200), ("chen", 200)])
def test_both_sides_read_it_and_nobody_else(expert: Profile, cast: Cast, who: str, status: int) -> None:
    reference = post(signed_in(cast, "otto"), BOOK, start=start(), name="Otto").json()["reference"]
    client = signed_in(cast, who)
    assert client.get(f"{LIST}{reference}/").status_code == status
    listed = client.get(LIST)
    assert (reference in listed.content.decode()) is (status == 200)
    if status == 404:
        assert post(client, f"{LIST}{reference}/cancel/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"start": "0001-01-01T00:00:00+14:00"}, 422),
        ({"start": "9999-12-31T23:59:59-12:00"}, 422),
        ({"start": "2020-01-01T00:00:00Z"}, 409),
        ({"minutes": 45}, 422),
        ({"minutes": 10**30}, 422),
        ({"time_zone": "Mars"}, 422),
        ({"name": ""}, 422),
        ({"name": "a\0b"}, 422),
        ({"language": "xx"}, 422),
    ],
)
def test_what_cannot_be_booked_is_refused(expert: Profile, cast: Cast, changes: dict[str, Any], status: int) -> None:
    otto = signed_in(cast, "otto")
    answer = post(otto, BOOK, **{"start": start(), "name": "Otto"} | changes)
    assert answer.status_code == status
    assert post(otto, "/api/v1/experts/lin/bookings/", start=start(), name="Otto").status_code == 404
    assert post(signed_in(cast, "chen"), BOOK, start=start(), name="Chen").status_code == 403
    assert not Booking.objects.exists()


def test_queries_do_not_grow(expert: Profile, cast: Cast) -> None:
    otto, counts = signed_in(cast, "otto"), []
    for number in (1, 3):
        while Booking.objects.count() < number:
            made = post(otto, BOOK, start=start(3 + Booking.objects.count()), name="Otto").json()
            paid(cast, made["reference"])
        with CaptureQueriesContext(connection) as asked:
            assert otto.get(LIST).json()["count"] == number
        counts.append(len(asked))
    assert counts[0] == counts[1]
