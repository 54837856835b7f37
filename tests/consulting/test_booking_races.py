"""Many at once on one calendar: a time is sold once, ten hours a week hold, tries are counted; and what guards are for.

Each race runs on connections of its own; with its guard off the same race goes wrong.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from consulting.models import Booking, Invoice
from consulting.selectors import bookings as reading
from consulting.selectors.escrow import credit_micro
from consulting.services import bookings, holds
from members.models import Member
from tests.cast import AT, Cast, assemble
from tests.consulting.agenda import TUESDAY, clock_at, code_of, held, proved
from tests.consulting.bills import pay
from tests.consulting.desk import MICRO
from tests.consulting.offers import offered
from tests.races import PATIENCE, Act, together

pytestmark = pytest.mark.committed
WORKERS = 20
HALF = timedelta(minutes=30)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WHOLE_WEEK = tuple((weekday, 0, 1440) for weekday in range(1, 8))
TIME_ONCE = "ALTER TABLE consulting_booking DROP CONSTRAINT booking_time_once"


def at_once(acts: Sequence[Act], workers: int = WORKERS) -> Counter[str]:
    """How often each outcome came: `done`, a refusal's code or a database error's name."""
    return together(acts, connections=workers).ends


def booker(cast: Cast, number: int, starts_at: datetime, minutes: int = 30, at: datetime = AT) -> Act:
    return lambda: held(cast.chen, number, starts_at=starts_at, minutes=minutes, at=at)


def unlocked(monkeypatch: pytest.MonkeyPatch, readers: int) -> None:
    """Takes the lock away, and lets as many read what is free before anybody writes."""
    read, check_free = Barrier(readers), reading.check_free

    def check_together(*args: Any, **more: Any) -> None:
        check_free(*args, **more)
        read.wait(PATIENCE)

    for module in (holds, bookings):
        monkeypatch.setattr(module, "locked_expert", lambda member: Member.objects.get(pk=member.pk))
        monkeypatch.setattr(module, "check_free", check_together)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def sold() -> int:
    return Booking.objects.filter(released_at=None).count()


def stage(*windows: tuple[int, int, int]) -> Cast:
    cast = assemble()
    offered(cast.chen, *windows)
    return cast


# --- a time is sold once (T2, threat 12)


def test_a_hundred_bookers_get_ten_times(committed_db: str) -> None:
    cast = stage((2, 540, 840))
    acts = [booker(cast, number, TUESDAY + HALF * (number % 10)) for number in range(100)]
    assert at_once(acts) == {"done": 10, "slot-taken": 90}
    assert sold() == len(set(Booking.objects.values_list("during", flat=True))) == 10


@pytest.mark.parametrize("constraint", [True, False])
def test_without_the_lock_the_constraint_holds_and_without_both_a_time_is_sold_twice(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, constraint: bool
) -> None:
    cast = stage((2, 540, 840))
    if not constraint:
        execute(TIME_ONCE)
    unlocked(monkeypatch, 8)
    outcomes = at_once([booker(cast, number, TUESDAY) for number in range(8)], 8)
    # Who waits for each other on the constraint alone, without the lock's order, can also meet in a deadlock.
    assert set(outcomes) <= {"done", "slot-taken", "OperationalError"}
    assert outcomes["done"] == Booking.objects.count() == (1 if constraint else 8)


# --- ten hours a week (income.2.2)


@pytest.mark.parametrize("count", [60, pytest.param(200, marks=pytest.mark.torture)])
def test_many_bookings_at_once_never_exceed_ten_hours(committed_db: str, count: int) -> None:
    cast = stage(*WHOLE_WEEK)
    acts = [booker(cast, number, MONDAY + HALF * number) for number in range(count)]
    assert at_once(acts) == {"done": 20, "week-full": count - 20}
    assert Booking.objects.filter(released_at=None).aggregate(sum=Sum("minutes")) == {"sum": 600}


def test_without_the_lock_the_week_is_oversold(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = stage(*WHOLE_WEEK)
    unlocked(monkeypatch, 8)
    acts = [booker(cast, number, MONDAY + HALF * 4 * number, 120) for number in range(8)]
    assert at_once(acts, 8) == {"done": 8}
    assert Booking.objects.aggregate(sum=Sum("minutes")) == {"sum": 960}


# --- a hold that ends while it is paid


def ending(cast: Cast, *, released: bool) -> tuple[Booking, Counter[str]]:
    """A hold is over: its payment arrives while somebody else books the time."""
    booking, over = proved(cast.chen, 1, minutes=60), AT + timedelta(minutes=31)
    if released:
        holds.release_due(clock=clock_at(over))
    assert booking.invoice is not None
    invoice: Invoice = booking.invoice
    return booking, at_once(
        [
            lambda: pay(cast, invoice, booking.price_micro, evidence=booking.reference, at=over),
            booker(cast, 2, TUESDAY + HALF, at=over),
            lambda: holds.release_due(clock=clock_at(over)),
        ],
        3,
    )


@pytest.mark.parametrize("released", [False, True])
def test_a_hold_s_end_and_its_payment_have_one_winner(committed_db: str, released: bool) -> None:
    cast = stage((2, 540, 840))
    booking, outcomes = ending(cast, released=released)
    booking.refresh_from_db()
    theirs = booking.released_at is None
    assert sold() == 1
    assert outcomes == ({"done": 2, "slot-taken": 1} if theirs else {"done": 3})
    assert booking.client is not None
    assert credit_micro(booking.client) == (0 if theirs else 150 * MICRO)


def test_without_lock_and_constraint_the_time_is_the_payer_s_and_somebody_else_s(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = stage((2, 540, 840))
    execute(TIME_ONCE)
    booking, over = proved(cast.chen), AT + timedelta(minutes=31)
    holds.release_due(clock=clock_at(over))
    unlocked(monkeypatch, 2)
    assert booking.invoice is not None
    invoice: Invoice = booking.invoice
    at_once([lambda: pay(cast, invoice, booking.price_micro, at=over), booker(cast, 2, TUESDAY, at=over)], 2)
    assert sold() == 2


# --- the code


def test_of_fifty_who_type_the_code_one_gets_the_invoice(committed_db: str) -> None:
    cast = stage()
    booking = held(cast.chen)
    code = code_of(booking)
    acts = [lambda: holds.verify(booking=booking, code=code, clock=clock_at(AT))] * 50
    assert at_once(acts) == {"done": 1, "code-spent": 49}
    assert Invoice.objects.count() == 1


def wrong_tries(cast: Cast, count: int) -> Counter[str]:
    booking = held(cast.chen)
    wrong = f"{(int(code_of(booking)) + 1) % 10**6:06d}"
    return at_once([lambda: holds.verify(booking=booking, code=wrong, clock=clock_at(AT))] * count, count)


def test_wrong_codes_at_once_are_counted_one_by_one(committed_db: str) -> None:
    assert wrong_tries(stage(), 16) == {"code-wrong": 5, "code-spent": 11}
    assert Booking.objects.get().released_at == AT


def test_without_the_lock_more_codes_are_tried_than_five(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast, read = stage(), Barrier(16)

    def unheld(booking: Booking) -> Booking:
        found = Booking.objects.select_related("member").get(pk=booking.pk)
        read.wait(PATIENCE)
        return found

    monkeypatch.setattr(holds, "locked", unheld)
    assert wrong_tries(cast, 16) == {"code-wrong": 16}


# --- the expert's answer and the client's cancellation


@pytest.mark.parametrize("other", ["cancel", "decline_due", "move"])
def test_an_answer_and_a_change_come_one_after_the_other(committed_db: str, other: str) -> None:
    cast = stage((2, 540, 840))
    booking = proved(cast.chen)
    assert booking.invoice is not None
    pay(cast, booking.invoice, booking.price_micro)
    day = AT + timedelta(days=1)
    acts: dict[str, Act] = {
        "cancel": lambda: bookings.cancel(booking=booking, by="system:test", clock=clock_at(AT)),
        "decline_due": lambda: bookings.decline_due(clock=clock_at(day)),
        "move": lambda: bookings.move(booking=booking, starts_at=TUESDAY + HALF, by="system:test", clock=clock_at(AT)),
    }
    outcomes = at_once(
        [lambda: bookings.confirm(booking=booking, by=cast.chen, clock=clock_at(AT)), acts[other]] * 3, 6
    )
    booking.refresh_from_db()
    assert booking.client is not None
    given_back = booking.released_at is not None
    assert credit_micro(booking.client) == (booking.price_micro if given_back else 0)
    assert (booking.declined_at is None) or (booking.confirmed_at is None)
    assert set(outcomes) <= {"done", "booking-over", "slot-taken"}
