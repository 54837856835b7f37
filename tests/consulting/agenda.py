"""What clients of the tests book."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from consulting.models import Booking, Engagement, Invoice
from consulting.rules import bookings as rules
from consulting.rules.bookings import Details
from consulting.services import holds
from journal.clock import Clock
from journal.models import Outbox
from members.models import Member
from tests.cast import AT
from tests.consulting.desk import MICRO

TERMS = {"edition": 1, "silent_accept_days": None, "cancel_free_hours": 24, "late_kept": "1/2", "confirm_hours": 24}
# Tuesday 24 November 2026, 9 o'clock in Prague.
TUESDAY = datetime(2026, 11, 24, 8, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def reference(number: int) -> str:
    """`B-aaaaaaab` for 1."""
    digits = ""
    for _place in range(8):
        number, rest = divmod(number, len(LETTERS))
        digits = LETTERS[rest] + digits
    return f"B-{digits}"


def during(starts_at: datetime, minutes: int) -> DateTimeTZRange:
    """From a moment up to the end."""
    return DateTimeTZRange(starts_at, starts_at + timedelta(minutes=minutes))


def row(member: Member, number: int = 1, *, starts_at: datetime = TUESDAY, minutes: int = 60, **more: Any) -> Booking:
    """A hold straight into the table."""
    values: dict[str, Any] = {
        "reference": reference(number),
        "member": member,
        "name": "Daniel Tan",
        "email": f"guest{number}@kite.example",
        "time_zone": "Asia/Singapore",
        "language": "en",
        "during": during(starts_at, minutes),
        "minutes": minutes,
        "rate_micro": 150 * MICRO,
        "price_micro": 150 * MICRO * minutes // 60,
        "terms": TERMS,
        "created_at": AT,
        "hold_until": AT + rules.HOLD,
    }
    return Booking.objects.create(**values | more)


def invoice(engagement: Engagement, number: int = 1, micro: int = 150 * MICRO) -> Invoice:
    """An invoice straight into the table."""
    line = {"text": "Session", "hours_centi": None, "rate_micro": None, "amount_micro": micro}
    return Invoice.objects.create(
        number=f"2026-{9000 + number}",
        token=f"{number:064x}",
        client=engagement.client,
        engagement=engagement,
        purpose="Session",
        lines=[line],
        total_micro=micro,
        language="en",
        issued_at=AT,
        due_at=AT + rules.HOLD,
    )


def details(number: int = 1, **more: Any) -> Details:
    """What a guest types."""
    values = {"name": "Daniel Tan", "email": f"guest{number}@kite.example", "time_zone": "Asia/Singapore"}
    return Details(**values | more)


def clock_at(at: datetime) -> Clock:
    """A clock that stands."""
    return lambda: at


def held(member: Member, number: int = 1, *, at: datetime = AT, by: User | None = None, **more: Any) -> Booking:
    """A time that a guest holds, by the service: Tuesday at nine in Prague unless said otherwise."""
    typed = {name: more.pop(name) for name in list(more) if name not in ("starts_at", "minutes")}
    values: dict[str, Any] = {"starts_at": TUESDAY, "minutes": 60} | more
    return holds.hold(member=member, details=details(number, **typed), by=by, clock=clock_at(at), **values)


def code_of(booking: Booking) -> str:
    """The code of the latest mail to a guest."""
    mails = Outbox.objects.filter(key__startswith=f"mail/booking/{booking.reference}/client/code").order_by("pk")
    found = re.search(r"\d{6}", mails.latest("pk").payload["subject"])
    assert found is not None
    return found.group()


def mails_to(address: str) -> list[str]:
    """The subjects of the mails to an address, in their order."""
    return list(Outbox.objects.filter(payload__to=address).order_by("pk").values_list("payload__subject", flat=True))


def proved(member: Member, number: int = 1, *, at: datetime = AT, **more: Any) -> Booking:
    """A hold whose guest typed the code: with client, engagement and invoice."""
    booking = held(member, number, at=at, **more)
    return holds.verify(booking=booking, code=code_of(booking), clock=clock_at(at))
