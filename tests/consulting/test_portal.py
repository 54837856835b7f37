"""A client's own page begins with what they can do, and each thing has its state."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from consulting.models import Booking
from consulting.services import disputes, holds
from tests.cast import Cast
from tests.consulting.agenda import details
from tests.consulting.bills import bill
from tests.consulting.desk import hourly
from tests.consulting.offers import offered
from tests.consulting.rooms import ordered
from tests.consulting.test_room_pages import delivered

pytestmark = pytest.mark.django_db


def portal(client: Browser, cast: Cast) -> tuple[str, str]:
    """What stands under what waits, and everything after it."""
    client.force_login(cast.otto)
    page = client.get("/client/").content.decode().replace("\xa0", " ")
    waits, _end, rest = page.partition("waits-h")[2].partition("</section>")
    return (waits, rest) if rest else ("", page)


def test_what_waits_stands_first(cast: Cast, client: Browser) -> None:
    engagement, now = ordered(cast), timezone.now()
    delivered(cast, engagement)
    invoice = bill(cast, hourly(cast, "E-2"), at=now, due_at=now + timedelta(days=14))
    waits, rest = portal(client, cast)
    assert waits.count("<li") == 2
    assert waits.index("Confirm 1.5 h") < waits.index("Pay 240.00 U")
    assert f'href="/invoices/{invoice.token}/"' in waits
    assert rest.index("Waits for you") < rest.index("Running")
    disputes.open_dispute(engagement=engagement, reason="Half of it was set-up.", by=cast.otto, at=now)
    waits, rest = portal(client, cast)
    assert "Confirm" not in waits
    assert "In dispute" in rest


def test_a_time_that_was_given_up_need_not_be_paid(cast: Cast, client: Browser) -> None:
    offered(cast.chen, *((weekday, 0, 1440) for weekday in range(1, 8)), notice_hours=0)
    soon = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    typed = details(email="otto@cast.example", name="Otto")
    holds.hold(member=cast.chen, starts_at=soon, minutes=60, details=typed, by=cast.otto)
    assert "Pay 150.00 U" in portal(client, cast)[0]
    Booking.objects.update(released_at=timezone.now())
    waits, rest = portal(client, cast)
    assert waits == ""
    assert "Lapsed" in rest
