"""What becomes of a booking: paid in time or too late, confirmed or not, moved, cancelled; and where the money goes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from consulting.models import Booking, Engagement, Invoice, Profile, Session
from consulting.refusals import WeekFull
from consulting.refusals.booking import BookingOver, NotPaidYet, NotYourBooking, SlotTaken, TooLateToMove
from consulting.rules import bookings as rules
from consulting.selectors.escrow import credit_micro, money_of
from consulting.selectors.weeks import taken_by_week
from consulting.services import acceptances, bookings, holds
from expertgroup.selectors import counts
from expertgroup.selectors.agenda import agenda
from journal.models import Entry
from journal.registry import due_work
from members.services import memberships
from tests.cast import AT, Cast
from tests.consulting.agenda import TUESDAY, clock_at, held, mails_to, proved, row
from tests.consulting.bills import pay
from tests.consulting.desk import MICRO, hourly, session
from tests.consulting.offers import offered
from treasury.models import Client

HALF, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)
PRICE = 150 * MICRO
LATER = AT + HOUR


@pytest.fixture
def expert(cast: Cast) -> Profile:
    """Chen, free on Tuesdays from nine to twelve in Prague."""
    return offered(cast.chen)


def settle(cast: Cast, booking: Booking, at: datetime = AT) -> Booking:
    """The treasurer saw the money."""
    assert booking.invoice is not None
    pay(cast, booking.invoice, booking.price_micro, evidence=booking.reference, at=at)
    return again(booking)


def again(booking: Booking) -> Booking:
    return Booking.objects.select_related("member__user", "client", "engagement", "session").get(pk=booking.pk)


def bought(cast: Cast, number: int = 1, **more: Any) -> Booking:
    return settle(cast, proved(cast.chen, number, **more))


def confirmed(cast: Cast, number: int = 1, **more: Any) -> Booking:
    return bookings.confirm(booking=bought(cast, number, **more), by=cast.chen, clock=clock_at(AT))


def money(booking: Booking) -> tuple[int, int]:
    """(held for it, the client's credit)."""
    assert booking.engagement is not None
    assert booking.client is not None
    return money_of(booking.engagement).free_micro, credit_micro(booking.client)


def state(booking: Booking, at: datetime = AT) -> str:
    return rules.state(again(booking), at)


# --- paying


def test_payment_makes_it_theirs_and_the_address_a_user_s(expert: Profile, cast: Cast) -> None:
    booking = proved(cast.chen, name="Daniel Tan", organisation="Kite Finance")
    assert not User.objects.filter(email="guest1@kite.example").exists()
    booking = settle(cast, booking)
    assert (state(booking), money(booking)) == ("paid", (PRICE, 0))
    assert booking.client is not None
    assert booking.client.user is not None
    assert (booking.client.name, booking.client.user.name) == ("Kite Finance", "Daniel Tan")
    assert mails_to("chen@cast.example") == ["Please confirm: Tue 24 Nov 2026, 09:00 (UTC+1)"]
    assert "Paid: Tue 24 Nov 2026, 16:00 (UTC+8)" in mails_to("guest1@kite.example")


def test_a_partial_payment_is_none_yet(expert: Profile, cast: Cast) -> None:
    booking = proved(cast.chen)
    assert booking.invoice is not None
    pay(cast, booking.invoice, PRICE - 1, evidence="A")
    assert state(booking) == "ordered"
    pay(cast, booking.invoice, 1, evidence="B")
    assert state(booking) == "paid"


@pytest.mark.parametrize("released", [False, True])
def test_money_that_comes_late_still_buys_a_free_time(expert: Profile, cast: Cast, released: bool) -> None:
    """The half hour is over, and the notice too: nobody else took the time, so it is the client's all the same."""
    booking, at = proved(cast.chen), TUESDAY - HOUR
    if released:
        assert holds.release_due(clock=clock_at(AT + HOUR)) == 1
    booking = settle(cast, booking, at)
    assert (state(booking, at), booking.released_at, money(booking)) == ("paid", None, (PRICE, 0))


@pytest.mark.parametrize("why", ["sold", "week", "begun", "cancelled", "withdrawn"])
def test_money_that_comes_too_late_is_the_client_s_credit(expert: Profile, cast: Cast, why: str) -> None:
    booking, at = proved(cast.chen), AT + HOUR
    holds.release_due(clock=clock_at(at)) if why != "cancelled" else None
    if why == "sold":
        held(cast.chen, 2, at=at, starts_at=TUESDAY - HALF + HALF)
    elif why == "week":
        session(cast, hourly(cast, "E-1"), "S-1", cast.chen, held_on=date(2026, 11, 26), hours_centi=950)
    elif why == "begun":
        at = TUESDAY
    elif why == "cancelled":
        bookings.cancel(booking=booking, by="system:test", clock=clock_at(AT))
    else:
        Profile.objects.update(published_at=None)
    booking = settle(cast, booking, at)
    assert money(booking) == (0, PRICE)
    assert booking.released_at is not None
    assert state(booking, at) == ("cancelled" if why == "cancelled" else "late")
    assert mails_to("guest1@kite.example")[-1].startswith("Paid too late")
    assert booking.engagement is not None
    assert booking.engagement.accepted_on is not None


def test_the_rest_of_a_payment_that_comes_after_everything_is_credit(expert: Profile, cast: Cast) -> None:
    booking = proved(cast.chen)
    assert booking.invoice is not None
    pay(cast, booking.invoice, PRICE // 3, evidence="A")
    holds.release_due(clock=clock_at(LATER))
    assert bookings.close_unpaid(clock=clock_at(TUESDAY)) == 1
    assert money(again(booking)) == (0, PRICE // 3)
    assert Invoice.objects.get().voided_at is None
    pay(cast, booking.invoice, PRICE - PRICE // 3, evidence="B", at=TUESDAY)
    assert (state(booking, TUESDAY), money(again(booking))) == ("late", (0, PRICE))


def test_a_cancelled_hold_leaves_no_open_invoice_and_no_open_engagement(expert: Profile, cast: Cast) -> None:
    first, second = proved(cast.chen, 1), proved(cast.chen, 2, starts_at=TUESDAY + HOUR)
    bookings.cancel(booking=first, by="system:test", clock=clock_at(AT))
    holds.release_due(clock=clock_at(AT + HOUR))
    assert bookings.close_unpaid(clock=clock_at(AT + HOUR)) == 1
    assert bookings.close_unpaid(clock=clock_at(TUESDAY + HOUR)) == 1
    assert Invoice.objects.filter(voided_at=None).count() == Engagement.objects.filter(accepted_on=None).count() == 0
    assert bookings.close_unpaid(clock=clock_at(TUESDAY + HOUR)) == 0
    assert second.invoice is not None


# --- the expert's answer


def test_the_expert_confirms_once_and_the_client_reads_it(expert: Profile, cast: Cast) -> None:
    booking = bought(cast)
    for _time in range(2):
        booking = bookings.confirm(booking=booking, by=cast.chen.user or "", clock=clock_at(AT))
    assert (state(booking), mails_to("guest1@kite.example").count("Booked: Tue 24 Nov 2026, 16:00 (UTC+8)")) == (
        "confirmed",
        1,
    )
    assert Entry.objects.filter(verb="booking.confirm").count() == 1
    with pytest.raises(BookingOver):
        bookings.decline(booking=booking, by=cast.chen, clock=clock_at(AT))


def test_only_the_expert_answers_and_only_what_is_paid(expert: Profile, cast: Cast) -> None:
    booking = proved(cast.chen)
    with pytest.raises(NotPaidYet):
        bookings.confirm(booking=booking, by=cast.chen, clock=clock_at(AT))
    booking = settle(cast, booking)
    for stranger in (cast.bo, cast.mira, cast.otto):
        for act in (bookings.confirm, bookings.decline):
            with pytest.raises(NotYourBooking):
                act(booking=booking, by=stranger, clock=clock_at(AT))
    with pytest.raises(BookingOver):
        bookings.confirm(booking=booking, by=cast.chen, clock=clock_at(TUESDAY))


def test_what_waits_for_the_expert_stands_on_their_today(expert: Profile, cast: Cast) -> None:
    booking = bought(cast)
    assert [todo.title for day in agenda(cast.user("chen"), AT).days for todo in day.todos if todo.icon == "cal"] == [
        f"{booking.client} booked Tue 24 Nov 2026, 16:00 (UTC+8)"
    ]
    assert [counts.bookings(cast.user(name), AT) for name in ("chen", "bo")] == [1, 0]
    bookings.confirm(booking=booking, by=cast.chen, clock=clock_at(AT))
    assert counts.bookings(cast.user("chen"), AT) == 0


def test_the_worker_gives_back_what_is_over(cast: Cast) -> None:
    now = timezone.now()
    later: dict[str, Any] = {"starts_at": now + DAY, "created_at": now - HOUR}
    over = row(cast.chen, 1, hold_until=now - HALF, **later)
    open_ = row(cast.bo, 2, hold_until=now + HALF, **later)
    due_work["consulting.bookings"](now)
    assert [again(booking).released_at is None for booking in (over, open_)] == [False, True]


@pytest.mark.parametrize("silent", [False, True])
def test_no_and_no_answer_give_everything_back(expert: Profile, cast: Cast, silent: bool) -> None:
    booking = bought(cast)
    if silent:
        assert bookings.decline_due(clock=clock_at(AT + DAY - timedelta(seconds=1))) == 0
        assert [bookings.decline_due(clock=clock_at(AT + DAY)) for _time in range(2)] == [1, 0]
    else:
        bookings.decline(booking=booking, by=cast.chen, clock=clock_at(AT))
    assert (state(booking), money(booking)) == ("declined", (0, PRICE))
    assert mails_to("guest1@kite.example")[-1].startswith("Not taking place")
    held(cast.chen, 2)
    with pytest.raises(BookingOver):
        bookings.confirm(booking=booking, by=cast.chen, clock=clock_at(AT))


def test_the_expert_has_until_the_session_begins_at_most(expert: Profile, cast: Cast) -> None:
    Profile.objects.update(notice_hours=0)
    at = TUESDAY - HOUR * 2
    booking = settle(cast, proved(cast.chen, at=at), at)
    assert rules.confirm_until(booking) == TUESDAY
    assert bookings.decline_due(clock=clock_at(TUESDAY)) == 1


# --- moving


def test_a_client_moves_to_another_free_time_for_free(expert: Profile, cast: Cast) -> None:
    booking = confirmed(cast)
    # Overlapping its own old time: what is given up counts as free.
    booking = bookings.move(booking=booking, starts_at=TUESDAY + HALF, by="system:test", clock=clock_at(AT))
    assert (rules.begins_at(booking), rules.ends_at(booking)) == (TUESDAY + HALF, TUESDAY + HALF * 3)
    assert (booking.sequence, state(booking), booking.price_micro) == (1, "confirmed", PRICE)
    assert mails_to("chen@cast.example")[-1] == "Moved: Tue 24 Nov 2026, 09:30 (UTC+1)"
    entry = Entry.objects.get(verb="booking.move")
    assert entry.data["before"] == TUESDAY.isoformat()
    held(cast.chen, 2, starts_at=TUESDAY + HALF * 3)
    with pytest.raises(SlotTaken):
        bookings.move(booking=booking, starts_at=TUESDAY + HOUR, by="system:test", clock=clock_at(AT))


def test_moving_keeps_the_cap_of_the_new_week(expert: Profile, cast: Cast) -> None:
    booking, next_week = confirmed(cast), TUESDAY + timedelta(days=7)
    session(cast, hourly(cast), "S-1", cast.chen, held_on=date(2026, 12, 3), hours_centi=950)
    with pytest.raises(WeekFull):
        bookings.move(booking=booking, starts_at=next_week, by="system:test", clock=clock_at(AT))
    session(cast, hourly(cast, "E-2"), "S-2", cast.chen, held_on=date(2026, 11, 26), hours_centi=900)
    # Its own hours do not stand in its way.
    bookings.move(booking=booking, starts_at=TUESDAY + HOUR, by="system:test", clock=clock_at(AT))


def test_moving_is_free_until_the_hour_that_was_agreed(expert: Profile, cast: Cast) -> None:
    booking, until = confirmed(cast), TUESDAY - DAY
    assert rules.free_until(booking) == until
    week = timedelta(days=7)
    with pytest.raises(TooLateToMove, match="24 hours"):
        bookings.move(booking=booking, starts_at=TUESDAY + week, by="system:test", clock=clock_at(until))
    bookings.move(
        booking=booking, starts_at=TUESDAY + week, by="system:test", clock=clock_at(until - timedelta(seconds=1))
    )
    for by in (cast.chen, cast.otto):
        with pytest.raises(NotYourBooking):
            bookings.move(booking=booking, starts_at=TUESDAY, by=by, clock=clock_at(AT))


# --- cancelling


@pytest.mark.parametrize("by_expert", [False, True])
def test_cancelling_in_time_and_by_the_expert_gives_everything_back(
    expert: Profile, cast: Cast, by_expert: bool
) -> None:
    booking = confirmed(cast)
    at = TUESDAY - HOUR if by_expert else TUESDAY - DAY - timedelta(seconds=1)
    bookings.cancel(booking=booking, by=cast.chen if by_expert else "system:test", clock=clock_at(at))
    assert (state(booking), money(booking), Session.objects.count()) == ("cancelled", (0, PRICE), 0)
    assert ("Cancelled: Tue 24 Nov 2026, 09:00 (UTC+1)" in mails_to("chen@cast.example")) is not by_expert
    with pytest.raises(BookingOver):
        bookings.cancel(booking=booking, by="system:test", clock=clock_at(at))


def test_cancelling_late_keeps_the_agreed_part_and_the_hours(expert: Profile, cast: Cast) -> None:
    booking = confirmed(cast)
    at = TUESDAY - HOUR * 20
    booking = bookings.cancel(booking=booking, by="system:test", clock=clock_at(at))
    assert (state(booking), money(booking)) == ("cancelled", (PRICE // 2, PRICE // 2))
    kept = Session.objects.get()
    assert (kept.held_on, kept.hours_centi, kept.rate_micro) == (date(2026, 11, 24), 100, 150 * MICRO)
    counted = taken_by_week([cast.chen.pk], kept.held_on, kept.held_on, zone=ZoneInfo("Asia/Shanghai"), at=at)
    assert list(counted.values()) == [100]
    # Accepted on the day that was booked, not before: only then it is split.
    assert [bookings.accept_kept(clock=clock_at(moment)) for moment in (at, TUESDAY, TUESDAY)] == [0, 1, 0]
    kept.refresh_from_db()
    assert (kept.acceptance.gross_micro, kept.acceptance.individuals_micro) == (PRICE // 2, PRICE // 2 * 4 // 5)
    assert again(booking).engagement.accepted_on == date(2026, 11, 24)  # type: ignore[union-attr]
    assert money(booking) == (0, PRICE // 2)


def test_nothing_is_kept_for_an_expert_who_has_left(expert: Profile, cast: Cast) -> None:
    booking = confirmed(cast)
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 11, 22), by=cast.chen, at=AT)
    bookings.cancel(booking=booking, by="system:test", clock=clock_at(TUESDAY - HOUR))
    assert (money(booking), Session.objects.count()) == ((0, PRICE), 0)


def test_what_began_or_is_somebody_else_s_is_not_cancelled(expert: Profile, cast: Cast) -> None:
    booking = confirmed(cast)
    for by in (cast.bo, cast.otto):
        with pytest.raises(NotYourBooking):
            bookings.cancel(booking=booking, by=by, clock=clock_at(AT))
    with pytest.raises(BookingOver):
        bookings.cancel(booking=booking, by="system:test", clock=clock_at(TUESDAY))
    assert booking.client is not None
    bookings.cancel(booking=booking, by=Client.objects.get().user or "", clock=clock_at(AT))


def test_a_closed_engagement_ends_the_booking_that_was_left(expert: Profile, cast: Cast) -> None:
    booking = confirmed(cast)
    assert booking.engagement is not None
    assert bookings.end_closed(clock=clock_at(AT)) == 0
    session(cast, booking.engagement, "S-1", cast.chen, held_on=date(2026, 11, 20), hours_centi=50)
    acceptances.accept(engagement=booking.engagement, accepted_on=date(2026, 11, 20), by=cast.mira, at=AT)
    assert [bookings.end_closed(clock=clock_at(AT)) for _time in range(2)] == [1, 0]
    assert state(booking) == "cancelled"
    held(cast.chen, 2)


def test_what_was_recorded_is_neither_moved_nor_cancelled(expert: Profile, cast: Cast) -> None:
    booking = confirmed(cast)
    assert booking.engagement is not None
    held_early = session(cast, booking.engagement, "S-1", cast.chen, held_on=date(2026, 11, 20), hours_centi=100)
    Booking.objects.filter(pk=booking.pk).update(session=held_early)
    with pytest.raises(BookingOver):
        bookings.cancel(booking=booking, by="system:test", clock=clock_at(AT))
    with pytest.raises(BookingOver):
        bookings.move(booking=booking, starts_at=TUESDAY + HOUR, by="system:test", clock=clock_at(AT))


def test_terms_are_those_of_the_booking(expert: Profile, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    booking = confirmed(cast)
    monkeypatch.setattr(rules, "CANCEL_FREE_HOURS", 0)
    monkeypatch.setattr(rules, "LATE_KEPT", "1")
    assert rules.kept_micro(booking, TUESDAY - HOUR) == PRICE // 2
    assert rules.free_until(booking) == datetime(2026, 11, 23, 8, tzinfo=UTC)
