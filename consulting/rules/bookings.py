"""What a booking is at a moment, and what its frozen terms allow; money in micro-units, moments aware."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

from django.utils.translation import gettext as _

from charter.rules.terms import Terms
from consulting.models.booking import Booking
from consulting.refusals.booking import BookingOver, NotPaidYet, TooLateToMove
from consulting.rules import splitting
from consulting.rules.slots import hours_centi

HOLD = timedelta(minutes=30)
CONFIRM_HOURS = 24
CANCEL_FREE_HOURS = 24
LATE_KEPT = "1/2"
State = Literal["held", "ordered", "lapsed", "late", "paid", "confirmed", "declined", "cancelled"]


@dataclass(frozen=True)
class Details:
    """Who books and why, as it was typed; `silent`: the client agrees that silence accepts after the charter's days."""

    name: str
    email: str
    organisation: str = ""
    topic: str = ""
    may_publish: bool = False
    silent: bool = False
    time_zone: str = "UTC"
    language: str = "en"


def price_micro(minutes: int, rate_micro: int) -> int:
    """What a session of this length costs: the same sum that its acceptance will split."""
    return splitting.gross(hours_centi(minutes), rate_micro)


def frozen(terms: Terms, *, silent: bool) -> dict[str, Any]:
    """The terms that a booking and its engagement keep, whatever the charter says later."""
    return {
        "edition": terms.edition,
        "silent_accept_days": terms.silent_accept_days if silent else None,
        "cancel_free_hours": CANCEL_FREE_HOURS,
        "late_kept": LATE_KEPT,
        "confirm_hours": CONFIRM_HOURS,
    }


def state(booking: Booking, at: datetime) -> State:
    """What has become of it; a hold whose time is over has lapsed, also before anybody releases it."""
    if booking.cancelled_at is not None:
        return "cancelled"
    if booking.declined_at is not None:
        return "declined"
    if booking.paid_at is not None:
        if booking.released_at is not None:
            return "late"
        return "paid" if booking.confirmed_at is None else "confirmed"
    if booking.released_at is not None or booking.hold_until <= at:
        return "lapsed"
    return "held" if booking.verified_at is None else "ordered"


def free_until(booking: Booking) -> datetime:
    """Until when moving and cancelling cost nothing."""
    return begins_at(booking) - timedelta(hours=booking.terms["cancel_free_hours"])


def confirm_until(booking: Booking) -> datetime | None:
    """Until when the expert may answer: so many hours after the payment, at most until the session begins."""
    if booking.paid_at is None:
        return None
    return min(booking.paid_at + timedelta(hours=booking.terms["confirm_hours"]), begins_at(booking))


def begins_at(booking: Booking) -> datetime:
    """The first moment of the session."""
    return booking.during.lower  # type: ignore[no-any-return]


def ends_at(booking: Booking) -> datetime:
    """The moment after its last."""
    return booking.during.upper  # type: ignore[no-any-return]


def kept_micro(booking: Booking, at: datetime) -> int:
    """What of the price stays with the group when the client cancels now: nothing before the hour fixed at booking."""
    if at < free_until(booking):
        return 0
    return splitting.part_of_two(booking.price_micro, late_share(booking.terms))


def late_share(terms: Mapping[str, Any]) -> Fraction:
    """The part that a late cancellation keeps."""
    return Fraction(str(terms["late_kept"]))


def check_standing(booking: Booking, at: datetime) -> None:
    """BookingOver unless the booking holds its time and the session has neither begun nor been recorded."""
    if booking.released_at is not None or booking.session_id is not None or begins_at(booking) <= at:
        raise BookingOver


def check_moving(booking: Booking, at: datetime) -> None:
    """BookingOver, NotPaidYet, or TooLateToMove after the hour fixed at booking."""
    check_standing(booking, at)
    if booking.paid_at is None:
        raise NotPaidYet
    if at >= free_until(booking):
        raise TooLateToMove(
            _("A time can be moved until %(hours)s hours before it begins, as agreed when it was booked.")
            % {"hours": booking.terms["cancel_free_hours"]}
        )
