"""What clients of the tests book."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from consulting.models import Booking, Engagement, Invoice
from consulting.rules import bookings as rules
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
