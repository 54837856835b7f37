"""Booking over the pages: price, hold, code, what a client and an expert can do; who sees what, how many queries."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from consulting.models import Booking, Invoice, Profile
from consulting.selectors import bookings as reading
from consulting.services import bookings, holds, notices
from tests.cast import Cast
from tests.consulting.agenda import code_of
from tests.consulting.bills import pay
from tests.consulting.offers import offered

WHOLE_WEEK = tuple((weekday, 0, 1440) for weekday in range(1, 8))
BOOK = "/experts/chen/book/"
TYPED: dict[str, Any] = {
    "name": "Daniel Tan", "organisation": "Kite Finance", "email": "dan@kite.example", "topic": "A pool <b>of</b> U",
    "publish": "fact", "minutes": "60", "zone": "Asia/Singapore",
}  # fmt: skip


@pytest.fixture
def expert(cast: Cast, settings: Any) -> Profile:
    """Chen, free around the clock; nobody's limit was used up by another test."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    return offered(cast.chen, *WHOLE_WEEK, notice_hours=0)


def start(days: int = 3, hour: int = 10) -> str:
    """An hour of a day to come, as the pages write it."""
    day = (timezone.now() + timedelta(days=days)).date()
    return f"{day.isoformat()}T{hour:02d}:00+08:00"


def booked(client: Client, **more: Any) -> Booking:
    """A guest's hold over the page."""
    answer = client.post(BOOK, TYPED | {"start": start()} | more)
    assert answer.status_code == 302, answer.content.decode()
    return Booking.objects.select_related("member").latest("pk")


def page_of(booking: Booking) -> str:
    return reverse("consulting:booking", args=[reading.token_of(reading.again(booking))])


def proved(client: Client, **more: Any) -> Booking:
    booking = booked(client, **more)
    assert client.post(f"{page_of(booking)}verify/", {"code": code_of(booking)}).status_code == 302
    return reading.again(booking)


def bought(cast: Cast, client: Client, **more: Any) -> Booking:
    booking = proved(client, **more)
    assert booking.invoice is not None
    pay(cast, booking.invoice, booking.price_micro, evidence=booking.reference, at=timezone.now())
    return reading.again(booking)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\xa0", " "))


# --- from the expert's page to the invoice


def test_every_free_time_leads_to_its_price(expert: Profile, client: Client) -> None:
    page = client.get("/experts/chen/?zone=Asia/Singapore&minutes=90").content.decode()
    links = re.findall(r'class="slot" rel="nofollow" href="([^"]+)"', page)
    assert len(links) > 48
    assert "mailto:" not in page
    shown = text_of(client.get(links[0].replace("&amp;", "&")))
    assert "1.5 h × 150 U per hour" in shown
    for part in ("225.00 U", "80 % to Chen Yu", "180", "20 % to the group’s pool", "45", "(UTC+8)"):
        assert part in shown
    assert "for the expert" in shown
    assert "No answer means you get 225.00 U back" in shown


def test_who_sells_no_hours_shows_times_that_lead_nowhere(cast: Cast, client: Client) -> None:
    offered(cast.chen, *WHOLE_WEEK, forms=("quote",))
    page = client.get("/experts/chen/").content.decode()
    assert 'class="slot"' not in page
    assert "mailto:" in page
    assert client.get(BOOK).status_code == 409
    assert client.get("/experts/lin/book/").status_code == 404


def test_without_a_time_the_next_free_one_is_shown(expert: Profile, client: Client) -> None:
    assert 'name="start" value="20' in client.get(BOOK).content.decode()
    Profile.objects.update(horizon_days=1, notice_hours=300)
    assert "No time is free" in text_of(client.get(BOOK))


def test_a_guest_books_with_the_mailed_code_and_no_account(expert: Profile, client: Client, cast: Cast) -> None:
    booking = booked(client)
    page = text_of(client.get(page_of(booking)))
    assert "Held for you" in page
    assert "dan@kite.example" in page
    assert "10:00 to 11:00 (UTC+8)" in page
    answer = client.post(f"{page_of(booking)}verify/", {"code": "x"})
    assert (answer.status_code, "This is not the code" in text_of(answer)) == (422, True)
    first = page_of(booking)
    answer = client.post(f"{first}verify/", {"code": code_of(booking)})
    invoice = Invoice.objects.get()
    assert answer["Location"] == page_of(booking) != first
    page = client.get(answer["Location"]).content.decode()
    assert f"/invoices/{invoice.token}/" in page
    # Whoever typed the address of somebody else learns nothing from what they saw before.
    stranger = Client()
    assert "Daniel" not in stranger.get(first).content.decode()
    for act in ("cancel", "verify", "code", "move"):
        assert stranger.post(f"{first}{act}/").status_code == 404
    assert stranger.get(f"{first}calendar.ics").status_code == 404


def test_who_is_signed_in_needs_no_code(expert: Profile, cast: Cast, client: Client) -> None:
    client.force_login(cast.otto)
    assert 'name="email"' not in client.get(BOOK).content.decode()
    booking = booked(client, email="")
    assert (booking.email, Invoice.objects.count()) == ("otto@cast.example", 1)
    assert "Waits for payment" in text_of(client.get("/bookings/"))


def test_an_expert_does_not_book_themselves(expert: Profile, cast: Cast, client: Client) -> None:
    client.force_login(cast.user("chen"))
    assert client.post(BOOK, TYPED | {"start": start()}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"name": ""}, 422, "Your name"),
        ({"email": "nobody"}, 422, "E-mail address"),
        ({"publish": "all"}, 422, "all"),
        ({"zone": "Mars"}, 422, "Mars"),
        ({"minutes": "45"}, 422, "Choose a length"),
        ({"start": ""}, 409, "not free any more"),
        ({"start": "noon"}, 422, "not free any more"),
        ({"start": "2026-11-24T10:00"}, 422, "not free any more"),
        ({"start": "0001-01-01T00:00+14:00"}, 422, "not free any more"),
        ({"start": "2020-01-01T10:00+08:00"}, 409, "not free any more"),
    ],
)
def test_a_refused_booking_keeps_what_was_typed(
    expert: Profile, client: Client, changes: dict[str, Any], status: int, words: str
) -> None:
    answer = client.post(BOOK, TYPED | {"start": start()} | changes)
    page = text_of(answer)
    assert (answer.status_code, words in page) == (status, True), page
    assert "A pool &lt;b&gt;of&lt;/b&gt; U" in page
    assert "<title>Error: " in page
    assert not Booking.objects.exists()


def test_a_time_that_was_just_taken_is_answered_with_others(expert: Profile, client: Client) -> None:
    booked(client)
    answer = Client().post(BOOK, TYPED | {"start": start(), "email": "eve@kite.example"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert page.count('type="radio" name="start"') == 8
    assert start(hour=11) in page
    assert "A pool" in page
    others = Client().get(f"{BOOK}?start={quote(start())}&zone=Asia/Singapore")
    assert (others.status_code, text_of(others).count('type="radio" name="start"')) == (200, 8)


def test_guests_hold_five_times_an_hour_from_one_address(cast: Cast, client: Client, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "holds"}}
    offered(cast.chen, *WHOLE_WEEK, notice_hours=0)
    statuses = []
    for number in range(6):
        typed = TYPED | {"start": start(hour=10 + number), "email": f"g{number}@kite.example"}
        statuses.append(client.post(BOOK, typed, headers={"x-forwarded-for": f"10.0.0.{number}"}).status_code)
    assert statuses == [302] * 5 + [429]
    booking = Booking.objects.latest("pk")
    assert [client.post(f"{page_of(booking)}code/").status_code for _time in range(4)] == [302] * 3 + [429]
    client.force_login(cast.otto)
    assert client.post(BOOK, TYPED | {"start": start(4)}).status_code == 302


def test_the_live_part_comes_anew_once_the_state_is_another(expert: Profile, client: Client, cast: Cast) -> None:
    booking = proved(client)
    state = f"{page_of(booking)}state/"
    assert 'hx-trigger="every 10s"' in client.get(f"{state}?was=ordered").content.decode()
    assert booking.invoice is not None
    pay(cast, booking.invoice, booking.price_micro, at=timezone.now())
    answer = client.get(f"{state}?was=ordered")
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


# --- afterwards


def test_a_time_that_was_given_up_is_on_no_step(expert: Profile, client: Client) -> None:
    booking = proved(client)
    steps = '<ol class="steps"'
    assert steps in client.get(page_of(booking)).content.decode()
    holds.release_due(clock=lambda: timezone.now() + timedelta(hours=1))
    page = client.get(page_of(booking)).content.decode()
    assert "Not held any more" in page
    assert steps not in page


def test_the_expert_answers_on_their_page(expert: Profile, cast: Cast, client: Client) -> None:
    booking = bought(cast, client)
    assert "Waits for the expert" not in text_of(client.get("/bookings/", follow=True))
    client.force_login(cast.user("chen"))
    page = text_of(client.get("/bookings/"))
    for part in ("Kite Finance", "A pool &lt;b&gt;of", "Waits for the expert", booking.reference):
        assert part in page
    address = f"/bookings/{booking.reference}/answer/"
    assert client.post(address, {"do": "rob"}).status_code == 404
    assert client.post(address, {"do": "confirm"}).status_code == 302
    assert "Confirmed" in text_of(client.get("/bookings/"))
    for name in ("bo", "mira", "otto"):
        other = Client()
        other.force_login(cast.user(name))
        assert other.post(address, {"do": "cancel"}).status_code == 404
        assert booking.reference not in other.get("/bookings/").content.decode()


def test_a_client_adds_moves_and_cancels(expert: Profile, cast: Cast, client: Client) -> None:
    booking = bought(cast, client)
    bookings.confirm(booking=booking, by=cast.chen)
    page = client.get(page_of(booking))
    assert "Booked: " in text_of(page)
    assert "no-store" in page["Cache-Control"]
    [event] = Calendar.from_ical(client.get(f"{page_of(booking)}calendar.ics").content).walk("VEVENT")
    assert event.decoded("dtstart") == booking.during.lower
    move = f"{page_of(booking)}move/"
    shown = client.get(move).content.decode()
    assert shown.count('class="slot"') > 100
    assert client.post(move, {"start": "x"}).status_code == 422
    later = start(4, 15)
    assert client.post(move, {"start": later}).status_code == 302
    booking = reading.again(booking)
    assert booking.during.lower == datetime.fromisoformat(later)
    assert "Cancel and get 150.00 U back" in text_of(client.get(page_of(booking)))
    assert client.post(f"{page_of(booking)}cancel/").status_code == 302
    page_text = text_of(client.get(page_of(booking)))
    assert "Cancelled: " in page_text
    assert client.post(f"{page_of(booking)}cancel/").status_code == 409
    assert client.get(move).status_code == 409


def test_the_client_s_user_opens_it_from_the_list(expert: Profile, cast: Cast, client: Client) -> None:
    booking = bought(cast, client)
    assert booking.client is not None
    assert booking.client.user is not None
    client.force_login(booking.client.user)
    page = client.get("/bookings/").content.decode()
    assert page_of(booking) in page
    assert "Confirm" not in page


@pytest.mark.parametrize("tail", ["", "state/", "move/", "calendar.ics"])
def test_an_address_that_nobody_signed_leads_nowhere(expert: Profile, client: Client, tail: str) -> None:
    token = reading.token_of(booked(client))
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token.partition(".")[0], "x"):
        assert client.get(f"/bookings/{wrong}/{tail}").status_code == 404


def test_mails_lead_to_the_pages_that_there_are(expert: Profile, client: Client) -> None:
    booking = booked(client)
    assert reading.page_of(booking).endswith(page_of(booking))
    assert reverse("consulting:bookings") == notices.LIST


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_bookings(expert: Profile, cast: Cast, client: Client) -> None:
    counts = []
    for number in (1, 3):
        while Booking.objects.count() < number:
            place = Booking.objects.count()
            bought(cast, Client(), start=start(3 + place), email=f"g{place}@kite.example", organisation=f"K{place}")
        client.force_login(cast.user("chen"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/bookings/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
