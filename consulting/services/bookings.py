"""What becomes of a booking once it is ordered: paid, confirmed or declined, moved, cancelled; each step once."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from charter.selectors import timeline
from consulting.models import Booking, Invoice
from consulting.refusals import WeekFull
from consulting.refusals.billing import InvoicePaidFor, InvoiceVoid
from consulting.refusals.booking import BookingOver, NotByTheHour, NotPaidYet, NotYourBooking, SlotTaken
from consulting.refusals.escrow import StillOpen
from consulting.registry import WhenPaid, when_paid
from consulting.rules import bookings as rules
from consulting.rules.slots import hours_centi
from consulting.selectors.bookings import check_free, seller
from consulting.selectors.escrow import money_of
from consulting.services import acceptances, engagements, invoices, notices, refunds
from consulting.services.engagements import locked_expert
from consulting.services.holds import HOUSE, facts, locked, release, subject
from journal.clock import Clock, database_clock
from journal.refusals import Refusal
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, is_active
from treasury.models import Posting
from treasury.rules.accounts import Move, escrow, receivable
from treasury.services import clients, ledger


def hold_for_payment(invoice: Invoice) -> None:
    """Locks the expert of the booking that an invoice is of, before the invoice: the order that everybody keeps."""
    booking = Booking.objects.select_related("member").filter(invoice=invoice).first()
    if booking is not None:
        locked_expert(booking.member)


def paid(invoice: Invoice, by: By, at: datetime) -> None:
    """The invoice of a booking is paid in full: the time is the client's, if nobody has released it or it is free yet.

    Runs in the payment's transaction, with the expert's row held. Otherwise the money becomes the client's credit.
    """
    found = Booking.objects.filter(invoice=invoice).first()
    if found is None:
        return
    booking = locked(found)
    if booking.paid_at is not None:
        return
    assert booking.client is not None, "an ordered booking has a client: the database holds it"
    kept = booking.released_at is None or _comes_back(booking, at)
    booking.paid_at = at
    if kept:
        booking.released_at = None
    booking.save(update_fields=["paid_at", "released_at"])
    booking.client = clients.reach(client=booking.client, person=booking.name, by=HOUSE, at=at)
    _note(booking, "booking.pay" if kept else "booking.pay_late", by, at)
    if kept:
        notices.asked(booking=booking, at=at)
        notices.received(booking=booking, at=at)
    else:
        # A dispute keeps the money where it is; whoever settles it decides. The payment itself is never refused.
        _tried(partial(_give_back, booking, at))
        notices.too_late(booking=booking, at=at)


when_paid.append(WhenPaid(hold=hold_for_payment, act=paid))


def _comes_back(booking: Booking, at: datetime) -> bool:
    """Whether a time that was given back can be had all the same: free, in a week with hours left, not begun."""
    if booking.cancelled_at is not None or rules.begins_at(booking) <= at:
        return False
    release(Booking.objects.filter(member=booking.member), at=at)
    charter = timeline()
    try:
        profile = seller(booking.member, charter, at)
        # As it was open to the client when they booked: the notice that has passed since is not their fault.
        check_free(profile, rules.begins_at(booking), booking.minutes, at=booking.created_at, timeline=charter)
    except (NotByTheHour, SlotTaken, WeekFull):
        return False
    return True


def confirm(*, booking: Booking, by: By, clock: Clock = database_clock) -> Booking:
    """The expert takes the booking; twice is once. Raises NotYourBooking, BookingOver, NotPaidYet."""
    with transaction.atomic():
        booking, at = _answering(booking, by, clock)
        if booking.confirmed_at is None:
            booking.confirmed_at = at
            booking.save(update_fields=["confirmed_at"])
            _note(booking, "booking.confirm", by, at)
            notices.confirmed(booking=booking, at=at)
    return booking


def decline(*, booking: Booking, by: By, clock: Clock = database_clock) -> Booking:
    """The expert does not take it: time and money go back. Raises as `confirm`, BookingOver once it is confirmed."""
    with transaction.atomic():
        booking, at = _answering(booking, by, clock)
        if booking.confirmed_at is not None:
            raise BookingOver
        _decline(booking, by, at)
    return booking


def _answering(booking: Booking, by: By, clock: Clock) -> tuple[Booking, datetime]:
    booking = locked(booking)
    at = clock()
    if not _is_expert(booking, by):
        raise NotYourBooking
    rules.check_standing(booking, at)
    if booking.paid_at is None:
        raise NotPaidYet
    return booking, at


def _decline(booking: Booking, by: By, at: datetime) -> None:
    booking.declined_at = booking.released_at = at
    booking.save(update_fields=["declined_at", "released_at"])
    _note(booking, "booking.decline", by, at)
    _give_back(booking, at)
    notices.given_back(booking=booking, kept_micro=0, at=at)


def decline_due(*, clock: Clock = database_clock) -> int:
    """Declines every paid booking that its expert has not answered in time; returns how many."""
    rows = Booking.objects.filter(paid_at__isnull=False, confirmed_at=None, released_at=None, session=None)
    at = clock()
    late = [
        row for row in rows.select_related("member") if (until := rules.confirm_until(row)) is not None and until <= at
    ]
    return sum(_tried(partial(_decline_late, row, clock)) for row in late)


def _decline_late(booking: Booking, clock: Clock) -> None:
    with transaction.atomic():
        booking = locked(booking)
        # The expert may have answered, or the client moved or cancelled, while the lock was waited for.
        until = rules.confirm_until(booking)
        at = clock()
        answered = booking.released_at or booking.confirmed_at or booking.session_id
        if answered or until is None or until > at:
            raise BookingOver
        _decline(booking, HOUSE, at)


def move(*, booking: Booking, starts_at: datetime, by: By, clock: Clock = database_clock) -> Booking:
    """Another free time of the same length, by the client or by who has the mailed address (a text), as agreed then.

    The same row under the next number; price and terms stay. Raises NotYourBooking, BookingOver, NotPaidYet,
    TooLateToMove, NotByTheHour, WeekFull (income.2.2), SlotTaken.
    """
    with transaction.atomic():
        booking = locked(booking)
        at = clock()
        if not _is_client(booking, by):
            raise NotYourBooking
        rules.check_moving(booking, at)
        release(Booking.objects.filter(member=booking.member), at=at)
        charter = timeline()
        profile = seller(booking.member, charter, at)
        check_free(profile, starts_at, booking.minutes, at=at, timeline=charter, besides=booking.pk)
        before = rules.begins_at(booking)
        booking.during = DateTimeTZRange(starts_at, starts_at + (rules.ends_at(booking) - before))
        booking.sequence += 1
        booking.save(update_fields=["during", "sequence"])
        _note(booking, "booking.move", by, at, before=before.isoformat(), starts_at=starts_at.isoformat())
        notices.moved(booking=booking, before=before, at=at)
    return booking


def cancel(*, booking: Booking, by: By, clock: Clock = database_clock) -> Booking:
    """Gives a booking up. By the expert: everything goes back. By the client: what the terms of the booking say.

    Not paid yet: the hold ends. Raises NotYourBooking, BookingOver.
    """
    with transaction.atomic():
        booking = locked(booking)
        at = clock()
        by_expert = _is_expert(booking, by) and not isinstance(by, str)
        if not by_expert and not _is_client(booking, by):
            raise NotYourBooking
        rules.check_standing(booking, at)
        kept = 0 if by_expert or booking.paid_at is None else _kept_micro(booking, at)
        booking.cancelled_at = booking.released_at = at
        booking.save(update_fields=["cancelled_at", "released_at"])
        _note(booking, "booking.cancel", by, at, side="expert" if by_expert else "client", kept_micro=kept)
        if booking.paid_at is None:
            return booking
        if kept:
            _keep(booking, kept, at)
        else:
            _give_back(booking, at)
        notices.given_back(booking=booking, kept_micro=kept, at=at)
        if not by_expert:
            notices.cancelled(booking=booking, at=at)
    return booking


def _kept_micro(booking: Booking, at: datetime) -> int:
    """What the terms keep; nothing for an expert who is no member any more on the day that was booked."""
    if not is_active(booking.member, timeline().day_of(rules.begins_at(booking))):
        return 0
    return rules.kept_micro(booking, at)


def _keep(booking: Booking, kept_micro: int, at: datetime) -> None:
    """The hours as they were booked, worth what is kept: the rest goes back before anything is accepted."""
    assert booking.engagement is not None, "an ordered booking has an engagement: the database holds it"
    with translation.override(booking.language):
        title = _("Cancelled after the free time")
    booking.session = engagements.enter_session(
        engagement=booking.engagement,
        reference=booking.reference,
        member=booking.member,
        held_on=timeline().day_of(rules.begins_at(booking)),
        hours_centi=hours_centi(booking.minutes),
        rate_micro=booking.rate_micro,
        title=title,
        booking=booking,
        by=HOUSE,
        at=at,
    )
    booking.save(update_fields=["session"])
    if kept_micro < booking.price_micro:
        refunds.refund(
            engagement=booking.engagement,
            unit=booking.session.reference,
            amount_micro=booking.price_micro - kept_micro,
            reason=title,
            by=HOUSE,
            at=at,
        )


def accept_kept(*, clock: Clock = database_clock) -> int:
    """Accepts what late cancellations keep, once the day that was booked has come; returns how many."""
    at = clock()
    today = timeline().day_of(at)
    rows = Booking.objects.filter(
        cancelled_at__isnull=False, session__held_on__lte=today, session__acceptance=None, engagement__accepted_on=None
    )
    return sum(_tried(partial(_accept, row, today, at)) for row in rows.select_related("engagement", "session"))


def _accept(booking: Booking, today: date, at: datetime) -> None:
    assert booking.engagement is not None
    assert booking.session is not None
    with transaction.atomic():
        acceptances.accept(
            engagement=booking.engagement, accepted_on=today, units=[booking.session.reference], by=HOUSE, at=at
        )
        _give_back(booking, at)


def close_unpaid(*, clock: Clock = database_clock) -> int:
    """Voids the invoices of bookings that will not be had any more and closes their engagements; returns how many.

    Not before the time itself is over or was given up: until then money that comes late can still bring it back.
    """
    at = clock()
    rows = Booking.objects.filter(paid_at=None, released_at__isnull=False, engagement__accepted_on=None)
    over = rows.filter(Q(cancelled_at__isnull=False) | Q(during__startswith__lte=at))
    return sum(_tried(partial(_close, row, at)) for row in over.select_related("invoice", "engagement"))


def _close(booking: Booking, at: datetime) -> None:
    assert booking.engagement is not None
    assert booking.invoice is not None
    with suppress(InvoiceVoid, InvoicePaidFor):
        invoices.void(invoice=booking.invoice, reason="not taken", by=HOUSE, at=at)
    acceptances.close(engagement=booking.engagement, closed_on=timeline().day_of(at), by=HOUSE, at=at)


def end_closed(*, clock: Clock = database_clock) -> int:
    """Gives back the times of bookings whose engagement was closed without them, as by a dispute; returns how many."""
    at = clock()
    rows = Booking.objects.filter(released_at=None, session=None, engagement__accepted_on__isnull=False)
    return sum(_tried(partial(_end, row, at)) for row in rows.select_related("member"))


def _end(booking: Booking, at: datetime) -> None:
    with transaction.atomic():
        booking = locked(booking)
        if booking.released_at is not None or booking.session_id is not None:
            raise BookingOver
        booking.cancelled_at = booking.released_at = at
        booking.save(update_fields=["cancelled_at", "released_at"])
        _note(booking, "booking.cancel", HOUSE, at, side="closed", kept_micro=0)


def _tried(act: Callable[[], object]) -> bool:
    """Whether it could be done; what a dispute holds up is tried again in the next minute."""
    try:
        act()
    except Refusal:
        return False
    return True


def _give_back(booking: Booking, at: datetime) -> None:
    """What is held for the booking becomes the client's credit; its engagement ends unless there is more to accept."""
    assert booking.engagement is not None
    assert booking.client is not None
    if booking.engagement.accepted_on is not None:
        # Closed before: nothing is held in it, and what comes later never was.
        return
    today = timeline().day_of(at)
    try:
        acceptances.close(engagement=booking.engagement, closed_on=today, by=HOUSE, at=at)
    except StillOpen:
        amount = min(booking.price_micro, money_of(booking.engagement).free_micro)
        if amount and booking.session is None:
            reference = f"release/{booking.engagement.reference}/{booking.reference}"
            move = Move(escrow(booking.engagement.reference), receivable(booking.client.key), amount, reference)
            ledger.post(
                kind=Posting.Kind.RELEASE, key=booking.reference, occurred_on=today, moves=[move], by=HOUSE, at=at
            )


def _is_expert(booking: Booking, by: By) -> bool:
    if isinstance(by, Member):
        return by.pk == booking.member_id
    return isinstance(by, str) or (booking.member.user_id is not None and by.pk == booking.member.user_id)


def _is_client(booking: Booking, by: By) -> bool:
    """The client's user; a text is who has the address that was mailed to the client."""
    if isinstance(by, str):
        return True
    user = by.user if isinstance(by, Member) else by
    return user is not None and booking.client is not None and booking.client.user_id == user.pk


def _note(booking: Booking, verb: str, by: By, at: datetime, **data: object) -> None:
    entries.append(actor=actor(by), verb=verb, subject=subject(booking), data={**facts(booking), **data}, at=at)
